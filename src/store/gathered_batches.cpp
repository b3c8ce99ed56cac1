#include "store/gathered_batches.h"

#include <algorithm>
#include <chrono>

namespace teiten {
namespace {

/// Batches that end in it may be in one row.
using RowSpan = std::chrono::hours;

Batch header_of(const Batch& batch) {
  Batch header;
  header.sensor = batch.sensor;
  header.epoch = batch.epoch;
  header.sequence = batch.sequence;
  header.range = batch.range;
  header.region_source = batch.region_source;
  header.rule_version = batch.rule_version;
  header.live = batch.live;
  return header;
}

void add_figures(Batch& to, const Batch& from) {
  to.frames += from.frames;
  to.records += from.records;
  to.packets_unsolicited += from.packets_unsolicited;
  to.solicited += from.solicited;
  to.dropped += from.dropped;
  add_counts(to.ignored, from.ignored);
  add_counts(to.anomalies, from.anomalies);
  add_counts(to.rejected, from.rejected);
  add_counts(to.limits, from.limits);
  if (from.visits) to.visits = to.visits.value_or(0) + *from.visits;
  // A live sensor's silence is no gap: nobody asks when its packets came.
  if (!from.live) to.activity.insert(to.activity.end(), from.activity.begin(), from.activity.end());
}

bool continues(const BatchGatherer::OpenRow& row, const Batch& batch) {
  // By subtraction: the greatest number is not followed by 0.
  return batch.live && batch.sequence > row.last_sequence &&
         batch.sequence - row.last_sequence == 1 && batch.range.from == row.range.to &&
         batch.rule_version == row.rule_version && batch.region_source == row.region_source &&
         std::chrono::floor<RowSpan>(batch.range.from) ==
             std::chrono::floor<RowSpan>(row.range.from);
}

}  // namespace

std::int32_t BatchGatherer::add(std::uint16_t sensor, const Batch& batch) {
  if (!batch.live) {
    const auto id = static_cast<std::int32_t>(next_id_++);
    new_rows_.push_back({sensor, {id, header_of(batch), batch.sequence}});
    add_figures(new_rows_.back().second.sum, batch);
    return id;
  }
  std::vector<OpenRow>& rows = open_[{sensor, batch.epoch}];
  // The newest first: that one goes on, as a rule.
  const auto row = std::find_if(rows.rbegin(), rows.rend(),
                                [&](const OpenRow& open) { return continues(open, batch); });
  if (row == rows.rend()) {
    const auto id = static_cast<std::int32_t>(next_id_++);
    new_rows_.push_back({sensor, {id, header_of(batch), batch.sequence}});
    add_figures(new_rows_.back().second.sum, batch);
    written_[id] = &new_rows_.back().second;
    rows.push_back(
        {id, batch.sequence, batch.sequence, batch.range, batch.region_source, batch.rule_version});
    return id;
  }
  BatchRow*& written = written_[row->id];
  if (written == nullptr) {
    grown_rows_.push_back({row->id, header_of(batch), 0});
    written = &grown_rows_.back();
  }
  add_figures(written->sum, batch);
  written->sum.range.to = batch.range.to;
  written->last_sequence = batch.sequence;
  row->range.to = batch.range.to;
  row->last_sequence = batch.sequence;
  return row->id;
}

}  // namespace teiten
