#include "store/duckdb_append.h"

#include <algorithm>
#include <chrono>
#include <span>
#include <utility>

#include "store/clean_text.h"
#include "store/coded_query.h"

namespace teiten {

Result<DuckDbAppender> DuckDbAppender::open(DuckDbConnection& connection, const char* table) {
  DuckDbAppender appender;
  if (duckdb_appender_create(connection.handle(), nullptr, table, &appender.appender_) !=
      DuckDBSuccess) {
    return appender.error();
  }
  std::vector<duckdb_logical_type> types;
  const idx_t columns = duckdb_appender_column_count(appender.appender_);
  for (idx_t i = 0; i < columns; ++i)
    types.push_back(duckdb_appender_column_type(appender.appender_, i));
  appender.chunk_ = duckdb_create_data_chunk(types.data(), columns);
  for (duckdb_logical_type& type : types)
    duckdb_destroy_logical_type(&type);
  appender.data_.resize(columns);
  appender.capacity_ = duckdb_vector_size();
  appender.begin_chunk();
  return appender;
}

DuckDbAppender::DuckDbAppender(DuckDbAppender&& other) noexcept
    : appender_(std::exchange(other.appender_, nullptr)),
      chunk_(std::exchange(other.chunk_, nullptr)),
      data_(std::move(other.data_)),
      rows_(other.rows_),
      capacity_(other.capacity_) {}

DuckDbAppender::~DuckDbAppender() {
  if (chunk_ != nullptr) duckdb_destroy_data_chunk(&chunk_);
  // Flushes what was appended; harmless, because without close() the transaction is rolled back.
  if (appender_ != nullptr) duckdb_appender_destroy(&appender_);
}

void DuckDbAppender::begin_chunk() {
  duckdb_data_chunk_reset(chunk_);
  for (std::size_t i = 0; i < data_.size(); ++i)
    data_[i] = duckdb_vector_get_data(duckdb_data_chunk_get_vector(chunk_, i));
  rows_ = 0;
}

void DuckDbAppender::set_text(std::size_t column, std::string_view text) {
  const std::string clean = clean_text(text);
  duckdb_vector_assign_string_element_len(duckdb_data_chunk_get_vector(chunk_, column), rows_,
                                          clean.data(), clean.size());
}

Result<void> DuckDbAppender::flush_chunk() {
  duckdb_data_chunk_set_size(chunk_, rows_);
  if (duckdb_append_data_chunk(appender_, chunk_) != DuckDBSuccess) return error();
  begin_chunk();
  return {};
}

Result<void> DuckDbAppender::close() {
  if (rows_ > 0) TEITEN_CHECK(flush_chunk());
  if (duckdb_appender_close(appender_) != DuckDBSuccess) return error();
  return {};
}

Error DuckDbAppender::error() const {
  const char* message = appender_ == nullptr ? nullptr : duckdb_appender_error(appender_);
  return duckdb_error(DUCKDB_ERROR_INVALID, message == nullptr ? "cannot append" : message);
}

namespace {

Result<void> append_headers(DuckDbConnection& connection, const BatchGatherer& gathered) {
  TEITEN_TRY(DuckDbAppender rows, DuckDbAppender::open(connection, "batch"));
  for (const auto& [sensor, row] : gathered.new_rows()) {
    const Batch& batch = row.sum;
    rows.set<std::int32_t>(0, row.id);
    rows.set<std::uint16_t>(1, sensor);
    rows.set<std::uint64_t>(2, batch.epoch);
    rows.set<std::uint64_t>(3, batch.sequence);
    rows.set<std::int64_t>(4, batch.range.from.time_since_epoch().count());
    rows.set<std::int64_t>(5, batch.range.to.time_since_epoch().count());
    rows.set<std::uint64_t>(6, batch.frames);
    rows.set<std::uint64_t>(7, batch.packets_unsolicited);
    rows.set<std::uint64_t>(8, batch.solicited);
    rows.set<std::uint64_t>(9, batch.dropped);
    rows.set_text(10, batch.region_source);
    rows.set<std::uint16_t>(11, batch.rule_version);
    rows.set<std::uint64_t>(12, row.last_sequence);
    rows.set<bool>(13, batch.live);
    TEITEN_CHECK(rows.end_row());
  }
  return rows.close();
}

Result<void> append_counts(DuckDbAppender& rows, const BatchRow& row) {
  const Batch& batch = row.sum;
  // Also where it is 0: stores from before records were counted have none.
  const NamedCounts records = {{"read", batch.records}};
  NamedCounts visits;
  if (batch.visits) visits = {{"begun", *batch.visits}};
  const std::pair<std::string_view, const NamedCounts*> categories[] = {
      {"ignored", &batch.ignored}, {"anomaly", &batch.anomalies}, {"rejected", &batch.rejected},
      {"limit", &batch.limits},    {"records", &records},         {"visits", &visits}};
  for (const auto& [category, counts] : categories) {
    for (const auto& [name, count] : *counts) {
      rows.set<std::int32_t>(0, row.id);
      rows.set_text(1, category);
      rows.set_text(2, name);
      rows.set<std::uint64_t>(3, count);
      TEITEN_CHECK(rows.end_row());
    }
  }
  return {};
}

Result<void> append_activity(DuckDbAppender& rows, const BatchRow& row) {
  for (const TimeRange& range : row.sum.activity) {
    rows.set<std::int32_t>(0, row.id);
    rows.set<std::int64_t>(1, range.from.time_since_epoch().count());
    rows.set<std::int64_t>(2, range.to.time_since_epoch().count());
    TEITEN_CHECK(rows.end_row());
  }
  return {};
}

/// Adds to the rows that the store has, by temporary tables: one statement each, however many rows.
Result<void> grow(DuckDbConnection& connection, const BatchGatherer& gathered) {
  if (gathered.grown_rows().empty()) return {};
  TEITEN_CHECK(connection.execute(
      "CREATE OR REPLACE TEMP TABLE grown (id INTEGER, last_sequence UBIGINT, ends TIMESTAMP_NS, "
      "frames UBIGINT, unsolicited UBIGINT, solicited UBIGINT, dropped UBIGINT);"
      "CREATE OR REPLACE TEMP TABLE grown_count (batch INTEGER, category VARCHAR, name VARCHAR, "
      "count UBIGINT)"));
  {
    TEITEN_TRY(DuckDbAppender rows, DuckDbAppender::open(connection, "grown"));
    TEITEN_TRY(DuckDbAppender counts, DuckDbAppender::open(connection, "grown_count"));
    for (const BatchRow& row : gathered.grown_rows()) {
      rows.set<std::int32_t>(0, row.id);
      rows.set<std::uint64_t>(1, row.last_sequence);
      rows.set<std::int64_t>(2, row.sum.range.to.time_since_epoch().count());
      rows.set<std::uint64_t>(3, row.sum.frames);
      rows.set<std::uint64_t>(4, row.sum.packets_unsolicited);
      rows.set<std::uint64_t>(5, row.sum.solicited);
      rows.set<std::uint64_t>(6, row.sum.dropped);
      TEITEN_CHECK(rows.end_row());
      TEITEN_CHECK(append_counts(counts, row));
    }
    TEITEN_CHECK(rows.close());
    TEITEN_CHECK(counts.close());
  }
  return connection.execute(
      "UPDATE batch SET last_sequence = g.last_sequence, ends = g.ends, frames = batch.frames + "
      "g.frames, packets_unsolicited = packets_unsolicited + g.unsolicited, solicited = "
      "batch.solicited + g.solicited, dropped = batch.dropped + g.dropped FROM grown g "
      "WHERE batch.id = g.id;"
      "UPDATE batch_count SET count = batch_count.count + g.count FROM grown_count g WHERE "
      "batch_count.batch = g.batch AND batch_count.category = g.category AND batch_count.name = "
      "g.name;"
      "INSERT INTO batch_count SELECT * FROM grown_count g WHERE NOT EXISTS (SELECT 1 FROM "
      "batch_count c WHERE c.batch = g.batch AND c.category = g.category AND c.name = g.name)");
}

std::uint16_t duration_ds(const Access& access) {
  using Tenths = std::chrono::duration<std::int64_t, std::deci>;
  const auto duration = std::chrono::floor<Tenths>(access.last - access.first);
  return static_cast<std::uint16_t>(std::clamp<std::int64_t>(duration.count(), 0, UINT16_MAX));
}

/// The part of the destination port (for ICMP: type and code) that the service does not tell.
std::uint16_t detail_of(const Access& access) {
  switch (access.service.protocol()) {
    case protocol::kTcp:
    case protocol::kUdp: {
      return is_others_side(access.kind) ? access.destination_port : std::uint16_t{0};
    }
    case protocol::kIcmp:
    case protocol::kIcmpV6:
      return access.destination_port & 0xffU;
    default:
      return 0;
  }
}

/// Eight hexadecimal digits, or nothing without a payload, as DuckDB holds a text of up to twelve
/// bytes: in place. Assigning a text takes a lock, which a row in millions would feel.
duckdb_string_t digest_text(const Access& access) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  constexpr std::uint32_t kLength = 8;
  duckdb_string_t text{};
  if (access.payload == PayloadClass::none) return text;
  text.value.inlined.length = kLength;
  for (std::uint32_t i = 0; i < kLength; ++i)
    text.value.inlined.inlined[i] = kDigits[(access.payload_digest >> (28 - 4 * i)) & 15U];
  return text;
}

}  // namespace

