#include "analyze/surges.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::TemporaryFolder;
using test::utc;

const Service kSql{protocol::kTcp, 1433};
const Service kSsh{protocol::kTcp, 22};
constexpr std::chrono::year_month kJuly = std::chrono::year{2007} / 7;
constexpr int kJuly1 = 61;  // days after 1 May

constexpr int kNoise[] = {0, 2, -1, 3, -2, 1, -1, 1, -3, 2, 1, -2, 0, -1};

/// Sensors that watch from 1 May to the end of July 2007. Day 0 is 1 May.
struct Traffic {
  explicit Traffic(std::size_t sensors = 5, int days = 92) : days_(days) {
    for (std::size_t i = 0; i < sensors; ++i) {
      Batch batch;
      batch.sensor = "sensor-" + std::to_string(i);
      batch.epoch = 1;
      batch.range = {utc("2007-07-31") - std::chrono::hours{24 * (days - 1)}, utc("2007-08-01")};
      batch.activity = {batch.range};
      batches.push_back(batch);
    }
  }
  static IpAddress source(std::uint32_t number) {
    constexpr std::uint32_t kNets[] = {0xc0000200, 0xc6336400, 0xcb007100};
    return IpAddress::v4(kNets[number % 3] + number / 3 % 256);
  }
  void add(std::size_t sensor, int day, const IpAddress& from, Service service,
           std::uint32_t packets, Kind kind = Kind::scan) {
    if (day < 92 - days_) return;
    Access access;
    access.first = access.last = utc("2007-05-01") + std::chrono::hours{24 * day + 1};
    access.source = from;
    access.service = service;
    access.kind = kind;
    access.packets = packets;
    access.region = from.v4_bits() >> 24 == 192 ? Region('J', 'P') : Region('C', 'N');
    batches[sensor].accesses.push_back(access);
    batches[sensor].packets_unsolicited += packets;
    batches[sensor].frames += packets;
  }
  /// So many sources of the service on one day, spread over the sensors.
  void add_sources(int day, int count, Service service, std::uint32_t first = 0,
                   Kind kind = Kind::scan) {
    for (int i = 0; i < count; ++i) {
      const auto number = static_cast<std::uint32_t>(i) + first;
      add(number % batches.size(), day, source(number), service, 1, kind);
    }
  }
  void add_ordinary(Service service, int level) {
    for (int day = 0; day < 92; ++day)
      add_sources(day, level + kNoise[day % 14], service);
  }
  SurgeFindings find(std::chrono::year_month month = kJuly) {
    std::vector<Batch> sorted = batches;
    for (Batch& batch : sorted) {
      std::sort(batch.accesses.begin(), batch.accesses.end(),
                [](const Access& a, const Access& b) { return a.first < b.first; });
    }
    auto store = Store::open(folder.file("s.teiten"), StoreMode::write).value();
    EXPECT_TRUE(store->append(sorted).ok());
    const auto coverage = teiten::coverage(*store).value();
    auto found = find_surges(*store, coverage, month, TimeZone(), options);
    EXPECT_TRUE(found.ok());
    return *found;
  }
  TemporaryFolder folder;
  int days_;
  std::vector<Batch> batches;
  SurgeOptions options;
};

bool has(const SurgeFindings& findings, NotTested reason) {
  return std::any_of(findings.not_tested.begin(), findings.not_tested.end(),
                     [&](const NotTestedNote& note) { return note.reason == reason; });
}

TEST(Surges, OrdinaryMonthsHaveNone) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  traffic.add_ordinary(kSsh, 8);
  const SurgeFindings findings = traffic.find();
  EXPECT_TRUE(findings.tested);
  EXPECT_EQ(findings.services_tested, 2U);
  EXPECT_EQ(findings.baseline_days, 61U);
  EXPECT_TRUE(findings.surges.empty());
  EXPECT_TRUE(findings.new_services.empty());
  EXPECT_TRUE(findings.one_source.empty());
  EXPECT_TRUE(findings.not_tested.empty());
}

