#include "access/sensors.h"

#include <algorithm>

#include <fmt/format.h>

namespace teiten {
namespace {

/// A prefix up to this many addresses is numbered by offset; a larger one (IPv6) by first sight.
constexpr int kDenseHostBits = 24;

int host_bits(const Prefix& prefix) {
  return (prefix.is_v4() ? 32 : 128) - prefix.length();
}

}  // namespace

Result<void> check_sensor_name(std::string_view name) {
  if (!is_sensor_name(name)) {
    return failure(
        ErrorCode::invalid_argument,
        fmt::format(
            "'{}' cannot name a sensor: use 1 to {} bytes of letters, digits, '.', '_' or '-'",
            name.substr(0, kMaxSensorNameBytes), kMaxSensorNameBytes));
  }
  return {};
}

Result<SensorSpec> parse_sensor(std::string_view text) {
  SensorSpec spec;
  const std::size_t equals = text.find('=');
  spec.name = std::string(text.substr(0, equals));
  TEITEN_CHECK(check_sensor_name(spec.name));
  if (equals == std::string_view::npos) return spec;
  std::string_view rest = text.substr(equals + 1);
  while (true) {
    const std::size_t comma = rest.find(',');
    const std::string_view part = rest.substr(0, comma);
    const auto prefix = Prefix::parse(part);
    if (!prefix) {
      return failure(
          ErrorCode::invalid_argument,
          fmt::format(
              "sensor '{}': '{}' is no address or prefix (such as 192.0.2.1 or 2001:db8::/48)",
              spec.name, part));
    }
    spec.prefixes.push_back(*prefix);
    if (comma == std::string_view::npos) return spec;
    rest.remove_prefix(comma + 1);
  }
}

Result<SensorMap> SensorMap::create(std::vector<SensorSpec> specs) {
  SensorMap map;
  const bool any_prefix = std::any_of(
      specs.begin(), specs.end(), [](const SensorSpec& spec) { return !spec.prefixes.empty(); });
  map.open_ = !any_prefix;
  if (specs.empty()) specs.push_back({kDefaultSensor, {}});
  if (specs.size() > kMaxSensors) {
    return failure(ErrorCode::limit_reached, fmt::format("more than {} sensors", kMaxSensors));
  }
  for (const SensorSpec& spec : specs) {
    TEITEN_CHECK(check_sensor_name(spec.name));
    if (any_prefix && spec.prefixes.empty()) {
      return failure(
          ErrorCode::invalid_argument,
          fmt::format("sensor '{0}' has no addresses, other sensors have: write {0}=ADDRESS",
                      spec.name));
    }
    const auto id = static_cast<std::uint16_t>(map.names_.size());
    if (!map.by_name_.emplace(spec.name, id).second) {
      return failure(ErrorCode::invalid_argument,
                     fmt::format("sensor '{}' is named twice", spec.name));
    }
    map.names_.push_back(spec.name);
    std::uint32_t base = 0;
    for (const Prefix& prefix : spec.prefixes) {
      const bool dense = host_bits(prefix) <= kDenseHostBits;
      map.blocks_[prefix.is_v4() ? 0 : 1].push_back(
          {prefix.first(), prefix.last(), id, dense, base});
      if (dense) base += 1U << host_bits(prefix);
    }
    if (!any_prefix && specs.size() > 1) {
      return failure(ErrorCode::invalid_argument,
                     "several sensors without addresses: write NAME=ADDRESS for each, so that "
                     "packets can be told apart");
    }
  }
  for (std::vector<Block>& blocks : map.blocks_) {
    std::sort(blocks.begin(), blocks.end(),
              [](const Block& a, const Block& b) { return a.first < b.first; });
    for (std::size_t i = 1; i < blocks.size(); ++i) {
      const Block& before = blocks[i - 1];
      if (blocks[i].first <= before.last) {
        return failure(ErrorCode::invalid_argument,
                       fmt::format("{} is monitored twice (sensors '{}' and '{}')",
                                   blocks[i].first.to_string(), map.names_[before.sensor],
                                   map.names_[blocks[i].sensor]));
      }
    }
  }
  return map;
}

Result<std::uint16_t> SensorMap::sensor_named(std::string_view name) {
  if (const auto it = by_name_.find(std::string(name)); it != by_name_.end()) return it->second;
  TEITEN_CHECK(check_sensor_name(name));
  // The one that an open map begins with is nobody's label.
  if (names_.size() >= kMaxSensors + (open_ ? 1 : 0)) {
    return failure(
        ErrorCode::limit_reached,
        fmt::format("more than {} sensors: is '{}' really a sensor's name?", kMaxSensors, name));
  }
  const auto id = static_cast<std::uint16_t>(names_.size());
  names_.emplace_back(name);
  by_name_.emplace(std::string(name), id);
  return id;
}

const SensorMap::Block* SensorMap::find_block(const IpAddress& address) const {
  const std::vector<Block>& blocks = blocks_[address.is_v4() ? 0 : 1];
  const auto after = std::upper_bound(
      blocks.begin(), blocks.end(), address,
      [](const IpAddress& value, const Block& block) { return value < block.first; });
  if (after == blocks.begin()) return nullptr;
  const Block& block = *std::prev(after);
  return address <= block.last ? &block : nullptr;
}

std::uint32_t SensorMap::number_of(const IpAddress& address) {
  if (const auto it = numbers_.find(address); it != numbers_.end()) return it->second;
  if (next_number_ >= kMaxNumberedTargets) {
    ++unnumbered_;
    return kMaxNumberedTargets;
  }
  const std::uint32_t number = next_number_++;
  numbers_.emplace(address, number);
  return number;
}

std::optional<SensorMap::Target> SensorMap::find(const IpAddress& address) {
  if (open_) return Target{0, number_of(address)};
  const Block* block = find_block(address);
  if (block == nullptr) return std::nullopt;
  if (!block->dense) return Target{block->sensor, (1U << 31) + number_of(address)};
  return Target{block->sensor,
                block->base + static_cast<std::uint32_t>(address.low() - block->first.low())};
}

}  // namespace teiten
