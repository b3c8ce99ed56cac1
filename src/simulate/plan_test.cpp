#include "simulate/plan.h"

#include <cmath>

#include <gtest/gtest.h>

#include "enrich/test_mmdb.h"
#include "simulate/random.h"
#include "simulate/region_pool.h"

namespace teiten {
namespace {

/// Two months, three sensors, one family of 10 visits that changes on 2007-07-16.
Scenario two_months() {
  using namespace std::chrono;
  Scenario scenario;
  scenario.name = "two-months";
  scenario.utc_offset_hours = 9;
  scenario.first_day = 2007y / June / 1;
  scenario.last_day = 2007y / July / 31;
  scenario.weekend = 0.9;
  scenario.drift_per_month = -0.05;
  scenario.family_day_noise = 0.2;
  scenario.sensor_noise = 0.3;
  scenario.sensor_day_noise = 0.1;
  scenario.month_levels[2007y / June] = 1.5;
  for (std::uint32_t i = 1; i <= 3; ++i)
    scenario.sensors.push_back({"s" + std::to_string(i), IpAddress::v4(0xc0000200 + i)});
  TrafficFamily family;
  family.name = "sql";
  family.visits = 10;
  family.services = {{*Service::parse("1433/tcp"), 0.25}};
  family.changes = {{2007y / July / 16, 2.0, {{*Service::parse("1433/tcp"), 0.75}}}};
  scenario.families.push_back(family);
  return scenario;
}

TEST(Plan, KeepsTheMeanThatIsAskedForUnderAllNoise) {
  const Scenario scenario = two_months();
  const Plan plan(scenario, 42, 1.0);
  ASSERT_EQ(plan.day_count(), 61);
  double june = 0;
  for (int day = 0; day < 30; ++day) {
    for (std::size_t sensor = 0; sensor < 3; ++sensor)
      june += plan.expected_visits(day, sensor, 0);
  }
  // Levels of days and of sensor-days are scaled apart, so their product may miss by little.
  EXPECT_NEAR(june / 90, 15.0, 0.15);
}

TEST(Plan, AppliesAChangeFromItsDayOn) {
  Scenario scenario = two_months();
  scenario.weekend = 1;
  scenario.drift_per_month = 0;
  scenario.family_day_noise = scenario.sensor_noise = scenario.sensor_day_noise = 0;
  const Plan plan(scenario, 1, 3.0);
  // 30 days of June, so 15 July is day 44.
  EXPECT_EQ(format_day(plan.day(44)), "2007-07-15");
  EXPECT_DOUBLE_EQ(plan.expected_visits(29, 0, 0), 45.0);
  EXPECT_DOUBLE_EQ(plan.expected_visits(44, 0, 0), 30.0);
  EXPECT_DOUBLE_EQ(plan.expected_visits(45, 0, 0), 60.0);
  EXPECT_EQ(plan.services(44, 0)[0].probability, 0.25);
  EXPECT_EQ(plan.services(45, 0)[0].probability, 0.75);
  // Midnight in Japan.
  EXPECT_EQ(format_utc(from_microseconds(plan.start_of(45))), "2007-07-15T15:00:00Z");
}

TEST(Plan, JoinsOutagesAndEndsThem) {
  Scenario scenario = two_months();
  const auto at = [](const char* text) { return *TimeZone().parse(text); };
  scenario.outages = {{1, {at("2007-06-10T02:00"), at("2007-06-10T05:00")}},
                      {1, {at("2007-06-10T04:00"), at("2007-06-10T06:00")}}};
  const Plan plan(scenario, 1, 1.0);
  ASSERT_EQ(plan.outages().size(), 1U);
  const auto out = [&](std::size_t sensor, const char* text) {
    return plan.is_out(sensor, to_microseconds(at(text)));
  };
  EXPECT_FALSE(out(1, "2007-06-10T01:59:59.999999"));
  EXPECT_TRUE(out(1, "2007-06-10T02:00"));
  EXPECT_TRUE(out(1, "2007-06-10T05:59:59.999999"));
  EXPECT_FALSE(out(1, "2007-06-10T06:00"));
  EXPECT_FALSE(out(0, "2007-06-10T03:00"));
}

TEST(Plan, DrawsRandomOutagesOfTheAskedLength) {
  Scenario scenario = two_months();
  scenario.last_day = Day{std::chrono::year{2016} / 6 / 1};
  scenario.outage_mean_days_between = 5;
  scenario.outage_mean_hours = 6;
  const Plan plan(scenario, 3, 1.0);
  double hours = 0;
  for (const Outage& outage : plan.outages()) {
    EXPECT_LT(outage.range.from, outage.range.to);
    hours += std::chrono::duration<double>(outage.range.to - outage.range.from).count() / 3600;
  }
  // 3 sensors, 3,289 days, an outage each 5.25 days: about 1,880; five standard deviations are 217.
  EXPECT_NEAR(static_cast<double>(plan.outages().size()), 1880, 217);
  EXPECT_NEAR(hours / static_cast<double>(plan.outages().size()), 6.0, 0.7);
}

TEST(RegionPool, LeavesOutSpecialAndOddAddresses) {
  RegionPool pool{Region('J', 'P')};
  pool.add(0xc0000100, 0xc00003ff);  // 192.0.1.0 to 192.0.3.255; 192.0.2.0/24 is documentation
  Random random{1};
  int first = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::uint32_t address = pool.draw(random);
    EXPECT_NE(address >> 8, 0xc00002U);
    EXPECT_NE(address & 0xff, 0U);
    EXPECT_NE(address & 0xff, 255U);
    ASSERT_GE(address, 0xc0000100U);
    ASSERT_LE(address, 0xc00003ffU);
    first += (address >> 8) == 0xc00001U ? 1 : 0;
  }
  EXPECT_NEAR(first, 10'000, 360);
}

TEST(RegionPool, HoldsNothingWhereNothingCanBeDrawn) {
  RegionPool pool{Region('J', 'P')};
  pool.add(0x01020300, 0x01020300);  // 1.2.3.0
  pool.add(0x0a000000, 0x0affffff);  // 10/8
  pool.add(0xffffff00, 0xffffffff);
  EXPECT_TRUE(pool.empty());
  pool.add(0x01020304, 0x01020304);
  Random random{1};
  EXPECT_EQ(pool.draw(random), 0x01020304U);
}

TEST(RegionPools, NameTheRegionThatTheDatabaseLacks) {
  const test::TestDirectory directory("region-pool");
  test::TestMmdb mmdb;
  mmdb.add("1.0.0.0/8", test::flat_record("JP"));
  const auto geo = GeoDatabases::open({{directory.write("geo.mmdb", mmdb.build()), std::nullopt}});
  ASSERT_TRUE(geo.ok());
  const auto pools = region_pools(*geo, {}, {Region('J', 'P'), Region('C', 'N')});
  ASSERT_FALSE(pools.ok());
  EXPECT_EQ(pools.error().message,
            "the geolocation database geo 2007-07-01 has no IPv4 network of region CN, from which "
            "the scenario draws sources: take another one with --geo FILE");
}

}  // namespace
}  // namespace teiten
