#include "analyze/paired_ratio.h"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

namespace teiten {
namespace {

// Four sensors, 30 days and 31. ln((95.5/31)/(100.5/30)) and so on: mean −0.06038, sd 0.09129,
// √4 = 2. Tails of t with three degrees of freedom have a closed form (arc tangent).
TEST(PairedRatio, ByHand) {
  const std::array sensors = {SensorPair{{100, 30}, {95, 31}}, SensorPair{{200, 30}, {210, 31}},
                              SensorPair{{400, 28}, {370, 31}}, SensorPair{{50, 30}, {52, 31}}};
  const auto ratio = paired_ratio(sensors);
  ASSERT_TRUE(ratio.has_value());
  EXPECT_EQ(ratio->sensors, 4U);
  EXPECT_NEAR(ratio->ratio, 0.9414037, 1e-6);
  EXPECT_NEAR(ratio->log_error, 0.0456453, 1e-6);
  EXPECT_NEAR(ratio->rate_ratio, 0.9224301, 1e-6);
  EXPECT_NEAR(ratio->interval(0.95).low, 0.8141205, 1e-5);
  EXPECT_NEAR(ratio->interval(0.95).high, 1.0885871, 1e-5);
  EXPECT_NEAR(ratio->interval(0.90).low, 0.8455202, 1e-5);
  EXPECT_NEAR(ratio->interval(0.90).high, 1.0481606, 1e-5);
  EXPECT_NEAR(ratio->p_changed(), 0.2776730, 1e-6);
  EXPECT_NEAR(ratio->p_outside({}), 0.1985489, 1e-6);
  EXPECT_NEAR(ratio->p_outside(kWideBand), 0.0077826, 1e-6);
}

TEST(PairedRatio, OnlySensorsThatWatchedInBoth) {
  const std::array sensors = {SensorPair{{100, 30}, {110, 30}}, SensorPair{{100, 30}, {110, 30}},
                              SensorPair{{900, 30}, {0, 0}}};
  EXPECT_FALSE(paired_ratio(sensors).has_value());
  const std::array three = {sensors[0], sensors[1], sensors[0], sensors[2]};
  const auto ratio = paired_ratio(three);
  ASSERT_TRUE(ratio.has_value());
  EXPECT_NEAR(ratio->rate_ratio, 1.1, 1e-12);
  // All agree: certain, as far as sensors can tell.
  EXPECT_EQ(ratio->p_changed(), 0);
  EXPECT_EQ(ratio->p_outside({}), 0);
}

}  // namespace
}  // namespace teiten
