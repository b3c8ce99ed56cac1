#include "store/duckdb_store.h"

#include <gtest/gtest.h>

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
  EXPECT_EQ(store->schema_version().value(), 1);
  EXPECT_TRUE(store->engine().starts_with("DuckDB v1.")) << store->engine();
  EXPECT_TRUE(store->batches().value().empty());
  EXPECT_TRUE(store->imports().value().empty());
  EXPECT_EQ(totals(*store), (std::vector<std::uint64_t>{0, 0, 0, 0, 0}));
}

TEST(DuckDbStore, KeepsBatchesOverReopening) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s.teiten");
  const auto batches = test::random_batches({});
  {
    const auto store = open_ok(path);
    ASSERT_TRUE(store);
    EXPECT_EQ(store->append(batches).value(), 9U);
  }
  const auto store = open_ok(path, StoreMode::read);
  ASSERT_TRUE(store);
  const auto stored = store->batches().value();
  ASSERT_EQ(stored.size(), 9U);
  EXPECT_EQ(stored[0].batch.sensor, "naha");
  EXPECT_EQ(stored[8].batch.sensor, "tokyo");
  EXPECT_EQ(stored[8].batch.sequence, 2U);
  EXPECT_EQ(totals(*store)[1], 1800U);
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

}  // namespace
}  // namespace teiten
