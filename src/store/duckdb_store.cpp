#include "store/duckdb_store.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "store/duckdb_append.h"
#include "store/duckdb_compact.h"

namespace teiten {
namespace {

/// Numbers of sensors and batches are the width of their columns.
constexpr std::size_t kMaxStoredSensors = std::numeric_limits<std::uint16_t>::max();
constexpr std::size_t kMaxScanners = std::numeric_limits<std::uint16_t>::max();
constexpr std::int64_t kMaxBatches = std::numeric_limits<std::int32_t>::max();

/// Bounds of stored times. Their local days, weeks and months still fit into UtcTime.
constexpr UtcTime kFirstTime = std::chrono::sys_days{std::chrono::year{1680} / 1 / 1};
constexpr UtcTime kLastTime = std::chrono::sys_days{std::chrono::year{2260} / 1 / 1};

bool storable(const TimeRange& range) {
  return range.from >= kFirstTime && range.to < kLastTime;
}

Result<void> check_batch(const Batch& batch) {
  if (batch.sensor.empty())
    return failure(ErrorCode::invalid_argument, "a batch has no sensor's name");
  bool ok = storable(batch.range);
  for (const TimeRange& range : batch.activity)
    ok = ok && storable(range);
  for (const Access& access : batch.accesses)
    ok = ok && storable({access.first, access.last});
  for (const Access& access : batch.accesses) {
    if (access.scanner <= batch.scanners.size()) continue;
    return failure(
        ErrorCode::invalid_argument,
        fmt::format("batch {} of sensor {} has an access of scanner {} and {} scanners",
                    batch.sequence, batch.sensor, access.scanner, batch.scanners.size()));
  }
  if (ok) return {};
  return failure(
      ErrorCode::invalid_argument,
      fmt::format("batch {} of sensor {} has a time before {} or after {}", batch.sequence,
                  batch.sensor, format_day(kFirstTime), format_day(kLastTime)));
}

UtcTime from_nanoseconds(std::int64_t nanoseconds) {
  return UtcTime{std::chrono::nanoseconds{nanoseconds}};
}

}  // namespace

Result<void> DuckDbStore::check_writable() const {
  if (mode_ == StoreMode::write) return {};
  return failure(ErrorCode::invalid_argument, fmt::format("{} was opened to read only", path_));
}

Result<void> DuckDbStore::load_names() {
  sensors_ = SensorTable();
  scanners_ = SensorTable();
  scanners_.add(kNoScanner, kNoScannerName);
  TEITEN_TRY(DuckDbRows organisations, connection_.query("SELECT id, organisation FROM scanner"));
  while (organisations.next_chunk()) {
    for (std::size_t i = 0; i < organisations.size(); ++i)
      scanners_.add(organisations.column<std::uint16_t>(0)[i],
                    std::string(organisations.text(1, i)));
  }
  TEITEN_TRY(DuckDbRows rows, connection_.query("SELECT id, name FROM sensor"));
  while (rows.next_chunk()) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      sensors_.add(rows.column<std::uint16_t>(0)[i], std::string(rows.text(1, i)));
  }
  return {};
}

Result<std::uint16_t> DuckDbStore::sensor_number(const std::string& name) {
  const std::string clean = clean_text(name);
  if (const auto known = sensors_.find(clean)) return *known;
  if (sensors_.size() == kMaxStoredSensors) {
    return failure(
        ErrorCode::limit_reached,
        fmt::format("{} holds {} sensors, the most a store can", path_, kMaxStoredSensors));
  }
  const auto id = static_cast<std::uint16_t>(sensors_.size());
  TEITEN_TRY(const DuckDbRows inserted,
             connection_.query("INSERT INTO sensor VALUES (?, ?)",
                               {std::uint64_t{id}, std::string_view(clean)}));
  sensors_.add(id, clean);
  return id;
}

