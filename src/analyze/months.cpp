#include "analyze/months.h"

#include <algorithm>
#include <map>

namespace teiten {
namespace {

std::chrono::year_month month_of(UtcTime time, const TimeZone& zone) {
  const Day day = zone.day_of(time);
  return day.year() / day.month();
}

MonthNumbers empty_month(std::chrono::year_month month, std::span<const SensorCoverage> coverage,
                         const TimeZone& zone) {
  MonthNumbers numbers;
  numbers.month = month;
  numbers.range = month_range(month, zone);
  numbers.exposure = exposure(coverage, numbers.range, zone);
  for (const SensorCoverage& sensor : coverage) {
    const double observed = sensor.observed_days(numbers.range);
    if (observed <= 0) continue;
    SensorMonth entry;
    entry.sensor = sensor.sensor;
    entry.observed_days = observed;
    entry.nominal_days =
        numbers.exposure.nominal_sensor_days / static_cast<double>(numbers.exposure.sensors);
    numbers.sensors.push_back(std::move(entry));
  }
  return numbers;
}

std::vector<DayNumbers> empty_days(const MonthNumbers& month,
                                   std::span<const SensorCoverage> coverage, const TimeZone& zone) {
  std::vector<DayNumbers> days;
  for (Day day = month.month / std::chrono::day(1);
       day.month() == month.month.month() && day.year() == month.month.year();
       day = std::chrono::sys_days(day) + std::chrono::days(1)) {
    DayNumbers numbers;
    numbers.day = day;
    numbers.range = {zone.start_of(day),
                     zone.start_of(Day(std::chrono::sys_days(day) + std::chrono::days(1)))};
    numbers.nominal_sensors = month.exposure.sensors;
    for (const SensorCoverage& sensor : coverage)
      numbers.observed_sensor_days += sensor.observed_days(numbers.range);
    days.push_back(numbers);
  }
  return days;
}

/// Counts of every sensor on every local day of `range`: small (days × sensors), and everything
/// that sums over days and sensors comes from it.
Result<QueryResult> daily_counts(Store& store, TimeRange range, const TimeZone& zone) {
  Query query;
  query.from = range.from;
  query.to = range.to;
  query.zone = zone;
  query.bucket = Bucket::day;
  query.by = {Dimension::sensor};
  query.measures = {Measure::packets, Measure::accesses, Measure::source_days, Measure::sources};
  return store.query(query);
}

Result<QueryResult> distinct_sources(Store& store, TimeRange range, const TimeZone& zone) {
  Query query;
  query.from = range.from;
  query.to = range.to;
  query.zone = zone;
  query.bucket = Bucket::month;
  query.measures = {Measure::sources};
  return store.query(query);
}

void add_row(const ResultRow& row, const TimeZone& zone, MonthlyNumbers& numbers) {
  const Counts counts{row.measures[0], row.measures[1], row.measures[2], row.measures[3]};
  const auto month = month_of(*row.bucket, zone);
  for (MonthNumbers& entry : numbers.months) {
    if (entry.month != month) continue;
    entry.counts += counts;
    for (SensorMonth& sensor : entry.sensors) {
      if (sensor.sensor == row.keys[0]) sensor.counts += counts;
    }
  }
  const Day day = zone.day_of(*row.bucket);
  for (DayNumbers& entry : numbers.days) {
    if (entry.day == day) entry.counts += counts;
  }
}

}  // namespace

Counts& Counts::operator+=(const Counts& other) {
  packets += other.packets;
  accesses += other.accesses;
  source_days += other.source_days;
  daily_sources += other.daily_sources;
  return *this;
}

std::uint64_t Counts::*member_of(CountKind kind) {
  switch (kind) {
    case CountKind::packets:
      break;
    case CountKind::accesses:
      return &Counts::accesses;
    case CountKind::source_days:
      return &Counts::source_days;
    case CountKind::daily_sources:
      return &Counts::daily_sources;
  }
  return &Counts::packets;
}

std::uint64_t count_of(const Counts& counts, CountKind kind) {
  return counts.*member_of(kind);
}

double MonthNumbers::sensor_days(Denominator denominator) const {
  return denominator == Denominator::nominal ? exposure.nominal_sensor_days
                                             : exposure.observed_sensor_days;
}

double MonthNumbers::completeness() const {
  if (exposure.nominal_sensor_days <= 0) return 0;
  return std::min(1.0, exposure.observed_sensor_days / exposure.nominal_sensor_days);
}

std::optional<double> MonthNumbers::rate(CountKind kind, Denominator denominator) const {
  if (exposure.observed_sensor_days < kMinRateDays) return std::nullopt;
  return rate_of(count_of(counts, kind), sensor_days(denominator));
}

std::optional<Interval> MonthNumbers::interval(CountKind kind, Denominator denominator) const {
  std::vector<SensorObservation> observations;
  for (const SensorMonth& sensor : sensors) {
    observations.push_back(
        {static_cast<double>(count_of(sensor.counts, kind)),
         denominator == Denominator::nominal ? sensor.nominal_days : sensor.observed_days});
  }
  return rate_interval(observations);
}

TimeRange month_range(std::chrono::year_month month, const TimeZone& zone) {
  return {zone.start_of(month / std::chrono::day(1)),
          zone.start_of((month + std::chrono::months(1)) / std::chrono::day(1))};
}

Result<MonthlyNumbers> monthly_numbers(Store& store, std::span<const SensorCoverage> coverage,
                                       std::chrono::year_month last, int count,
                                       const TimeZone& zone) {
  MonthlyNumbers numbers;
  for (int back = count - 1; back >= 0; --back)
    numbers.months.push_back(empty_month(last - std::chrono::months(back), coverage, zone));
  numbers.days = empty_days(numbers.months.back(), coverage, zone);

  const TimeRange range{numbers.months.front().range.from, numbers.months.back().range.to};
  TEITEN_TRY(const auto daily, daily_counts(store, range, zone));
  for (const ResultRow& row : daily.rows)
    add_row(row, zone, numbers);
  TEITEN_TRY(const auto distinct, distinct_sources(store, range, zone));
  for (const ResultRow& row : distinct.rows) {
    for (MonthNumbers& entry : numbers.months) {
      if (entry.month == month_of(*row.bucket, zone)) entry.sources = row.measures[0];
    }
  }
  return numbers;
}

Result<std::vector<std::chrono::year_month>> months_with_data(Store& store, const TimeZone& zone) {
  Query query;
  query.zone = zone;
  query.bucket = Bucket::month;
  query.measures = {Measure::packets};
  TEITEN_TRY(const auto result, store.query(query));
  std::vector<std::chrono::year_month> months;
  for (const ResultRow& row : result.rows)
    months.push_back(month_of(*row.bucket, zone));
  std::sort(months.begin(), months.end());
  return months;
}

}  // namespace teiten
