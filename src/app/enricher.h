#pragma once

#include <cstdint>
#include <vector>

#include "access/slice.h"
#include "enrich/geo.h"
#include "enrich/scanners.h"

namespace teiten {

/// Makes of slices the batches that are stored: regions looked up, known scanners marked.
class Enricher {
 public:
  /// `geo` is null where the input labels its regions. Both must outlive the enricher.
  Enricher(const GeoDatabases* geo, const KnownScanners& scanners)
      : geo_(geo), scanners_(scanners) {}

  /// Safe to be called from any one thread at a time.
  std::vector<Batch> batches_of(Slice slice, std::uint64_t epoch) const;

 private:
  const GeoDatabases* geo_;
  const KnownScanners& scanners_;
};

}  // namespace teiten
