#include "analyze/busiest_sources.h"

#include <algorithm>

namespace teiten {
namespace {

/// Sum of one source for each key, raised into what the busiest source so far has.
template <typename Key>
void raise(std::map<Key, std::uint64_t>& busiest, const std::map<Key, std::uint64_t>& one) {
  for (const auto& [key, count] : one) {
    std::uint64_t& most = busiest[key];
    most = std::max(most, count);
  }
}

}  // namespace

Result<BusiestSources> BusiestSources::read(Store& store, TimeRange range, const TimeZone& zone,
                                            Measure volume) {
  BusiestSources busiest(volume);
  TEITEN_CHECK(store.each_source(
      range, zone,
      [&busiest](const IpAddress&, std::span<const SourceCell> cells) { busiest.add(cells); }));
  return busiest;
}

void BusiestSources::add(std::span<const SourceCell> cells) {
  std::map<Service, std::uint64_t> services;
  std::map<Region, std::uint64_t> regions;
  for (const SourceCell& cell : cells) {
    const std::uint64_t count = volume_ == Measure::accesses ? cell.accesses : cell.packets;
    if (!is_others_side(cell.kind)) services[cell.service] += count;
    regions[cell.region] += count;
  }
  raise(by_service_, services);
  raise(by_region_, regions);
}

std::uint64_t BusiestSources::of(Dimension dimension, const std::string& key) const {
  if (dimension == Dimension::service) {
    const auto service = Service::parse(key);
    const auto found = service ? by_service_.find(*service) : by_service_.end();
    return found == by_service_.end() ? 0 : found->second;
  }
  const auto region = Region::parse(key);
  const auto found = region ? by_region_.find(*region) : by_region_.end();
  return found == by_region_.end() ? 0 : found->second;
}

}  // namespace teiten
