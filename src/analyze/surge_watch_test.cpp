#include "analyze/surge_watch.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

namespace teiten {
namespace {

/// Ordinary days of 30 sources: chance leaves about ±5.
constexpr double kNoise[] = {0, 4, -3, 6, -5, 1, -2, 3, -6, 5, 2, -4, 0, -1};

std::vector<WatchedDay> ordinary(std::size_t days, double level = 30) {
  std::vector<WatchedDay> result;
  for (std::size_t i = 0; i < days; ++i)
    result.push_back({level + kNoise[i % std::size(kNoise)] * level / 30, 10, true, true});
  return result;
}

void raise(std::vector<WatchedDay>& days, std::size_t from, std::size_t to, double factor) {
  for (std::size_t i = from; i < to; ++i)
    days[i].count = std::floor(days[i].count * factor);
}

/// The episodes of one cell that is watched alone: every p-value is its own q-value.
std::vector<SurgeEpisode> watch(const std::vector<WatchedDay>& days) {
  SurgeWatch watch(days);
  for (std::size_t i = 0; i < days.size(); ++i) {
    const auto score = watch.score(i);
    watch.decide(i, score ? score->p_value : 1, score ? score->ewma_p_value : 1);
  }
  return watch.episodes();
}

TEST(SurgeWatch, OrdinaryDaysAreNoSurge) {
  EXPECT_TRUE(watch(ordinary(130)).empty());
}

TEST(SurgeWatch, TwiceAsManyAreFoundWithinTwoDays) {
  auto days = ordinary(80);
  raise(days, 60, 80, 2);
  const auto episodes = watch(days);
  ASSERT_EQ(episodes.size(), 1U);
  EXPECT_EQ(episodes[0].rule, SurgeRule::prediction);
  EXPECT_EQ(episodes[0].first, 60U);
  EXPECT_LE(episodes[0].confirmed, 62U);
  EXPECT_EQ(episodes[0].last, 79U);
  EXPECT_TRUE(episodes[0].open);
  // 28 days: the noise is two rounds of 14 that sum to 0.
  EXPECT_EQ(episodes[0].baseline.days, 28U);
  EXPECT_DOUBLE_EQ(episodes[0].baseline.sum, 28 * 30.0);
}

// One day, however wild, and days that only one sensor saw.
TEST(SurgeWatch, OneDayOrOneSensorIsNoSurge) {
  auto days = ordinary(80);
  days[60].count = 400;
  EXPECT_TRUE(watch(days).empty());
  raise(days, 60, 80, 2);
  for (std::size_t i = 60; i < 80; ++i)
    days[i].broad = false;
  EXPECT_TRUE(watch(days).empty());
}

// Nobody watched from day 70 to 99, and the rise is there on both sides: two rises, not one.
TEST(SurgeWatch, NoRiseGoesOnWhereNobodyWatched) {
  auto days = ordinary(120);
  raise(days, 60, 120, 2);
  for (std::size_t i = 70; i < 100; ++i)
    days[i].eligible = false;
  const auto episodes = watch(days);
  ASSERT_EQ(episodes.size(), 2U);
  EXPECT_EQ(episodes[0].last, 69U);
  EXPECT_FALSE(episodes[0].open);
  EXPECT_EQ(episodes[1].first, 100U);
}

// One high day before the gap and one after it are no two of three; nor does a slow rise begin
// before it.
TEST(SurgeWatch, WhatBeganBeforeAGapIsForgotten) {
  auto days = ordinary(120, 60);
  days[69].count *= 2;
  raise(days, 100, 120, 1.3);
  for (std::size_t i = 70; i < 100; ++i)
    days[i].eligible = false;
  for (const SurgeEpisode& episode : watch(days))
    EXPECT_GE(episode.first, 100U);
  days = ordinary(102, 60);
  days[69].count *= 2;
  days[100].count *= 2;
  for (std::size_t i = 70; i < 100; ++i)
    days[i].eligible = false;
  EXPECT_TRUE(watch(days).empty());
}

TEST(SurgeWatch, FewSourcesAreNoSurge) {
  auto days = ordinary(80, 0.0);
  for (std::size_t i = 60; i < 80; ++i)
    days[i].count = 4;
  EXPECT_TRUE(watch(days).empty());
  for (std::size_t i = 60; i < 80; ++i)
    days[i].count = 5;
  const auto episodes = watch(days);
  ASSERT_EQ(episodes.size(), 1U);
  EXPECT_EQ(episodes[0].first, 60U);
}

TEST(SurgeWatch, ASlowRiseIsFoundByTheEwma) {
  auto days = ordinary(80, 60);
  raise(days, 60, 80, 1.3);
  const auto episodes = watch(days);
  ASSERT_EQ(episodes.size(), 1U);
  EXPECT_EQ(episodes[0].rule, SurgeRule::ewma);
  EXPECT_NEAR(static_cast<double>(episodes[0].first), 60.0, 2.0);
  EXPECT_TRUE(episodes[0].open);
  // A tenth more is below what a slow rise must be.
  days = ordinary(80, 60);
  raise(days, 60, 80, 1.1);
  EXPECT_TRUE(watch(days).empty());
}

// The baseline of day 60 to the end is that of before: 60 days later it is the same surge.
TEST(SurgeWatch, AnOpenSurgeIsNotLearnedAway) {
  auto days = ordinary(130);
  raise(days, 60, 130, 2);
  const auto episodes = watch(days);
  ASSERT_EQ(episodes.size(), 1U);
  EXPECT_TRUE(episodes[0].open);
  EXPECT_DOUBLE_EQ(episodes[0].baseline.sum, 28 * 30.0);
}

TEST(SurgeWatch, EndsAfterThreeQuietDaysAndIsNotInTheNextBaseline) {
  auto days = ordinary(130);
  raise(days, 60, 67, 3);
  raise(days, 100, 130, 3);
  const auto episodes = watch(days);
  ASSERT_EQ(episodes.size(), 2U);
  EXPECT_FALSE(episodes[0].open);
  EXPECT_EQ(episodes[0].first, 60U);
  EXPECT_EQ(episodes[0].last, 66U);
  EXPECT_EQ(episodes[1].first, 100U);
  // Days 70 to 97 and none of 60 to 66.
  EXPECT_DOUBLE_EQ(episodes[1].baseline.sum, 28 * 30.0);
}

TEST(SurgeWatch, NeedsFourteenDaysAndTwoOfGuard) {
  auto days = ordinary(40);
  raise(days, 16, 40, 3);
  // 14 days before the guard: days 0 to 13 for day 16.
  ASSERT_EQ(watch(days).size(), 1U);
  for (std::size_t i = 0; i < 3; ++i)
    days[i].eligible = false;
  // Now day 19 would be the first with 14: the days of the rise itself are its baseline.
  EXPECT_TRUE(watch(days).empty());
}

// Half of the exposure makes half of the sources: no fall and, back again, no rise.
TEST(SurgeWatch, CountsAreTakenPerExposure) {
  auto days = ordinary(120);
  for (std::size_t i = 30; i < 80; ++i) {
    days[i].exposure = 5;
    days[i].count = std::floor(days[i].count / 2);
  }
  EXPECT_TRUE(watch(days).empty());
}

// Days that resemble their neighbours: what scatters in waves needs more to stand out.
TEST(SurgeWatch, WavesAreNoSurge) {
  auto days = ordinary(130);
  for (std::size_t i = 0; i < days.size(); ++i)
    days[i].count = std::floor(days[i].count * (i / 6 % 2 == 0 ? 0.7 : 1.4));
  EXPECT_TRUE(watch(days).empty());
}

// Expected from a program in another language: days 14 to 97 of the waves, rise from day 100.
TEST(SurgeWatch, BaselineKnowsHowDaysScatterAndResembleEachOther) {
  auto days = ordinary(110);
  for (std::size_t i = 0; i < days.size(); ++i)
    days[i].count = std::floor(days[i].count * (i / 6 % 2 == 0 ? 0.7 : 1.4));
  raise(days, 100, 110, 6);
  const auto episodes = watch(days);
  ASSERT_EQ(episodes.size(), 1U);
  EXPECT_EQ(episodes[0].first, 100U);
  EXPECT_EQ(episodes[0].baseline.sum, 869);
  EXPECT_NEAR(episodes[0].baseline.dispersion, 0.12625461544, 1e-9);
  EXPECT_NEAR(episodes[0].baseline.persistence, 0.05027633314, 1e-9);
}

// Two ordinary days within a surge do not end it.
TEST(SurgeWatch, TwoQuietDaysAreAPause) {
  auto days = ordinary(80);
  raise(days, 60, 64, 3);
  raise(days, 66, 80, 3);
  const auto episodes = watch(days);
  ASSERT_EQ(episodes.size(), 1U);
  EXPECT_EQ(episodes[0].first, 60U);
  EXPECT_EQ(episodes[0].last, 79U);
}

// However certain: a seventh more every day is no rise to tell.
TEST(SurgeWatch, ASlowRiseIsAtLeastAQuarter) {
  std::vector<WatchedDay> days;
  for (std::size_t i = 0; i < 80; ++i)
    days.push_back({600 + 3 * kNoise[i % 14], 10, true, true});
  raise(days, 60, 80, 1.15);
  EXPECT_TRUE(watch(days).empty());
  raise(days, 60, 80, 1.18);  // 1.36 in all
  ASSERT_EQ(watch(days).size(), 1U);
  EXPECT_EQ(watch(days)[0].rule, SurgeRule::ewma);
}

}  // namespace
}  // namespace teiten
