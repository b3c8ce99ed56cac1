#include "store/duckdb_store.h"

#include <csignal>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "decode/payload.h"
#include "store/duckdb_schema.h"
#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::TemporaryFolder;
using test::utc;

std::unique_ptr<Store> open_ok(const std::string& path, StoreMode mode = StoreMode::write) {
  auto store = Store::open(path, mode);
  EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().message);
  return store.ok() ? std::move(*store) : nullptr;
}

Query count_all() {
  Query query;
  query.measures = {Measure::packets, Measure::accesses, Measure::sources, Measure::source_days,
                    Measure::sensors};
  return query;
}

std::vector<std::uint64_t> totals(Store& store) {
  auto result = store.query(count_all());
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
  if (!result.ok() || result->rows.size() != 1) return {};
  return result->rows[0].measures;
}

TEST(DuckDbStore, NewStoreIsEmpty) {
  const TemporaryFolder folder;
  const auto store = open_ok(folder.file("s.teiten"));
  ASSERT_TRUE(store);
  EXPECT_EQ(store->schema_version().value(), 5);
  EXPECT_TRUE(store->engine().starts_with("DuckDB v1.")) << store->engine();
  EXPECT_TRUE(store->batches().value().empty());
  EXPECT_TRUE(store->imports().value().empty());
  EXPECT_EQ(totals(*store), (std::vector<std::uint64_t>{0, 0, 0, 0, 0}));
}

/// A child that takes and drops the lock of a whole file every millisecond, until destroyed.
class FlickeringHolder {
 public:
  explicit FlickeringHolder(const std::string& path) : child_(::fork()) {
    if (child_ != 0) return;
    const int fd = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
    while (fd >= 0) {
      for (const short type : {short{F_WRLCK}, short{F_UNLCK}}) {
        struct flock lock {};
        lock.l_type = type;
        lock.l_whence = SEEK_SET;
        ::fcntl(fd, F_SETLK, &lock);
        ::usleep(1000);
      }
    }
    ::_exit(1);
  }
  ~FlickeringHolder() {
    if (child_ <= 0) return;
    ::kill(child_, SIGKILL);
    ::waitpid(child_, nullptr, 0);
  }
  FlickeringHolder(const FlickeringHolder&) = delete;
  FlickeringHolder& operator=(const FlickeringHolder&) = delete;

 private:
  pid_t child_;
};

TEST(DuckDbStore, OpensBesideCommandsThatHoldItForAMoment) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s.teiten");
  ASSERT_TRUE(open_ok(path));
  const FlickeringHolder holder(path);
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(open_ok(path, i % 2 == 0 ? StoreMode::read : StoreMode::write)) << "opening " << i;
}

TEST(DuckDbStore, KeepsBatchesOverReopening) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s.teiten");
  auto batches = test::random_batches({});
  for (Batch& batch : batches)
    batch.records = 0;  // accesses that were left open by the slice before
  {
    const auto store = open_ok(path);
    ASSERT_TRUE(store);
    EXPECT_EQ(store->append(batches).value(), 9U);
  }
  const auto store = open_ok(path, StoreMode::read);
  ASSERT_TRUE(store);
  const auto stored = store->batches().value();
  ASSERT_EQ(stored.size(), 9U);
  EXPECT_EQ(stored[0].batch.records, 0U);
  EXPECT_EQ(stored[0].batch.sensor, "naha");
  EXPECT_EQ(stored[8].batch.sensor, "tokyo");
  EXPECT_EQ(stored[8].batch.sequence, 2U);
  EXPECT_EQ(stored[8].batch.rule_version, 1U);
  EXPECT_EQ(totals(*store)[1], 1800U);
}

