#include "store/sql.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace teiten {
namespace {

/// Added before a division and subtracted after it (in whole days, weeks and hours), so that
/// instants before 1970 round down as well: engines differ in how they divide negative numbers. 400
/// years of the Gregorian calendar are a whole number of weeks.
constexpr std::int64_t kBiasDays = 146'097;
static_assert(kBiasDays % 7 == 0);

std::string joined(const std::vector<std::uint32_t>& codes) {
  return fmt::format("{}", fmt::join(codes, ","));
}

}  // namespace

std::string SqlBuilder::local_microseconds(const SqlSlice& slice) const {
  const std::string time = dialect_.time_microseconds();
  std::vector<LocalCalendar::Span> spans;
  for (const LocalCalendar::Span& span : calendar_.spans()) {
    if (span.from_us >= slice.to_us) break;
    if (span.from_us <= slice.from_us) spans.clear();
    spans.push_back(span);
  }
  if (spans.empty()) spans.push_back(calendar_.spans().front());
  if (spans.size() == 1) return fmt::format("({} + {})", time, spans.front().offset_us);
  std::string offset = "CASE";
  for (std::size_t i = 0; i + 1 < spans.size(); ++i)
    offset += fmt::format(" WHEN {} < {} THEN {}", time, spans[i + 1].from_us, spans[i].offset_us);
  return fmt::format("({} + {} ELSE {} END)", time, offset, spans.back().offset_us);
}

std::string SqlBuilder::local_day(const SqlSlice& slice) const {
  const std::string biased =
      fmt::format("({} + {})", local_microseconds(slice), kBiasDays * kDayMicroseconds);
  return fmt::format("({} - {})", dialect_.divide(biased, kDayMicroseconds), kBiasDays);
}

std::string SqlBuilder::hour(const SqlSlice& slice) const {
  // The UTC instant at which the local hour began, but not before its stretch of constant offset
  // did. `time` less what has passed of the local hour.
  const std::string time = dialect_.time_microseconds();
  const std::string local = local_microseconds(slice);
  const std::string biased = fmt::format("({} + {})", local, kBiasDays * kDayMicroseconds);
  const std::string start =
      fmt::format("({} * {} - {} - ({} - {}))", dialect_.divide(biased, kHourMicroseconds),
                  kHourMicroseconds, kBiasDays * kDayMicroseconds, local, time);
  std::string clamped;
  for (const LocalCalendar::Span& span : calendar_.spans()) {
    if (span.from_us < slice.from_us - 2 * kHourMicroseconds || span.from_us >= slice.to_us)
      continue;
    clamped += fmt::format(" WHEN {0} >= {1} AND {2} < {1} THEN {1}", time, span.from_us, start);
  }
  return clamped.empty() ? start : fmt::format("CASE{} ELSE {} END", clamped, start);
}

std::string SqlBuilder::bucket(const SqlSlice& slice) const {
  switch (query_.bucket) {
    case Bucket::none:
      break;
    case Bucket::hour:
      return hour(slice);
    case Bucket::day:
      return local_day(slice);
    case Bucket::week: {
      const std::string day = fmt::format("({} + {})", local_day(slice), kBiasDays + kEpochWeekday);
      return fmt::format("({} - {})", dialect_.divide(day, 7), kBiasDays / 7);
    }
    case Bucket::month:
      return dialect_.month_number(local_microseconds(slice));
  }
  return "0";
}