Result<std::uint16_t> DuckDbStore::scanner_number(const std::string& organisation) {
  const std::string clean = clean_text(organisation);
  if (const auto known = scanners_.find(clean)) return *known;
  if (scanners_.size() == kMaxScanners) {
    return failure(ErrorCode::limit_reached,
                   fmt::format("{} holds {} organisations of scanners, the most a store can", path_,
                               kMaxScanners));
  }
  const auto id = static_cast<std::uint16_t>(scanners_.size());
  TEITEN_TRY(const DuckDbRows inserted,
             connection_.query("INSERT INTO scanner VALUES (?, ?)",
                               {std::uint64_t{id}, std::string_view(clean)}));
  scanners_.add(id, clean);
  return id;
}

Result<std::vector<bool>> DuckDbStore::find_known(std::span<const Batch> batches) {
  // Sequence numbers of a span lie close together: one look a (sensor, epoch).
  struct Sequences {
    std::uint64_t first;
    std::uint64_t last;
    std::map<std::uint64_t, std::uint64_t> stored{};  ///< first → last
    bool has(std::uint64_t sequence) const {
      const auto after = stored.upper_bound(sequence);
      return after != stored.begin() && std::prev(after)->second >= sequence;
    }
  };
  std::map<std::tuple<std::string, std::uint64_t, bool>, Sequences> groups;
  for (const Batch& batch : batches) {
    const auto [it, added] = groups.try_emplace({clean_text(batch.sensor), batch.epoch, batch.live},
                                                Sequences{batch.sequence, batch.sequence});
    it->second.first = std::min(it->second.first, batch.sequence);
    it->second.last = std::max(it->second.last, batch.sequence);
  }
  TEITEN_CHECK(load_live_rows(batches));
  for (auto& [identity, sequences] : groups) {
    const auto& [name, epoch, live] = identity;
    const auto sensor = sensors_.find(name);
    if (!sensor) continue;
    if (live) {
      for (const BatchGatherer::OpenRow& row : live_rows_.rows()[{*sensor, epoch}])
        sequences.stored[row.first_sequence] = row.last_sequence;
      continue;
    }
    TEITEN_TRY(DuckDbRows rows,
               connection_.query(
                   "SELECT sequence, coalesce(last_sequence, sequence) FROM batch WHERE sensor = ? "
                   "AND epoch = ? AND sequence <= ? AND coalesce(last_sequence, sequence) >= ?",
                   {std::uint64_t{*sensor}, epoch, sequences.last, sequences.first}));
    while (rows.next_chunk()) {
      for (std::size_t i = 0; i < rows.size(); ++i)
        sequences.stored[rows.column<std::uint64_t>(0)[i]] = rows.column<std::uint64_t>(1)[i];
    }
  }
  std::vector<bool> known;
  for (const Batch& batch : batches) {
    Sequences& sequences = groups.at({clean_text(batch.sensor), batch.epoch, batch.live});
    known.push_back(sequences.has(batch.sequence));
    if (!known.back()) sequences.stored[batch.sequence] = batch.sequence;
  }
  return known;
}

Result<void> DuckDbStore::load_live_rows(std::span<const Batch> batches) {
  std::vector<LiveRows::Place> places;
  for (const Batch& batch : batches) {
    if (!batch.live) continue;
    const auto sensor = sensors_.find(clean_text(batch.sensor));
    if (sensor) places.push_back({{*sensor, batch.epoch}, batch.sequence});
  }
  return live_rows_.load(connection_, places);
}

