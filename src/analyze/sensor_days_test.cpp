#include "analyze/sensor_days.h"

#include <cmath>

#include <gtest/gtest.h>

#include "store/store_test_data.h"

namespace teiten {
namespace {

SensorDay day(double uptime, std::uint64_t packets) {
  SensorDay result;
  result.uptime = uptime;
  result.counts.packets = packets;
  result.counts.source_days = packets;
  return result;
}

/// `count` days of one busy sensor and one quiet one.
SensorDays two_sensors(int count) {
  SensorDays days;
  days.first = *parse_day("2007-07-01");
  days.sensors = {"busy", "quiet"};
  for (int i = 0; i < count; ++i)
    days.days.push_back({day(1, 900), day(1, 100)});
  return days;
}

TEST(SensorDays, IndexOfADay) {
  const SensorDays days = two_sensors(3);
  EXPECT_EQ(days.index_of(*parse_day("2007-07-03")), 2);
  EXPECT_EQ(days.index_of(*parse_day("2007-06-30")), -1);
}

// From the third day on another sensor under the same name.
TEST(SensorDays, ASensorWhoseAddressesChangedIsAnother) {
  Batch batch;
  batch.sensor = "home";
  batch.epoch = 1;
  batch.range = {test::utc("2007-07-01"), test::utc("2007-07-05")};
  batch.activity = {batch.range};
  for (int i = 0; i < 4; ++i) {
    Access access;
    access.first = access.last = batch.range.from + std::chrono::hours{24 * i};
    access.source = IpAddress::v4(0xc0000201);
    access.packets = static_cast<std::uint32_t>(1 + i);
    batch.accesses.push_back(access);
  }
  const test::TemporaryFolder folder;
  auto store = Store::open(folder.file("s.teiten"), StoreMode::write).value();
  ASSERT_TRUE(store->append(std::vector<Batch>{batch}).ok());
  const std::vector<SensorChange> changes = {{"home", 13'697}};  // 2007-07-03
  const SensorDays days =
      read_sensor_days(*store, coverage(*store).value(), changes, batch.range, TimeZone()).value();
  EXPECT_EQ(days.sensors, (std::vector<std::string>{"home", "home"}));
  const SensorObservation before = observation_of(days, 0, 0, 4, CountKind::packets);
  EXPECT_DOUBLE_EQ(before.count, 3);
  EXPECT_DOUBLE_EQ(before.days, 2);
  const SensorObservation after = observation_of(days, 1, 0, 4, CountKind::packets);
  EXPECT_DOUBLE_EQ(after.count, 7);
  EXPECT_DOUBLE_EQ(after.days, 2);
}

// 3 packets a minute on the last three days: they are no level.
TEST(SensorDays, DaysAtACeilingAreNotWatched) {
  Batch batch;
  batch.sensor = "home";
  batch.epoch = 1;
  batch.range = {test::utc("2007-07-01"), test::utc("2007-07-06")};
  batch.activity = {batch.range};
  for (int i = 0; i < 5; ++i) {
    Access access;
    access.first = access.last = batch.range.from + std::chrono::hours{24 * i};
    access.source = IpAddress::v4(0xc0000201);
    access.packets = i < 2 ? 2000 : 4320;
    batch.accesses.push_back(access);
  }
  const test::TemporaryFolder folder;
  auto store = Store::open(folder.file("s.teiten"), StoreMode::write).value();
  ASSERT_TRUE(store->append(std::vector<Batch>{batch}).ok());
  const SensorDays days =
      read_sensor_days(*store, coverage(*store).value(), {}, batch.range, TimeZone()).value();
  const SensorObservation seen = observation_of(days, 0, 0, 5, CountKind::packets);
  EXPECT_DOUBLE_EQ(seen.count, 4000);
  EXPECT_DOUBLE_EQ(seen.days, 2);
}

TEST(SensorDays, PacketsOfAPartOfADayCount) {
  SensorDays days = two_sensors(3);
  days.days[1][0] = day(0.5, 450);
  days.days[2][0] = day(0.2, 10);
  const SensorObservation packets = observation_of(days, 0, 0, 3, CountKind::packets);
  EXPECT_DOUBLE_EQ(packets.count, 1350);
  EXPECT_DOUBLE_EQ(packets.days, 1.5);
  // Half a day has more than half of a day's sources: it is left out.
  const SensorObservation sources = observation_of(days, 0, 0, 3, CountKind::source_days);
  EXPECT_DOUBLE_EQ(sources.count, 900);
  EXPECT_DOUBLE_EQ(sources.days, 1);
  // Days outside are nobody's.
  EXPECT_DOUBLE_EQ(observation_of(days, 1, -5, 99, CountKind::packets).days, 3);
}

// The busy sensor fails for three days: the ratio of sums would fall to a fifth.
TEST(DayLevels, AFailedSensorChangesNothing) {
  SensorDays days = two_sensors(10);
  for (std::size_t i = 4; i < 7; ++i)
    days.days[i][0] = day(0, 0);
  const DayLevels levels = day_levels(days, 0, 10, CountKind::packets);
  EXPECT_EQ(levels.sensors, 2U);
  for (const double level : levels.levels)
    EXPECT_NEAR(level, 500, 1e-6);
}

// Levels double from day 5 on, and the quiet sensor is missing at the beginning: its factor must
// come from what both saw, not from its own mean.
TEST(DayLevels, SensorsThatComeLaterAreComparedWhereBothWatched) {
  SensorDays days = two_sensors(10);
  for (std::size_t i = 5; i < 10; ++i)
    days.days[i] = {day(1, 1800), day(1, 200)};
  for (std::size_t i = 0; i < 3; ++i)
    days.days[i][1] = day(0, 0);
  const DayLevels levels = day_levels(days, 0, 10, CountKind::packets);
  EXPECT_NEAR(levels.levels[0], 500, 1e-3);
  EXPECT_NEAR(levels.levels[9], 1000, 1e-3);
  EXPECT_NEAR(levels.over(0, 10), 757.73196, 0.01);  // (3·900 + 2·1000 + 5·2000) ÷ (3·1.8 + 7·2)
}

TEST(DayLevels, DaysWithoutASensorHaveNone) {
  SensorDays days = two_sensors(10);
  days.days[3] = {day(0, 0), day(0.1, 2)};
  const DayLevels levels = day_levels(days, -2, 10, CountKind::packets);
  EXPECT_TRUE(std::isnan(levels.levels[0]));
  EXPECT_TRUE(std::isnan(levels.levels[5]));
  EXPECT_EQ(levels.observed(0, 12), 9U);
  // A sensor that watched less than 60 % of the days is not in it.
  EXPECT_EQ(day_levels(days, -7, 10, CountKind::packets).sensors, 0U);
}

}  // namespace
}  // namespace teiten
