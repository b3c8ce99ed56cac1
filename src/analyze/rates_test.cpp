#include "analyze/rates.h"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

namespace teiten {
namespace {

// The published figures: 282,889 / 310 = 912.545…, printed 913; 42,791 / 310 = 138.03…, 138.
TEST(Rates, TalotFigures) {
  EXPECT_EQ(round_half_up(*rate_of(282889, 310), 0), 913);
  EXPECT_EQ(round_half_up(*rate_of(42791, 310), 0), 138);
  EXPECT_EQ(round_half_up(*rate_of(63376, 270), 2), 234.73);
  EXPECT_FALSE(rate_of(5, 0).has_value());
}

TEST(Rates, RoundsHalvesUp) {
  EXPECT_EQ(round_half_up(912.5, 0), 913);
  EXPECT_EQ(round_half_up(913.5, 0), 914);
  EXPECT_EQ(round_half_up(912.499, 0), 912);
  EXPECT_EQ(round_half_up(1.005, 2), 1.01);
  EXPECT_EQ(round_half_up(0.35, 1), 0.4);
  EXPECT_EQ(round_half_up(-3.15, 1), -3.2);
  EXPECT_EQ(round_half_up(-0.01, 1), 0.0);
  EXPECT_FALSE(std::signbit(round_half_up(-0.01, 1)));
}

// (100 + 10) / (10 + 1) = 10, whereas the mean of the ratios is also 10 and hides it: take
// (100 + 40) / (10 + 1) = 12.73, mean of ratios 25.
TEST(Rates, RatioOfSums) {
  const std::vector<SensorObservation> sensors = {{100, 10}, {40, 1}};
  EXPECT_NEAR(*rate_of(sensors), 12.727272727, 1e-9);
  EXPECT_FALSE(rate_of(std::vector<SensorObservation>{}).has_value());
}

}  // namespace
}  // namespace teiten
