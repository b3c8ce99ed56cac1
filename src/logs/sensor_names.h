#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace teiten {

/// Sensors of one store. More names than this are no sensors but some other column.
inline constexpr std::size_t kMaxSensors = 10'000;
inline constexpr std::size_t kMaxSensorNameBytes = 64;

/// True for 1 to 64 bytes of letters and digits of any script (UTF-8), '.', '_' and '-', but not
/// "-" alone: text that needs no quotes on a command line, in CSV or in SQL.
bool is_sensor_name(std::string_view name);

/// The sensors that a file names, numbered in the order in which they come.
class SensorNames {
 public:
  /// The label (index plus one) of `name`, 0 for an empty one or "-"; nothing if it is no name of a
  /// sensor or one too many.
  std::optional<std::uint16_t> label_of(std::string_view name);
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::map<std::string, std::uint16_t, std::less<>> labels_;
};

}  // namespace teiten
