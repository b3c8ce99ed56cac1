#include "access/slice.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace teiten {
namespace {

/// The end of a half-open range that contains `time`: stored times have microseconds.
UtcTime just_after(UtcTime time) {
  return time + std::chrono::microseconds(1);
}

void add_all(SensorCounts& into, SensorCounts& from) {
  into.records += from.records;
  into.visits += from.visits;
  into.solicited += from.solicited;
  into.dropped += from.dropped;
  for (std::size_t i = 0; i < kIgnoreReasonCount; ++i)
    into.ignored[i] += from.ignored[i];
  for (std::size_t i = 0; i < kAnomalyCount; ++i)
    into.anomalies[i] += from.anomalies[i];
  add_counts(into.rejected, from.rejected);
  add_counts(into.limits, from.limits);
}

Batch batch_of(const std::string& sensor, SensorCounts& counts, std::vector<Access> accesses) {
  Batch batch;
  batch.sensor = sensor;
  batch.rule_version = kRuleSetVersion;
  batch.records = counts.records;
  batch.visits = counts.visits;
  batch.solicited = counts.solicited;
  batch.dropped = counts.dropped;
  for (std::size_t i = 0; i < kIgnoreReasonCount; ++i) {
    add_count(batch.ignored, to_string(static_cast<IgnoreReason>(i)), counts.ignored[i]);
  }
  for (std::size_t i = 0; i < kAnomalyCount; ++i) {
    add_count(batch.anomalies, to_string(static_cast<Anomaly>(i)), counts.anomalies[i]);
  }
  batch.rejected = std::move(counts.rejected);
  batch.limits = std::move(counts.limits);
  batch.activity = std::move(counts.activity);
  for (const Access& access : accesses)
    batch.packets_unsolicited += access.packets;
  batch.frames = batch.packets_unsolicited + batch.solicited + total_of(batch.ignored) +
                 total_of(batch.anomalies) + total_of(batch.rejected);
  batch.accesses = std::move(accesses);
  return batch;
}

}  // namespace

bool SensorCounts::empty() const {
  const auto zero = [](std::uint64_t n) { return n == 0; };
  return solicited == 0 && dropped == 0 && rejected.empty() && limits.empty() && activity.empty() &&
         std::all_of(ignored.begin(), ignored.end(), zero) &&
         std::all_of(anomalies.begin(), anomalies.end(), zero);
}

void SensorCounts::note_activity(UtcTime time) {
  if (activity.empty() || time - activity.back().to >= kSilence) {
    activity.push_back({time, just_after(time)});
    return;
  }
  TimeRange& last = activity.back();
  if (time >= last.to) last.to = just_after(time);
  if (time < last.from) last.from = time;
}

bool stored_before(const Access& a, const Access& b) {
  if (a.first != b.first) return a.first < b.first;  // what nearly always decides
  const auto key = [](const Access& x) {
    return std::tuple(x.source, x.service, x.source_port, x.destination_port, x.target, x.last,
                      x.packets, x.continues, x.kind, x.region, x.tool, x.payload,
                      x.payload_digest);
  };
  return key(a) < key(b);
}

std::vector<Batch> cut_batches(Slice slice, std::uint64_t epoch) {
  const std::size_t sensors = slice.sensor_names.size();
  if (slice.counts.size() < sensors + 1) slice.counts.resize(sensors + 1);
  if (sensors == 1) {
    add_all(slice.counts[1], slice.counts[0]);
    slice.counts[0] = {};
  }
  std::vector<std::vector<Access>> by_sensor(sensors);
  std::vector<std::size_t> sizes(sensors);
  for (const Access& access : slice.accesses)
    ++sizes[access.sensor];
  for (std::size_t i = 0; i < sensors; ++i)
    by_sensor[i].reserve(sizes[i]);
  for (const Access& access : slice.accesses)
    by_sensor[access.sensor].push_back(access);
  slice.accesses = {};
  std::vector<Batch> batches;
  for (std::size_t i = 0; i <= sensors; ++i) {
    std::vector<Access> accesses;
    if (i > 0) accesses = std::move(by_sensor[i - 1]);
    if (slice.counts[i].empty() && accesses.empty()) continue;
    std::sort(accesses.begin(), accesses.end(), stored_before);
    Batch batch = batch_of(i == 0 ? kUnattributed : slice.sensor_names[i - 1], slice.counts[i],
                           std::move(accesses));
    batch.epoch = epoch;
    batch.sequence = slice.sequence;
    batch.range = batch.activity.empty()
                      ? slice.range
                      : TimeRange{batch.activity.front().from, batch.activity.back().to};
    batches.push_back(std::move(batch));
  }
  return batches;
}

}  // namespace teiten