Result<std::uint64_t> DuckDbStore::append_new(std::span<const Batch> batches,
                                              const std::vector<bool>& known) {
  TEITEN_TRY(DuckDbRows last, connection_.query("SELECT coalesce(max(id), -1)::BIGINT FROM batch"));
  const std::int64_t next = last.next_chunk() ? last.column<std::int64_t>(0)[0] + 1 : 0;
  std::vector<NumberedBatch> numbered;
  for (std::size_t i = 0; i < batches.size(); ++i) {
    if (known[i]) continue;
    TEITEN_TRY(const std::uint16_t sensor, sensor_number(batches[i].sensor));
    NumberedBatch& batch = numbered.emplace_back(NumberedBatch{&batches[i], 0, sensor, {}});
    for (const std::string& organisation : batches[i].scanners) {
      TEITEN_TRY(const std::uint16_t scanner, scanner_number(organisation));
      batch.scanners.push_back(scanner);
    }
  }
  // Of a live sensor the earlier one first, however they came; imports stay in their order.
  const auto place = [](const NumberedBatch& batch) {
    using Place = std::tuple<bool, std::uint16_t, std::uint64_t, std::uint64_t>;
    if (!batch.batch->live) return Place{};
    return Place{true, batch.sensor, batch.batch->epoch, batch.batch->sequence};
  };
  std::stable_sort(
      numbered.begin(), numbered.end(),
      [&](const NumberedBatch& a, const NumberedBatch& b) { return place(a) < place(b); });
  BatchGatherer gatherer(next, live_rows_.rows());
  for (NumberedBatch& batch : numbered)
    batch.id = gatherer.add(batch.sensor, *batch.batch);
  if (gatherer.next_id() > kMaxBatches + 1)
    return failure(ErrorCode::limit_reached,
                   fmt::format("{} holds {} batches, the most a store can", path_, next));
  TEITEN_CHECK(write_gathered(connection_, gatherer));
  TEITEN_CHECK(append_accesses(connection_, numbered));
  return static_cast<std::uint64_t>(numbered.size());
}

Result<std::uint64_t> DuckDbStore::append_batches_and(std::span<const Batch> batches,
                                                      const std::function<Result<void>()>& also) {
  TEITEN_CHECK(check_writable());
  for (const Batch& batch : batches)
    TEITEN_CHECK(check_batch(batch));
  TEITEN_TRY(const std::vector<bool> known, find_known(batches));
  TEITEN_CHECK(check_not_aged(batches, known));
  if (!also && std::find(known.begin(), known.end(), false) == known.end()) {
    return std::uint64_t{0};
  }
  forget_derived();
  auto written = [&]() -> Result<std::uint64_t> {
    TEITEN_TRY(DuckDbTransaction transaction, DuckDbTransaction::begin(connection_));
    TEITEN_TRY(const std::uint64_t appended, append_new(batches, known));
    if (also) TEITEN_CHECK(also());
    TEITEN_CHECK(transaction.commit());
    return appended;
  }();
  // What was rolled back is not there.
  if (!written.ok()) {
    live_rows_.clear();
    TEITEN_CHECK(load_names());
  } else {
    live_rows_.settle();
  }
  return written;
}

Result<std::uint64_t> DuckDbStore::append(std::span<const Batch> batches) {
  return append_batches_and(batches, {});
}

Result<std::uint64_t> DuckDbStore::append_followed(std::span<const Batch> batches,
                                                   const Import& import) {
  return append_batches_and(batches, [&] { return replace_import(import, true); });
}

Result<void> DuckDbStore::checkpoint() {
  TEITEN_CHECK(check_writable());
  return checkpoint_and_compact(connection_);
}

void DuckDbStore::forget_derived() {
  extent_.reset();
  prepared_.reset();
  prepared_calendar_.reset();
}

