#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "base/result.h"
#include "store/gathered_batches.h"

namespace teiten {

class DuckDbConnection;

/// Rows that are remembered of one stream (a live sensor's epoch), the last ones, and streams.
inline constexpr std::size_t kMaxLiveRows = 16;
inline constexpr std::size_t kMaxLiveStreams = 16'384;

/// The rows of the table `batch` that a live sensor's next batches may be in or continue. Batches
/// come in order, as a rule, and are looked up in what is remembered of the end of their stream;
/// the rows around any other one are read. Memory is bounded however long a collector runs, and
/// what has to be read for a group of batches takes two statements however many streams there are.
class LiveRows {
 public:
  using Stream = BatchGatherer::Stream;
  using Rows = std::map<Stream, std::vector<BatchGatherer::OpenRow>>;
  struct Place {
    Stream stream;
    std::uint64_t sequence = 0;
  };

  /// Reads what is missing: after an ok return rows() has each row that holds one of these places
  /// or ends just before it.
  Result<void> load(DuckDbConnection& connection, const std::vector<Place>& places);
  /// For BatchGatherer, which keeps them as they will be in the store.
  Rows& rows() { return rows_; }
  /// What rows() holds is in the store: forgets what is over the bounds.
  void settle();
  /// What rows() holds is not in the store.
  void clear();

 private:
  /// The end of a stream: rows() has all of its rows that begin at `from` or later.
  struct End {
    std::uint64_t from = 0;
    std::uint64_t used = 0;  ///< when: a count of load() calls
  };
  /// Forgets what is before the stream's end, and what of that is over the bound.
  static void trim(std::vector<BatchGatherer::OpenRow>& rows, End& end);
  Result<void> load_ends(DuckDbConnection& connection, const std::vector<Stream>& streams);
  Result<void> load_around(DuckDbConnection& connection, const std::vector<Place>& places);

  Rows rows_;
  std::map<Stream, End> ends_;
  std::uint64_t loads_ = 0;
};

}  // namespace teiten
