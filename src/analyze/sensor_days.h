#pragma once

#include <span>
#include <string>
#include <vector>

#include "analyze/coverage.h"
#include "analyze/months.h"
#include "analyze/saturation.h"
#include "analyze/sensor_changes.h"
#include "base/result.h"

namespace teiten {

/// What one sensor counted on one local day, and how much of the day it watched.
struct SensorDay {
  double uptime = 0;  ///< 0–1; 0 if its count stuck to a ceiling (saturated_sensors())
  Counts counts;
};

/// Every sensor on every local day of a period, watched or not. A sensor whose addresses changed is
/// another one from then on, under the same name.
struct SensorDays {
  Day first{};
  std::vector<std::string> sensors;
  std::vector<std::vector<SensorDay>> days;  ///< [day][sensor]

  /// Index of the day; days before `first` are negative.
  std::ptrdiff_t index_of(Day day) const;
};

/// Least uptime of a day that counts: a day of packets can be scaled up from a quarter, one of
/// distinct sources hardly at all (METHODS §9).
double least_uptime(CountKind kind);

/// Reads them over `range`, which is whole local days; `changes` by sensor, then day.
Result<SensorDays> read_sensor_days(Store& store, std::span<const SensorCoverage> coverage,
                                    std::span<const SensorChange> changes, TimeRange range,
                                    const TimeZone& zone);

/// The same where saturated_sensors() of these days, or of more, was asked already.
Result<SensorDays> read_sensor_days(Store& store, std::span<const SensorCoverage> coverage,
                                    std::span<const SensorChange> changes,
                                    std::span<const SaturatedSensor> saturated, TimeRange range,
                                    const TimeZone& zone);

/// Count and observed days of one sensor over days [from, to) that count.
SensorObservation observation_of(const SensorDays& days, std::size_t sensor, std::ptrdiff_t from,
                                 std::ptrdiff_t to, CountKind kind);

/// Levels of days over sensors that come and go: the multiplicative model
/// count = sensor × day × uptime, fitted so that every sensor's and every day's sum is met (the
/// Poisson maximum). The plain ratio of sums would rise when a quiet sensor fails.
struct DayLevels {
  std::size_t sensors = 0;     ///< that are in it
  std::vector<double> levels;  ///< per sensor-day; NaN for a day on which nobody watched
  std::vector<double> weight;  ///< expected count at level 1: what a sum over days is divided by
  /// Level of days [from, to), or NaN: ratio of sums.
  double over(std::size_t from, std::size_t to) const;
  /// Days in [from, to) that have a level.
  std::size_t observed(std::size_t from, std::size_t to) const;
};

/// Share of the days that a sensor must have watched to be in the model: any two then overlap.
inline constexpr double kLevelSensorShare = 0.6;

/// Days [from, to) of `days`.
DayLevels day_levels(const SensorDays& days, std::ptrdiff_t from, std::ptrdiff_t to,
                     CountKind kind);

}  // namespace teiten
