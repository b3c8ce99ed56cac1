#include "serve/service_mix.h"

#include <algorithm>
#include <chrono>
#include <limits>

namespace teiten {
namespace {

constexpr double kDaySeconds = 86400;

std::int64_t day_of(UtcTime time) {
  return std::chrono::floor<std::chrono::days>(time).time_since_epoch().count();
}

/// What `mix` would have seen of the service by this witness.
double expected_by(const ServiceMix& witness, const ServiceMix& mix, Service service) {
  if (witness.total() == 0 || witness.observed_days() <= 0) return 0;
  const auto seen = static_cast<double>(witness.of(service));
  const double by_share =
      static_cast<double>(mix.total()) * seen / static_cast<double>(witness.total());
  const double by_time = mix.observed_days() * seen / witness.observed_days();
  return std::min(by_share, by_time);
}

}  // namespace

ServiceCounts services_of(const Batch& batch) {
  ServiceCounts counts;
  for (const Access& access : batch.accesses)
    if (!access.continues && !is_others_side(access.kind)) ++counts[access.service];
  return counts;
}

void ServiceMix::note(TimeRange range, const ServiceCounts& counts) {
  if (range.empty()) return;
  const std::int64_t number = day_of(range.from);
  Day& day = days_[static_cast<std::size_t>(number % kMixDays + kMixDays) % kMixDays];
  if (day.number > number) return;  // late by a week
  if (day.number != number) {
    day = {};
    day.number = number;
  }
  day.seconds += std::chrono::duration<double>(range.to - range.from).count();
  for (const auto& [service, count] : counts) {
    day.total += count;
    const auto at = std::lower_bound(day.counts.begin(), day.counts.end(),
                                     std::pair<Service, std::uint32_t>(service, 0));
    if (at != day.counts.end() && at->first == service) {
      at->second += static_cast<std::uint32_t>(count);
    } else if (day.counts.size() < kMaxMixServices) {
      day.counts.insert(at, {service, static_cast<std::uint32_t>(count)});
    } else {
      day.full = true;
    }
  }
}

bool ServiceMix::whole() const {
  return std::none_of(days_.begin(), days_.end(), [](const Day& day) { return day.full; });
}

const std::uint32_t* ServiceMix::find(const Day& day, Service service) {
  const auto at = std::lower_bound(day.counts.begin(), day.counts.end(),
                                   std::pair<Service, std::uint32_t>(service, 0));
  return at != day.counts.end() && at->first == service ? &at->second : nullptr;
}

std::uint64_t ServiceMix::total() const {
  std::uint64_t total = 0;
  for (const Day& day : days_)
    total += day.total;
  return total;
}

double ServiceMix::observed_days() const {
  double seconds = 0;
  for (const Day& day : days_)
    seconds += day.seconds;
  return seconds / kDaySeconds;
}

std::uint64_t ServiceMix::of(Service service) const {
  std::uint64_t count = 0;
  for (const Day& day : days_)
    if (const std::uint32_t* seen = find(day, service)) count += *seen;
  return count;
}

ServiceCounts ServiceMix::counts() const {
  ServiceCounts counts;
  for (const Day& day : days_)
    for (const auto& [service, count] : day.counts)
      counts[service] += count;
  return counts;
}

std::optional<MissingService> missing_service(const std::string& sensor,
                                              const std::map<std::string, const ServiceMix*>& all) {
  const auto own = all.find(sensor);
  if (own == all.end() || !own->second->whole()) return std::nullopt;
  const ServiceMix& mix = *own->second;
  std::vector<const ServiceMix*> witnesses;
  for (const auto& [name, witness] : all) {
    if (name != sensor && witness->observed_days() >= kLeastWitnessDays)
      witnesses.push_back(witness);
  }
  if (witnesses.size() < kLeastWitnesses) return std::nullopt;
  // Every other one must see it: the smallest mix has the fewest candidates.
  const ServiceMix* smallest = *std::min_element(
      witnesses.begin(), witnesses.end(),
      [](const ServiceMix* a, const ServiceMix* b) { return a->total() < b->total(); });
  std::optional<MissingService> missing;
  for (const auto& [service, count] : smallest->counts()) {
    if (mix.of(service) > 0) continue;
    double expected = std::numeric_limits<double>::infinity();
    for (const ServiceMix* witness : witnesses)
      expected = std::min(expected, expected_by(*witness, mix, service));
    if (expected >= kMissedAccesses && (!missing || expected > missing->expected))
      missing = MissingService{service, expected};
  }
  return missing;
}

}  // namespace teiten
