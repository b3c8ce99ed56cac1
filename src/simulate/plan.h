#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "net/time.h"
#include "simulate/scenario.h"

namespace teiten {

/// How many visits are expected where and when, and when a sensor sees nothing: the planted ground
/// truth, before chance takes its part. Noise and weekends are scaled so that a month's mean, and
/// the mean over sensors, is exactly what the scenario says.
class Plan {
 public:
  Plan(const Scenario& scenario, std::uint64_t seed, double scale);

  int day_count() const { return day_count_; }
  /// The local day `index` days after the first.
  Day day(int index) const;
  /// Midnight of the local day, in microseconds since 1970.
  std::int64_t start_of(int index) const;
  double expected_visits(int day, std::size_t sensor, std::size_t family) const;
  /// Of all families at all sensors.
  double expected_packets(int day) const;
  /// The family's services on that day, changes applied.
  const std::vector<ServiceShare>& services(int day, std::size_t family) const;
  /// Planted and random outages, by sensor and time; overlaps are joined.
  const std::vector<Outage>& outages() const { return outages_; }
  bool is_out(std::size_t sensor, std::int64_t microseconds) const;

 private:
  void plan_month(int from, int to, std::uint64_t seed);
  void plan_changes();
  void plan_outages(std::uint64_t seed);
  std::size_t cell(int day, std::size_t column, std::size_t columns) const {
    return static_cast<std::size_t>(day) * columns + column;
  }

  const Scenario& scenario_;
  double scale_;
  int day_count_;
  std::vector<double> sensor_levels_;      ///< lasting, mean 1
  std::vector<double> sensor_day_levels_;  ///< day × sensor
  std::vector<double> family_levels_;      ///< day × family: month, drift, weekend, noise, changes
  std::vector<std::uint16_t> service_set_;  ///< day × family → service_sets_
  std::vector<std::vector<ServiceShare>> service_sets_;
  std::vector<Outage> outages_;
  std::vector<std::vector<TimeRange>> outages_by_sensor_;
};

}  // namespace teiten
