#include "app/enricher.h"

#include "enrich/enrich_batch.h"

namespace teiten {

std::vector<Batch> Enricher::batches_of(Slice slice, std::uint64_t epoch) const {
  std::vector<Batch> batches = cut_batches(std::move(slice), epoch);
  for (Batch& batch : batches)
    enrich_batch(batch, geo_, scanners_);
  return batches;
}

}  // namespace teiten
