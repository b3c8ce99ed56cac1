#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "capture/input.h"
#include "logs/stamp.h"
#include "net/time.h"

namespace teiten {

/// Gives stamps without a year their year, from the order in which they come:
/// - a step back by more than half a year is New Year; a smaller one is a clock set back or lines
///   out of order, in the same year;
/// - after New Year, a step that lands at most a week before it is such a line of the old year;
/// - a machine that boots without a clock writes 1 January until it knows better: if within a day
/// of
///   that New Year the stamps jump back to where they were, there was no New Year;
/// - a stamp that has a year is taken at its word.
class YearTracker {
 public:
  /// `first_year`: the year of the first stamp.
  explicit YearTracker(int first_year) : year_(first_year) {}

  /// Year of the next line's stamp.
  int observe(const Stamp& stamp);
  /// Year of another stamp in the line just observed.
  int year_of(const Stamp& stamp) const;

 private:
  int year_;
  std::optional<int> last_;             ///< ordinal of the stamp before
  std::optional<int> before_new_year_;  ///< ordinal before the last New Year, for a day after it
  int new_year_ = 0;                    ///< ordinal that New Year came with
};

/// Reads the whole input once for the year of its first stamp, so that its last stamp is not later
/// than a day after the input's modification time and every 29 February exists. Stops early at a
/// stamp that has a year. Leaves the input at offset 0. invalid_argument where stamps have no year
/// and the modification time is none either (before 1990).
Result<int> infer_first_year(Input& input, const TimeZone& zone);
/// The year that the user gives, or else infer_first_year(). invalid_argument outside kMinYear and
/// kMaxYear.
Result<int> first_year_of(Input& input, std::optional<int> given, const TimeZone& zone);

}  // namespace teiten
