#include "enrich/region_table.h"

#include <algorithm>
#include <limits>

namespace teiten {
namespace {

constexpr std::size_t kIndexSize = 65536;

}  // namespace

void RegionTable::append_v4(std::uint32_t first, Region region) {
  if (!v4_regions_.empty() && v4_regions_.back() == region) return;
  v4_starts_.push_back(first);
  v4_regions_.push_back(region);
}

void RegionTable::append_v6(const IpAddress& first, Region region) {
  if (!v6_regions_.empty() && v6_regions_.back() == region) return;
  v6_starts_.push_back(first);
  v6_regions_.push_back(region);
}

void RegionTable::finish() {
  if (v4_starts_.empty()) append_v4(0, Region());
  if (v6_starts_.empty()) append_v6(IpAddress(), Region());
  v4_starts_.shrink_to_fit();
  v4_regions_.shrink_to_fit();
  v6_starts_.shrink_to_fit();
  v6_regions_.shrink_to_fit();
  v4_index_.resize(kIndexSize + 1);
  std::uint32_t at = 0;
  for (std::size_t high = 0; high < kIndexSize; ++high) {
    const auto bits = static_cast<std::uint32_t>(high << 16);
    while (at + 1 < v4_starts_.size() && v4_starts_[at + 1] <= bits)
      ++at;
    v4_index_[high] = at;
  }
  v4_index_[kIndexSize] = static_cast<std::uint32_t>(v4_starts_.size() - 1);
}

Region RegionTable::find_v4(std::uint32_t bits) const {
  const std::size_t high = bits >> 16;
  std::size_t at = v4_index_[high];
  std::size_t left = v4_index_[high + 1] + 1 - at;
  // A halving without a branch: the outcome of each comparison is as good as random.
  while (left > 1) {
    const std::size_t half = left / 2;
    at = v4_starts_[at + half] <= bits ? at + half : at;
    left -= half;
  }
  return v4_regions_[at];
}

Region RegionTable::find_v6(const IpAddress& address) const {
  const auto after = std::upper_bound(v6_starts_.begin(), v6_starts_.end(), address);
  return v6_regions_[static_cast<std::size_t>(after - v6_starts_.begin()) - 1];
}

Region RegionTable::find(const IpAddress& address) const {
  if (address.is_v4()) return find_v4(address.v4_bits());
  const Region own = find_v6(address);
  if (!own.is_unknown()) return own;
  if ((address.high() >> 48) == 0x2002)
    return find_v4(static_cast<std::uint32_t>(address.high() >> 16));
  if (address.high() == 0x0064ff9b00000000ULL && (address.low() >> 32) == 0)
    return find_v4(static_cast<std::uint32_t>(address.low()));
  return own;
}

std::vector<RegionTable::Range> RegionTable::ranges() const {
  std::vector<Range> result;
  for (std::size_t i = 0; i < v4_starts_.size(); ++i) {
    if (v4_regions_[i].is_unknown()) continue;
    const std::uint32_t last = i + 1 < v4_starts_.size()
                                   ? v4_starts_[i + 1] - 1
                                   : std::numeric_limits<std::uint32_t>::max();
    result.push_back({IpAddress::v4(v4_starts_[i]), IpAddress::v4(last), v4_regions_[i]});
  }
  constexpr auto kAllBits = std::numeric_limits<std::uint64_t>::max();
  for (std::size_t i = 0; i < v6_starts_.size(); ++i) {
    if (v6_regions_[i].is_unknown()) continue;
    IpAddress last = IpAddress::v6(kAllBits, kAllBits);
    if (i + 1 < v6_starts_.size()) {
      const IpAddress& next = v6_starts_[i + 1];
      last = IpAddress::v6(next.low() == 0 ? next.high() - 1 : next.high(), next.low() - 1);
    }
    result.push_back({v6_starts_[i], last, v6_regions_[i]});
  }
  return result;
}

std::size_t RegionTable::memory_bytes() const {
  return v4_starts_.capacity() * sizeof(std::uint32_t) + v4_regions_.capacity() * sizeof(Region) +
         v4_index_.capacity() * sizeof(std::uint32_t) + v6_starts_.capacity() * sizeof(IpAddress) +
         v6_regions_.capacity() * sizeof(Region);
}

}  // namespace teiten
