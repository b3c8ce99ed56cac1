#pragma once

#include <span>
#include <string_view>

namespace teiten {

struct BuiltinScenario {
  std::string_view name;
  std::string_view toml;
};

/// The files of data/scenarios, embedded when the library was built.
std::span<const BuiltinScenario> builtin_scenarios();

}  // namespace teiten
