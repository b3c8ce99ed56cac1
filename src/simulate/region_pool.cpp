#include "simulate/region_pool.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>

#include "net/special_purpose.h"

namespace teiten {
namespace {

/// Networks and their neighbours are looked at in blocks of this many addresses: every
/// special-purpose range of IPv4 begins and ends at such a boundary.
constexpr std::uint32_t kBlock = 256;

bool has_odd_last_octet(std::uint32_t address) {
  const std::uint32_t last = address % kBlock;
  return last == 0 || last == kBlock - 1;
}

}  // namespace

void RegionPool::add(std::uint32_t first, std::uint32_t last) {
  std::uint64_t at = first;
  while (at <= last) {
    const std::uint64_t end = std::min<std::uint64_t>(last + 1ULL, (at / kBlock + 1) * kBlock);
    const bool special = is_special(use_of(IpAddress::v4(static_cast<std::uint32_t>(at))));
    // One or two addresses at a block's edge may be 0 and 255 only: nothing could be drawn there.
    const bool drawable = end - at > 1 || !has_odd_last_octet(static_cast<std::uint32_t>(at));
    if (!special && drawable) {
      const std::uint64_t total = ends_.empty() ? 0 : ends_.back();
      const std::uint64_t previous = ends_.size() > 1 ? ends_[ends_.size() - 2] : 0;
      if (!starts_.empty() && starts_.back() + (total - previous) == at) {
        ends_.back() += end - at;
      } else {
        starts_.push_back(static_cast<std::uint32_t>(at));
        ends_.push_back(total + (end - at));
      }
    }
    at = end;
  }
}

std::uint32_t RegionPool::draw(Random& random) const {
  for (;;) {
    const std::uint64_t place = random.below(ends_.back());
    const auto found = std::upper_bound(ends_.begin(), ends_.end(), place);
    const auto index = static_cast<std::size_t>(found - ends_.begin());
    const std::uint64_t before = index == 0 ? 0 : ends_[index - 1];
    const auto address = static_cast<std::uint32_t>(starts_[index] + (place - before));
    if (!has_odd_last_octet(address)) return address;
  }
}

Result<RegionPools> region_pools(const GeoDatabases& geo, UtcTime time,
                                 const std::vector<Region>& regions) {
  RegionPools result;
  std::map<Region, std::size_t> index;
  for (const Region region : regions) {
    index.emplace(region, result.pools.size());
    result.pools.emplace_back(region);
  }
  TEITEN_TRY(const auto networks, geo.networks_at(time));
  Hasher hasher;
  for (const GeoDatabases::Network& network : networks) {
    if (!network.prefix.is_v4()) continue;
    const std::uint32_t first = network.prefix.first().v4_bits();
    const std::uint32_t last = network.prefix.last().v4_bits();
    const std::uint16_t code = network.region.code();
    std::array<std::byte, 10> bytes{};
    for (std::size_t i = 0; i < 4; ++i) {
      bytes[i] = static_cast<std::byte>(first >> (8 * i));
      bytes[4 + i] = static_cast<std::byte>(last >> (8 * i));
    }
    bytes[8] = static_cast<std::byte>(code & 0xff);
    bytes[9] = static_cast<std::byte>(code >> 8);
    hasher.update(bytes);
    if (const auto found = index.find(network.region); found != index.end())
      result.pools[found->second].add(first, last);
  }
  result.networks = hasher.digest();
  for (const RegionPool& pool : result.pools) {
    if (!pool.empty()) continue;
    return failure(ErrorCode::not_found,
                   fmt::format("the geolocation database {} has no IPv4 network of region {}, from "
                               "which the scenario draws sources: take another one with --geo FILE",
                               geo.source_at(time), pool.region().to_string()));
  }
  return result;
}

}  // namespace teiten
