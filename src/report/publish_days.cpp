#include <algorithm>

#include "analyze/day_number.h"
#include "analyze/sensor_changes.h"
#include "analyze/sensor_days.h"
#include "analyze/trend_words.h"
#include "report/publish.h"

namespace teiten {
namespace {

/// What one sensor counted on one day.
struct SensorDayCounts {
  std::int64_t day = 0;
  std::string sensor;
  Counts counts;
};

/// Counted as the months' numbers are, which are sums of such rows.
Result<std::vector<SensorDayCounts>> counts_of_days(Store& store, const ReportData& data,
                                                    const LeftOutDays& days) {
  Query query;
  query.from = data.six_months().from;
  query.to = data.six_months().to;
  query.zone = data.zone;
  query.bucket = Bucket::day;
  query.by = {Dimension::sensor};
  query.measures = {Measure::packets, Measure::accesses, Measure::source_days, Measure::sources};
  TEITEN_TRY(const auto answer, store.query(query));
  std::vector<SensorDayCounts> rows;
  for (const ResultRow& row : answer.rows) {
    const std::int64_t day = number_of_day(data.zone.day_of(*row.bucket));
    if (!days.contains(day)) continue;
    const auto& count = row.measures;
    rows.push_back({day, row.keys[0], {count[0], count[1], count[2], count[3]}});
  }
  return rows;
}

void subtract(Counts& from, const Counts& counts) {
  from.packets -= counts.packets;
  from.accesses -= counts.accesses;
  from.source_days -= counts.source_days;
  from.daily_sources -= counts.daily_sources;
}

/// The month has these days less: a rate is that of the days that are left.
void shorten(MonthNumbers& month, const std::vector<std::int64_t>& days, const ReportData& data) {
  const auto left_out = static_cast<double>(days.size());
  for (SensorMonth& sensor : month.sensors) {
    for (const SensorCoverage& coverage : data.coverage) {
      if (coverage.sensor != sensor.sensor) continue;
      for (const std::int64_t day : days) {
        sensor.observed_days -=
            coverage.observed_days({data.zone.start_of(day_from_number(day)),
                                    data.zone.start_of(day_from_number(day + 1))});
      }
    }
    sensor.nominal_days = std::max(0.0, sensor.nominal_days - left_out);
  }
  // A second is 1.2e-5 days: what is less is what rounding left of none.
  constexpr double kNothing = 1e-6;
  std::erase_if(month.sensors,
                [](const SensorMonth& sensor) { return sensor.observed_days < kNothing; });
  month.exposure = {month.sensors.size(), 0, 0};
  for (const SensorMonth& sensor : month.sensors) {
    month.exposure.nominal_sensor_days += sensor.nominal_days;
    month.exposure.observed_sensor_days += sensor.observed_days;
  }
}

void leave_out(SensorDays& days, const LeftOutDays& left_out) {
  const std::int64_t first = number_of_day(days.first);
  for (std::size_t day = 0; day < days.days.size(); ++day) {
    if (!left_out.contains(first + static_cast<std::int64_t>(day))) continue;
    for (SensorDay& sensor : days.days[day])
      sensor = SensorDay();
  }
}

/// The words of the days that are left, by the same rules as those of all (month_findings()).
Result<void> restate(Store& store, const LeftOutDays& left_out, ReportData& data) {
  const TimeRange range = statement_range(data.month, data.zone);
  TEITEN_TRY(const auto changes, sensor_changes(store, data.coverage, range, data.zone));
  TEITEN_TRY(auto days, read_sensor_days(store, data.coverage, changes, range, data.zone));
  leave_out(days, left_out);
  std::vector<CountKind> kinds;
  for (const OverallStatement& statement : data.findings.overall)
    kinds.push_back(statement.kind);
  TEITEN_TRY(data.findings.overall,
             overall_statements(store, days, data.numbers, data.zone, kinds));
  return {};
}

}  // namespace

Result<void> leave_out_days(Store& store, const LeftOutDays& left_out,
                            const Publication& publication, ReportData& data) {
  if (left_out.empty()) return {};
  TEITEN_TRY(const auto rows, counts_of_days(store, data, left_out));
  for (std::size_t i = 0; i < data.numbers.months.size(); ++i) {
    MonthNumbers& month = data.numbers.months[i];
    std::vector<std::int64_t> days;
    for (const std::int64_t day : left_out) {
      if (month_of_day(day) == month.month) days.push_back(day);
    }
    if (days.empty()) continue;
    for (const SensorDayCounts& row : rows) {
      if (month_of_day(row.day) != month.month) continue;
      subtract(month.counts, row.counts);
      for (SensorMonth& sensor : month.sensors) {
        if (sensor.sensor == row.sensor) subtract(sensor.counts, row.counts);
      }
    }
    month.sources = publication.sources[i];
    shorten(month, days, data);
  }
  for (DayNumbers& day : data.numbers.days) {
    if (left_out.contains(number_of_day(day.day))) day.observed_sensor_days = 0;
  }
  return restate(store, left_out, data);
}

}  // namespace teiten