// From 16 July 15 more a day, all of them from 192.0.2.0/24 (JP).
TEST(Surges, SinceTheMiddleOfTheMonthAndFromWhere) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  traffic.add_ordinary(kSsh, 8);
  for (int day = kJuly1 + 15; day < 92; ++day) {
    for (std::uint32_t i = 0; i < 15; ++i)
      traffic.add(i % 5, day, IpAddress::v4(0xc0000240 + i), kSql, 1);
  }
  const SurgeFindings findings = traffic.find();
  ASSERT_EQ(findings.surges.size(), 1U);
  const Surge& surge = findings.surges[0];
  EXPECT_EQ(surge.service, "1433/tcp");
  EXPECT_EQ(surge.rule, SurgeRule::prediction);
  EXPECT_EQ(surge.shape, SurgeShape::since_change);
  EXPECT_EQ(format_day(surge.first), "2007-07-16");
  EXPECT_EQ(format_day(surge.last), "2007-07-31");
  EXPECT_TRUE(surge.open);
  EXPECT_NEAR(surge.baseline, 15, 1e-9);
  // 16 days from day 76 on: 30 each and the noise, whose period of 14 sums to 0, of two more days.
  EXPECT_NEAR(surge.level, 30 + (kNoise[76 % 14] + kNoise[77 % 14]) / 16.0, 1e-9);
  EXPECT_NEAR(surge.ratio, surge.level / 15, 1e-9);
  EXPECT_EQ(surge.sources, 18U + 15U);
  EXPECT_EQ(surge.sensors, 5U);
  EXPECT_EQ(surge.sensors_up, 5U);
  ASSERT_TRUE(surge.change.has_value());
  EXPECT_EQ(format_day(surge.change->day), "2007-07-16");
  EXPECT_NEAR(surge.change->ratio, 2.0, 0.1);
  ASSERT_EQ(surge.regions.size(), 1U);
  EXPECT_EQ(surge.regions[0].region, "JP");
  EXPECT_EQ(format_day(surge.regions[0].first), "2007-07-16");
}

// The same rise seen in the month after is the one that began before.
TEST(Surges, WhatWasUpBeforeTheMonthIsNotANewOne) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  for (int day = 45; day < 92; ++day)
    traffic.add_sources(day, 20, kSql, 100);
  const SurgeFindings findings = traffic.find();
  ASSERT_EQ(findings.surges.size(), 1U);
  EXPECT_EQ(format_day(findings.surges[0].first), "2007-06-15");
  EXPECT_TRUE(findings.surges[0].open);
  EXPECT_NEAR(findings.surges[0].baseline, 15, 0.5);
}

// 60 more a day for three weeks, then 20 more for the last week: all of it open, on average 50.
TEST(Surges, AnOpenRiseTellsItsLastWeekToo) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  for (int day = 64; day < 92; ++day)
    traffic.add_sources(day, day < 85 ? 60 : 20, kSql, 100);
  const SurgeFindings findings = traffic.find();
  ASSERT_EQ(findings.surges.size(), 1U);
  const Surge& surge = findings.surges[0];
  EXPECT_TRUE(surge.open);
  EXPECT_NEAR(surge.level, 65, 2);
  EXPECT_NEAR(surge.latest, 35, 2);
  EXPECT_TRUE(surge.is_falling_back());
}

TEST(Surges, AFewDaysAreTemporary) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  for (int day = 70; day < 73; ++day)
    traffic.add_sources(day, 30, kSql, 100);
  const SurgeFindings findings = traffic.find();
  ASSERT_EQ(findings.surges.size(), 1U);
  EXPECT_EQ(findings.surges[0].shape, SurgeShape::temporary);
  EXPECT_EQ(format_day(findings.surges[0].last), "2007-07-12");
  EXPECT_FALSE(findings.surges[0].open);
}

// Ten thousand packets of one address: packets rise, sources do not.
TEST(Surges, OneAddressIsToldAsOne) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  const IpAddress flooder = IpAddress::v4(0xcb0071fe);
  traffic.add(2, 80, flooder, kSql, 6000);
  traffic.add(2, 81, flooder, kSql, 4000);
  const SurgeFindings findings = traffic.find();
  EXPECT_TRUE(findings.surges.empty());
  ASSERT_EQ(findings.one_source.size(), 1U);
  const OneSourceRise& rise = findings.one_source[0];
  EXPECT_EQ(rise.service, "1433/tcp");
  EXPECT_EQ(rise.region, "CN");
  EXPECT_EQ(format_day(rise.first), "2007-07-20");
  EXPECT_EQ(format_day(rise.last), "2007-07-21");
  EXPECT_EQ(rise.packets, 10'000U);
  EXPECT_EQ(rise.sensors, 1U);
  EXPECT_GT(rise.top1_share, 0.99);
  EXPECT_NEAR(rise.packets_before, 15, 1);
  EXPECT_NEAR(rise.packets_without, 15, 3);
}

