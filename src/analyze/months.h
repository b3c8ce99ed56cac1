#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyze/bootstrap.h"
#include "analyze/coverage.h"
#include "store/store.h"

namespace teiten {

/// Every way a cell of sensor × local day is counted; sums over such cells.
struct Counts {
  std::uint64_t packets = 0;
  std::uint64_t accesses = 0;
  std::uint64_t source_days = 0;  ///< TALOT2's 延べ発信元数
  /// Distinct sources of one sensor on one local day, summed: a source counts once whatever
  /// services it asked for.
  std::uint64_t daily_sources = 0;

  Counts& operator+=(const Counts& other);
};

/// What a sum of Counts is asked for.
enum class CountKind { packets, accesses, source_days, daily_sources };
std::uint64_t Counts::*member_of(CountKind kind);
std::uint64_t count_of(const Counts& counts, CountKind kind);

/// Days that a rate is divided by.
enum class Denominator {
  nominal,   ///< local days of the period, whether or not somebody watched (TALOT2)
  observed,  ///< observed time
};

/// One sensor in one month.
struct SensorMonth {
  std::string sensor;
  double nominal_days = 0;
  double observed_days = 0;
  Counts counts;
};

/// One local month over all sensors that watched in it.
struct MonthNumbers {
  std::chrono::year_month month{};
  TimeRange range;
  Exposure exposure;
  Counts counts;
  std::uint64_t sources = 0;         ///< distinct source addresses in the month
  std::vector<SensorMonth> sensors;  ///< those that watched, by name

  /// False: nobody watched; the month is missing, not zero.
  bool observed() const { return exposure.sensors > 0; }
  double sensor_days(Denominator denominator) const;
  /// Observed share of the nominal sensor-days, 0–1.
  double completeness() const;
  /// Nothing below kMinRateDays of observed time.
  std::optional<double> rate(CountKind kind, Denominator denominator) const;
  /// 95 % over sensors; see rate_interval().
  std::optional<Interval> interval(CountKind kind, Denominator denominator) const;
};

/// One local day over all sensors.
struct DayNumbers {
  Day day{};
  TimeRange range;
  double observed_sensor_days = 0;
  std::uint64_t nominal_sensors = 0;  ///< sensors that watched at some time in the month
  Counts counts;
  bool observed() const { return observed_sensor_days > 0; }
};

/// [first instant of the local month, first instant of the next).
TimeRange month_range(std::chrono::year_month month, const TimeZone& zone);

/// The `count` months that end with `last`, oldest first, and the days of `last`.
struct MonthlyNumbers {
  std::vector<MonthNumbers> months;
  std::vector<DayNumbers> days;
};
Result<MonthlyNumbers> monthly_numbers(Store& store, std::span<const SensorCoverage> coverage,
                                       std::chrono::year_month last, int count,
                                       const TimeZone& zone);

/// Local months in which the store has at least one packet, in order.
Result<std::vector<std::chrono::year_month>> months_with_data(Store& store, const TimeZone& zone);

}  // namespace teiten
