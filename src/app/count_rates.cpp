#include "app/count_rates.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "analyze/day_number.h"
#include "analyze/rates.h"

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

}  // namespace

bool asks_for_sensor(const Query& query, const std::string& sensor) {
  return std::all_of(query.where.begin(), query.where.end(), [&](const Filter& filter) {
    const bool listed =
        std::find(filter.values.begin(), filter.values.end(), sensor) != filter.values.end();
    return filter.dimension != Dimension::sensor || listed != filter.exclude;
  });
}

CountRates::CountRates(std::vector<SensorCoverage> coverage, const Query& query, RateDays days)
    : query_(query), days_(days) {
  for (SensorCoverage& sensor : coverage) {
    if (asks_for_sensor(query, sensor.sensor)) coverage_.push_back(std::move(sensor));
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
  TimeRange bucket{*row.bucket, end_of_bucket(query_.bucket, *row.bucket, query_.zone)};
  if (query_.from) bucket.from = std::max(bucket.from, *query_.from);
  if (query_.to) bucket.to = std::min(bucket.to, *query_.to);
  return bucket;
}

/// Local days of the range; a part of one counts as the part that it is.
double CountRates::calendar_days(TimeRange range) const {
  using std::chrono::sys_days;
  const Day first = query_.zone.day_of(range.from);
  const Day last = query_.zone.day_of(range.to);
  // The share of a local day that has passed at `time`.
  const auto passed = [&](Day day, UtcTime time) {
    const UtcTime begin = query_.zone.start_of(day);
    const UtcTime end = query_.zone.start_of(Day{sys_days{day} + std::chrono::days(1)});
    return std::chrono::duration<double>(time - begin) / std::chrono::duration<double>(end - begin);
  };
  const auto days = static_cast<double>((sys_days{last} - sys_days{first}).count());
  const double before = passed(first, range.from);
  const double after = passed(last, range.to);
  // What the data alone bounds counts in whole days, as TALOT2's did.
  const bool open = !query_.from && !query_.to && query_.bucket == Bucket::none;
  return open ? days + std::ceil(after) : days + after - before;
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
  const TimeRange range = range_of(row);
  const Exposure days = exposure(sensors_of(row), range, query_.zone);
  if (days_ == RateDays::observed) {
    return days.observed_sensor_days < kMinRateDays ? 0 : days.observed_sensor_days;
  }
  return static_cast<double>(days.sensors) * calendar_days(range);
}

std::uint64_t CountRates::saturated_days(const ResultRow& row,
                                         std::span<const SaturatedSensor> saturated) const {
  const TimeRange range = range_of(row);
  const std::int64_t first = number_of_day(query_.zone.day_of(range.from));
  const std::int64_t last = number_of_day(query_.zone.day_of(range.to - Duration(1)));
  std::uint64_t count = 0;
  for (const SaturatedSensor& sensor : saturated) {
    if (sensor_key_ ? row.keys[*sensor_key_] != sensor.sensor
                    : !asks_for_sensor(query_, sensor.sensor))
      continue;
    count += static_cast<std::uint64_t>(
        std::count_if(sensor.days.begin(), sensor.days.end(),
                      [&](std::int64_t day) { return day >= first && day <= last; }));
  }
  return count;
}

}  // namespace teiten