// A flood must not have to exceed its own earlier days. (Not the same number each day: that would
// look like a sensor at its ceiling.)
TEST(Surges, AFloodOfWeeksIsOnePeriod) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  const IpAddress flooder = IpAddress::v4(0xcb0071fe);
  for (int day = 65; day <= 88; ++day)  // 5 to 28 July
    traffic.add(2, day, flooder, kSql, 300 + 10 * static_cast<std::uint32_t>(day % 7));
  const SurgeFindings findings = traffic.find();
  ASSERT_EQ(findings.one_source.size(), 1U);
  EXPECT_EQ(format_day(findings.one_source[0].first), "2007-07-05");
  EXPECT_EQ(format_day(findings.one_source[0].last), "2007-07-28");
  EXPECT_EQ(findings.one_source[0].packets, 7'920U);
  EXPECT_NEAR(findings.one_source[0].packets_before, 15, 1);
}

TEST(Surges, AFloodThatBeganBeforeTheMonthIsToldFromItsFirstDay) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  const IpAddress flooder = IpAddress::v4(0xcb0071fe);
  for (int day = 50; day <= 75; ++day)  // 20 June to 15 July
    traffic.add(2, day, flooder, kSql, 300 + 10 * static_cast<std::uint32_t>(day % 7));
  const SurgeFindings findings = traffic.find();
  ASSERT_EQ(findings.one_source.size(), 1U);
  EXPECT_EQ(format_day(findings.one_source[0].first), "2007-07-01");
  EXPECT_EQ(format_day(findings.one_source[0].last), "2007-07-15");
  EXPECT_EQ(findings.one_source[0].packets, 4'970U);
  EXPECT_NEAR(findings.one_source[0].packets_before, 15, 1);
}

TEST(Surges, BackscatterIsNoRiseOfAService) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  for (int day = kJuly1; day < 92; ++day)
    traffic.add_sources(day, 60, kSql, 100, Kind::backscatter);
  EXPECT_TRUE(traffic.find().surges.empty());
}

TEST(Surges, AServiceThatNobodyAskedFor) {
  Traffic traffic;
  const Service fresh{protocol::kTcp, 37215};
  traffic.add_ordinary(kSql, 15);
  for (int day = 75; day < 80; ++day)
    traffic.add_sources(day, 6, fresh);
  const SurgeFindings findings = traffic.find();
  EXPECT_TRUE(findings.surges.empty());
  ASSERT_EQ(findings.new_services.size(), 1U);
  const NewService& found = findings.new_services[0];
  EXPECT_EQ(format_day(found.last), "2007-07-19");
  EXPECT_EQ(found.service, "37215/tcp");
  EXPECT_EQ(format_day(found.first), "2007-07-15");
  EXPECT_EQ(found.sources, 6U);
  EXPECT_EQ(found.sensors, 5U);
  EXPECT_EQ(found.networks, 3U);
  EXPECT_EQ(found.days, 5U);
  EXPECT_EQ(found.days_before, 75U);
  EXPECT_DOUBLE_EQ(found.before, 0.5 / 75);
}

// One vertical scanner, one network, one sensor: none makes a service new.
TEST(Surges, WhatDoesNotMakeAServiceNew) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  for (std::uint16_t port = 6000; port < 6020; ++port) {
    for (std::uint32_t i = 0; i < 6; ++i)
      traffic.add(i % 5, 75, Traffic::source(i), {protocol::kTcp, port}, 1);
  }
  for (std::uint32_t i = 0; i < 9; ++i) {
    traffic.add(i % 5, 76, IpAddress::v4(0xc0000280 + i), {protocol::kTcp, 7000}, 1);
    traffic.add(0, 77, Traffic::source(300 + i), {protocol::kTcp, 7001}, 1);
  }
  const SurgeFindings findings = traffic.find();
  EXPECT_TRUE(findings.new_services.empty());
}

TEST(Surges, ARiseAtOneSensorOfFiveIsThatSensors) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  for (int day = kJuly1 + 15; day < 92; ++day) {
    for (std::uint32_t i = 0; i < 40; ++i)
      traffic.add(3, day, Traffic::source(200 + i), kSql, 1);
  }
  const SurgeFindings findings = traffic.find();
  EXPECT_TRUE(findings.surges.empty());
  EXPECT_TRUE(has(findings, NotTested::one_sensor_rise));
}

TEST(Surges, OneSensorCannotTell) {
  Traffic traffic(1);
  traffic.add_ordinary(kSql, 15);
  for (int day = 76; day < 92; ++day)
    traffic.add_sources(day, 40, kSql, 100);
  const SurgeFindings findings = traffic.find();
  EXPECT_FALSE(findings.tested);
  EXPECT_TRUE(findings.surges.empty());
  EXPECT_TRUE(has(findings, NotTested::one_sensor));
}

