#include "app/count_rates.h"

#include <algorithm>
#include <utility>

namespace teiten {
namespace {

UtcTime end_of_bucket(Bucket bucket, UtcTime start, const TimeZone& zone) {
  using namespace std::chrono;
  const Day day = zone.day_of(start);
  switch (bucket) {
    case Bucket::hour:
      return start + hours(1);
    case Bucket::day:
      return zone.start_of(Day{sys_days{day} + days(1)});
    case Bucket::week:
      return zone.start_of(Day{sys_days{day} + days(7)});
    case Bucket::month:
      return zone.start_of((day.year() / day.month() + months(1)) / 1);
    case Bucket::none:
      break;
  }
  return start;
}

bool passes(const Filter& filter, const std::string& sensor) {
  const bool listed =
      std::find(filter.values.begin(), filter.values.end(), sensor) != filter.values.end();
  return listed != filter.exclude;
}

}  // namespace

CountRates::CountRates(std::vector<SensorCoverage> coverage, const Query& query, RateDays days)
    : query_(query), days_(days) {
  for (SensorCoverage& sensor : coverage) {
    const bool kept =
        std::all_of(query.where.begin(), query.where.end(), [&](const Filter& filter) {
          return filter.dimension != Dimension::sensor || passes(filter, sensor.sensor);
        });
    if (kept) coverage_.push_back(std::move(sensor));
  }
  const auto at = std::find(query.by.begin(), query.by.end(), Dimension::sensor);
  if (at != query.by.end()) sensor_key_ = static_cast<std::size_t>(at - query.by.begin());
}

bool CountRates::divides(Measure measure) {
  return measure == Measure::packets || measure == Measure::accesses ||
         measure == Measure::source_days;
}

TimeRange CountRates::range_of(const ResultRow& row) const {
  TimeRange range;
  for (const SensorCoverage& sensor : coverage_) {
    if (range.empty()) range = sensor.life;
    range.from = std::min(range.from, sensor.life.from);
    range.to = std::max(range.to, sensor.life.to);
  }
  range.from = query_.from.value_or(range.from);
  range.to = query_.to.value_or(range.to);
  if (!row.bucket) return range;
  return {std::max(range.from, *row.bucket),
          std::min(range.to, end_of_bucket(query_.bucket, *row.bucket, query_.zone))};
}

std::vector<SensorCoverage> CountRates::sensors_of(const ResultRow& row) const {
  if (!sensor_key_) return coverage_;
  std::vector<SensorCoverage> sensors;
  for (const SensorCoverage& sensor : coverage_) {
    if (sensor.sensor == row.keys[*sensor_key_]) sensors.push_back(sensor);
  }
  return sensors;
}

double CountRates::sensor_days(const ResultRow& row) {
  const Exposure days = exposure(sensors_of(row), range_of(row), query_.zone);
  return days_ == RateDays::nominal ? days.nominal_sensor_days : days.observed_sensor_days;
}

}  // namespace teiten
