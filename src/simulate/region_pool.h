#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "enrich/geo.h"
#include "net/region.h"
#include "simulate/random.h"

namespace teiten {

/// IPv4 source addresses of one region, each equally likely: a network counts by its size.
class RegionPool {
 public:
  explicit RegionPool(Region region) : region_(region) {}

  /// In address order; special-purpose parts are left out.
  void add(std::uint32_t first, std::uint32_t last);
  Region region() const { return region_; }
  bool empty() const { return starts_.empty(); }
  /// Host order. Never a last octet of 0 or 255: such addresses look like networks and broadcasts.
  std::uint32_t draw(Random& random) const;

 private:
  Region region_;
  std::vector<std::uint32_t> starts_;
  std::vector<std::uint64_t> ends_;  ///< running sum of sizes
};

/// The pools of some regions.
struct RegionPools {
  std::vector<RegionPool> pools;  ///< in the order asked for
  Digest networks;                ///< of all networks they were made from
};

/// From the database that serves `time`; not_found where it has no network of one of `regions`.
Result<RegionPools> region_pools(const GeoDatabases& geo, UtcTime time,
                                 const std::vector<Region>& regions);

}  // namespace teiten