// Thirteen days before July are too few, whatever July itself holds.
TEST(Surges, AShortPastIsSaid) {
  Traffic traffic(5, 31 + 13);
  traffic.add_ordinary(kSql, 15);
  for (int day = 80; day < 92; ++day)
    traffic.add_sources(day, 40, kSql, 100);
  const SurgeFindings findings = traffic.find();
  EXPECT_FALSE(findings.tested);
  EXPECT_TRUE(has(findings, NotTested::short_baseline));
  EXPECT_TRUE(findings.surges.empty());
}

TEST(Surges, AMonthWithoutDataIsSaid) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  const SurgeFindings findings = traffic.find(std::chrono::year{2008} / 1);
  EXPECT_FALSE(findings.tested);
  EXPECT_TRUE(has(findings, NotTested::no_data));
}

/// A sensor that watches from day `first` on (0 is 1 May) or until then.
void watch_from(Batch& batch, int first) {
  batch.range.from = utc("2007-05-01") + std::chrono::hours{24 * first};
  batch.activity = {batch.range};
}
void watch_until(Batch& batch, int end) {
  batch.range.to = utc("2007-05-01") + std::chrono::hours{24 * end};
  batch.activity = {batch.range};
}

// Three sensors of five sources a day each; from 16 July a fourth in a busy network has forty.
TEST(Surges, ASensorThatJoinsIsNoRise) {
  for (const bool rises : {false, true}) {
    Traffic traffic(4);
    watch_from(traffic.batches[3], 76);
    for (int day = 0; day < 92; ++day) {
      for (std::uint32_t i = 0; i < 15U + static_cast<unsigned>(kNoise[day % 14] + 3); ++i)
        traffic.add(i % 3, day, Traffic::source(i), kSql, 1);
      for (std::uint32_t i = 0; day >= 76 && i < 40; ++i)
        traffic.add(3, day, Traffic::source(100 + i), kSql, 1);
      // The three rise as well: that is one.
      for (std::uint32_t i = 0; rises && day >= 76 && i < 60; ++i)
        traffic.add(i % 3, day, Traffic::source(200 + i), kSql, 1);
    }
    const SurgeFindings findings = traffic.find();
    EXPECT_EQ(findings.surges.size(), rises ? 1U : 0U);
    EXPECT_EQ(has(findings, NotTested::changed_sensors), !rises);
  }
}

// Two nearly silent sensors of four leave: those that stay are busier, and always were.
TEST(Surges, QuietSensorsThatLeaveAreNoRise) {
  Traffic traffic(4);
  for (int day = 0; day < 92; ++day) {
    for (std::uint32_t i = 0; i < 40U + static_cast<unsigned>(kNoise[day % 14] + 3); ++i)
      traffic.add(i % 2, day, Traffic::source(i), kSql, 1);
    for (std::size_t sensor = 2; day < 76 && sensor < 4; ++sensor)
      traffic.add(sensor, day, Traffic::source(100), kSql, 1);
  }
  watch_until(traffic.batches[2], 76);
  watch_until(traffic.batches[3], 76);
  const SurgeFindings findings = traffic.find();
  EXPECT_TRUE(findings.surges.empty());
  EXPECT_TRUE(has(findings, NotTested::changed_sensors));
}

// Every source comes to each of three sensors; one fails for six days. As many sources, fewer
// sensors.
TEST(Surges, AnOutageWhereAllSensorsSeeTheSameIsNoRise) {
  Traffic traffic(3);
  for (int day = 0; day < 92; ++day) {
    const bool out = day >= 76 && day < 82;
    for (std::uint32_t i = 0; i < 80U + static_cast<unsigned>(kNoise[day % 14] + 3); ++i) {
      for (std::size_t sensor = out ? 1 : 0; sensor < 3; ++sensor)
        traffic.add(sensor, day, Traffic::source(i), kSql, 1);
    }
  }
  Batch& batch = traffic.batches[0];
  batch.activity = {{batch.range.from, utc("2007-07-16")}, {utc("2007-07-22"), batch.range.to}};
  EXPECT_TRUE(traffic.find().surges.empty());
}

