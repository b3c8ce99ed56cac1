#include "analyze/source_profiles.h"

#include <algorithm>
#include <limits>

#include "analyze/asking.h"
#include "base/hash.h"
#include "store/store.h"

namespace teiten {
namespace {

void sort_unique(std::vector<std::uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

/// The region of most packets, the first in the alphabet among equals. Nearly always there is one.
Region main_region(std::span<const SourceCell> cells) {
  std::vector<std::pair<Region, std::uint64_t>> packets;
  for (const SourceCell& cell : cells) {
    if (!asks_for_service(cell)) continue;
    const auto entry = std::find_if(packets.begin(), packets.end(), [&](const auto& candidate) {
      return candidate.first == cell.region;
    });
    if (entry == packets.end()) {
      packets.emplace_back(cell.region, cell.packets);
    } else {
      entry->second += cell.packets;
    }
  }
  const auto most =
      std::min_element(packets.begin(), packets.end(), [](const auto& a, const auto& b) {
        return a.second != b.second ? a.second > b.second : a.first < b.first;
      });
  return most == packets.end() ? Region() : most->first;
}

std::size_t hash_of(std::span<const std::uint32_t> numbers) {
  std::uint64_t hash = 0;
  for (const std::uint32_t number : numbers)
    hash = mix64(hash ^ number);
  return static_cast<std::size_t>(hash);
}

}  // namespace

bool SetPool::holds(std::uint32_t index, std::span<const std::uint32_t> numbers) const {
  const auto known = (*this)[index];
  return std::equal(known.begin(), known.end(), numbers.begin(), numbers.end());
}

void SetPool::grow() {
  std::vector<std::uint32_t> slots(slots_.size() * 2, 0);
  for (const std::uint32_t slot : slots_) {
    if (slot == 0) continue;
    std::size_t at = hash_of((*this)[slot - 1]) & (slots.size() - 1);
    while (slots[at] != 0)
      at = (at + 1) & (slots.size() - 1);
    slots[at] = slot;
  }
  slots_ = std::move(slots);
}

std::uint32_t SetPool::intern(std::span<const std::uint32_t> numbers) {
  if (3 * (size() + 1) > 2 * slots_.size()) grow();
  std::size_t at = hash_of(numbers) & (slots_.size() - 1);
  while (slots_[at] != 0) {
    if (holds(slots_[at] - 1, numbers)) return slots_[at] - 1;
    at = (at + 1) & (slots_.size() - 1);
  }
  numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
  ends_.push_back(static_cast<std::uint32_t>(numbers_.size()));
  slots_[at] = static_cast<std::uint32_t>(size());
  return slots_[at] - 1;
}

std::span<const std::uint32_t> SetPool::operator[](std::uint32_t index) const {
  return std::span(numbers_).subspan(ends_[index], ends_[index + 1] - ends_[index]);
}

void SourceProfiles::add(const IpAddress& source, std::span<const SourceCell> cells) {
  std::vector<std::uint32_t> services;
  std::vector<std::uint32_t> sensors;
  std::uint64_t packets = 0;
  for (const SourceCell& cell : cells) {
    seen_sensors_.insert(cell.sensor);
    if (!asks_for_service(cell)) continue;
    services.push_back(cell.service.code());
    sensors.push_back(cell.sensor);
    packets += cell.packets;
  }
  sort_unique(services);
  if (services.empty()) return;
  if (services.size() > kMaxProfileServices) {
    ++busy_sources_;
    return;
  }
  sort_unique(sensors);
  SourceProfile profile;
  profile.source = source;
  profile.services = service_sets_.intern(services);
  profile.sensors = sensor_sets_.intern(sensors);
  profile.packets = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(packets, std::numeric_limits<std::uint32_t>::max()));
  profile.region = main_region(cells);
  profiles_.push_back(profile);
}

Result<SourceProfiles> SourceProfiles::read(Store& store, TimeRange range, const TimeZone& zone) {
  SourceProfiles profiles;
  TEITEN_CHECK(store.each_source(range, zone,
                                 [&](const IpAddress& source, std::span<const SourceCell> cells) {
                                   profiles.add(source, cells);
                                 }));
  return profiles;
}

std::span<const std::uint32_t> SourceProfiles::services(const SourceProfile& profile) const {
  return service_sets_[profile.services];
}

std::span<const std::uint32_t> SourceProfiles::sensors(const SourceProfile& profile) const {
  return sensor_sets_[profile.sensors];
}

}  // namespace teiten
