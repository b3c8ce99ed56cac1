#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "base/result.h"
#include "net/ip_address.h"
#include "net/time.h"
#include "store/source_cells.h"
#include "store/store.h"

namespace teiten {

/// How much of each service and of each region one source alone sent: a rank that one address made
/// says nothing about how wide interest is.
class BusiestSources {
 public:
  /// Reads the sources of `range`. `volume` is Measure::packets or Measure::accesses.
  static Result<BusiestSources> read(Store& store, TimeRange range, const TimeZone& zone,
                                     Measure volume);

  explicit BusiestSources(Measure volume) : volume_(volume) {}
  /// Adds one source with all its cells, as Store::each_source() gives them.
  void add(std::span<const SourceCell> cells);

  /// Volume of the source that sent most to the service ("1433/tcp") or from the region ("JP"); 0
  /// for one that nobody sent to or from. Services without backscatter and reflection, whose
  /// service is the other side's; regions with everything.
  std::uint64_t of(Dimension dimension, const std::string& key) const;

 private:
  Measure volume_;
  std::map<Service, std::uint64_t> by_service_;
  std::map<Region, std::uint64_t> by_region_;
};

}  // namespace teiten
