#include "analyze/bootstrap.h"

#include <vector>

#include <gtest/gtest.h>

namespace teiten {
namespace {

std::vector<SensorObservation> sensors_with(std::initializer_list<double> counts, double days) {
  std::vector<SensorObservation> sensors;
  for (const double count : counts)
    sensors.push_back({count, days});
  return sensors;
}

// Expected ends from a program in another language written from the documentation.
TEST(RateInterval, TenSensors) {
  const auto interval = rate_interval(
      sensors_with({21000, 24500, 27000, 28000, 28300, 29000, 30100, 31200, 33000, 35789}, 31));
  ASSERT_TRUE(interval.has_value());
  EXPECT_NEAR(interval->low, 834.9274465451, 1e-6);
  EXPECT_NEAR(interval->high, 1019.1757176301, 1e-6);
}

TEST(RateInterval, UnequalDays) {
  const std::vector<SensorObservation> sensors = {{100, 10}, {10, 1},  {250, 20},
                                                  {0, 0},    {90, 10}, {400, 30}};
  const auto interval = rate_interval(sensors);
  ASSERT_TRUE(interval.has_value());
  EXPECT_NEAR(interval->low, 8.3819993, 1e-6);
  EXPECT_NEAR(interval->high, 19.8195221, 1e-6);
}

// Nine sensors, three with four times the traffic: 1,800 / 270 = 6.667 a day. A resample of the six
// quiet ones alone (3.333 a day) has no spread of its own; its error counts as 0.3 of the whole's,
// so the upper end is 6.667 + 3.333 / 0.3 and not without bound.
TEST(RateInterval, AFewSensorsWithMostOfTheTraffic) {
  const auto interval =
      rate_interval(sensors_with({100, 100, 100, 100, 100, 100, 400, 400, 400}, 30));
  ASSERT_TRUE(interval.has_value());
  EXPECT_NEAR(interval->low, 3.3333333, 1e-6);
  EXPECT_NEAR(interval->high, 17.7777778, 1e-6);
}

TEST(RateInterval, NoneWhereSensorsSayNothing) {
  EXPECT_FALSE(rate_interval({}).has_value());
  EXPECT_FALSE(rate_interval(sensors_with({5}, 31)).has_value());
  EXPECT_FALSE(rate_interval(sensors_with({5, 6, 7, 8}, 31)).has_value());
  EXPECT_FALSE(rate_interval(sensors_with({7, 7, 7, 7, 7}, 31)).has_value());
  EXPECT_FALSE(rate_interval(sensors_with({0, 0, 0, 0, 0}, 31)).has_value());
}

TEST(RateInterval, NeverBelowZero) {
  const auto interval = rate_interval(sensors_with({1, 1, 2, 1, 5000}, 31));
  ASSERT_TRUE(interval.has_value());
  EXPECT_EQ(interval->low, 0.0);
  EXPECT_GT(interval->high, 5005.0 / 155);
}

}  // namespace
}  // namespace teiten
