#include "analyze/ranking.h"

#include <cmath>

#include <gtest/gtest.h>

#include "analyze/rise.h"

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

using Totals = std::vector<PartTotal>;

// Equal exposure: 100 → 200 is 2(√200.375 − √100.375)/√2 = 5.85 standard deviations; 100 → 125 is
// below the ratio; 10 → 29 is below 30 source_days; 40 → 60 is 2.0 deviations.
TEST(Rises, RatioScoreAndLeastCount) {
  const Totals before = {{"1/tcp", 100}, {"2/tcp", 100}, {"3/tcp", 10}, {"4/tcp", 40}};
  const Totals after = {{"1/tcp", 200}, {"2/tcp", 125}, {"4/tcp", 60}, {"3/tcp", 29}};
  const auto found = rises({before, before, 310}, {after, after, 310}, RiseBasis::previous_month);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "1/tcp");
  EXPECT_DOUBLE_EQ(found[0].ratio, 2.0);
  EXPECT_NEAR(found[0].score, 5.850, 0.001);
}

TEST(Rises, NewServiceAndUnequalExposure) {
  const Totals before = {{"1/tcp", 200}};
  const Totals after = {{"1/tcp", 100}, {"9/tcp", 50}};
  // Half the exposure and half the count: no rise.
  const auto found = rises({before, before, 310}, {after, after, 155}, RiseBasis::first_half);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "9/tcp");
  EXPECT_TRUE(std::isinf(found[0].ratio));
  EXPECT_TRUE(rises({before, before, 0}, {after, after, 155}, RiseBasis::first_half).empty());
}

// Three times the source_days each time; 1/tcp by one more host than before, 2/tcp by nine hosts in
// all, 3/tcp by 13 hosts where there were ten.
TEST(Rises, FewHostsMakeNone) {
  const Totals before = {{"1/tcp", 100}, {"2/tcp", 100}, {"3/tcp", 100}};
  const Totals after = {{"1/tcp", 300}, {"2/tcp", 300}, {"3/tcp", 300}};
  const Totals sources_before = {{"1/tcp", 40}, {"2/tcp", 3}, {"3/tcp", 10}};
  const Totals sources_after = {{"1/tcp", 41}, {"2/tcp", 9}, {"3/tcp", 13}};
  const auto found =
      rises({before, sources_before, 310}, {after, sources_after, 310}, RiseBasis::first_half);
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].key, "3/tcp");
  EXPECT_EQ(found[0].before_sources, 10U);
  EXPECT_EQ(found[0].after_sources, 13U);
}

TEST(Rises, StrongestKeepsEachKeyOnce) {
  std::vector<Rise> all(3);
  all[0].key = "a";
  all[0].score = 5;
  all[1].key = "a";
  all[1].score = 7;
  all[1].basis = RiseBasis::first_half;
  all[2].key = "b";
  all[2].score = 6;
  const auto best = strongest(all, 2);
  ASSERT_EQ(best.size(), 2U);
  EXPECT_EQ(best[0].key, "a");
  EXPECT_EQ(best[0].basis, RiseBasis::first_half);
  EXPECT_EQ(best[1].key, "b");
}

}  // namespace
}  // namespace teiten
