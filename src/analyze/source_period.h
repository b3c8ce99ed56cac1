#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyze/service_days.h"

namespace teiten {

/// What happened to one service (from one region or from all) between two days.
struct SourcePeriod {
  Service service;
  std::optional<Region> region;
  std::int64_t first = 0;
  std::int64_t last = 0;
  IpAddress follow;  ///< an address whose share is wanted; `::` if none

  std::uint64_t sources = 0;         ///< distinct
  std::uint64_t narrow_sources = 0;  ///< of these, vertical scanners left out
  std::uint64_t packets = 0;
  std::uint64_t top_packets = 0;                     ///< of the busiest source
  std::map<std::uint16_t, std::uint64_t> by_sensor;  ///< distinct source × day
  std::set<std::uint16_t> narrow_by;                 ///< sensors that saw one of narrow_sources
  std::set<std::uint64_t> networks;                  ///< of narrow_sources
  std::set<std::int64_t> days;                       ///< with one of narrow_sources
  std::uint64_t followed_packets = 0;
  Region followed_region;
  std::set<std::uint16_t> followed_sensors;

  std::uint64_t sensors() const { return by_sensor.size(); }
  std::uint64_t narrow_sensors() const { return narrow_by.size(); }
  double top_share() const;
  /// Largest share of one sensor in the source-days of all.
  double largest_sensor_share() const;
};

/// Counts of several periods in one pass over the sources.
class SourcePeriods {
 public:
  /// `days` must outlive this.
  explicit SourcePeriods(const ServiceDays& days) : days_(days) {}

  /// Adds a period, from the first day to the last, of a service's text and a region's or "".
  /// Returns its number.
  std::size_t add(const std::string& service, const std::string& region, Day first, Day last);
  void follow(std::size_t number, const IpAddress& source);
  Result<void> count(Store& store, const TimeZone& zone);
  const SourcePeriod& operator[](std::size_t number) const { return periods_[number]; }

 private:
  void add_source(const IpAddress& source, std::span<const SourceCell> cells);

  const ServiceDays& days_;
  std::vector<SourcePeriod> periods_;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> by_service_;
};

}  // namespace teiten
