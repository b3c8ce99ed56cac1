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

/// What of the months up to one may be published.
struct Publication {
  std::vector<bool> months;  ///< oldest first: whether its total may be published
  /// Days of the last month, from 0, whose counts stay unpublished.
  std::vector<std::size_t> withheld_days;
  PublishedDimension services;
  PublishedDimension regions;
};

/// Works it out for `count` months that end with `last`, from what every source did. `parts` are
/// named at most in a cut. Accesses of kinds that are the other side's (is_others_side()) are in no
/// service, but in its rest: one total serves all cuts. `observed` says of each day of the last
/// month whether anybody watched. What it decides depends on the month's data and the zone alone,
/// so that reports in both languages and by both conventions fit together. Three passes over the
/// sources.
Result<Publication> work_out_publication(Store& store, std::chrono::year_month last, int count,
                                         const TimeZone& zone, const std::vector<bool>& observed,
                                         std::size_t parts);

}  // namespace teiten