TEST(DuckDbStore, KeepsWhatTellsThatALogHasGrown) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s.teiten");
  Import import;
  import.epoch = 7;
  import.inputs.push_back({Digest{1, 2}, "ufw.log", "firewall", 5, 900, 4, {}, {}});
  import.inputs.back().range = {utc("2013-04-01"), utc("2013-04-02")};
  import.inputs.back().records = {{0, { 11, 12 }}, { 4, { 13 } }};
  const auto batches = test::random_batches({});
  {
    const auto store = open_ok(path);
    ASSERT_TRUE(store);
    ASSERT_TRUE(store->begin_import(import).ok());
    ASSERT_TRUE(store->finish_import(import).ok());
    ASSERT_TRUE(store->finish_import(import).ok()) << "again: nothing is there twice";
    // The same input goes on: figures are replaced, hashes added, and the batches are there.
    import.inputs.back().bytes = 1000;
    import.inputs.back().records = {{ 5, { 14 } }};
    EXPECT_EQ(store->append_followed(batches, import).value(), 9U);
    EXPECT_EQ(store->append_followed(batches, {8, {}, false}).value(), 0U);
  }
  const auto store = open_ok(path, StoreMode::read);
  ASSERT_TRUE(store);
  EXPECT_EQ(totals(*store)[1], 1800U);
  const auto imports = store->imports().value();
  ASSERT_EQ(imports.size(), 2U);
  ASSERT_EQ(imports[0].inputs.size(), 1U);
  EXPECT_TRUE(imports[0].complete);
  EXPECT_EQ(imports[0].inputs[0].bytes, 1000U);
  EXPECT_EQ(imports[0].inputs[0].settled, 4U);
  EXPECT_EQ(imports[0].inputs[0].range.to, utc("2013-04-02"));
  const auto runs = store->record_hashes(7, 0).value();
  ASSERT_EQ(runs.size(), 2U);
  EXPECT_EQ(runs[0].hashes, (std::vector<std::uint32_t>{11, 12}));
  EXPECT_EQ(runs[1].first, 4U);
  EXPECT_EQ(runs[1].hashes, (std::vector<std::uint32_t>{13, 14}));
  EXPECT_TRUE(store->record_hashes(7, 1).value().empty());
}

TEST(DuckDbStore, AbandonedImportLeavesNothing) {
  const TemporaryFolder folder;
  const auto store = open_ok(folder.file("s.teiten"));
  ASSERT_TRUE(store);
  auto kept = test::random_batches({});
  auto lost = test::random_batches({});
  for (Batch& batch : kept)
    batch.epoch = 1;
  for (Batch& batch : lost)
    batch.epoch = 2;
  const Import complete{1, {{Digest{7, 7}, "kept.pcap", "pcap", 1}}, false};
  const Import halfway{2, {{Digest{8, 8}, "lost.pcap", "pcap", 0}}, false};
  ASSERT_TRUE(store->begin_import(complete).ok());
  ASSERT_EQ(store->append(kept).value(), 9U);
  ASSERT_TRUE(store->finish_import(complete).ok());
  const auto before = totals(*store);
  ASSERT_TRUE(store->begin_import(halfway).ok());
  ASSERT_EQ(store->append(lost).value(), 9U);
  ASSERT_NE(totals(*store), before);

  EXPECT_TRUE(store->abandon_import(2).ok());
  EXPECT_TRUE(store->abandon_import(1).ok());  // complete: stays
  EXPECT_EQ(totals(*store), before);
  EXPECT_EQ(store->batches().value().size(), 9U);
  EXPECT_EQ(store->imports().value().size(), 1U);
  EXPECT_FALSE(store->find_input(Digest{8, 8}).value().has_value());
}

std::vector<std::pair<std::string, std::uint64_t>> accesses_by(Store& store, Dimension dimension) {
  Query query;
  query.by = {dimension};
  query.measures = {Measure::accesses};
  std::vector<std::pair<std::string, std::uint64_t>> rows;
  const QueryResult result = store.query(query).value();
  for (const ResultRow& row : result.rows)
    rows.emplace_back(row.keys.at(0), row.measures.at(0));
  return rows;
}

Access access_at(std::int64_t second) {
  Access access;
  access.first = access.last = utc("2013-04-01T00:00:00Z") + std::chrono::seconds(second);
  access.source = *IpAddress::parse("198.51.100.7");
  access.service = Service(protocol::kTcp, 23);
  access.kind = Kind::scan;
  access.packets = 1;
  return access;
}

