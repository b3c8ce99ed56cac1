#include "enrich/enrich_batch.h"

#include <unordered_map>

namespace teiten {
namespace {

void find_regions(Batch& batch, const GeoDatabases* geo) {
  bool labelled = false;
  bool looked_up = false;
  for (Access& access : batch.accesses) {
    if (access.has_region_label) {
      labelled = true;
    } else if (geo != nullptr) {
      looked_up = true;
      access.region = geo->region_of(access.source, access.first);
    }
  }
  if (looked_up) batch.region_source = geo->source_at(batch.range.from);
  if (labelled)
    batch.region_source +=
        batch.region_source.empty() ? "labels of the input" : " and labels of the input";
}

/// Numbers the organisations that occur, in the order in which they do.
void mark_scanners(Batch& batch, const KnownScanners& scanners) {
  std::unordered_map<std::uint16_t, std::uint16_t> numbers;
  for (Access& access : batch.accesses) {
    const std::uint16_t known = scanners.find(access.source, access.first);
    if (known == 0) continue;
    const auto next = static_cast<std::uint16_t>(batch.scanners.size() + 1);
    const auto [number, added] = numbers.try_emplace(known, next);
    if (added) batch.scanners.push_back(scanners.organisations()[known - 1U]);
    access.scanner = number->second;
  }
}

}  // namespace

void enrich_batch(Batch& batch, const GeoDatabases* geo, const KnownScanners& scanners) {
  find_regions(batch, geo);
  mark_scanners(batch, scanners);
}

}  // namespace teiten
