#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "net/ip_address.h"
#include "store/answer.h"
#include "store/calendar.h"
#include "store/coded_query.h"
#include "store/source_cells.h"

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
/// the answer if the row was last touched by another one), and every pass over the sources is one
/// over memory. Works for every store.
class PreparedCells {
 public:
  /// More cells are not prepared (queries go to the store): 32 bytes each, 64 for the moment in
  /// which they are sorted, 770 MB at most. Ten sensors of the size of TALOT2's make 80,000 a
  /// month; ten million accesses are never more cells than this.
  static constexpr std::size_t kMaxCells = 12'000'000;

  /// For the local days [first_day, end_day) of `zone`.
  PreparedCells(TimeZone zone, std::int64_t first_day, std::int64_t end_day);

  /// False if the limit on cells (or on the values of a dimension) is passed: give up then.
  bool add(const CellContribution& contribution);
  /// Sorts and merges; add() must not be called afterwards. False as for add().
  bool finish();

  /// True if days are those of `zone`.
  bool is_of(const TimeZone& zone) const { return zone.name() == zone_.name(); }
  /// True if the query's bucket and dimensions can be answered from here.
  bool covers(const CodedQuery& query) const;
  /// Counts the query's cells over the days [from_day, end_day), which must be held, into
  /// `answer`. `covers` must hold. False, and nothing counted, if the possible rows of the answer
  /// are too many to be numbered: ask the store then.
  Result<bool> count(const CodedQuery& query, std::int64_t from_day, std::int64_t end_day,
                     Answer& answer) const;
  /// Gives the sink every source with cells in the days [from_day, end_day), which must be held, as
  /// Store::each_source() promises.
  void visit(std::int64_t from_day, std::int64_t end_day, const SourceSink& sink) const;
  std::size_t size() const { return cells_.size(); }

 private:
  struct Cell {
    IpAddress source;
    std::uint64_t key = 0;  ///< see kShift…
    std::uint32_t packets = 0;
    std::uint32_t accesses = 0;
    /// Written out: a comparison of tuples makes sorting take twice as long.
    bool operator<(const Cell& other) const {
      return source != other.source ? source < other.source : key < other.key;
    }
  };
  /// The values that occur of one dimension, by their index within the key.
  struct Dictionary {
    std::vector<std::uint32_t> codes;
    std::unordered_map<std::uint32_t, std::uint32_t> index;
    std::uint32_t index_of(std::uint32_t code);
    /// Lets indexes rise with the codes; the new index of each old one.
    std::vector<std::uint64_t> sort();
  };
  class Counter;

  /// All cells, or fewer that hold every one of the days [from_day, end_day): most of the questions
  /// of a report are about its month.
  std::span<const Cell> cells_of(std::int64_t from_day, std::int64_t end_day) const;
  /// Sorts the cells from `first` on and makes one of equal ones.
  bool merge(std::size_t first);
  void renumber();
  SourceCell source_cell(const Cell& cell) const;

  TimeZone zone_;
  std::int64_t first_day_;
  std::int64_t end_day_;
  Dictionary sensors_;
  Dictionary services_;
  Dictionary regions_;
  std::vector<Cell> cells_;
  std::vector<Cell> scratch_;  ///< of merge()
  /// The cells of some days once more: of those that were asked for twice in a row.
  struct Part {
    std::int64_t from_day = 0;
    std::int64_t end_day = 0;  ///< none if not after from_day
    std::vector<Cell> cells;
  };
  mutable Part part_;
  mutable std::int64_t asked_from_ = 0;  ///< what was asked for last and is not in part_
  mutable std::int64_t asked_end_ = 0;
  std::size_t merged_ = 0;  ///< cells before the first that merge() has not seen
  bool overflow_ = false;
};

}  // namespace teiten
