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
  /// Where a row that the store has can be continued.
  struct OpenRow {
    std::int32_t id = 0;
    std::uint64_t last_sequence = 0;
    TimeRange range;
    std::string region_source;
    std::uint16_t rule_version = 0;
  };
  using Stream = std::pair<std::uint16_t, std::uint64_t>;  ///< sensor's number, epoch

  /// Rows are numbered from `next_id`. `open` has the last rows of the streams that will be given.
  BatchGatherer(std::int64_t next_id, std::map<Stream, std::vector<OpenRow>> open);

  /// The row that holds the batch from now on. Give the batches of a stream in order of sequence.
  std::int32_t add(std::uint16_t sensor, const Batch& batch);

  std::int64_t next_id() const { return next_id_; }
  /// Rows to be written, with the numbers of their sensors.
  const std::list<std::pair<std::uint16_t, BatchRow>>& new_rows() const { return new_rows_; }
  /// What is to be added to rows that the store has; sum.range.to is their new end.
  const std::list<BatchRow>& grown_rows() const { return grown_rows_; }

 private:
  struct Continued {
    OpenRow row;
    BatchRow* written = nullptr;  ///< what is added to; none yet: the store's row as it is
  };
  std::int64_t next_id_;
  std::map<Stream, std::vector<Continued>> streams_;
  std::list<std::pair<std::uint16_t, BatchRow>> new_rows_;
  std::list<BatchRow> grown_rows_;
};

}  // namespace teiten