Result<std::vector<StoredBatch>> DuckDbStore::batches() {
  std::vector<StoredBatch> result;
  std::map<std::int32_t, std::size_t> position;
  TEITEN_TRY(DuckDbRows rows,
             connection_.query(
                 "SELECT b.id, s.name, epoch, sequence, begins, ends, frames, packets_unsolicited, "
                 "solicited, dropped, region_source, coalesce(a.n, 0)::UBIGINT, "
                 "coalesce(a.p, 0)::UBIGINT, rule_version, coalesce(last_sequence, sequence), "
                 "coalesce(live, false), coalesce(o.n, 0)::UBIGINT, coalesce(o.p, 0)::UBIGINT "
                 "FROM batch b JOIN sensor s ON s.id = b.sensor "
                 "LEFT JOIN (SELECT batch, count(*) AS n, sum(packets) AS p FROM access "
                 "GROUP BY batch) a ON a.batch = b.id "
                 "LEFT JOIN (SELECT batch, sum(rows) AS n, sum(packets) AS p FROM batch_aged "
                 "GROUP BY batch) o ON o.batch = b.id ORDER BY s.name, begins, epoch, sequence"));
  while (rows.next_chunk()) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      StoredBatch stored;
      stored.batch.sensor = rows.text(1, i);
      stored.batch.epoch = rows.column<std::uint64_t>(2)[i];
      stored.batch.sequence = rows.column<std::uint64_t>(3)[i];
      stored.batch.range = {from_nanoseconds(rows.column<std::int64_t>(4)[i]),
                            from_nanoseconds(rows.column<std::int64_t>(5)[i])};
      stored.batch.frames = rows.column<std::uint64_t>(6)[i];
      stored.batch.records = stored.batch.frames;  // before records were counted each was a packet
      stored.batch.packets_unsolicited = rows.column<std::uint64_t>(7)[i];
      stored.batch.solicited = rows.column<std::uint64_t>(8)[i];
      stored.batch.dropped = rows.column<std::uint64_t>(9)[i];
      stored.batch.region_source = rows.text(10, i);
      stored.aged_rows = rows.column<std::uint64_t>(16)[i];
      stored.aged_packets = rows.column<std::uint64_t>(17)[i];
      stored.access_rows = rows.column<std::uint64_t>(11)[i] + stored.aged_rows;
      stored.access_packets = rows.column<std::uint64_t>(12)[i] + stored.aged_packets;
      stored.batch.rule_version = rows.column<std::uint16_t>(13)[i];
      stored.last_sequence = rows.column<std::uint64_t>(14)[i];
      stored.batch.live = rows.column<bool>(15)[i];
      position[rows.column<std::int32_t>(0)[i]] = result.size();
      result.push_back(std::move(stored));
    }
  }
  TEITEN_TRY(DuckDbRows counts,
             connection_.query("SELECT batch, category, name, count FROM batch_count"));
  while (counts.next_chunk()) {
    for (std::size_t i = 0; i < counts.size(); ++i) {
      const auto at = position.find(counts.column<std::int32_t>(0)[i]);
      if (at == position.end()) continue;
      Batch& batch = result[at->second].batch;
      const std::string_view category = counts.text(1, i);
      if (category == "records") {
        batch.records = counts.column<std::uint64_t>(3)[i];
        continue;
      }
      if (category == "visits") {
        batch.visits = counts.column<std::uint64_t>(3)[i];
        continue;
      }
      NamedCounts& into = category == "ignored"    ? batch.ignored
                          : category == "anomaly"  ? batch.anomalies
                          : category == "rejected" ? batch.rejected
                                                   : batch.limits;
      into[std::string(counts.text(2, i))] = counts.column<std::uint64_t>(3)[i];
    }
  }
  TEITEN_TRY(DuckDbRows activity,
             connection_.query("SELECT batch, begins, ends FROM batch_activity ORDER BY begins"));
  while (activity.next_chunk()) {
    for (std::size_t i = 0; i < activity.size(); ++i) {
      const auto at = position.find(activity.column<std::int32_t>(0)[i]);
      if (at == position.end()) continue;
      result[at->second].batch.activity.push_back(
          {from_nanoseconds(activity.column<std::int64_t>(1)[i]),
           from_nanoseconds(activity.column<std::int64_t>(2)[i])});
    }
  }
  return result;
}

Result<int> DuckDbStore::schema_version() {
  TEITEN_TRY(const std::optional<int> version, read_schema_version(connection_));
  if (!version) return failure(ErrorCode::malformed, fmt::format("{} has lost its version", path_));
  return *version;
}

std::string DuckDbStore::engine() const {
  return fmt::format("DuckDB {}", duckdb_library_version());
}

}  // namespace teiten
