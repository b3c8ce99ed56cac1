#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "logs/sensor_names.h"
#include "net/ip_address.h"

namespace teiten {

/// A sensor as the user names it. No prefixes: every unicast destination is its own (a darknet's
/// capture), or, in a log, the sensor of lines that name none.
struct SensorSpec {
  std::string name;
  std::vector<Prefix> prefixes;
};

/// Name of the sensor where the user gives none.
inline constexpr const char* kDefaultSensor = "sensor-1";
/// Addresses that get an index of their own where it cannot be computed from a prefix; further ones
/// share the last.
inline constexpr std::uint32_t kMaxNumberedTargets = 1U << 18;

/// `NAME=CIDR[,CIDR]` or `NAME`; invalid_argument says what is wrong with it.
Result<SensorSpec> parse_sensor(std::string_view text);
/// A file of `[[sensor]]` tables with `name` and `addresses`; an unknown key is an error that lists
/// the valid ones.
Result<std::vector<SensorSpec>> load_sensors(const std::string& path);
Result<void> check_sensor_name(std::string_view name);

/// Which addresses are monitored, and whose they are.
class SensorMap {
 public:
  struct Target {
    std::uint16_t sensor = 0;
    std::uint32_t target = 0;  ///< index of the address within its sensor
    friend bool operator==(const Target&, const Target&) = default;
  };

  /// Errors (invalid_argument): a bad or doubled name, overlapping prefixes, more than one sensor
  /// without prefixes, or one beside sensors with prefixes.
  static Result<SensorMap> create(std::vector<SensorSpec> specs);

  /// True where no addresses are named: every unicast destination counts as monitored.
  bool open() const { return open_; }
  const std::vector<std::string>& names() const { return names_; }
  /// The sensor with this name, added if it is new (a log's own column of sensors). limit_reached
  /// past kMaxSensors.
  Result<std::uint16_t> sensor_named(std::string_view name);
  bool monitors(const IpAddress& address) const { return find_block(address) != nullptr; }
  /// The monitored address's sensor and index. In an open map every address has one: numbers are
  /// given in the order of first sight, so call it in time order. Nothing if the address is not
  /// monitored.
  std::optional<Target> find(const IpAddress& address);
  /// How many addresses share the last number because kMaxNumberedTargets were given out (at least;
  /// by packet).
  std::uint64_t unnumbered() const { return unnumbered_; }

 private:
  struct Block {
    IpAddress first;
    IpAddress last;
    std::uint16_t sensor;
    bool dense;  ///< the index is base + offset
    std::uint32_t base;
  };
  const Block* find_block(const IpAddress& address) const;
  std::uint32_t number_of(const IpAddress& address);

  bool open_ = true;
  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint16_t> by_name_;
  /// IPv4's and IPv6's, by their first address: ::/0 means no IPv4 address.
  std::array<std::vector<Block>, 2> blocks_;  ///< sorted by first, disjoint
  std::unordered_map<IpAddress, std::uint32_t> numbers_;
  std::uint32_t next_number_ = 0;
  std::uint64_t unnumbered_ = 0;
};

}  // namespace teiten
