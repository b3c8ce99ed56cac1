#include "app/import_summary.h"

#include <algorithm>

namespace teiten {

void ImportSummary::add(const Batch& batch) {
  packets_unsolicited += batch.packets_unsolicited;
  for (const Access& access : batch.accesses)
    accesses += access.continues ? 0 : 1;
  solicited += batch.solicited;
  dropped += batch.dropped;
  add_counts(ignored, batch.ignored);
  add_counts(anomalies, batch.anomalies);
  add_counts(rejected, batch.rejected);
  add_counts(limits, batch.limits);
  add_count(packets_by_sensor, batch.sensor, batch.packets_unsolicited);
  if (!batch.region_source.empty()) region_source = batch.region_source;
  for (const TimeRange& active : batch.activity) {
    if (range.empty()) range = active;
    range.from = std::min(range.from, active.from);
    range.to = std::max(range.to, active.to);
  }
}

}  // namespace teiten
