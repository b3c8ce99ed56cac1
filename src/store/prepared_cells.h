#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "net/ip_address.h"
#include "store/answer.h"
#include "store/calendar.h"
#include "store/coded_query.h"

namespace teiten {

/// What one access, or several of one cell, add to the prepared cells.
struct CellContribution {
  IpAddress source;
  std::int64_t day = 0;  ///< LocalCalendar's number
  std::uint16_t sensor = 0;
  std::uint32_t service = 0;
  std::uint16_t region = 0;
  std::uint8_t kind = 0;
  bool known_scanner = false;
  std::uint32_t packets = 0;
  std::uint32_t accesses = 1;  ///< 0 for a row that continues an access
};

/// The cells (source, local day, sensor, service, region, kind, known scanner or not) of a stretch
/// of days, held in memory and sorted by source: many questions about these days are then answered
/// in one pass of a few nanoseconds a cell, distinct counts included (a source is new to a row of
/// the answer if the row was last touched by another one). Works for every store.
class PreparedCells {
 public:
  /// More cells are not prepared (queries go to the store): 32 bytes each, of a process that is to
  /// stay below 300 MB. Ten sensors of the size of TALOT2's make 80,000 a month.
  static constexpr std::size_t kMaxCells = 2'000'000;

  /// For the local days [first_day, end_day) of `zone`.
  PreparedCells(TimeZone zone, std::int64_t first_day, std::int64_t end_day);

  /// False if the limit on cells (or on the values of a dimension) is passed: give up then.
  bool add(const CellContribution& contribution);
  /// Sorts and merges; add() must not be called afterwards. False as for add().
  bool finish();

  /// True if the query's days, zone, bucket and dimensions can be answered from here. `from_day`
  /// and `end_day` are the days it covers.
  bool covers(const CodedQuery& query, std::int64_t from_day, std::int64_t end_day) const;
  /// Counts the query's cells over its days into `answer`. `covers` must hold. False, and nothing
  /// counted, if the possible rows of the answer are too many to be numbered: ask the store then.
  Result<bool> count(const CodedQuery& query, std::int64_t from_day, std::int64_t end_day,
                     Answer& answer) const;
  std::size_t size() const { return cells_.size(); }

 private:
  /// `high` and `low` are the source's halves until finish(), then the numbers of the source and of
  /// the (source, day, sensor, service).
  struct Cell {
    std::uint64_t high;
    std::uint64_t low;
    std::uint64_t key;  ///< see kShift…
    std::uint32_t packets;
    std::uint32_t accesses;
  };
  /// The values that occur of one dimension, by their index within the key.
  struct Dictionary {
    std::vector<std::uint32_t> codes;
    std::unordered_map<std::uint32_t, std::uint32_t> index;
    std::uint32_t index_of(std::uint32_t code);
  };
  class Counter;

  bool merge();

  TimeZone zone_;
  std::int64_t first_day_;
  std::int64_t end_day_;
  Dictionary sensors_;
  Dictionary services_;
  Dictionary regions_;
  std::vector<Cell> cells_;
  std::size_t merge_at_;
  bool overflow_ = false;
};

}  // namespace teiten
