#include <algorithm>

#include <fmt/format.h>

#include "store/duckdb_dialect.h"
#include "store/duckdb_store.h"

namespace teiten {
namespace {

/// Accesses counted in one statement where sources have to be told apart: so many groups fit into
/// DuckDB's memory limit (at about 80 bytes each, twice) with room to spare.
constexpr std::uint64_t kSliceRows = 500'000;

std::uint64_t parts_for(std::uint64_t rows) {
  return std::max<std::uint64_t>(1, (rows + kSliceRows - 1) / kSliceRows);
}

SqlSlice slice_of(const TimeRange& range) {
  SqlSlice slice;
  slice.from_us = microseconds_up(range.from);
  slice.to_us = microseconds_up(range.to);
  return slice;
}

TimeRange intersection(const TimeRange& extent, const CodedQuery& query) {
  TimeRange range = extent;
  if (query.from) range.from = std::max(range.from, *query.from);
  if (query.to) range.to = std::min(range.to, *query.to);
  return range;
}

}  // namespace

Result<std::optional<TimeRange>> DuckDbStore::extent() {
  if (extent_) return *extent_;
  TEITEN_TRY(DuckDbRows rows, connection_.query("SELECT min(time), max(time) FROM access"));
  extent_.emplace();
  if (rows.next_chunk() && !rows.is_null(0, 0)) {
    *extent_ = TimeRange{from_microseconds(rows.column<std::int64_t>(0)[0]),
                         from_microseconds(rows.column<std::int64_t>(1)[0] + 1)};
  }
  return *extent_;
}

Result<std::uint64_t> DuckDbStore::number_from(const std::string& statement) {
  TEITEN_TRY(DuckDbRows rows, connection_.query(statement));
  return rows.next_chunk() ? rows.column<std::uint64_t>(0)[0] : 0;
}

Result<void> DuckDbStore::choose_sources(const SqlBuilder& sql, SqlSlice whole) {
  const std::string table = SqlBuilder::kChosenSources;
  // A temporary table: a store that is only read can have one.
  TEITEN_CHECK(connection_.execute(
      fmt::format("CREATE OR REPLACE TEMP TABLE {} (source UHUGEINT, home USMALLINT)", table)));
  TEITEN_TRY(const std::uint64_t rows, number_from(sql.source_rows(whole)));
  whole.parts = parts_for(rows);
  for (whole.part = 0; whole.part < whole.parts; ++whole.part)
    TEITEN_CHECK(
        connection_.execute(fmt::format("INSERT INTO {} {}", table, sql.chosen_sources(whole))));
  return {};
}

Result<std::vector<SqlSlice>> DuckDbStore::slices_of(const SqlBuilder& sql,
                                                     const LocalCalendar& calendar, Bucket bucket,
                                                     SqlSlice whole) {
  TEITEN_TRY(const std::uint64_t rows, number_from(sql.rows(whole)));
  if (rows <= kSliceRows || bucket == Bucket::none) {
    whole.parts = parts_for(rows);
    return std::vector<SqlSlice>{whole};
  }
  std::vector<SqlSlice> slices;
  std::uint64_t in_last = 0;
  TEITEN_TRY(DuckDbRows histogram, connection_.query(sql.histogram(whole)));
  while (histogram.next_chunk()) {
    for (std::size_t i = 0; i < histogram.size(); ++i) {
      const std::int64_t number = histogram.column<std::int64_t>(0)[i];
      const std::uint64_t n = histogram.column<std::uint64_t>(1)[i];
      if (slices.empty() || in_last + n > kSliceRows) {
        slices.push_back(whole);
        slices.back().by_bucket = true;
        slices.back().first_bucket = number;
        in_last = 0;
      }
      in_last += n;
      slices.back().last_bucket = number;
      slices.back().parts = parts_for(in_last);
    }
  }
  for (SqlSlice& slice : slices) {
    // The bucket decides; the times only say which part of the table has to be read. A day more on
    // both sides covers any offset.
    const UtcTime first = calendar.bucket_start(bucket, slice.first_bucket);
    const UtcTime end = calendar.bucket_start(bucket, slice.last_bucket + 1);
    slice.from_us = std::max(slice.from_us, to_microseconds(first) - kDayMicroseconds);
    slice.to_us = std::min(slice.to_us, to_microseconds(end) + kDayMicroseconds);
  }
  return slices;
}

Result<void> DuckDbStore::ask(const CodedQuery& query, const std::string& statement, bool sensors,
                              Answer& answer) {
  TEITEN_TRY(DuckDbRows rows, connection_.query(statement));
  const std::size_t keys = query.by.size();
  while (rows.next_chunk()) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      AnswerCell cell;
      cell.bucket = rows.column<std::int64_t>(0)[i];
      for (std::size_t k = 0; k < keys; ++k)
        cell.keys[k] = rows.column<std::uint32_t>(1 + k)[i];
      if (sensors) {
        cell.counts[Measure::sensors] = rows.column<std::uint64_t>(1 + keys)[i];
      } else {
        cell.counts[Measure::packets] = rows.column<std::uint64_t>(1 + keys)[i];
        cell.counts[Measure::accesses] = rows.column<std::uint64_t>(2 + keys)[i];
        cell.counts[Measure::sources] = rows.column<std::uint64_t>(3 + keys)[i];
        cell.counts[Measure::source_days] = rows.column<std::uint64_t>(4 + keys)[i];
      }
      TEITEN_CHECK(answer.add(cell));
    }
  }
  return {};
}