Result<void> append_accesses(DuckDbConnection& connection, std::span<const NumberedBatch> batches) {
  TEITEN_TRY(DuckDbAppender rows, DuckDbAppender::open(connection, "access"));
  for (const NumberedBatch& numbered : batches) {
    for (const Access& access : numbered.batch->accesses) {
      const std::int64_t first = to_microseconds(access.first);
      rows.set<std::int32_t>(0, numbered.id);
      rows.set<std::uint16_t>(1, numbered.sensor);
      rows.set<std::int64_t>(2, first);
      rows.set<std::uint16_t>(3, duration_ds(access));
      rows.set<duckdb_uhugeint>(4, {access.source.low(), access.source.high()});
      rows.set<std::uint32_t>(5, access.service.code());
      rows.set<std::uint16_t>(6, access.source_port);
      rows.set<std::uint16_t>(7, detail_of(access));
      rows.set<std::uint16_t>(8, access.region.code());
      rows.set<std::uint8_t>(9, static_cast<std::uint8_t>(access.kind));
      rows.set<std::uint32_t>(10, access.target);
      rows.set<std::uint32_t>(11, access.packets);
      rows.set<std::uint8_t>(12, access.continues ? 0 : 1);
      rows.set<std::uint8_t>(13, access.tool.code());
      rows.set<std::uint8_t>(14, static_cast<std::uint8_t>(access.payload));
      rows.set<duckdb_string_t>(15, digest_text(access));
      rows.set<std::uint16_t>(
          16, access.scanner == 0 ? kNoScanner : numbered.scanners[access.scanner - 1U]);
      TEITEN_CHECK(rows.end_row());
    }
  }
  return rows.close();
}

Result<void> write_gathered(DuckDbConnection& connection, const BatchGatherer& gathered) {
  TEITEN_CHECK(append_headers(connection, gathered));
  {
    TEITEN_TRY(DuckDbAppender counts, DuckDbAppender::open(connection, "batch_count"));
    TEITEN_TRY(DuckDbAppender activity, DuckDbAppender::open(connection, "batch_activity"));
    for (const auto& [sensor, row] : gathered.new_rows()) {
      TEITEN_CHECK(append_counts(counts, row));
      TEITEN_CHECK(append_activity(activity, row));
    }
    TEITEN_CHECK(counts.close());
    TEITEN_CHECK(activity.close());
  }
  return grow(connection, gathered);
}

}  // namespace teiten