TEST(DuckDbStore, KeepsToolsScannersAndPayloads) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s.teiten");
  Batch batch;
  batch.sensor = "one";
  batch.range = {utc("2013-04-01"), utc("2013-04-02")};
  batch.scanners = {"Example Research", "Example University"};
  for (int i = 0; i < 4; ++i)
    batch.accesses.push_back(access_at(i));
  batch.accesses[0].tool = {Tool::mirai, true};
  batch.accesses[1].tool = {Tool::mirai, false};
  batch.accesses[1].scanner = 2;
  batch.accesses[2].scanner = 1;
  batch.accesses[2].payload = PayloadClass::smb;
  batch.accesses[2].payload_digest = 4'000'000'000;
  batch.accesses[3].kind = Kind::p2p;
  Batch other = batch;
  other.sequence = 1;
  other.scanners = {"Example University", "Example Research"};
  {
    const auto store = open_ok(path);
    ASSERT_TRUE(store);
    ASSERT_EQ(store->append(std::vector<Batch>{batch}).value(), 1U);
  }
  const auto store = open_ok(path);
  ASSERT_TRUE(store);
  ASSERT_EQ(store->append(std::vector<Batch>{other}).value(), 1U);
  using Rows = std::vector<std::pair<std::string, std::uint64_t>>;
  EXPECT_EQ(accesses_by(*store, Dimension::tool), (Rows{{"mirai", 2}, {"mirai?", 2}, {"none", 4}}));
  EXPECT_EQ(accesses_by(*store, Dimension::scanner),
            (Rows{{"-", 4}, {"Example Research", 2}, {"Example University", 2}}));
  EXPECT_EQ(accesses_by(*store, Dimension::payload), (Rows{{"none", 6}, {"smb", 2}}));
  EXPECT_EQ(accesses_by(*store, Dimension::kind), (Rows{{"p2p", 2}, {"scan", 6}}));
}

TEST(DuckDbStore, RefusesAScannerThatTheBatchDoesNotName) {
  const TemporaryFolder folder;
  const auto store = open_ok(folder.file("s.teiten"));
  ASSERT_TRUE(store);
  Batch batch;
  batch.sensor = "one";
  batch.range = {utc("2013-04-01"), utc("2013-04-02")};
  batch.accesses = {access_at(0)};
  batch.accesses[0].scanner = 1;
  const auto written = store->append(std::vector<Batch>{batch});
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::invalid_argument);
}

/// A store as version 1 wrote it: its own schema and two rows put in by hand.
void make_version_1(const std::string& path) {
  auto connection = DuckDbConnection::open(path, {});
  ASSERT_TRUE(connection.ok());
  ASSERT_TRUE(run_schema_steps(*connection, schema_steps().first(1), 0).ok());
  for (const char* statement :
       {"INSERT INTO sensor VALUES (0, 'old')",
        "INSERT INTO batch VALUES (0, 0, 5, 0, '2007-07-01', '2007-07-02', 4, 4, 0, 0, 'geo')",
        "INSERT INTO access VALUES (0, 0, '2007-07-01 03:00:00', 90, "
        "(65535::UHUGEINT << 32) + 3325256711, 6 * 65536 + 1433, 1042, 0, 19024, 1, 0, 3, 1)",
        "INSERT INTO access VALUES (0, 0, '2007-07-01 04:00:00', 0, "
        "(65535::UHUGEINT << 32) + 3325256712, 17 * 65536 + 1434, 1043, 0, 17230, 1, 0, 1, 1)"}) {
    ASSERT_TRUE(connection->execute(statement).ok()) << statement;
  }
}

