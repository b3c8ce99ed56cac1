#include "analyze/ranking.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

// 310 sensor-days now, 300 before: 620 is 2 a day after 1; 310 is 1 after 2.
TEST(Ranking, ChangeIsOfRates) {
  const std::vector<PartTotal> now = {{"445/tcp", 620}, {"135/tcp", 310}, {"23/tcp", 31}};
  const std::vector<PartTotal> before = {{"135/tcp", 600}, {"445/tcp", 300}};
  const auto ranked = ranking(now, 310, before, 300, 10);
  ASSERT_EQ(ranked.size(), 3U);
  EXPECT_EQ(ranked[0].key, "445/tcp");
  EXPECT_EQ(ranked[0].rank, 1U);
  EXPECT_EQ(ranked[0].previous_rank, 2U);
  EXPECT_DOUBLE_EQ(*ranked[0].change, 1.0);
  EXPECT_DOUBLE_EQ(*ranked[1].change, -0.5);
  EXPECT_FALSE(ranked[2].previous_rank.has_value());
  EXPECT_DOUBLE_EQ(*ranked[2].previous_rate, 0.0);
  EXPECT_FALSE(ranked[2].change.has_value());
}

TEST(Ranking, NobodyWatchedTheMonthBefore) {
  const std::vector<PartTotal> now = {{"445/tcp", 620}, {"135/tcp", 310}};
  const auto ranked = ranking(now, 310, {}, 0, 1);
  ASSERT_EQ(ranked.size(), 1U);
  EXPECT_FALSE(ranked[0].previous_rate.has_value());
  EXPECT_FALSE(ranked[0].change.has_value());
}

}  // namespace
}  // namespace teiten
