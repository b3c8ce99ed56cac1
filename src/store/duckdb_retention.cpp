#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "store/duckdb_dialect.h"
#include "store/duckdb_store.h"

namespace teiten {
namespace {

std::int64_t number_of(Day day) {
  return std::chrono::sys_days{day}.time_since_epoch().count();
}

Day day_from_number(std::int64_t day) {
  return Day{std::chrono::sys_days{std::chrono::days{static_cast<std::chrono::days::rep>(day)}}};
}

/// Temporary tables. Of a share of a day's sources: one row a source and smallest cell, of which
/// the counts of every level are made.
constexpr const char* kAgingSources = "aging_sources";
/// Of all shares so far: parts of daily and daily_overlap. Both add up over shares of sources.
constexpr const char* kAgingCells = "aging_cells";
constexpr const char* kAgingOverlaps = "aging_overlaps";

std::string sources_of_share(const std::string& where) {
  return fmt::format(
      "CREATE OR REPLACE TEMP TABLE {} AS SELECT sensor, service, region, kind, source, "
      "sum(packets)::UBIGINT AS packets, sum(starts)::UBIGINT AS accesses FROM access{} GROUP BY "
      "sensor, service, region, kind, source",
      kAgingSources, where);
}

constexpr const char* kNewAgingTables =
    "CREATE OR REPLACE TEMP TABLE {} AS SELECT * FROM daily LIMIT 0; "
    "CREATE OR REPLACE TEMP TABLE {} AS SELECT * FROM daily_overlap LIMIT 0";
constexpr const char* kCellsOfShare =
    "INSERT INTO {} SELECT {}, sensor, service, region, kind, sum(packets)::UBIGINT, "
    "sum(accesses)::UBIGINT, count(*)::UBIGINT FROM {} GROUP BY sensor, service, region, kind";
constexpr const char* kKeepCells =
    "INSERT INTO daily SELECT day, sensor, service, region, kind, sum(packets)::UBIGINT, "
    "sum(accesses)::UBIGINT, sum(sources)::UBIGINT FROM {} GROUP BY day, sensor, service, region, "
    "kind ORDER BY sensor, service, region, kind";
constexpr const char* kKeepOverlaps =
    "INSERT INTO daily_overlap SELECT day, level, sensor, service, region, kind, "
    "sum(overlap)::UBIGINT FROM {} GROUP BY day, level, sensor, service, region, kind ORDER BY "
    "level, sensor, service, region, kind";

/// How often sources are in more than one of the smallest cells that make up a cell of the level.
std::string overlaps_of_level(std::int64_t day, unsigned level) {
  struct Column {
    unsigned bit;
    const char* name;
    const char* none;
  };
  constexpr std::array<Column, 4> kColumns = {{
      {daily_level::kSensor, "sensor", "0::USMALLINT"},
      {daily_level::kService, "service", "0::UINTEGER"},
      {daily_level::kRegion, "region", "0::USMALLINT"},
      {daily_level::kKind, "kind", "0::UTINYINT"},
  }};
  std::string chosen;
  std::string group;
  for (const Column& column : kColumns) {
    const bool in = (level & column.bit) != 0;
    chosen += fmt::format(", {}", in ? column.name : column.none);
    if (in) group += fmt::format("{}, ", column.name);
  }
  const std::string outer = group.empty() ? "" : " GROUP BY " + group.substr(0, group.size() - 2);
  return fmt::format(
      "INSERT INTO {} SELECT {}, {}{}, (sum(cells) - count(*))::UBIGINT FROM (SELECT "
      "{}source, count(*) AS cells FROM {} GROUP BY {}source) g{} HAVING sum(cells) > count(*)",
      kAgingOverlaps, day, level, chosen, group, kAgingSources, group, outer);
}

}  // namespace

Result<std::optional<Retention>> DuckDbStore::retention() {
  if (retention_) return *retention_;
  TEITEN_TRY(
      DuckDbRows rows,
      connection_.query("SELECT zone, first_day, end_day, epoch_us(kept_from) FROM retention"));
  if (!rows.next_chunk()) {
    retention_.emplace();
    return *retention_;
  }
  Retention found;
  TEITEN_TRY(found.zone, TimeZone::find(rows.text(0, 0)));
  found.first_day = rows.column<std::int32_t>(1)[0];
  found.end_day = rows.column<std::int32_t>(2)[0];
  found.from = found.zone.start_of(day_from_number(found.first_day));
  found.kept_from = from_microseconds(rows.column<std::int64_t>(3)[0]);
  retention_.emplace(std::move(found));
  return *retention_;
}

Result<void> DuckDbStore::check_may_age(const TimeZone& zone) {
  TEITEN_CHECK(check_writable());
  TEITEN_TRY(const std::optional<Retention> before, retention());
  if (before && before->zone.name() != zone.name()) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{} has daily counts of {}, and days of {} are other days: use the "
                               "same zone",
                               path_, before->zone.name(), zone.name()));
  }
  TEITEN_TRY(const std::uint64_t unfinished,
             number_from("SELECT count(*)::UBIGINT FROM import WHERE NOT complete"));
  if (unfinished == 0) return {};
  return failure(ErrorCode::invalid_argument,
                 fmt::format("an import into {} has not finished, and its accesses may still go: "
                             "run it again first (teiten doctor names it)",
                             path_));
}

