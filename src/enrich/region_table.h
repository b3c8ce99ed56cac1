#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "net/ip_address.h"
#include "net/region.h"

namespace teiten {

/// Every address and its region as sorted ranges: one binary search inside a /16 answers an IPv4
/// address, one over all ranges an IPv6 one. Filled once in address order, then read-only and safe
/// to share between threads.
class RegionTable {
 public:
  /// The next range starts at `first` and reaches to the next call's. Calls come in address order;
  /// the first one of a family starts at its lowest address. A range with the region of the one
  /// before it is merged.
  void append_v4(std::uint32_t first, Region region);
  /// `first` is an IPv6 address (never an IPv4-mapped one: those belong to append_v4).
  void append_v6(const IpAddress& first, Region region);
  /// Call once, after the last append and before the first lookup.
  void finish();

  /// ZZ where the table has nothing. An address that embeds an IPv4 address (6to4 2002::/16, RFC
  /// 3056, and 64:ff9b::/96, RFC 6052) has the embedded one's region unless it has its own.
  Region find(const IpAddress& address) const;

  struct Range {
    IpAddress first;
    IpAddress last;
    Region region;
  };
  /// The known ranges (no ZZ) in address order, IPv4 first.
  std::vector<Range> ranges() const;

  std::size_t range_count() const { return v4_starts_.size() + v6_starts_.size(); }
  /// What the table holds in memory.
  std::size_t memory_bytes() const;

 private:
  Region find_v4(std::uint32_t bits) const;
  Region find_v6(const IpAddress& address) const;

  std::vector<std::uint32_t> v4_starts_;
  std::vector<Region> v4_regions_;
  /// For each /16 the range that holds its first address; one more for the end.
  std::vector<std::uint32_t> v4_index_;
  std::vector<IpAddress> v6_starts_;
  std::vector<Region> v6_regions_;
};

}  // namespace teiten
