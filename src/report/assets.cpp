#include "report/assets.h"

// The names are those of the assembler file.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
extern const char teiten_report_js[];
extern const char teiten_report_js_end[];
extern const char teiten_report_css[];
extern const char teiten_report_css_end[];
extern const char teiten_report_hash[];
extern const char teiten_report_hash_end[];
}
// NOLINTEND(readability-identifier-naming)

namespace teiten {

std::string_view report_script() {
  return {teiten_report_js, teiten_report_js_end};
}
std::string_view report_style() {
  return {teiten_report_css, teiten_report_css_end};
}
std::string_view report_script_hash() {
  return {teiten_report_hash, teiten_report_hash_end};
}

}  // namespace teiten