TEST(DuckDbStore, MigratesAStoreOfVersion1) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s.teiten");
  make_version_1(path);
  const auto refused = Store::open(path, StoreMode::read);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("older version 1"), std::string::npos);
  {
    const auto store = open_ok(path);
    ASSERT_TRUE(store);
    EXPECT_EQ(store->schema_version().value(), 5);
    EXPECT_EQ(totals(*store), (std::vector<std::uint64_t>{4, 2, 2, 2, 1}));
    using Rows = std::vector<std::pair<std::string, std::uint64_t>>;
    EXPECT_EQ(accesses_by(*store, Dimension::tool), (Rows{{"none", 2}}));
    EXPECT_EQ(accesses_by(*store, Dimension::scanner), (Rows{{"-", 2}}));
    EXPECT_EQ(accesses_by(*store, Dimension::payload), (Rows{{"none", 2}}));
    EXPECT_EQ(accesses_by(*store, Dimension::service), (Rows{{"1433/tcp", 1}, {"1434/udp", 1}}));
    EXPECT_EQ(store->batches().value().at(0).batch.rule_version, 0U);
    ASSERT_EQ(store->append(test::random_batches({})).value(), 9U);
    ASSERT_TRUE(store->checkpoint().ok());
  }
  const auto store = open_ok(path, StoreMode::read);
  ASSERT_TRUE(store);
  EXPECT_EQ(totals(*store)[1], 1802U);
  // The copy is the store as it was.
  auto copy = DuckDbConnection::open(path + ".v1-backup", {});
  ASSERT_TRUE(copy.ok());
  EXPECT_EQ(read_schema_version(*copy).value(), 1);
  auto rows = copy->query("SELECT count(*) FROM access");
  ASSERT_TRUE(rows.ok());
  ASSERT_TRUE(rows->next_chunk());
  EXPECT_EQ(rows->column<std::int64_t>(0)[0], 2);
}

TEST(DuckDbStore, TheViewNamesWhatTheNumbersMean) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s.teiten");
  Batch batch;
  batch.sensor = "one";
  batch.range = {utc("2013-04-01"), utc("2013-04-02")};
  batch.scanners = {"Example Research"};
  for (std::uint8_t kind = 0; kind < kKindCount; ++kind) {
    batch.accesses.push_back(access_at(kind));
    batch.accesses.back().kind = static_cast<Kind>(kind);
  }
  for (std::uint8_t code = 2; code < kToolCount * 2; ++code) {
    batch.accesses.push_back(access_at(100 + code));
    batch.accesses.back().tool = ToolGuess::from_code(code);
  }
  for (std::uint8_t payload = 0; payload < kPayloadClassCount; ++payload) {
    batch.accesses.push_back(access_at(200 + payload));
    batch.accesses.back().payload = static_cast<PayloadClass>(payload);
    batch.accesses.back().scanner = 1;
    batch.accesses.back().payload_digest = 0x00c0ffeeU;
  }
  {
    const auto store = open_ok(path);
    ASSERT_TRUE(store);
    ASSERT_TRUE(store->append(std::vector<Batch>{batch}).ok());
  }
  auto connection = DuckDbConnection::open(path, {});
  ASSERT_TRUE(connection.ok());
  auto rows = connection->query(
      "SELECT kind, tool, payload, scanner, payload_digest FROM access_text "
      "ORDER BY time");
  ASSERT_TRUE(rows.ok());
  std::size_t at = 0;
  while (rows->next_chunk()) {
    for (std::size_t i = 0; i < rows->size(); ++i, ++at) {
      const Access& access = batch.accesses.at(at);
      EXPECT_EQ(rows->text(0, i), to_string(access.kind));
      EXPECT_EQ(rows->text(1, i), to_string(access.tool));
      EXPECT_EQ(rows->text(2, i), to_string(access.payload));
      EXPECT_EQ(rows->text(3, i), access.scanner == 0 ? "-" : "Example Research");
      EXPECT_EQ(rows->text(4, i), access.payload == PayloadClass::none ? "" : "00c0ffee");
    }
  }
  EXPECT_EQ(at, batch.accesses.size());
}

Batch live_batch(std::uint64_t sequence, int begins, int ends) {
  Batch batch;
  batch.sensor = "s";
  batch.epoch = 7;
  batch.sequence = sequence;
  batch.live = true;
  const UtcTime start = utc("2026-07-01T00:00:00Z");
  batch.range = {start + std::chrono::seconds(begins), start + std::chrono::seconds(ends)};
  batch.frames = 3;
  batch.records = 3;
  batch.packets_unsolicited = 1;
  batch.visits = 1;
  batch.ignored = {{sequence % 2 == 0 ? "even" : "odd", 2}};
  batch.accesses = {access_at(begins)};
  batch.accesses[0].first = batch.accesses[0].last = batch.range.from;
  batch.region_source = "none";
  return batch;
}

