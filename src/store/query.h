#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "net/time.h"

namespace teiten {

/// The one question that everything that reads asks of a store. The answer does not depend on the
/// store.
enum class Bucket { none, hour, day, week, month };
enum class Dimension {
  service,
  region,
  sensor,
  kind,
  protocol,
  target,
  tool,     ///< `mirai` confirmed, `mirai?` possible, `none`
  scanner,  ///< organisation of a known scanner, `-` for everybody else
  payload,  ///< class of the first payload
};
enum class Measure {
  packets,      ///< packets
  accesses,     ///< contact attempts
  sources,      ///< distinct source addresses in the cell
  source_days,  ///< distinct (source, local day, sensor, service) in the cell: TALOT2's
                ///< 延べ発信元数
  sensors,      ///< distinct sensors with at least one access in the cell
};

std::string_view to_string(Bucket bucket);
std::string_view to_string(Dimension dimension);
std::string_view to_string(Measure measure);
std::optional<Bucket> parse_bucket(std::string_view text);
std::optional<Dimension> parse_dimension(std::string_view text);
std::optional<Measure> parse_measure(std::string_view text);

/// Keeps rows whose dimension is one of `values` (or none of them, if `exclude`). Values are the
/// texts of the result: `1433/tcp`, `JP`, a sensor's name, `scan`, `tcp`, a target number, `mirai`,
/// an organisation.
struct Filter {
  Dimension dimension = Dimension::service;
  std::vector<std::string> values;
  bool exclude = false;
};

/// How the services that one source asked for must stand to a list.
enum class SourceMatch : std::uint8_t {
  all,   ///< it asked for each of the list
  any,   ///< for at least one
  like,  ///< for two or more, which are half or more of all that it asked for or the list holds
};

/// Keeps accesses of sources that match (or do not, if `exclude`).
struct SourceFilter {
  SourceMatch match = SourceMatch::all;
  std::vector<std::string> services;  ///< texts, as in Filter
  bool exclude = false;
};

struct Query {
  std::optional<UtcTime> from;  ///< open: everything
  std::optional<UtcTime> to;    ///< exclusive
  TimeZone zone;                ///< of the buckets and of the local day in source_days
  Bucket bucket = Bucket::none;
  std::vector<Dimension> by;
  std::vector<Filter> where;
  /// What a source asked for are the services of its accesses in [from, to) that pass `where` but
  /// for its filters of service, protocol and region. Where sources are chosen by this or by
  /// max_services, an access's region is its source's: the one of most packets among these
  /// accesses, the first in the alphabet of equals, so that every source is in one region.
  std::vector<SourceFilter> sources;
  /// Leaves out sources that asked for more services; 0: none.
  std::uint64_t max_services = 0;
  std::vector<Measure> measures = {Measure::packets, Measure::accesses, Measure::sources,
                                   Measure::source_days};
  /// Ordered by bucket, then this measure descending, then the dimensions' texts; none: the
  /// dimensions alone.
  std::optional<Measure> order;
  /// At most so many rows within each bucket (all rows if 0).
  std::uint64_t limit = 0;
};

/// One row of an answer.
struct ResultRow {
  /// First instant of the local bucket, if there is one.
  std::optional<UtcTime> bucket;
  std::vector<std::string> keys;        ///< one text a dimension, in the order of Query::by
  std::vector<std::uint64_t> measures;  ///< in the order of Query::measures
};

struct QueryResult {
  std::vector<ResultRow> rows;
};

/// "2007-07-16" for day and week (its Monday), "2007-07" for month, "2007-07-16T03:00+09:00" for
/// hour.
std::string format_bucket(Bucket bucket, UtcTime start, const TimeZone& zone);

}  // namespace teiten