Result<void> DuckDbStore::count_by_sql(const CodedQuery& query, const LocalCalendar& calendar,
                                       const TimeRange& range, Answer& answer) {
  const SqlBuilder sql(duckdb_dialect(), query, calendar);
  const bool distinct = query.needs(Measure::sources) || query.needs(Measure::source_days);
  std::vector<SqlSlice> slices = {slice_of(range)};
  if (query.chooses_sources()) TEITEN_CHECK(choose_sources(sql, slices.front()));
  if (distinct) {
    TEITEN_TRY(slices, slices_of(sql, calendar, query.bucket, slices.front()));
  }
  for (SqlSlice& slice : slices) {
    for (slice.part = 0; slice.part < slice.parts; ++slice.part)
      TEITEN_CHECK(ask(query, sql.cells(slice), false, answer));
    if (query.needs(Measure::sensors)) {
      slice.part = 0;
      slice.parts = 1;
      TEITEN_CHECK(ask(query, sql.sensors(slice), true, answer));
    }
    TEITEN_CHECK(answer.close());
  }
  if (!query.chooses_sources()) return {};
  return connection_.execute(fmt::format("DROP TABLE {}", SqlBuilder::kChosenSources));
}

std::optional<DuckDbStore::DaySpan> DuckDbStore::prepared_days(const TimeZone& zone,
                                                               const TimeRange& range,
                                                               const TimeRange& extent) const {
  if (!prepared_ || !prepared_->is_of(zone)) return std::nullopt;
  const LocalCalendar& calendar = *prepared_calendar_;
  const TimeRange& days = prepared_range_;
  if (range.from < days.from || range.to > days.to) return std::nullopt;
  const std::int64_t first = calendar.day_number(to_microseconds(range.from));
  const std::int64_t last = calendar.day_number(microseconds_up(range.to) - 1);
  // Only whole local days are held; what lies outside of the data is whole by itself.
  if (range.from > extent.from && calendar.day_start(first) != range.from) return std::nullopt;
  if (range.to < extent.to && calendar.day_start(last + 1) != range.to) return std::nullopt;
  return DaySpan{first, last + 1};
}

