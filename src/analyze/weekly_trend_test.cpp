#include "analyze/weekly_trend.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace teiten {
namespace {

// Expected values by a brute-force program of its own (all pairs, ranks by counting).
TEST(WeeklyTrend, FallsWithNoise) {
  const std::array values = {100., 103., 98., 101., 97., 99., 95., 98., 94., 96.,
                             92.,  95.,  91., 93.,  90., 92., 88., 91., 87., 89.};
  const WeeklyTrend trend = weekly_trend(values);
  EXPECT_EQ(trend.s, -148);
  EXPECT_NEAR(trend.z, -4.7793823, 1e-6);
  EXPECT_NEAR(trend.p_value, 1.7583461e-6, 1e-12);
  EXPECT_NEAR(trend.slope, -0.0076904096, 1e-9);
  // Neighbours of this series avoid each other; the variance is not lowered for it.
  EXPECT_EQ(trend.factor, 1);
}

TEST(WeeklyTrend, TiesLowerTheVariance) {
  const std::array values = {10., 10., 11., 11., 12., 12., 13., 13.};
  const WeeklyTrend trend = weekly_trend(values);
  EXPECT_EQ(trend.s, 24);
  // (8·7·21 − 4·18) / 18 = 61.33; 23 ÷ √61.33.
  EXPECT_NEAR(trend.z, 2.9368350, 1e-6);
}

TEST(WeeklyTrend, NeighboursThatResembleEachOtherRaiseIt) {
  const std::array values = {100.2, 104.6, 107.2, 111.7, 109.4, 112.0, 112.6, 107.7, 111.8,
                             107.3, 99.6,  97.1,  93.5,  91.8,  96.5,  95.9,  103.3, 100.6,
                             102.2, 100.9, 92.0,  93.2,  95.4,  99.7,  93.3};
  const WeeklyTrend trend = weekly_trend(values);
  EXPECT_EQ(trend.s, -130);
  EXPECT_NEAR(trend.factor, 1.5221003, 1e-6);
  EXPECT_NEAR(trend.p_value, 0.0146058, 1e-6);
}

TEST(WeeklyTrend, FewOrEqualValuesSayNothing) {
  EXPECT_EQ(weekly_trend(std::array{1., 2., 3., 4., 5., 6., 7.}).p_value, 1);
  EXPECT_EQ(weekly_trend(std::array{5., 5., 5., 5., 5., 5., 5., 5.}).p_value, 1);
}

}  // namespace
}  // namespace teiten
