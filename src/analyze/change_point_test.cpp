#include "analyze/change_point.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace teiten {
namespace {

const std::vector<double> kStep = {12, 9,  11, 14, 10, 8,  13, 11, 9,  12,
                                   10, 21, 19, 25, 18, 22, 20, 17, 24, 23};

// Expected W, place and σ from a program in another language.
TEST(LevelChange, FindsAStep) {
  const auto change = level_change(kStep, std::vector<double>(20, 1.0));
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->first, 11U);
  EXPECT_NEAR(change->score, 5.693030785, 1e-8);
  EXPECT_DOUBLE_EQ(change->dispersion, 1.0);
  EXPECT_NEAR(change->before, 119.0 / 11.0, 1e-12);
  EXPECT_NEAR(change->after, 21.0, 1e-12);
}

TEST(LevelChange, CountsAreTakenPerExposure) {
  std::vector<double> counts = kStep;
  std::vector<double> exposure(20, 1.0);
  for (std::size_t i = 1; i < 20; i += 2) {
    counts[i] *= 2;
    exposure[i] = 2;
  }
  const auto change = level_change(counts, exposure);
  ASSERT_TRUE(change.has_value());
  EXPECT_EQ(change->first, 11U);
  EXPECT_NEAR(change->score, 6.479071128, 1e-8);
  EXPECT_NEAR(change->dispersion, 1.0806128925 * 1.0806128925, 1e-8);
  EXPECT_NEAR(change->before, 10.8125, 1e-12);
  EXPECT_NEAR(change->after, 21.214285714, 1e-8);
}

TEST(LevelChange, WildDaysAreNoChange) {
  const std::vector<double> wild = {30, 80, 25, 90, 20, 85, 30, 70, 95, 22, 60, 15};
  const auto change = level_change(wild, std::vector<double>(12, 1.0));
  ASSERT_TRUE(change.has_value());
  EXPECT_NEAR(change->score, 0.1921892828, 1e-8);
  EXPECT_FALSE(level_change(std::vector<double>(9, 5.0), std::vector<double>(9, 1.0)).has_value());
}

/// Least cost over all cuts, tried one by one; the cost written as the probability of the counts.
double best_by_trial(const std::vector<double>& counts, const std::vector<double>& exposure,
                     std::size_t from, double penalty, std::vector<std::size_t>& cuts) {
  double best = std::numeric_limits<double>::infinity();
  for (std::size_t to = from + 3; to <= counts.size(); ++to) {
    double sum = 0;
    double days = 0;
    for (std::size_t i = from; i < to; ++i) {
      sum += counts[i];
      days += exposure[i];
    }
    double cost = 0;
    for (std::size_t i = from; i < to; ++i) {
      const double mean = std::max(sum / days, 1e-12) * exposure[i];
      cost -= 2 * (counts[i] * std::log(mean) - mean - std::lgamma(counts[i] + 1));
    }
    std::vector<std::size_t> later;
    if (to < counts.size()) {
      cost += penalty + best_by_trial(counts, exposure, to, penalty, later);
      later.insert(later.begin(), to);
    }
    if (cost < best) {
      best = cost;
      cuts = later;
    }
  }
  return best;
}

TEST(BestLevels, AreThoseThatTryingAllCutsFinds) {
  std::uint64_t state = 1;
  const auto next = [&](std::uint64_t n) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return static_cast<double>((state >> 33) % n);
  };
  std::size_t with_cuts = 0;
  for (int round = 0; round < 60; ++round) {
    std::vector<double> counts;
    std::vector<double> exposure;
    double level = 5 + next(20);
    for (int i = 0; i < 17; ++i) {
      if (next(6) == 0) level = 2 + next(60);
      exposure.push_back(1 + next(3));
      counts.push_back(std::floor((level + next(9)) * exposure.back()));
    }
    std::vector<std::size_t> expected;
    best_by_trial(counts, exposure, 0, 8.5, expected);
    EXPECT_EQ(best_levels(counts, exposure, 3, 8.5, 1.0), expected) << round;
    with_cuts += expected.empty() ? 0 : 1;
  }
  EXPECT_GT(with_cuts, 30U);
}

// Four times the dispersion is four times the penalty: a step of 30 % in 20 counts is none any
// more.
TEST(BestLevels, DispersionRaisesTheBar) {
  const std::vector<double> counts = {20, 21, 19, 20, 22, 20, 31, 30, 32, 31, 30, 33};
  const std::vector<double> exposure(12, 1.0);
  EXPECT_EQ(best_levels(counts, exposure, 3, 7.5, 1.0), (std::vector<std::size_t>{6}));
  EXPECT_TRUE(best_levels(counts, exposure, 3, 7.5, 4.0).empty());
}

}  // namespace
}  // namespace teiten
