#include "analyze/one_source_rises.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <set>

#include "analyze/surge_watch.h"

namespace teiten {
namespace {

/// One address: its share of the service's packets, its packets a day at least (METHODS §4, H2),
/// how far the service's packets are above before, and its packets' share of all of the month's.
constexpr double kOneSourceShare = 0.5;
constexpr std::uint64_t kOneSourcePackets = 100;
constexpr double kOneSourceRatio = 2.0;
constexpr double kOneSourceOfMonth = 0.01;
/// Days without it that one address may pause.
constexpr std::int64_t kOneSourcePause = 2;
/// The service's packets a day before `day`: the days of a baseline, which is frozen while one
/// source floods the service: `floods` are left out, or a flood would have to exceed itself.
std::vector<double> packets_before(const ServiceDays& days, const ServiceDays::Series& series,
                                   const std::set<std::int64_t>& floods, std::int64_t day) {
  std::vector<double> result;
  for (std::int64_t before = day - 1 - static_cast<std::int64_t>(kGuardDays);
       before >= days.first_day() && result.size() < kBaselineDays; --before) {
    if (!days.days()[static_cast<std::size_t>(before - days.first_day())].eligible) continue;
    if (floods.contains(before)) continue;
    const auto at = std::lower_bound(
        series.begin(), series.end(), before,
        [](const auto& entry, std::int64_t wanted) { return entry.first < wanted; });
    const bool there = at != series.end() && at->first == before;
    result.push_back(there ? static_cast<double>(at->second->packets) : 0.0);
  }
  return result;
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

bool is_one_source_day(const ServiceDays& days, const ServiceDays::Series& series,
                       const std::set<std::int64_t>& floods, std::int64_t day,
                       const ServiceDayCell& cell) {
  if (cell.top_packets < kOneSourcePackets) return false;
  if (!days.days()[static_cast<std::size_t>(day - days.first_day())].eligible) return false;
  const auto packets = static_cast<double>(cell.packets);
  if (static_cast<double>(cell.top_packets) <= kOneSourceShare * packets) return false;
  const std::vector<double> before = packets_before(days, series, floods, day);
  if (before.size() < kLeastBaselineDays) return false;
  return packets > *std::max_element(before.begin(), before.end()) &&
         packets >= kOneSourceRatio * mean_of(before);
}

}  // namespace

std::vector<OneSourceCandidate> find_one_source_rises(const ServiceDays& days, std::int64_t begin,
                                                      std::int64_t end) {
  std::vector<OneSourceCandidate> result;
  for (const auto& [service, series] : days.services()) {
    std::optional<OneSourceCandidate> open;
    std::set<std::int64_t> floods;
    for (const auto& [day, cell] : series) {
      if (day >= end || !is_one_source_day(days, series, floods, day, *cell)) continue;
      floods.insert(day);
      if (day < begin) continue;
      if (open && open->address == cell->top_source &&
          day - number_of_day(open->rise.last) <= kOneSourcePause + 1) {
        open->rise.last = day_from_number(day);
        continue;
      }
      if (open) result.push_back(*open);
      open.emplace();
      open->address = cell->top_source;
      open->rise.service = Service::from_code(service).to_string();
      open->rise.first = open->rise.last = day_from_number(day);
      open->rise.packets_before = mean_of(packets_before(days, series, floods, day));
    }
    if (open) result.push_back(*open);
  }
  return result;
}

OneSourceRise complete(const OneSourceCandidate& candidate, const SourcePeriod& period) {
  OneSourceRise rise = candidate.rise;
  rise.packets = period.followed_packets;
  rise.region = period.followed_region.to_string();
  rise.sensors = period.followed_sensors();
  if (period.packets == 0) return rise;
  rise.top1_share = static_cast<double>(rise.packets) / static_cast<double>(period.packets);
  rise.packets_without = static_cast<double>(period.packets - rise.packets) /
                         static_cast<double>(period.last - period.first + 1);
  return rise;
}

bool is_worth_telling(const OneSourceRise& rise, std::uint64_t month_packets) {
  return rise.top1_share > kOneSourceShare &&
         static_cast<double>(rise.packets) >=
             kOneSourceOfMonth * static_cast<double>(month_packets);
}

}  // namespace teiten