Result<void> DuckDbStore::keep_from(std::int64_t day, std::int64_t aged, const TimeZone& zone) {
  TEITEN_TRY(const std::optional<Retention> before, retention());
  const std::int64_t first = before ? before->first_day : aged;
  const std::int64_t end = before ? std::max(before->end_day, day) : day;
  const UtcTime start = zone.start_of(day_from_number(end));
  TEITEN_CHECK(connection_.execute("DELETE FROM retention"));
  TEITEN_TRY(
      const DuckDbRows inserted,
      connection_.query("INSERT INTO retention VALUES (?, ?, ?, make_timestamp(?))",
                        {std::string_view(zone.name()), first, end, to_microseconds(start)}));
  return {};
}

Result<std::uint64_t> DuckDbStore::replace_by_counts(std::int64_t day,
                                                     const LocalCalendar& calendar) {
  const std::string where =
      fmt::format(" WHERE time >= {} AND time < {}",
                  duckdb_dialect().instant(microseconds_up(calendar.day_start(day))),
                  duckdb_dialect().instant(microseconds_up(calendar.day_start(day + 1))));
  TEITEN_TRY(const std::uint64_t rows, number_from("SELECT count(*)::UBIGINT FROM access" + where));
  TEITEN_CHECK(connection_.execute(fmt::format(kNewAgingTables, kAgingCells, kAgingOverlaps)));
  // So many fit into DuckDB's memory with all that is made of them.
  const std::uint64_t parts = 1 + rows / std::max<std::uint64_t>(1, source_part_rows_ / 2);
  for (std::uint64_t part = 0; part < parts; ++part) {
    const std::string share =
        parts == 1 ? "" : " AND " + duckdb_dialect().source_share(part, parts);
    TEITEN_CHECK(connection_.execute(sources_of_share(where + share)));
    TEITEN_CHECK(connection_.execute(fmt::format(kCellsOfShare, kAgingCells, day, kAgingSources)));
    for (unsigned level = 0; level < daily_level::kAll; ++level)
      TEITEN_CHECK(connection_.execute(overlaps_of_level(day, level)));
  }
  TEITEN_CHECK(connection_.execute(fmt::format("DROP TABLE {}", kAgingSources)));
  TEITEN_CHECK(connection_.execute(fmt::format(kKeepCells, kAgingCells)));
  TEITEN_CHECK(connection_.execute(fmt::format(kKeepOverlaps, kAgingOverlaps)));
  TEITEN_CHECK(connection_.execute(
      fmt::format("DROP TABLE {}; DROP TABLE {}", kAgingCells, kAgingOverlaps)));
  TEITEN_CHECK(connection_.execute(
      "INSERT INTO batch_aged SELECT batch, count(*)::UBIGINT, sum(packets)::UBIGINT FROM access" +
      where + " GROUP BY batch"));
  TEITEN_CHECK(connection_.execute("DELETE FROM access" + where));
  return rows;
}

Result<std::optional<AgedDay>> DuckDbStore::age_day(Day first_kept, const TimeZone& zone) {
  TEITEN_CHECK(check_may_age(zone));
  const std::int64_t kept = number_of(first_kept);
  TEITEN_TRY(const std::optional<TimeRange> data, extent());
  std::optional<AgedDay> aged;
  LocalCalendar calendar(zone, data.value_or(TimeRange{}));
  if (data && data->from < zone.start_of(first_kept)) {
    if (!calendar.days_in_order()) {
      return failure(
          ErrorCode::invalid_argument,
          fmt::format("days of {} do not follow each other: use another zone", zone.name()));
    }
    aged = AgedDay{calendar.day_number(to_microseconds(data->from)), 0};
  }
  TEITEN_TRY(const std::optional<Retention> before, retention());
  if (!aged && before && before->end_day >= kept) return aged;

  TEITEN_TRY(DuckDbTransaction transaction, DuckDbTransaction::begin(connection_));
  if (aged) {
    TEITEN_TRY(aged->accesses, replace_by_counts(aged->day, calendar));
  }
  TEITEN_CHECK(keep_from(aged ? aged->day + 1 : kept, aged ? aged->day : kept, zone));
  TEITEN_CHECK(transaction.commit());
  forget_derived();
  retention_.reset();
  return aged;
}

