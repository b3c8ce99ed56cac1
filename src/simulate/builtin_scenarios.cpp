#include "simulate/builtin_scenarios.h"

#include <array>

// The names are those of the assembler file.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
extern const char teiten_scenario_talot2_2007_begin[];
extern const char teiten_scenario_talot2_2007_end[];
extern const char teiten_scenario_talot2_2007_outages_begin[];
extern const char teiten_scenario_talot2_2007_outages_end[];
}
// NOLINTEND(readability-identifier-naming)

namespace teiten {

std::span<const BuiltinScenario> builtin_scenarios() {
  static const std::array<BuiltinScenario, 2> scenarios = {{
      {"talot2-2007",
       std::string_view(teiten_scenario_talot2_2007_begin, teiten_scenario_talot2_2007_end)},
      {"talot2-2007-outages", std::string_view(teiten_scenario_talot2_2007_outages_begin,
                                               teiten_scenario_talot2_2007_outages_end)},
  }};
  return scenarios;
}

}  // namespace teiten