std::vector<std::pair<std::uint64_t, std::uint64_t>> sequences(Store& store) {
  std::vector<std::pair<std::uint64_t, std::uint64_t>> rows;
  const auto batches = store.batches().value();
  for (const StoredBatch& row : batches)
    rows.emplace_back(row.batch.sequence, row.last_sequence);
  return rows;
}

using Sequences = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

// 720 batches of five seconds are an hour: one row, whichever way they come, and again.
TEST(DuckDbStore, GathersALiveSensorsBatchesByTheHour) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s.teiten");
  std::vector<Batch> batches;
  for (int i = 0; i < 722; ++i)
    batches.push_back(live_batch(static_cast<std::uint64_t>(i), 5 * i, 5 * i + 5));
  {
    const auto store = open_ok(path);
    ASSERT_TRUE(store);
    const std::span all(batches);
    EXPECT_EQ(store->append(all.subspan(0, 2)).value(), 2U);
    EXPECT_EQ(store->append(all.subspan(1, 2)).value(), 1U);  // 1 is there
    for (std::size_t i = 3; i < 20; ++i)
      EXPECT_EQ(store->append(all.subspan(i, 1)).value(), 1U);
  }
  const auto store = open_ok(path);
  ASSERT_TRUE(store);
  std::reverse(batches.begin(), batches.end());
  EXPECT_EQ(store->append(batches).value(), 702U);
  EXPECT_EQ(store->append(batches).value(), 0U);
  EXPECT_EQ(sequences(*store), (Sequences{{0, 719}, {720, 721}}));
  const auto rows = store->batches().value();
  EXPECT_TRUE(rows[0].batch.live);
  EXPECT_EQ(rows[0].batch.range.to, utc("2026-07-01T01:00:00Z"));
  EXPECT_EQ(rows[0].batch.frames, 2160U);
  EXPECT_EQ(rows[0].batch.records, 2160U);
  EXPECT_EQ(rows[0].batch.visits, 720U);
  EXPECT_EQ(rows[0].batch.ignored, (NamedCounts{{"even", 720}, {"odd", 720}}));
  EXPECT_EQ(rows[0].access_rows, 720U);
  EXPECT_EQ(rows[0].access_packets, 720U);
  EXPECT_EQ(totals(*store)[1], 722U);
}

// What overtook another, a gap in time, another epoch and other regions are rows of their own.
TEST(DuckDbStore, GathersOnlyWhatFollowsWithoutAGap) {
  const TemporaryFolder folder;
  const auto store = open_ok(folder.file("s.teiten"));
  ASSERT_TRUE(store);
  std::vector<Batch> batches = {live_batch(0, 0, 5), live_batch(2, 10, 15)};
  EXPECT_EQ(store->append(batches).value(), 2U);
  batches = {live_batch(1, 5, 10)};
  EXPECT_EQ(store->append(batches).value(), 1U);
  EXPECT_EQ(store->append(batches).value(), 0U);
  batches = {live_batch(3, 16, 20), live_batch(4, 20, 25), live_batch(5, 25, 30)};
  batches[2].region_source = "another";
  EXPECT_EQ(store->append(batches).value(), 3U);
  EXPECT_EQ(sequences(*store), (Sequences{{0, 1}, {2, 2}, {3, 4}, {5, 5}}));
  batches = {live_batch(0, 0, 5)};
  batches[0].epoch = 8;
  EXPECT_EQ(store->append(batches).value(), 1U);
  EXPECT_EQ(totals(*store)[1], 7U);
}

// A hostile sensor's numbers: the greatest is followed by nothing.
TEST(DuckDbStore, ASequenceDoesNotWrap) {
  const TemporaryFolder folder;
  const auto store = open_ok(folder.file("s.teiten"));
  ASSERT_TRUE(store);
  std::vector<Batch> batches = {live_batch(UINT64_MAX, 0, 5)};
  EXPECT_EQ(store->append(batches).value(), 1U);
  batches = {live_batch(0, 5, 10)};
  EXPECT_EQ(store->append(batches).value(), 1U);
  EXPECT_EQ(store->append(batches).value(), 0U);
  batches = {live_batch(UINT64_MAX, 0, 5)};
  EXPECT_EQ(store->append(batches).value(), 0U);
  EXPECT_EQ(totals(*store)[1], 2U);
}

}  // namespace
}  // namespace teiten