std::string SqlBuilder::key(Dimension dimension) const {
  switch (dimension) {
    case Dimension::region:
      if (query_.chooses_sources()) return "home";
      return std::string(to_string(dimension));
    case Dimension::service:
    case Dimension::sensor:
    case Dimension::kind:
    case Dimension::target:
    case Dimension::tool:
    case Dimension::scanner:
    case Dimension::payload:
      return std::string(to_string(dimension));
    case Dimension::protocol:
      return dialect_.divide("service", 65'536);
  }
  return "";
}

std::string SqlBuilder::condition(const CodedFilter& filter) const {
  if (filter.codes.empty()) return filter.exclude ? "1 = 1" : "1 = 0";
  if (filter.dimension == Dimension::protocol) {
    std::string ranges;
    for (const std::uint32_t code : filter.codes) {
      ranges += fmt::format("{}service BETWEEN {} AND {}", ranges.empty() ? "" : " OR ",
                            std::uint64_t{code} << 16, (std::uint64_t{code} << 16) | 0xffff);
    }
    return fmt::format("{}({})", filter.exclude ? "NOT " : "", ranges);
  }
  return fmt::format("{} {}IN ({})", key(filter.dimension), filter.exclude ? "NOT " : "",
                     joined(filter.codes));
}

/// Of a group of one source's services, each once.
std::string SqlBuilder::condition(const CodedSourceFilter& filter) {
  const std::string both =
      fmt::format("sum(CASE WHEN service IN ({}) THEN 1 ELSE 0 END)", joined(filter.services));
  const char* const negation = filter.exclude ? "NOT " : "";
  switch (filter.match) {
    case SourceMatch::all:
      return fmt::format("{}({} = {})", negation, both, filter.services.size());
    case SourceMatch::any:
      return fmt::format("{}({} >= 1)", negation, both);
    case SourceMatch::like:
      break;
  }
  // both / (own + listed - both) >= 1/2, in whole numbers.
  return fmt::format("{0}({1} >= 2 AND 3 * {1} >= count(*) + {2})", negation, both,
                     filter.services.size());
}

std::string SqlBuilder::source_where(const SqlSlice& whole) const {
  std::string text = fmt::format(" WHERE time >= {} AND time < {}", dialect_.instant(whole.from_us),
                                 dialect_.instant(whole.to_us));
  for (const CodedFilter& filter : query_.where) {
    const bool tells_sources_apart = filter.dimension != Dimension::service &&
                                     filter.dimension != Dimension::protocol &&
                                     filter.dimension != Dimension::region;
    if (tells_sources_apart) text += " AND " + condition(filter);
  }
  if (whole.parts > 1) text += " AND " + dialect_.source_share(whole.part, whole.parts);
  return text;
}

std::string SqlBuilder::source_rows(const SqlSlice& whole) const {
  return fmt::format("SELECT {} FROM access{}", dialect_.uint64("count(*)"), source_where(whole));
}

std::string SqlBuilder::chosen_sources(const SqlSlice& whole) const {
  const std::string where = source_where(whole);
  std::string having = query_.max_services == 0
                           ? std::string("count(*) >= 1")
                           : fmt::format("count(*) <= {}", query_.max_services);
  for (const CodedSourceFilter& filter : query_.sources)
    having += " AND " + condition(filter);
  return fmt::format(
      "SELECT source, home FROM (SELECT source, region AS home, row_number() OVER (PARTITION BY "
      "source ORDER BY {0} DESC, region) AS place FROM access{1} GROUP BY source, region) r WHERE "
      "place = 1 AND source IN (SELECT source FROM (SELECT source, service FROM access{1} GROUP BY "
      "source, service) g GROUP BY source HAVING {2})",
      dialect_.sum("packets"), where, having);
}

std::string SqlBuilder::from(const SqlSlice& slice) const {
  if (!query_.chooses_sources()) return " FROM access";
  const std::string share =
      slice.parts > 1 ? " WHERE " + dialect_.source_share(slice.part, slice.parts) : "";
  return fmt::format(" FROM access JOIN (SELECT source, home FROM {}{}) c USING (source)",
                     kChosenSources, share);
}

std::string SqlBuilder::rows(const SqlSlice& slice) const {
  return fmt::format("SELECT {}{}{}", dialect_.uint64("count(*)"), from(slice), where(slice));
}

std::string SqlBuilder::where(const SqlSlice& slice) const {
  std::string text = fmt::format(" WHERE time >= {} AND time < {}", dialect_.instant(slice.from_us),
                                 dialect_.instant(slice.to_us));
  for (const CodedFilter& filter : query_.where)
    text += " AND " + condition(filter);
  if (slice.by_bucket) {
    text += fmt::format(" AND {} BETWEEN {} AND {}", bucket(slice), slice.first_bucket,
                        slice.last_bucket);
  }
  if (slice.parts > 1) text += " AND " + dialect_.source_share(slice.part, slice.parts);
  return text;
}

std::string SqlBuilder::cell_names() const {
  std::string names = "b";
  for (std::size_t i = 0; i < query_.by.size(); ++i)
    names += fmt::format(", k{}", i);
  return names;
}

std::string SqlBuilder::cell_columns(const SqlSlice& slice) const {
  std::string columns = dialect_.int64(bucket(slice)) + " AS b";
  for (std::size_t i = 0; i < query_.by.size(); ++i)
    columns += fmt::format(", {} AS k{}", dialect_.uint32(key(query_.by[i])), i);
  return columns;
}

std::string SqlBuilder::cells(const SqlSlice& slice) const {
  const bool sources = query_.needs(Measure::sources);
  const bool source_days = query_.needs(Measure::source_days);
  const std::string names = cell_names();
  const std::string counts =
      fmt::format("{} AS p, {} AS a", dialect_.sum("packets"), dialect_.sum("starts"));
  const std::string sums = fmt::format("{} AS p, {} AS a", dialect_.uint64(dialect_.sum("p")),
                                       dialect_.uint64(dialect_.sum("a")));
  const std::string partial_sums =
      fmt::format("{} AS p, {} AS a", dialect_.sum("p"), dialect_.sum("a"));
  const std::string count = dialect_.uint64("count(*)");
  const std::string none = dialect_.uint64("0");

  if (!sources && !source_days) {
    return fmt::format("SELECT {}, {} AS p, {} AS a, {} AS s, {} AS sd{}{} GROUP BY {}",
                       cell_columns(slice), dialect_.uint64(dialect_.sum("packets")),
                       dialect_.uint64(dialect_.sum("starts")), none, none, from(slice),
                       where(slice), names);
  }
  // Exact distinct counts in levels: group down to what is to be counted, then count the groups.
  // It is faster than count(DISTINCT …), and works past memory.
  std::string extra = "source AS src";
  std::string extra_names = "src";
  if (source_days) {
    if (query_.bucket != Bucket::day) {
      extra += ", " + local_day(slice) + " AS d";
      extra_names += ", d";
    }
    for (const Dimension dimension : {Dimension::sensor, Dimension::service}) {
      if (query_.groups_by(dimension)) continue;
      extra += fmt::format(", {0} AS t_{0}", to_string(dimension));
      extra_names += fmt::format(", t_{}", to_string(dimension));
    }
  }
  const std::string groups =
      fmt::format("SELECT {}, {}, {}{}{} GROUP BY {}, {}", cell_columns(slice), extra, counts,
                  from(slice), where(slice), names, extra_names);
  if (!source_days) {
    return fmt::format("SELECT {0}, {1}, {2} AS s, {3} AS sd FROM ({4}) g GROUP BY {0}", names,
                       sums, count, none, groups);
  }
  if (!sources) {
    return fmt::format("SELECT {0}, {1}, {2} AS s, {3} AS sd FROM ({4}) g GROUP BY {0}", names,
                       sums, none, count, groups);
  }
  return fmt::format(
      "SELECT {0}, {1}, {2} AS s, {3} AS sd FROM (SELECT {0}, src, {5}, {2} AS sd FROM ({4}) g "
      "GROUP BY {0}, src) h GROUP BY {0}",
      names, sums, count, dialect_.uint64(dialect_.sum("sd")), groups, partial_sums);
}

std::string SqlBuilder::sensors(const SqlSlice& slice) const {
  const std::string names = cell_names();
  return fmt::format(
      "SELECT {0}, {1} AS n FROM (SELECT {2}, sensor AS t_sensor{3}{4} GROUP BY {0}, "
      "t_sensor) g GROUP BY {0}",
      names, dialect_.uint64("count(*)"), cell_columns(slice), from(slice), where(slice));
}

std::string SqlBuilder::histogram(const SqlSlice& slice) const {
  return fmt::format("SELECT {} AS b, {} AS n{}{} GROUP BY b ORDER BY b",
                     dialect_.int64(bucket(slice)), dialect_.uint64("count(*)"), from(slice),
                     where(slice));
}

std::string SqlBuilder::raw_cells(const SqlSlice& slice) const {
  return fmt::format(
      "SELECT source, {} AS d, sensor, service, region, kind, packets, starts, scanner FROM "
      "access{}",
      dialect_.int64(local_day(slice)), where(slice));
}

}  // namespace teiten
