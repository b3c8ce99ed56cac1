#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/store.h"

namespace teiten {

/// Parts of a whole by one dimension, over a period.
struct BreakdownQuery {
  TimeRange range;
  TimeZone zone;
  Dimension dimension = Dimension::service;
  std::vector<Filter> where;
  Measure measure = Measure::packets;
  std::size_t top = 10;  ///< parts shown by name; the rest is "other"
};

struct PartTotal {
  std::string key;
  std::uint64_t count = 0;
};

/// The largest parts (largest first, equal ones by key) and one part for all others together. A
/// measure that counts distinct sources counts a source once in each part it belongs to, and once
/// in `other`; the parts may then sum to more than the distinct sources of the whole.
struct Breakdown {
  std::vector<PartTotal> parts;
  std::uint64_t other = 0;
  std::size_t distinct = 0;  ///< how many different keys there are, "other" included
  bool has_other() const { return distinct > parts.size(); }
  std::uint64_t total() const;
};

/// The same by local day. `days` are the first instants of the days that the rows are for.
struct DailyBreakdown {
  std::vector<std::string> keys;
  std::vector<std::vector<std::uint64_t>> values;  ///< [key][day]
  std::vector<std::uint64_t> other;                ///< [day]; empty if there is no other part
};

Result<Breakdown> breakdown(Store& store, const BreakdownQuery& query);

/// Daily values of the parts that `whole` (the answer to the same query) names.
Result<DailyBreakdown> daily_breakdown(Store& store, const BreakdownQuery& query,
                                       const Breakdown& whole, const std::vector<UtcTime>& days);

/// Count of every key, largest first, equal ones by key.
Result<std::vector<PartTotal>> counts_by(Store& store, const BreakdownQuery& query);

}  // namespace teiten
