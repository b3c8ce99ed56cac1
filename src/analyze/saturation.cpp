#include "analyze/saturation.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "analyze/day_number.h"

namespace teiten {
namespace {

/// Days near a ceiling: within 0.5 % of it, and closer together than chance leaves counts (a
/// quarter of the deviation of a Poisson count). The largest of 130 ordinary days (deviation 10 %)
/// are that close three at a time in 2 % of all sensors, so three are enough only at a whole number
/// of packets a minute, where limits are; else it takes seven, or four within 0.1 %.
constexpr double kCeilingTolerance = 0.005;
constexpr double kCeilingSpread = 0.25;
constexpr double kMinutesPerDay = 1440;
constexpr std::size_t kCeilingDays = 3;
constexpr std::size_t kOddCeilingDays = 7;
constexpr double kExactCeilingTolerance = 0.001;
constexpr std::size_t kExactCeilingDays = 4;

using DayCount = std::pair<std::int64_t, std::uint64_t>;

std::int64_t first_of_month(std::int64_t day, int months_later) {
  return number_of_day((month_of_day(day) + std::chrono::months{months_later}) / 1);
}

void add_day(std::int64_t day, std::uint64_t packets, SaturatedSensor& sensor) {
  sensor.days.push_back(day);
  sensor.packets.push_back(packets);
  sensor.ceiling = std::max(sensor.ceiling, packets);
}

/// Adds the saturated days of `counts` (by day) that lie in [first_day, end_day).
void add_saturated(std::span<const DayCount> counts, std::int64_t first_day, std::int64_t end_day,
                   SaturatedSensor& sensor) {
  const auto from = [&](std::int64_t day) {
    return std::lower_bound(counts.begin(), counts.end(), DayCount{day, 0});
  };
  for (std::int64_t month = first_of_month(first_day, 0); month < end_day;
       month = first_of_month(month, 1)) {
    const std::span<const DayCount> judged(from(first_of_month(month, -1)),
                                           from(first_of_month(month, 1)));
    for (const std::int64_t day : saturated_days(judged)) {
      if (day < std::max(month, first_day) || day >= end_day) continue;
      add_day(day, from(day)->second, sensor);
    }
  }
}

}  // namespace

std::vector<std::int64_t> saturated_days(
    std::span<const std::pair<std::int64_t, std::uint64_t>> packets_by_day) {
  std::uint64_t largest = 0;
  for (const auto& [day, packets] : packets_by_day)
    largest = std::max(largest, packets);
  const auto ceiling = static_cast<double>(largest);
  const double spread = std::min(kCeilingTolerance * ceiling, kCeilingSpread * std::sqrt(ceiling));
  std::vector<std::int64_t> result;
  std::size_t exact = 0;
  for (const auto& [day, packets] : packets_by_day) {
    const double below = ceiling - static_cast<double>(packets);
    if (below <= spread) result.push_back(day);
    exact += below <= std::min(spread, kExactCeilingTolerance * ceiling) ? 1 : 0;
  }
  const double minutes = std::round(ceiling / kMinutesPerDay);
  const bool whole =
      minutes >= 1 && std::abs(ceiling - minutes * kMinutesPerDay) <= kCeilingTolerance * ceiling;
  const std::size_t least = whole ? kCeilingDays : kOddCeilingDays;
  // A few packets a day are the same number by chance.
  if (spread < 1.0 || (result.size() < least && exact < kExactCeilingDays)) result.clear();
  std::sort(result.begin(), result.end());
  return result;
}

std::span<const std::int64_t> saturated_days_of(std::span<const SaturatedSensor> saturated,
                                                std::string_view sensor) {
  for (const SaturatedSensor& each : saturated)
    if (each.sensor == sensor) return each.days;
  return {};
}

Result<std::vector<SaturatedSensor>> saturated_sensors(Store& store,
                                                       std::optional<std::int64_t> first_day,
                                                       std::optional<std::int64_t> end_day,
                                                       const TimeZone& zone) {
  std::vector<SaturatedSensor> result;
  if (first_day && end_day && *first_day >= *end_day) return result;
  Query query;
  query.zone = zone;
  if (first_day) query.from = zone.start_of(day_from_number(first_of_month(*first_day, -1)));
  if (end_day) query.to = zone.start_of(day_from_number(first_of_month(*end_day - 1, 1)));
  // Daily counts of old days are those of one zone: a day of another one is judged by the day that
  // has its name.
  TEITEN_TRY(const std::optional<Retention> kept, store.whole().retention());
  const bool aged = kept && kept->has_days() && (!query.from || *query.from < kept->kept_from);
  const TimeZone& days_of = aged ? kept->zone : zone;
  if (aged) {
    query.zone = days_of;
    if (first_day) query.from = days_of.start_of(day_from_number(first_of_month(*first_day, -1)));
    if (end_day) query.to = days_of.start_of(day_from_number(first_of_month(*end_day - 1, 1)));
  }
  query.bucket = Bucket::day;
  query.by = {Dimension::sensor};
  query.measures = {Measure::packets};
  // A ceiling is one of all that the log held, whatever part of it is looked at.
  TEITEN_TRY(const QueryResult counted, store.whole().query(query));
  std::map<std::string, std::vector<DayCount>> by_sensor;
  for (const ResultRow& row : counted.rows)
    by_sensor[row.keys[0]].emplace_back(number_of_day(days_of.day_of(*row.bucket)),
                                        row.measures[0]);
  for (auto& [name, counts] : by_sensor) {
    std::sort(counts.begin(), counts.end());
    SaturatedSensor sensor{name, 0, {}};
    add_saturated(counts, first_day.value_or(counts.front().first),
                  end_day.value_or(counts.back().first + 1), sensor);
    if (!sensor.days.empty()) result.push_back(std::move(sensor));
  }
  return result;
}

Result<std::vector<SaturatedSensor>> saturated_sensors(Store& store, TimeRange range,
                                                       const TimeZone& zone) {
  if (range.empty()) return std::vector<SaturatedSensor>();
  return saturated_sensors(store, number_of_day(zone.day_of(range.from)),
                           number_of_day(zone.day_of(range.to - Duration(1))) + 1, zone);
}

std::vector<SaturatedSensor> saturated_within(std::span<const SaturatedSensor> saturated,
                                              std::int64_t first_day, std::int64_t end_day) {
  std::vector<SaturatedSensor> result;
  for (const SaturatedSensor& each : saturated) {
    SaturatedSensor sensor{each.sensor, 0, {}};
    for (std::size_t i = 0; i < each.days.size(); ++i) {
      if (each.days[i] >= first_day && each.days[i] < end_day)
        add_day(each.days[i], each.packets[i], sensor);
    }
    if (!sensor.days.empty()) result.push_back(std::move(sensor));
  }
  return result;
}

}  // namespace teiten