Result<void> DuckDbStore::check_not_aged(std::span<const Batch> batches,
                                         const std::vector<bool>& known) {
  TEITEN_TRY(const std::optional<Retention> kept, retention());
  if (!kept) return {};
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (known[i]) continue;
    for (const Access& access : batches[i].accesses) {
      if (access.first >= kept->kept_from) continue;
      return failure(
          ErrorCode::invalid_argument,
          fmt::format("an access at {} is older than what {} keeps (from {} on): use another store",
                      format_utc(access.first), path_, format_utc(kept->kept_from)));
    }
  }
  return {};
}

Error DuckDbStore::not_told(const Retention& retention, std::string_view what) const {
  return failure(
      ErrorCode::unsupported,
      fmt::format("{} keeps daily counts of {} before {}, and {}", path_, retention.zone.name(),
                  format_day(day_from_number(retention.end_day)), what));
}

Result<void> DuckDbStore::count_daily(const CodedQuery& query, const LocalCalendar& calendar,
                                      const Retention& retention, const TimeRange& range,
                                      bool goes_on, Answer& answer) {
  const auto refuse = [&](std::string_view what) { return not_told(retention, what); };
  const bool needs_days = query.bucket != Bucket::none || query.needs(Measure::source_days);
  if (needs_days && query.zone.name() != retention.zone.name())
    return refuse(
        fmt::format("no days of {}: ask with --tz {}", query.zone.name(), retention.zone.name()));
  if (query.bucket == Bucket::hour) return refuse("no hours: ask by day, or begin there");
  if (query.chooses_sources())
    return refuse("what one source did is gone with its address: begin there");
  const SqlBuilder sql(duckdb_dialect(), query, calendar);
  std::string_view untold;
  const auto level = sql.level(untold);
  if (!level) {
    return refuse(fmt::format(
        "they are by sensor, service, region and kind, not by {}: begin there", untold));
  }
  const LocalCalendar days(retention.zone, range);
  const std::int64_t first = days.day_number(to_microseconds(range.from));
  const std::int64_t end = days.day_number(microseconds_up(range.to) - 1) + 1;
  if (days.day_start(first) != range.from || days.day_start(end) != range.to) {
    return refuse(fmt::format("a part of a day cannot be told: begin and end with whole days of {}",
                              retention.zone.name()));
  }
  const bool distinct = query.needs(Measure::sources) || query.needs(Measure::sensors);
  if (distinct && goes_on &&
      LocalCalendar::bucket_of_day(query.bucket, end - 1) ==
          LocalCalendar::bucket_of_day(query.bucket, end)) {
    return refuse(
        "distinct sources and sensors of such days and later ones together cannot be told: ask by "
        "day, or for other measures (--measure packets --measure accesses)");
  }
  const std::size_t keys = query.by.size();
  const auto cell_at = [&](const DuckDbRows& rows, std::size_t i) {
    AnswerCell cell;
    cell.bucket = rows.column<std::int64_t>(0)[i];
    for (std::size_t k = 0; k < keys; ++k)
      cell.keys[k] = rows.column<std::uint32_t>(1 + k)[i];
    return cell;
  };
  {
    TEITEN_TRY(DuckDbRows rows, connection_.query(sql.daily_cells(*level, first, end)));
    while (rows.next_chunk()) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        AnswerCell cell = cell_at(rows, i);
        cell.counts[Measure::packets] = rows.column<std::uint64_t>(1 + keys)[i];
        cell.counts[Measure::accesses] = rows.column<std::uint64_t>(2 + keys)[i];
        cell.counts[Measure::sources] = rows.column<std::uint64_t>(3 + keys)[i];
        if (query.needs(Measure::sources) && rows.column<std::uint64_t>(4 + keys)[i] != 1) {
          return refuse(
              "distinct sources of several days, or of several values of a filter, cannot be told: "
              "ask by day and value, or for other measures (--measure packets --measure accesses)");
        }
        TEITEN_CHECK(answer.add(cell));
      }
    }
  }
  if (query.needs(Measure::source_days)) {
    const unsigned finer = *level | daily_level::kSensor | daily_level::kService;
    TEITEN_TRY(DuckDbRows rows, connection_.query(sql.daily_source_days(finer, first, end)));
    while (rows.next_chunk()) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        AnswerCell cell = cell_at(rows, i);
        cell.counts[Measure::source_days] = rows.column<std::uint64_t>(1 + keys)[i];
        if (rows.column<std::uint64_t>(2 + keys)[i] != 1) {
          return refuse(
              "source_days over several regions or kinds of a filter cannot be told: ask by region "
              "or kind, or for other measures (--measure packets --measure accesses)");
        }
        TEITEN_CHECK(answer.add(cell));
      }
    }
  }
  if (query.needs(Measure::sensors)) {
    TEITEN_TRY(DuckDbRows rows, connection_.query(sql.daily_sensors(first, end)));
    while (rows.next_chunk()) {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        AnswerCell cell = cell_at(rows, i);
        cell.counts[Measure::sensors] = rows.column<std::uint64_t>(1 + keys)[i];
        TEITEN_CHECK(answer.add(cell));
      }
    }
  }
  return {};
}

}  // namespace teiten
