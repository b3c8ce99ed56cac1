#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace teiten {

/// The sensors that a file names, numbered in the order in which they come.
class SensorNames {
 public:
  /// What Packet::sensor_label (an index plus one, 16 bits) can tell apart.
  static constexpr std::size_t kMaxNames = 65'535;
  /// A DNS name has at most 255 bytes (RFC 1035 §2.3.4).
  static constexpr std::size_t kMaxNameBytes = 255;

  /// The label (index plus one) of `name`, 0 for an empty one or "-"; nothing if it is too long,
  /// one too many, no UTF-8, or holds a control character.
  std::optional<std::uint16_t> label_of(std::string_view name);
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::vector<std::string> names_;
  std::map<std::string, std::uint16_t, std::less<>> labels_;
};

}  // namespace teiten
