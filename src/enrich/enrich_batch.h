#pragma once

#include "access/batch.h"
#include "enrich/geo.h"
#include "enrich/scanners.h"

namespace teiten {

/// Looks up the region of each source and marks the known scanners, each as of the access's time.
/// `geo` is null where the input labels its regions; labelled ones stay. Safe to be called from
/// several threads for different batches.
void enrich_batch(Batch& batch, const GeoDatabases* geo, const KnownScanners& scanners);

}  // namespace teiten
