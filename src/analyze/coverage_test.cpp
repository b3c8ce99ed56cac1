#include "analyze/coverage.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

using std::chrono::hours;

const UtcTime kStart = *TimeZone().parse("2007-07-01");

TimeRange hours_range(int from, int to) {
  return {kStart + hours(from), kStart + hours(to)};
}

StoredBatch batch(const std::string& sensor, std::uint64_t packets,
                  std::vector<TimeRange> activity) {
  StoredBatch stored;
  stored.batch.sensor = sensor;
  stored.batch.packets_unsolicited = packets;
  stored.batch.visits = packets;
  stored.batch.activity = std::move(activity);
  return stored;
}

// 240 hours with one silence of 12: 240 packets are 1 an hour, and e^-12 > 1e-6.
TEST(Coverage, ShortSilenceAtLowRateIsNoGap) {
  const std::vector batches = {batch("a", 240, {hours_range(0, 100), hours_range(112, 240)})};
  const auto coverage = coverage_of(batches);
  ASSERT_EQ(coverage.size(), 1U);
  EXPECT_TRUE(coverage[0].gaps.empty());
  EXPECT_DOUBLE_EQ(coverage[0].observed_days(hours_range(0, 240)), 10.0);
}

// The same visits, but of 100 packets each; and a store from before visits were counted.
TEST(Coverage, PacketsThatComeTogetherAreNoRate) {
  std::vector batches = {batch("a", 240, {hours_range(0, 100), hours_range(112, 240)})};
  batches[0].batch.packets_unsolicited = 24'000;
  EXPECT_TRUE(coverage_of(batches)[0].gaps.empty());
  batches[0].batch.visits.reset();
  batches[0].access_rows = 240;
  EXPECT_TRUE(coverage_of(batches)[0].gaps.empty());
  batches[0].access_rows = 300;
  EXPECT_EQ(coverage_of(batches)[0].gaps.size(), 1U);
}

// 300 packets are 1.25 an hour: 12 hours are 15 > 13.8155 = ln(10^6).
TEST(Coverage, ImprobableSilenceIsAGap) {
  const std::vector batches = {batch("a", 300, {hours_range(0, 100), hours_range(112, 240)})};
  const auto coverage = coverage_of(batches);
  ASSERT_EQ(coverage[0].gaps.size(), 1U);
  EXPECT_EQ(coverage[0].gaps[0].range, hours_range(100, 112));
  EXPECT_TRUE(coverage[0].gaps[0].inferred);
  EXPECT_DOUBLE_EQ(coverage[0].observed_days(hours_range(0, 240)), 9.5);
  EXPECT_DOUBLE_EQ(coverage[0].uptime(hours_range(96, 120)), 0.5);
}

// 200 packets over 240 h: only the 100 h silence is improbable at 0.83/h. Without it the rate is
// 200/140 = 1.43/h, and then 12 h (17.1) are, too: 128 h remain.
TEST(Coverage, GapsRaiseTheRateThatFindsOtherGaps) {
  const std::vector batches = {
      batch("a", 200, {hours_range(0, 50), hours_range(150, 200), hours_range(212, 240)})};
  const auto coverage = coverage_of(batches);
  EXPECT_EQ(coverage[0].gaps.size(), 2U);
  EXPECT_DOUBLE_EQ(coverage[0].observed_days(hours_range(0, 240)) * 24, 128.0);
}

// Two imports of one sensor overlap and meet: one life, and no silence where the second one saw
// something.
TEST(Coverage, BatchesOfASensorAreUnited) {
  const std::vector batches = {batch("b", 1000, {hours_range(0, 50), hours_range(90, 100)}),
                               batch("a", 10, {hours_range(0, 5)}),
                               batch("b", 1000, {hours_range(40, 90)}),
                               batch("-", 99, {hours_range(0, 240)})};
  const auto coverage = coverage_of(batches);
  ASSERT_EQ(coverage.size(), 2U);
  EXPECT_EQ(coverage[0].sensor, "a");
  EXPECT_EQ(coverage[1].sensor, "b");
  EXPECT_EQ(coverage[1].life, hours_range(0, 100));
  EXPECT_EQ(coverage[1].packets, 2000U);
  EXPECT_TRUE(coverage[1].gaps.empty());
}

