#pragma once

#include <cstdint>
#include <deque>
#include <string_view>
#include <utility>
#include <vector>

#include "logs/repeated_run.h"

namespace teiten {

/// Stable: it is stored.
RecordHash record_hash(std::string_view text);

/// Hashes of an input's records in bounded memory: of a long input the first and the last
/// kMaxKeptRecords / 2, which is where another file goes on in it.
class RecordLog {
 public:
  static constexpr std::size_t kMaxKeptRecords = 1U << 20;
  explicit RecordLog(std::size_t max = kMaxKeptRecords) : half_(max / 2) {}

  /// `number` from 0, ascending; numbers may be left out.
  void add(std::uint64_t number, RecordHash hash);
  /// What was kept, in runs of consecutive numbers; empties the log.
  std::vector<RecordHashes> take();

 private:
  std::size_t half_;
  std::vector<std::pair<std::uint64_t, RecordHash>> first_;
  std::deque<std::pair<std::uint64_t, RecordHash>> last_;
};

}  // namespace teiten
