#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace teiten {

/// Writes metrics in Prometheus' text format (version 0.0.4): HELP, UNIT where there is one, TYPE,
/// then the samples of one metric after another.
class MetricsText {
 public:
  /// Begins a metric: `type` is counter or gauge, `unit` empty or the word its name ends with.
  void metric(std::string_view name, std::string_view type, std::string_view unit,
              std::string_view help);
  void sample(double value);
  void sample(std::string_view label, std::string_view text, double value);
  void sample(std::string_view label, std::string_view text, std::string_view label2,
              std::string_view text2, double value);
  const std::string& text() const { return text_; }

 private:
  std::string name_;
  std::string text_;
};

}  // namespace teiten
