#include "analyze/source_profiles.h"

#include <algorithm>
#include <limits>

#include "base/hash.h"
#include "store/store.h"

namespace teiten {
namespace {

bool asks(Kind kind) {
  return kind != Kind::backscatter && kind != Kind::reflection;
}

void sort_unique(std::vector<std::uint32_t>& numbers) {
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
}

/// The region of most packets, the first in the alphabet among equals. Nearly always there is one.
Region main_region(std::span<const SourceCell> cells) {
  std::vector<std::pair<Region, std::uint64_t>> packets;
  for (const SourceCell& cell : cells) {
    if (!asks(cell.kind)) continue;
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

}  // namespace

std::size_t SetPool::Hash::operator()(std::uint32_t index) const {
  std::uint64_t hash = 0;
  for (const std::uint32_t number : (*pool)[index])
    hash = mix64(hash ^ number);
  return static_cast<std::size_t>(hash);
}

bool SetPool::Equal::operator()(std::uint32_t a, std::uint32_t b) const {
  const auto first = (*pool)[a];
  const auto second = (*pool)[b];
  return std::equal(first.begin(), first.end(), second.begin(), second.end());
}

std::uint32_t SetPool::intern(std::span<const std::uint32_t> numbers) {
  const auto index = static_cast<std::uint32_t>(size());
  numbers_.insert(numbers_.end(), numbers.begin(), numbers.end());
  ends_.push_back(numbers_.size());
  const auto [known, is_new] = known_.insert(index);
  if (is_new) return index;
  ends_.pop_back();
  numbers_.resize(ends_.back());
  return *known;
}

std::span<const std::uint32_t> SetPool::operator[](std::uint32_t index) const {
  return std::span(numbers_).subspan(ends_[index], ends_[index + 1] - ends_[index]);
}

struct SourceProfiles::Pools {
  SetPool services;
  SetPool sensors;
};

SourceProfiles::SourceProfiles() : pools_(std::make_unique<Pools>()) {}
SourceProfiles::SourceProfiles(SourceProfiles&&) noexcept = default;
SourceProfiles& SourceProfiles::operator=(SourceProfiles&&) noexcept = default;
SourceProfiles::~SourceProfiles() = default;

void SourceProfiles::add(const IpAddress& source, std::span<const SourceCell> cells) {
  std::vector<std::uint32_t> services;
  std::vector<std::uint32_t> sensors;
  std::uint64_t packets = 0;
  for (const SourceCell& cell : cells) {
    seen_sensors_.insert(cell.sensor);
    if (!asks(cell.kind)) continue;
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
  profile.services = pools_->services.intern(services);
  profile.sensors = pools_->sensors.intern(sensors);
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
  return pools_->services[profile.services];
}

std::span<const std::uint32_t> SourceProfiles::sensors(const SourceProfile& profile) const {
  return pools_->sensors[profile.sensors];
}

const SetPool& SourceProfiles::service_sets() const {
  return pools_->services;
}

}  // namespace teiten
