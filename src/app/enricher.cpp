#include "app/enricher.h"

#include <unordered_map>

namespace teiten {

std::vector<Batch> Enricher::batches_of(Slice slice, std::uint64_t epoch) const {
  std::vector<Batch> batches = cut_batches(std::move(slice), epoch);
  for (Batch& batch : batches) {
    find_regions(batch);
    mark_scanners(batch);
  }
  return batches;
}

void Enricher::find_regions(Batch& batch) const {
  bool labelled = false;
  bool looked_up = false;
  for (Access& access : batch.accesses) {
    if (access.has_region_label) {
      labelled = true;
    } else if (geo_ != nullptr) {
      looked_up = true;
      access.region = geo_->region_of(access.source, access.first);
    }
  }
  if (looked_up) batch.region_source = geo_->source_at(batch.range.from);
  if (labelled)
    batch.region_source +=
        batch.region_source.empty() ? "labels of the input" : " and labels of the input";
}

/// Numbers the organisations that occur, in the order in which they do.
void Enricher::mark_scanners(Batch& batch) const {
  std::unordered_map<std::uint16_t, std::uint16_t> numbers;
  for (Access& access : batch.accesses) {
    const std::uint16_t known = scanners_.find(access.source, access.first);
    if (known == 0) continue;
    const auto next = static_cast<std::uint16_t>(batch.scanners.size() + 1);
    const auto [number, added] = numbers.try_emplace(known, next);
    if (added) batch.scanners.push_back(scanners_.organisations()[known - 1U]);
    access.scanner = number->second;
  }
}

}  // namespace teiten
