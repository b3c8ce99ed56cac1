#include "analyze/asking.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

namespace teiten {
namespace {

TEST(Asking, AKnownScannerAsksForNothingThatCounts) {
  SourceCell cell;
  cell.kind = Kind::scan;
  EXPECT_TRUE(asks_for_service(cell));
  cell.known_scanner = true;
  EXPECT_FALSE(asks_for_service(cell));
  cell.known_scanner = false;
  cell.kind = Kind::p2p;
  EXPECT_FALSE(asks_for_service(cell));
}

TEST(Asking, TheStoreAndTheCommandLineAreAskedForTheSame) {
  const std::vector<Filter> filters = asking_filters();
  ASSERT_EQ(filters.size(), 2U);
  EXPECT_TRUE(filters[0].exclude);
  EXPECT_FALSE(filters[1].exclude);
  EXPECT_EQ(kAskingOptions,
            fmt::format("--where-not {}={} --where {}={}", to_string(filters[0].dimension),
                        fmt::join(filters[0].values, ","), to_string(filters[1].dimension),
                        fmt::join(filters[1].values, ",")));
}

}  // namespace
}  // namespace teiten
