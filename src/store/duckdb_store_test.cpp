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

}  // namespace
}  // namespace teiten
