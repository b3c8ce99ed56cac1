#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "access/batch.h"

namespace teiten {

/// A row of the table `batch`: one batch, or consecutive batches of a live sensor gathered into it.
struct BatchRow {
  std::int32_t id = 0;
  Batch sum;  ///< without accesses; sequence is the first one's
  std::uint64_t last_sequence = 0;
};

/// Live sensors send a batch every few seconds. Those of one hour that follow each other without a
/// gap are stored as one row, so that a store's headers grow with hours of watching.
class BatchGatherer {
 public:
  /// A row that may be continued.
  struct OpenRow {
    std::int32_t id = 0;
    std::uint64_t first_sequence = 0;
    std::uint64_t last_sequence = 0;
    TimeRange range;
    std::string region_source;
    std::uint16_t rule_version = 0;
  };
  using Stream = std::pair<std::uint16_t, std::uint64_t>;  ///< sensor's number, epoch

  /// Rows are numbered from `next_id`. `open` has the rows of the live streams that will be given;
  /// after add() it has them as they will be in the store.
  BatchGatherer(std::int64_t next_id, std::map<Stream, std::vector<OpenRow>>& open)
      : next_id_(next_id), open_(open) {}

  /// The row that holds the batch from now on. Give the batches of a stream in order of sequence.
  std::int32_t add(std::uint16_t sensor, const Batch& batch);

  std::int64_t next_id() const { return next_id_; }
  /// Rows to be written, with the numbers of their sensors.
  const std::list<std::pair<std::uint16_t, BatchRow>>& new_rows() const { return new_rows_; }
  /// What is to be added to rows that the store has; sum.range.to is their new end.
  const std::list<BatchRow>& grown_rows() const { return grown_rows_; }

 private:
  std::int64_t next_id_;
  std::map<Stream, std::vector<OpenRow>>& open_;
  std::map<std::int32_t, BatchRow*> written_;  ///< by number: what is added to
  std::list<std::pair<std::uint16_t, BatchRow>> new_rows_;
  std::list<BatchRow> grown_rows_;
};

}  // namespace teiten
