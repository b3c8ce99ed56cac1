#include "store/without_scanners.h"

#include <gtest/gtest.h>

#include "store/coded_query.h"
#include "store/naive_query.h"
#include "store/store_test_data.h"

namespace teiten {
namespace {

TEST(WithoutScanners, CountsAsIfTheyHadNeverCome) {
  const test::TemporaryFolder folder;
  test::TrafficShape shape;
  shape.seed = 7;
  const std::vector<Batch> all = test::random_batches(shape);
  std::vector<Batch> without = all;
  std::size_t left_out = 0;
  for (Batch& batch : without) {
    left_out += std::erase_if(batch.accesses,
                              [](const Access& access) { return access.scanner != kNoScanner; });
  }
  ASSERT_GT(left_out, 0U);
  auto store = Store::open(folder.file("s.teiten"), StoreMode::write);
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->append(all).ok());
  WithoutScanners view(**store);

  Query query;
  query.by = {Dimension::service, Dimension::sensor};
  const QueryResult expected = test::naive_query(without, query);
  const auto actual = view.query(query);
  ASSERT_TRUE(actual.ok());
  ASSERT_EQ(actual->rows.size(), expected.rows.size());
  for (std::size_t i = 0; i < expected.rows.size(); ++i) {
    EXPECT_EQ(actual->rows[i].keys, expected.rows[i].keys);
    EXPECT_EQ(actual->rows[i].measures, expected.rows[i].measures);
  }

  std::uint64_t packets = 0;
  std::uint64_t expected_packets = 0;
  for (const ResultRow& row : expected.rows)
    expected_packets += row.measures[0];
  const TimeRange range{shape.from - std::chrono::hours{48},
                        shape.from + shape.length + std::chrono::hours{48}};
  ASSERT_TRUE(view.each_source(range, TimeZone(),
                               [&](const IpAddress&, std::span<const SourceCell> cells) {
                                 EXPECT_FALSE(cells.empty());
                                 for (const SourceCell& cell : cells) {
                                   EXPECT_FALSE(cell.known_scanner);
                                   packets += cell.packets;
                                 }
                               })
                  .ok());
  EXPECT_EQ(packets, expected_packets);
}

TEST(WithoutScanners, IsThereToBeRead) {
  const test::TemporaryFolder folder;
  auto store = Store::open(folder.file("s.teiten"), StoreMode::write);
  ASSERT_TRUE(store.ok());
  WithoutScanners view(**store);
  const auto written = view.append(test::random_batches({}));
  ASSERT_FALSE(written.ok());
  EXPECT_EQ(written.error().code, ErrorCode::invalid_argument);
  EXPECT_TRUE((*store)->batches().value().empty());
}

}  // namespace
}  // namespace teiten
