#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.h"
#include "store/calendar.h"
#include "store/coded_query.h"

namespace teiten {

/// The five measures of one cell, by Measure's order.
struct CellCounts {
  std::array<std::uint64_t, 5> values{};
  std::uint64_t& operator[](Measure m) { return values[static_cast<std::size_t>(m)]; }
  std::uint64_t operator[](Measure m) const { return values[static_cast<std::size_t>(m)]; }
};

/// One cell of an answer, in codes.
struct AnswerCell {
  std::int64_t bucket = 0;
  std::array<std::uint32_t, kMaxDimensions> keys{};  ///< in the order of CodedQuery::by
  CellCounts counts;
};

/// Cells that one answer may hold before the limit per bucket is applied, and rows it may have: a
/// bound on memory (about 100 and 250 bytes each). Larger tables are an export, not a count.
inline constexpr std::size_t kMaxAnswerRows = 1'000'000;

/// Collects the cells of an answer from wherever they were counted, adds up equal ones, orders and
/// cuts them, and puts texts in place of codes: what is the same for all stores.
class Answer {
 public:
  /// All must outlive the answer.
  Answer(const CodedQuery& query, const LocalCalendar& calendar, const SensorTable& sensors,
         const SensorTable& scanners)
      : query_(query), calendar_(calendar), sensors_(sensors), scanners_(scanners) {}

  /// Adds a cell; one with the same bucket and keys as an earlier one since the last close() is
  /// added to it. limit_reached past kMaxAnswerRows.
  Result<void> add(const AnswerCell& cell);
  /// Says that no later cell belongs to a bucket seen so far, and that later ones come after: these
  /// buckets are ordered and cut now, which frees memory.
  Result<void> close();
  /// The answer. Without buckets and dimensions it is one row always, of zeros if nothing matched.
  Result<QueryResult> finish() &&;

 private:
  void merge_equal();
  /// Replaces codes by ranks in the order of their texts, so that sorting compares numbers.
  std::vector<std::vector<std::string>> rank_keys();
  void append_row(const AnswerCell& cell, const std::vector<std::vector<std::string>>& texts);

  const CodedQuery& query_;
  const LocalCalendar& calendar_;
  const SensorTable& sensors_;
  const SensorTable& scanners_;
  std::vector<AnswerCell> cells_;
  std::size_t merged_ = 0;  ///< cells_ up to here are known to be different
  QueryResult result_;
};

}  // namespace teiten
