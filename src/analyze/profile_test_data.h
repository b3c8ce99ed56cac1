#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "analyze/source_profiles.h"

/// Sources made up for the tests of families: benchmarking addresses (RFC 2544) only.
namespace teiten::test {

/// Numbers that are the same on every machine (SplitMix64).
class ProfileDice {
 public:
  explicit ProfileDice(std::uint64_t seed) : state_(seed) {}
  double uniform() {
    state_ += 0x9e3779b97f4a7c15ULL;
    return static_cast<double>(mix64(state_) >> 11) * 0x1.0p-53;
  }
  bool chance(double probability) { return uniform() < probability; }
  std::uint64_t below(std::uint64_t n) {
    return static_cast<std::uint64_t>(uniform() * static_cast<double>(n));
  }

 private:
  std::uint64_t state_;
};

inline Service service(std::string_view text) {
  return Service::parse(text).value();
}

inline SourceCell cell(std::string_view of, std::string_view region, std::uint16_t sensor = 0,
                       Kind kind = Kind::scan, std::uint64_t packets = 1) {
  SourceCell result;
  result.sensor = sensor;
  result.service = service(of);
  result.region = Region::parse(region).value();
  result.kind = kind;
  result.packets = packets;
  result.accesses = 1;
  return result;
}

/// Adds sources one after another, each with an address of its own.
class ProfileBuilder {
 public:
  explicit ProfileBuilder(std::uint32_t first = 0) : next_(first) {}
  void add(std::initializer_list<std::string_view> services, std::string_view region,
           std::uint64_t times = 1, std::uint16_t sensor = 0) {
    for (std::uint64_t i = 0; i < times; ++i)
      add(std::vector<std::string_view>(services), region, sensor);
  }
  void add(const std::vector<std::string_view>& services, std::string_view region,
           std::uint16_t sensor) {
    std::vector<SourceCell> cells;
    for (const std::string_view text : services)
      cells.push_back(cell(text, region, sensor));
    add(cells);
  }
  void add(const std::vector<SourceCell>& cells) {
    profiles.add(IpAddress::v4(0xc6120000U + next_++), cells);
  }
  SourceProfiles profiles;

 private:
  std::uint32_t next_;
};

}  // namespace teiten::test
