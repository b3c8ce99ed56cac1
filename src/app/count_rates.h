#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyze/coverage.h"
#include "analyze/saturation.h"
#include "store/query.h"

namespace teiten {

/// Which days divide a count.
enum class RateDays : std::uint8_t {
  nominal,   ///< sensors × local days of the period, as TALOT2 divided by 10 × 31
  observed,  ///< the time that the sensors watched
};

/// True if the query's filters let the sensor through.
bool asks_for_sensor(const Query& query, const std::string& sensor);

/// Divides the counts of an answer by sensor-days.
class CountRates {
 public:
  CountRates(std::vector<SensorCoverage> coverage, const Query& query, RateDays days);

  /// Sensor-days behind a row, 0 where they are too few to divide by (kMinRateDays): of its bucket
  /// (or of the query's whole time), and of its sensor, if the query is by sensor, else of the
  /// sensors that the query's filters let through.
  double sensor_days(const ResultRow& row);
  /// How many of these sensors' saturated days touch a row: its bucket, its sensor.
  std::uint64_t saturated_days(const ResultRow& row,
                               std::span<const SaturatedSensor> saturated) const;

  /// The measures that may be divided: those that add up over days and sensors.
  static bool divides(Measure measure);

 private:
  TimeRange range_of(const ResultRow& row) const;
  double calendar_days(TimeRange range) const;
  std::vector<SensorCoverage> sensors_of(const ResultRow& row) const;

  std::vector<SensorCoverage> coverage_;
  const Query& query_;
  RateDays days_;
  std::optional<std::size_t> sensor_key_;  ///< position of the sensor among the row's keys
};

}  // namespace teiten