TEST(Coverage, RangeOutsideTheLifeIsNotObserved) {
  const std::vector batches = {batch("a", 300, {hours_range(0, 24)})};
  const auto coverage = coverage_of(batches);
  EXPECT_DOUBLE_EQ(coverage[0].observed_days(hours_range(48, 72)), 0.0);
  EXPECT_DOUBLE_EQ(coverage[0].observed_days(hours_range(12, 72)), 0.5);
  EXPECT_DOUBLE_EQ(coverage[0].uptime({kStart, kStart}), 0.0);
}

// Ten sensors in July are 310 nominal sensor-days; one that began on the 16th saw 16 days less.
TEST(Coverage, ExposureCountsLocalDays) {
  const auto zone = TimeZone::find("Asia/Tokyo");
  ASSERT_TRUE(zone.ok());
  const TimeRange july{*zone->parse("2007-07-01"), *zone->parse("2007-08-01")};
  std::vector<SensorCoverage> sensors(11);
  for (std::size_t i = 0; i < sensors.size(); ++i) {
    sensors[i].sensor = std::string(1, static_cast<char>('a' + i));
    sensors[i].life = july;
  }
  sensors[9].life.from = *zone->parse("2007-07-17");
  sensors[10].life = {july.to, july.to + hours(24)};  // August only
  const Exposure result = exposure(sensors, july, *zone);
  EXPECT_EQ(result.sensors, 10U);
  EXPECT_DOUBLE_EQ(result.nominal_sensor_days, 310.0);
  EXPECT_DOUBLE_EQ(result.observed_sensor_days, 294.0);
}

TEST(Coverage, ALonePacketIsSomeCoverage) {
  const std::vector batches = {batch("a", 1, {{kStart, kStart}})};
  const auto coverage = coverage_of(batches);
  ASSERT_EQ(coverage.size(), 1U);
  EXPECT_GT(coverage[0].observed_days(hours_range(0, 24)), 0.0);
  EXPECT_TRUE(coverage_of({}).empty());
}

StoredBatch live_batch(const std::string& sensor, TimeRange range, std::uint64_t packets) {
  StoredBatch stored;
  stored.batch.sensor = sensor;
  stored.batch.live = true;
  stored.batch.range = range;
  stored.batch.packets_unsolicited = packets;
  stored.batch.visits = packets;
  return stored;
}

// A live sensor that saw 1,000 packets and then none for two days watched all the time.
TEST(Coverage, SilenceOfALiveSensorIsNoGap) {
  const std::vector batches = {live_batch("a", hours_range(0, 24), 1000),
                               live_batch("a", hours_range(24, 72), 0)};
  const auto coverage = coverage_of(batches);
  ASSERT_EQ(coverage.size(), 1U);
  EXPECT_TRUE(coverage[0].gaps.empty());
  EXPECT_DOUBLE_EQ(coverage[0].observed_days(hours_range(0, 240)), 3.0);
}

// One second between two reports is a gap, and known to be one; reports come in any order.
TEST(Coverage, WhatALiveSensorDoesNotReportIsAGap) {
  const TimeRange late{kStart + hours(1) + std::chrono::seconds(1), kStart + hours(2)};
  const std::vector batches = {live_batch("a", late, 0), live_batch("a", hours_range(0, 1), 3)};
  const auto coverage = coverage_of(batches);
  ASSERT_EQ(coverage[0].gaps.size(), 1U);
  EXPECT_FALSE(coverage[0].gaps[0].inferred);
  EXPECT_EQ(coverage[0].gaps[0].range, (TimeRange{kStart + hours(1), late.from}));
  EXPECT_DOUBLE_EQ(coverage[0].observed_days(hours_range(0, 2)) * 86400, 7199.0);
}

// An import fills what the sensor did not report; between the two, silence is judged as ever: 100
// visits in 10 h of life less the gap are too many for 8 silent hours (10/h · 8 h = 80 > 13.8).
TEST(Coverage, ReportsAndImportsOfOneSensorAddUp) {
  const std::vector batches = {
      live_batch("a", hours_range(0, 1), 50), batch("a", 50, {hours_range(1, 2)}),
      live_batch("a", hours_range(2, 3), 0), batch("a", 50, {hours_range(11, 12)})};
  const auto coverage = coverage_of(batches);
  ASSERT_EQ(coverage[0].gaps.size(), 1U);
  EXPECT_TRUE(coverage[0].gaps[0].inferred);
  EXPECT_EQ(coverage[0].gaps[0].range, hours_range(3, 11));
}

}  // namespace
}  // namespace teiten