Result<bool> DuckDbStore::count_prepared(const CodedQuery& query, const TimeRange& range,
                                         const TimeRange& extent, Answer& answer) {
  const auto days = prepared_days(query.zone, range, extent);
  if (!days || !prepared_->covers(query)) return false;
  return prepared_->count(query, days->first, days->end, answer);
}

Result<QueryResult> DuckDbStore::query(const Query& query) {
  TEITEN_TRY(const CodedQuery coded, encode(query, sensors_, scanners_));
  TEITEN_TRY(const std::optional<TimeRange> data, extent());
  TEITEN_TRY(const std::optional<Retention> kept, retention());
  const TimeRange range = data ? intersection(*data, coded) : TimeRange{};
  const TimeRange aged = kept ? intersection({kept->from, kept->kept_from}, coded) : TimeRange{};
  TimeRange whole = aged.empty() ? range : aged;
  if (!range.empty()) whole.to = range.to;
  const LocalCalendar calendar(coded.zone, whole);
  Answer answer(coded, calendar, sensors_, scanners_);
  if (!aged.empty())
    TEITEN_CHECK(count_daily(coded, calendar, *kept, aged, !range.empty(), answer));
  if (data && !range.empty()) {
    TEITEN_TRY(const bool counted, count_prepared(coded, range, *data, answer));
    if (!counted) TEITEN_CHECK(count_by_sql(coded, calendar, range, answer));
  }
  return std::move(answer).finish();
}

Result<void> DuckDbStore::prepare(TimeRange range, const TimeZone& zone) {
  prepared_.reset();
  prepared_calendar_.reset();
  TEITEN_TRY(const std::optional<TimeRange> data, extent());
  if (!data) return {};
  CodedQuery all;
  all.zone = zone;
  all.bucket = Bucket::day;
  all.from = range.from;
  all.to = range.to;
  const TimeRange part = intersection(*data, all);
  if (part.empty()) return {};
  // Whole local days, so that a question about any of them can be answered.
  auto calendar = std::make_unique<LocalCalendar>(zone, part);
  if (!calendar->days_in_order()) return {};
  const std::int64_t first = calendar->day_number(to_microseconds(part.from));
  const std::int64_t end = calendar->day_number(microseconds_up(part.to) - 1) + 1;
  prepared_range_ = {calendar->day_start(first), calendar->day_start(end)};

  auto cells = std::make_unique<PreparedCells>(zone, first, end);
  const SqlBuilder sql(duckdb_dialect(), all, *calendar);
  TEITEN_TRY(std::vector<SqlSlice> slices,
             slices_of(sql, *calendar, all.bucket, slice_of(prepared_range_)));
  for (SqlSlice& slice : slices) {
    for (slice.part = 0; slice.part < slice.parts; ++slice.part) {
      TEITEN_TRY(const bool fits, read_cells(sql.raw_cells(slice), *cells));
      if (!fits) return {};
    }
  }
  if (!cells->finish()) return {};
  prepared_ = std::move(cells);
  prepared_calendar_ = std::move(calendar);
  return {};
}

Result<bool> DuckDbStore::read_cells(const std::string& statement, PreparedCells& cells) {
  TEITEN_TRY(DuckDbRows rows, connection_.query(statement));
  while (rows.next_chunk()) {
    const auto* source = rows.column<duckdb_uhugeint>(0);
    const auto* day = rows.column<std::int64_t>(1);
    const auto* sensor = rows.column<std::uint16_t>(2);
    const auto* service = rows.column<std::uint32_t>(3);
    const auto* region = rows.column<std::uint16_t>(4);
    const auto* kind = rows.column<std::uint8_t>(5);
    const auto* packets = rows.column<std::uint32_t>(6);
    const auto* starts = rows.column<std::uint8_t>(7);
    const auto* scanner = rows.column<std::uint16_t>(8);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (!cells.add({IpAddress::v6(source[i].upper, source[i].lower), day[i], sensor[i],
                      service[i], region[i], kind[i], scanner[i] != kNoScanner, packets[i],
                      starts[i]})) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace teiten
