#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analyze/disclosure.h"
#include "base/result.h"
#include "store/store.h"

namespace teiten {

/// The exact counts of one published part, in every cell in which it is published.
struct PublishedPart {
  std::string key;  ///< "1433/tcp", "JP"; "" for the rest
  CellTally month;
  std::vector<std::optional<CellTally>> days;  ///< by day of the month; empty: not told by day
};

/// How one month is cut by service or by region, so that every part, and everything that one gets
/// by subtracting published parts from each other, may be published.
struct PublishedCut {
  std::vector<PublishedPart> parts;  ///< most packets first
  std::optional<PublishedPart> rest;
  std::uint64_t unnameable = 0;                 ///< keys of the month that may not be named
  std::set<std::string, std::less<>> nameable;  ///< keys that may be named, shown or not
  /// The parts that are told by day, as indexes into `parts`, and the rest of each day.
  std::vector<std::size_t> daily;
  std::vector<std::optional<CellTally>> daily_rest;  ///< none: no rest on that day
};

/// A cut of several months together: parts named in each of them.
struct PublishedSpan {
  std::vector<std::pair<std::string, CellTally>> parts;
  std::optional<CellTally> rest;
};

/// The cuts of one dimension.
struct PublishedDimension {
  std::vector<PublishedCut> months;  ///< oldest first; of a month that may not be published: empty
  PublishedSpan span;                ///< all published months
};

/// Local days whose accesses are in no published number, as days since 1970-01-01.
using LeftOutDays = std::set<std::int64_t>;

/// Of the `count` months that end with `last`: the days whose total may not be published. A day on
/// which nobody watched is none; `watched` says so for each of their days. It is left out of the
/// month's total as well: a total that holds it would give it away, by the published days exactly
/// or, where other days are withheld with it, by the guess that those were as days are. One pass
/// over the sources.
Result<LeftOutDays> left_out_days(Store& store, std::chrono::year_month last, int count,
                                  const TimeZone& zone, const std::vector<bool>& watched);

/// What of the months up to one may be published; without the days left out.
struct Publication {
  std::vector<bool> months;            ///< oldest first: whether its total may be published
  std::vector<std::uint64_t> sources;  ///< by month: distinct ones
  PublishedDimension services;
  PublishedDimension regions;
};

/// Works it out for `count` months that end with `last`, from what every source did. `parts` are
/// named at most in a cut. Accesses of kinds that are the other side's (is_others_side()) are in no
/// service, but in its rest: one total serves all cuts. What it decides depends on the month's data
/// and the zone alone, so that reports in both languages and by both conventions fit together.
/// Three passes over the sources.
Result<Publication> work_out_publication(Store& store, std::chrono::year_month last, int count,
                                         const TimeZone& zone, const LeftOutDays& left_out,
                                         std::size_t parts);

}  // namespace teiten
