#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "access/access.h"
#include "net/ip_address.h"
#include "net/region.h"
#include "net/service.h"

namespace teiten {

/// What one source did on one local day at one sensor with one service: a cell of the smallest size
/// that counts of distinct sources, port sets and breadths are made of.
struct SourceCell {
  std::int64_t day = 0;      ///< days since 1970-01-01 of the local calendar
  std::uint16_t sensor = 0;  ///< index into Store::sensor_names()
  Service service;
  Region region;
  Kind kind = Kind::unknown;
  bool known_scanner = false;  ///< the source was a known research scanner's then
  std::uint64_t packets = 0;
  std::uint64_t accesses = 0;  ///< 0 where only the end of an access falls into the cell
};

/// Gets all cells of one source, ordered by day, sensor, service, region, kind and whether it was a
/// known scanner's; the span is valid during the call. Each source comes once, in an order that
/// depends on nothing but the addresses: ascending.
using SourceSink = std::function<void(const IpAddress& source, std::span<const SourceCell> cells)>;

}  // namespace teiten
