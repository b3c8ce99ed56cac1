#include "analyze/sensor_changes.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <tuple>

#include "analyze/day_number.h"

namespace teiten {
namespace {

/// Least uptime of a day that counts as observed.
constexpr double kObservedDay = 0.9;

/// Observed days in [first, end).
std::size_t between(std::span<const std::int64_t> observed, std::int64_t first, std::int64_t end) {
  const auto from = std::lower_bound(observed.begin(), observed.end(), first);
  const auto to = std::lower_bound(from, observed.end(), end);
  return static_cast<std::size_t>(to - from);
}

/// Whether `silent` days without a packet are more than chance where `active` of `days` had one.
bool is_no_chance(std::size_t active, std::size_t days, std::size_t silent) {
  // By Laplace's rule: no address is certain to be asked for on a day.
  const double without = (static_cast<double>(days - active) + 1) / (static_cast<double>(days) + 2);
  return std::pow(without, static_cast<double>(silent)) < kTargetSilenceChance;
}

using DaysOfTargets = std::map<std::string, TargetDays>;

/// Sensors with several addresses, and not too many to look at each.
Result<std::vector<std::string>> sensors_to_compare(Store& store, TimeRange range) {
  Query query;
  query.from = range.from;
  query.to = range.to;
  query.by = {Dimension::sensor, Dimension::target};
  query.measures = {Measure::packets};
  TEITEN_TRY(const auto answer, store.query(query));
  std::map<std::string, std::size_t> targets;
  for (const ResultRow& row : answer.rows)
    ++targets[row.keys[0]];
  std::vector<std::string> sensors;
  for (const auto& [sensor, count] : targets) {
    if (count > 1 && count <= kMaxComparedTargets) sensors.push_back(sensor);
  }
  return sensors;
}

std::vector<std::int64_t> observed_days(const SensorCoverage& coverage, TimeRange range,
                                        const TimeZone& zone) {
  std::vector<std::int64_t> days;
  for (Day day = zone.day_of(range.from); zone.start_of(day) < range.to;) {
    const Day next(std::chrono::sys_days(day) + std::chrono::days(1));
    if (coverage.uptime({zone.start_of(day), zone.start_of(next)}) >= kObservedDay)
      days.push_back(number_of_day(day));
    day = next;
  }
  return days;
}

}  // namespace

std::vector<std::int64_t> changed_days(std::span<const TargetDays> targets,
                                       std::span<const std::int64_t> observed) {
  if (observed.empty()) return {};
  const std::int64_t end = observed.back() + 1;
  std::map<std::int64_t, std::size_t> changes;
  for (const TargetDays& target : targets) {
    std::vector<std::int64_t> active;
    std::copy_if(target.days.begin(), target.days.end(), std::back_inserter(active),
                 [&](std::int64_t day) {
                   return std::binary_search(observed.begin(), observed.end(), day);
                 });
    if (active.size() < kLeastTargetDays) continue;
    const std::int64_t after = active.back() + 1;
    const std::size_t days = between(observed, active.front(), after);
    if (is_no_chance(active.size(), days, between(observed, observed.front(), active.front())))
      ++changes[active.front()];
    if (is_no_chance(active.size(), days, between(observed, after, end))) ++changes[after];
  }
  std::vector<std::int64_t> result;
  const double least = std::max(1.0, kChangedTargetShare * static_cast<double>(targets.size()));
  for (const auto& [day, count] : changes) {
    if (static_cast<double>(count) >= least) result.push_back(day);
  }
  return result;
}

Result<std::vector<SensorChange>> sensor_changes(Store& store,
                                                 std::span<const SensorCoverage> coverage,
                                                 TimeRange range, const TimeZone& zone) {
  std::vector<SensorChange> changes;
  TEITEN_TRY(auto sensors, sensors_to_compare(store, range));
  if (sensors.empty()) return changes;
  Query query;
  query.from = range.from;
  query.to = range.to;
  query.zone = zone;
  query.bucket = Bucket::day;
  query.by = {Dimension::sensor, Dimension::target};
  query.where = {{Dimension::sensor, std::move(sensors), false}};
  query.measures = {Measure::packets};
  TEITEN_TRY(const auto answer, store.query(query));
  std::map<std::string, DaysOfTargets> by_sensor;
  for (const ResultRow& row : answer.rows)
    by_sensor[row.keys[0]][row.keys[1]].days.push_back(number_of_day(zone.day_of(*row.bucket)));
  for (const SensorCoverage& sensor : coverage) {
    const auto found = by_sensor.find(sensor.sensor);
    if (found == by_sensor.end()) continue;
    std::vector<TargetDays> targets;
    for (auto& [target, days] : found->second)
      targets.push_back(std::move(days));
    for (const std::int64_t day : changed_days(targets, observed_days(sensor, range, zone)))
      changes.push_back({sensor.sensor, day});
  }
  std::sort(changes.begin(), changes.end(), [](const SensorChange& a, const SensorChange& b) {
    return std::tie(a.sensor, a.day) < std::tie(b.sensor, b.day);
  });
  return changes;
}

}  // namespace teiten
