#include "store/live_rows.h"

#include <set>

#include <gtest/gtest.h>

#include "store/duckdb_connection.h"
#include "store/store.h"
#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::TemporaryFolder;

const UtcTime kStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

/// A batch every two minutes: thirty a row.
Batch batch_number(std::uint64_t sequence, std::uint64_t epoch = 1) {
  Batch batch;
  batch.sensor = "tokyo";
  batch.live = true;
  batch.epoch = epoch;
  batch.sequence = sequence;
  batch.range = {kStart + std::chrono::minutes(2 * sequence),
                 kStart + std::chrono::minutes(2 * sequence + 2)};
  Access access;
  access.first = access.last = batch.range.from;
  access.source = test::source_number(1);
  access.service = Service(protocol::kTcp, 23);
  access.packets = 1;
  batch.accesses.push_back(access);
  batch.frames = batch.records = batch.packets_unsolicited = 1;
  return batch;
}

TEST(LiveRows, InWhateverOrderBatchesComeEachCountsOnce) {
  for (std::uint64_t seed = 0; seed < 8; ++seed) {
    const TemporaryFolder folder;
    test::Dice dice(seed);
    std::set<std::uint64_t> sent;
    auto store = Store::open(folder.file("s.db"), StoreMode::write).value();
    std::uint64_t newest = 0;
    for (int group = 0; group < 40; ++group) {
      std::vector<Batch> batches;
      for (std::uint64_t i = dice.below(12) + 1; i > 0; --i) {
        // Mostly the next ones, with holes; now and then one from anywhere before.
        newest += 1 + dice.below(40) * (dice.chance(20) ? 1 : 0);
        batches.push_back(batch_number(dice.chance(30) ? dice.below(newest) : newest));
      }
      std::size_t added = 0;
      for (const Batch& batch : batches)
        added += sent.insert(batch.sequence).second ? 1 : 0;
      EXPECT_EQ(store->append(batches).value(), added);
      if (dice.chance(20)) {
        store.reset();
        store = Store::open(folder.file("s.db"), StoreMode::write).value();
      }
    }
    std::uint64_t packets = 0;
    std::set<std::uint64_t> stored;
    const auto rows = store->batches().value();
    for (const StoredBatch& row : rows) {
      packets += row.access_packets;
      for (std::uint64_t at = row.batch.sequence; at <= row.last_sequence; ++at)
        EXPECT_TRUE(stored.insert(at).second) << at;
    }
    EXPECT_EQ(packets, sent.size());
    EXPECT_EQ(stored, sent);
  }
}

TEST(LiveRows, RemembersTheEndsOfStreamsOnly) {
  const TemporaryFolder folder;
  auto connection = DuckDbConnection::open(folder.file("x.db"), {}).value();
  ASSERT_TRUE(connection
                  .execute("CREATE TABLE batch (id INTEGER, sensor USMALLINT, epoch UBIGINT, "
                           "sequence UBIGINT, last_sequence UBIGINT, begins TIMESTAMP_NS, ends "
                           "TIMESTAMP_NS, region_source VARCHAR, rule_version USMALLINT, live "
                           "BOOLEAN); INSERT INTO batch SELECT range, 3, 7, 10 * range, 10 * range "
                           "+ 4, '2026-03-01', '2026-03-02', 'x', 1, true FROM range(1000)")
                  .ok());
  LiveRows live;
  const LiveRows::Stream stream{3, 7};
  ASSERT_TRUE(live.load(connection, {{stream, 9995}, {{4, 7}, 1}}).ok());
  ASSERT_EQ(live.rows()[stream].size(), 1U);
  EXPECT_EQ(live.rows()[stream][0].first_sequence, 9990U);
  EXPECT_EQ(live.rows()[stream][0].last_sequence, 9994U);
  // One within a row, one just after a row's end, one in a hole.
  ASSERT_TRUE(live.load(connection, {{stream, 502}, {stream, 605}, {stream, 708}}).ok());
  std::set<std::uint64_t> first;
  for (const auto& row : live.rows()[stream])
    first.insert(row.first_sequence);
  EXPECT_EQ(first, (std::set<std::uint64_t>{500, 600, 9990}));
  live.settle();
  EXPECT_EQ(live.rows()[stream].size(), 1U);
  // Rows that come: the last ones stay, and older ones are read again.
  ASSERT_TRUE(live.load(connection, {{stream, 9995}}).ok());
  for (std::uint64_t i = 1; i <= 100; ++i) {
    live.rows()[stream].push_back(
        {static_cast<std::int32_t>(1000 + i), 10000 + i, 10000 + i, {}, "x", 1});
  }
  live.settle();
  EXPECT_EQ(live.rows()[stream].size(), kMaxLiveRows);
  ASSERT_TRUE(live.load(connection, {{stream, 9992}}).ok());
  EXPECT_EQ(live.rows()[stream].size(), kMaxLiveRows + 1);
}

TEST(LiveRows, HoldsSoManyStreams) {
  const TemporaryFolder folder;
  auto connection = DuckDbConnection::open(folder.file("x.db"), {}).value();
  ASSERT_TRUE(connection
                  .execute("CREATE TABLE batch (id INTEGER, sensor USMALLINT, epoch UBIGINT, "
                           "sequence UBIGINT, last_sequence UBIGINT, begins TIMESTAMP_NS, ends "
                           "TIMESTAMP_NS, region_source VARCHAR, rule_version USMALLINT, live "
                           "BOOLEAN)")
                  .ok());
  LiveRows live;
  for (std::uint64_t group = 0; group < 20; ++group) {
    std::vector<LiveRows::Place> places;
    for (std::uint64_t epoch = 0; epoch < 1000; ++epoch)
      places.push_back({{1, group * 1000 + epoch}, 0});
    ASSERT_TRUE(live.load(connection, places).ok());
    for (const LiveRows::Place& place : places)
      live.rows()[place.stream].push_back({1, 0, 0, {}, "x", 1});
    live.settle();
    EXPECT_LE(live.rows().size(), kMaxLiveStreams);
    EXPECT_GE(live.rows().size(), 1000U);
  }
}

}  // namespace
}  // namespace teiten
