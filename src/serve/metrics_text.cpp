#include "serve/metrics_text.h"

#include <fmt/format.h>

namespace teiten {
namespace {

std::string quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '\n') {
      quoted += "\\n";
      continue;
    }
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

void MetricsText::metric(std::string_view name, std::string_view type, std::string_view unit,
                         std::string_view help) {
  name_ = name;
  text_ += fmt::format("# HELP {} {}\n", name, help);
  if (!unit.empty()) text_ += fmt::format("# UNIT {} {}\n", name, unit);
  text_ += fmt::format("# TYPE {} {}\n", name, type);
}

void MetricsText::sample(double value) {
  text_ += fmt::format("{} {:.15g}\n", name_, value);
}

void MetricsText::sample(std::string_view label, std::string_view text, double value) {
  text_ += fmt::format("{}{{{}={}}} {:.15g}\n", name_, label, quoted(text), value);
}

void MetricsText::sample(std::string_view label, std::string_view text, std::string_view label2,
                         std::string_view text2, double value) {
  text_ += fmt::format("{}{{{}={},{}={}}} {:.15g}\n", name_, label, quoted(text), label2,
                       quoted(text2), value);
}

}  // namespace teiten