// The addresses of two of three sensors change to ones that four times as many ask for, and one
// address sends to a new one a thousand packets a day.
TEST(Surges, ChangedAddressesAreNoRise) {
  for (const bool known : {false, true}) {
    Traffic traffic(3);
    for (int day = 0; day < 92; ++day) {
      for (std::uint32_t i = 0; i < 30U + static_cast<unsigned>(kNoise[day % 14] + 3); ++i)
        traffic.add(i % 3, day, Traffic::source(i), kSql, 1);
      for (std::uint32_t i = 0; day >= 76 && i < 60; ++i)
        traffic.add(i % 2, day, Traffic::source(100 + i), kSql, 1);
      for (std::uint32_t i = 0; day >= 76 && i < 8; ++i)
        traffic.add(i % 2, day, Traffic::source(200 + i), {protocol::kTcp, 7000}, 1);
      if (day >= 76)
        traffic.add(0, day, Traffic::source(250), kSsh,
                    1000U + 170U * static_cast<unsigned>(day % 7));
    }
    if (known) {
      traffic.options.days.changes = {{"sensor-0", number_of_day(*parse_day("2007-07-16"))},
                                      {"sensor-1", number_of_day(*parse_day("2007-07-16"))}};
    }
    const SurgeFindings findings = traffic.find();
    EXPECT_EQ(findings.surges.size(), known ? 0U : 1U);
    EXPECT_EQ(findings.new_services.size(), known ? 0U : 1U);
    EXPECT_EQ(findings.one_source.size(), known ? 0U : 1U);
    EXPECT_EQ(has(findings, NotTested::changed_sensors), known);
  }
}

// Twenty sources ask every sensor; from 16 July twenty more ask one sensor each: twice as many
// sources, but only a fifth more source-days. Also where one sensor fails for three of the days.
TEST(Surges, SourcesThatAskOneSensorAmongThoseThatAskAllAreARise) {
  for (const bool fails : {false, true}) {
    Traffic traffic;
    for (int day = 0; day < 92; ++day) {
      const bool out = fails && day >= 80 && day < 83;
      for (std::uint32_t i = 0; i < 20U + static_cast<unsigned>(kNoise[day % 14] + 3); ++i) {
        for (std::size_t sensor = out ? 1 : 0; sensor < 5; ++sensor)
          traffic.add(sensor, day, Traffic::source(i), kSql, 1);
      }
      for (std::uint32_t i = out ? 4 : 0; day >= 76 && i < 20; ++i)
        traffic.add(i / 4, day, Traffic::source(100 + i), kSql, 1);
    }
    Batch& batch = traffic.batches[0];
    if (fails)
      batch.activity = {{batch.range.from, utc("2007-07-20")}, {utc("2007-07-23"), batch.range.to}};
    const SurgeFindings findings = traffic.find();
    ASSERT_EQ(findings.surges.size(), 1U) << fails;
    EXPECT_EQ(format_day(findings.surges[0].first), "2007-07-16");
    EXPECT_FALSE(has(findings, NotTested::changed_sensors));
  }
}

// Twenty days before July, five of them without any sensor: the same sensors all the same.
TEST(Surges, AShortBaselineWithAGapIsNoChangeOfSensors) {
  Traffic traffic(5, 31 + 25);
  traffic.add_ordinary(kSql, 15);
  for (int day = 76; day < 92; ++day)
    traffic.add_sources(day, 20, kSql, 100);
  const TimeRange out{utc("2007-06-15"), utc("2007-06-20")};
  for (Batch& batch : traffic.batches) {
    batch.activity = {{batch.range.from, out.from}, {out.to, batch.range.to}};
    std::erase_if(batch.accesses,
                  [&](const Access& a) { return a.first >= out.from && a.first < out.to; });
    batch.packets_unsolicited = batch.frames = batch.accesses.size();
  }
  EXPECT_EQ(traffic.find().surges.size(), 1U);
}

// Three of five sensors are silent for ten days of June and are back: no fall, no rise.
TEST(Surges, AnOutageIsNoRise) {
  Traffic traffic;
  traffic.add_ordinary(kSql, 15);
  for (std::size_t sensor = 0; sensor < 3; ++sensor) {
    Batch& batch = traffic.batches[sensor];
    const TimeRange out{utc("2007-06-20"), utc("2007-06-30")};
    batch.activity = {{batch.range.from, out.from}, {out.to, batch.range.to}};
    std::erase_if(batch.accesses,
                  [&](const Access& a) { return a.first >= out.from && a.first < out.to; });
    batch.packets_unsolicited = batch.frames = batch.accesses.size();
  }
  const SurgeFindings findings = traffic.find();
  EXPECT_TRUE(findings.surges.empty());
  EXPECT_EQ(findings.baseline_days, 51U);
}

}  // namespace
}  // namespace teiten
