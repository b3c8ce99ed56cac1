#include "analyze/trend.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace teiten {
namespace {

// TALOT2's 2008-05 … 10: 14 pairs fall and one rises, S = -13, exact p = 12/720. The slopes of
// adjacent months are -14.5, -8.4, -6.3, -11.6 and +3.7 % (log); the median of all 15 is -8.4 %.
TEST(SixMonthTrend, TalotOf2008FallsSlowly) {
  const std::array rates = {601.0, 520.0, 478.0, 449.0, 400.0, 415.0};
  EXPECT_EQ(mann_kendall_s(rates), -13);
  const auto finding = six_month_trend(rates);
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->trend, Trend::slow_decrease);
  EXPECT_NEAR(finding->p_value, 0.016667, 1e-6);
  EXPECT_LT(finding->monthly_change, -0.07);
  EXPECT_GT(finding->monthly_change, -0.10);
}

// 100 × 0.97^k: every pair falls, S = -15, p = 2/720, exactly -3 % a month, -14.127 % in all.
TEST(SixMonthTrend, ExactGeometricSeries) {
  const std::array rates = {100.0, 97.0, 94.09, 91.2673, 88.529281, 85.87340257};
  const auto finding = six_month_trend(rates);
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->s, -15);
  EXPECT_NEAR(finding->p_value, 0.0027778, 1e-7);
  EXPECT_NEAR(finding->monthly_change, -0.03, 1e-9);
  EXPECT_NEAR(finding->total_change, -0.141265974, 1e-8);
  EXPECT_EQ(finding->trend, Trend::slow_decrease);
}

TEST(SixMonthTrend, Words) {
  const auto word = [](std::array<double, 6> rates) { return six_month_trend(rates)->trend; };
  EXPECT_EQ(word({100, 120, 144, 172.8, 207.36, 248.832}), Trend::increase);
  EXPECT_EQ(word({100, 80, 64, 51.2, 40.96, 32.768}), Trend::decrease);
  EXPECT_EQ(word({100, 105, 110.25, 115.7625, 121.55, 127.63}), Trend::slow_increase);
  // Falls every month, but by 1 % only.
  EXPECT_EQ(word({100, 99, 98.01, 97.03, 96.06, 95.1}), Trend::undecided);
  // Falls much, but rises twice: S = -11, p = 0.056.
  EXPECT_EQ(word({100, 90, 95, 70, 75, 50}), Trend::undecided);
  EXPECT_EQ(word({100, 100, 100, 100, 100, 100}), Trend::undecided);
}

TEST(SixMonthTrend, NeedsSixPositiveMonths) {
  EXPECT_FALSE(six_month_trend(std::array{5.0, 4.0, 3.0, 2.0, 1.0}).has_value());
  EXPECT_FALSE(six_month_trend(std::array{6.0, 5.0, 4.0, 3.0, 2.0, 0.0}).has_value());
  EXPECT_FALSE(six_month_trend(std::array{6.0, 5.0, 4.0, 3.0, 2.0, std::nan("")}).has_value());
}

// Slopes of ln(1, 2, 8): ln 2, ln 4, ln 8 / 2 = 1.0397; the median is the last.
TEST(SixMonthTrend, LogSlopeIsTheMedian) {
  EXPECT_NEAR(log_slope(std::array{1.0, 2.0, 8.0}), 1.0397207708, 1e-9);
  EXPECT_EQ(log_slope(std::array{1.0}), 0);
}

}  // namespace
}  // namespace teiten
