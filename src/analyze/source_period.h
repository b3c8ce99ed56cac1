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
  std::vector<SensorEpoch> panel;  ///< sensors of which `panel_days` are wanted
  IpAddress follow;                ///< an address whose share is wanted; `::` if none

  std::uint64_t sources = 0;         ///< distinct
  std::uint64_t narrow_sources = 0;  ///< of these, vertical scanners left out
  std::uint64_t packets = 0;
  std::uint64_t top_packets = 0;                     ///< of the busiest source
  std::map<std::uint16_t, std::uint64_t> by_sensor;  ///< distinct source × day
  std::set<SensorEpoch> narrow_by;                   ///< that saw one of narrow_sources
  std::set<std::uint64_t> networks;                  ///< of narrow_sources
  std::set<std::int64_t> days;                       ///< with one of narrow_sources
  std::uint64_t panel_days = 0;  ///< distinct source × day at sensors of the panel
  std::uint64_t followed_packets = 0;
  Region followed_region;
  std::set<SensorEpoch> followed_by;

  std::uint64_t sensors() const { return by_sensor.size(); }
  std::uint64_t narrow_sensors() const;
  std::uint64_t followed_sensors() const;
  double top_share() const;
  /// The sensor with most of the source-days of all, the first of equals.
  struct BusiestSensor {
    std::uint16_t sensor = 0;
    std::uint64_t part = 0;
    std::uint64_t whole = 0;
    double share() const;
  };
  BusiestSensor busiest_sensor() const;
};

/// How many of these sensors watched for the days of a baseline before `day`.
std::size_t known_sensors(const ServiceDays& days, const std::set<SensorEpoch>& epochs,
                          std::int64_t day);

/// Counts of several periods in one pass over the sources.
class SourcePeriods {
 public:
  /// `days` must outlive this.
  explicit SourcePeriods(const ServiceDays& days) : days_(days) {}

  /// Adds a period, from the first day to the last, of a service's text and a region's or "".
  /// Returns its number.
  std::size_t add(const std::string& service, const std::string& region, Day first, Day last);
  void follow(std::size_t number, const IpAddress& source);
  void watch(std::size_t number, std::vector<SensorEpoch> panel);
  Result<void> count(Store& store, const TimeZone& zone);
  const SourcePeriod& operator[](std::size_t number) const { return periods_[number]; }

 private:
  void add_source(const IpAddress& source, std::span<const SourceCell> cells);

  const ServiceDays& days_;
  std::vector<SourcePeriod> periods_;
  std::unordered_map<std::uint32_t, std::vector<std::size_t>> by_service_;
};

}  // namespace teiten
