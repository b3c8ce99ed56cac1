#include "analyze/service_days.h"

#include <gtest/gtest.h>

#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::TemporaryFolder;
using test::utc;

const Service kSql{protocol::kTcp, 1433};
const std::int64_t kFirst = number_of_day(*parse_day("2007-07-01"));

/// One batch a sensor for ten days; accesses are added to it.
struct Traffic {
  Traffic() {
    for (const char* name : {"a", "b", "c"}) {
      Batch batch;
      batch.sensor = name;
      batch.epoch = 1;
      batch.range = {utc("2007-07-01"), utc("2007-07-11")};
      batch.activity = {batch.range};
      batches.push_back(batch);
    }
  }
  void add(std::size_t sensor, int day, std::uint32_t source, Service service,
           std::uint32_t packets = 1, Kind kind = Kind::scan, const char* region = "JP") {
    Access access;
    access.first = access.last = utc("2007-07-01") + std::chrono::hours{24 * day + 1};
    access.source = IpAddress::v4(source);
    access.service = service;
    access.kind = kind;
    access.packets = packets;
    access.region = *Region::parse(region);
    batches[sensor].accesses.push_back(access);
    batches[sensor].packets_unsolicited += packets;
    batches[sensor].frames += packets;
  }
  Result<ServiceDays> build(const ServiceDaysOptions& options = {}) {
    store = Store::open(folder.file("s.teiten"), StoreMode::write).value();
    EXPECT_TRUE(store->append(batches).ok());
    coverage = teiten::coverage(*store).value();
    return ServiceDays::build(*store, coverage, kFirst, kFirst + 10, TimeZone(), options);
  }
  TemporaryFolder folder;
  std::vector<Batch> batches;
  std::unique_ptr<Store> store;
  std::vector<SensorCoverage> coverage;
};

constexpr std::uint32_t kNet1 = 0xc0000200;  // 192.0.2.0
constexpr std::uint32_t kNet2 = 0xc6336400;  // 198.51.100.0
constexpr std::uint32_t kNet3 = 0xcb007100;  // 203.0.113.0

TEST(ServiceDays, CountsSourcesSensorsAndPackets) {
  Traffic traffic;
  traffic.add(0, 2, kNet1 + 1, kSql, 3);
  traffic.add(1, 2, kNet1 + 1, kSql, 4);  // the same source at another sensor
  traffic.add(1, 2, kNet2 + 1, kSql, 1, Kind::scan, "CN");
  traffic.add(1, 2, kNet2 + 1, {protocol::kTcp, 80}, 50);
  traffic.add(2, 3, kNet3 + 1, kSql, 9);
  traffic.add(2, 3, kNet3 + 2, kSql, 9, Kind::backscatter);
  traffic.add(2, 3, kNet3 + 3, kSql, 9, Kind::reflection);
  const auto days = traffic.build();
  ASSERT_TRUE(days.ok()) << days.error().message;
  const auto services = days->services();
  ASSERT_EQ(services.size(), 2U);
  const ServiceDays::Series& sql = services.at(kSql.code());
  ASSERT_EQ(sql.size(), 2U);
  EXPECT_EQ(sql[0].first, kFirst + 2);
  const ServiceDayCell& cell = *sql[0].second;
  EXPECT_EQ(cell.sources, 2U);
  EXPECT_EQ(cell.narrow, 2U);
  EXPECT_EQ(cell.sensors, 2U);
  EXPECT_EQ(cell.network_count, 2U);
  EXPECT_EQ(cell.packets, 8U);
  EXPECT_EQ(cell.top_packets, 7U);
  EXPECT_EQ(cell.top_source, IpAddress::v4(kNet1 + 1));
  EXPECT_EQ(sql[1].second->sources, 1U);
  EXPECT_EQ(sql[1].second->packets, 9U);

  const auto regions = days->regions(kSql.code());
  ASSERT_EQ(regions.size(), 2U);
  EXPECT_EQ(regions.at(Region('C', 'N').code()).size(), 1U);
  EXPECT_EQ(regions.at(Region('J', 'P').code())[0].second->packets, 7U);
  EXPECT_EQ(days->days()[2].packets, 58U);
  EXPECT_DOUBLE_EQ(days->days()[2].exposure, 3.0);
  EXPECT_EQ(days->days()[2].sensors_up, 3U);
  EXPECT_TRUE(days->days()[2].eligible);
}

// Nine services a day are no vertical scan, ten are; a thousand are a sweep of all ports.
TEST(ServiceDays, VerticalScannersAndSweeps) {
  Traffic traffic;
  const auto scan = [&](int day, std::uint16_t services) {
    for (std::uint16_t port = 0; port < services; ++port)
      traffic.add(port % 3, day, kNet1 + 1,
                  {protocol::kTcp, static_cast<std::uint16_t>(1433 + port)});
  };
  scan(1, 9);
  scan(2, 10);
  scan(3, 999);
  scan(4, 1000);
  const auto days = traffic.build();
  ASSERT_TRUE(days.ok());
  const ServiceDays::Series sql = days->services().at(kSql.code());
  ASSERT_EQ(sql.size(), 3U);
  EXPECT_EQ(sql[0].second->narrow, 1U);
  EXPECT_EQ(sql[1].second->narrow, 0U);
  EXPECT_EQ(sql[1].second->sources, 1U);
  EXPECT_EQ(sql[2].second->sources, 1U);
}

TEST(ServiceDays, EpochsOfASensor) {
  Traffic traffic;
  for (int day = 0; day < 10; ++day)
    traffic.add(1, day, kNet1 + 3, kSql);
  ServiceDaysOptions options;
  options.changes = {{"b", kFirst + 4}, {"b", kFirst + 8}};
  const auto days = traffic.build(options);
  ASSERT_TRUE(days.ok());
  EXPECT_EQ(days->epoch_of(1, kFirst + 3), 1U);
  EXPECT_EQ(days->epoch_of(1, kFirst + 4), 65'537U);
  EXPECT_EQ(days->epoch_of(1, kFirst + 9), 131'073U);
  EXPECT_EQ(days->epoch_of(2, kFirst + 9), 2U);
  EXPECT_DOUBLE_EQ(days->observed_days(1, kFirst - 5, kFirst + 9), 4.0);
  EXPECT_DOUBLE_EQ(days->observed_days(65'537, kFirst, kFirst + 6), 2.0);
  EXPECT_DOUBLE_EQ(days->observed_days(131'073, kFirst, kFirst + 20), 2.0);
  EXPECT_DOUBLE_EQ(days->observed_days(7, kFirst, kFirst + 20), 0.0);
}

// Kinds that ask for nothing, and who says that it scans: neither is a source of a service.
TEST(ServiceDays, LeavesOutKnownScannersAndWhatWasMeantForOthers) {
  Traffic traffic;
  traffic.batches[0].scanners = {"Example Research"};
  traffic.add(0, 4, kNet1 + 1, kSql, 2);
  traffic.add(0, 4, kNet1 + 2, kSql, 7);
  traffic.batches[0].accesses.back().scanner = 1;
  traffic.add(0, 5, kNet1 + 2, kSql, 3);  // the same address, when it was nobody's
  traffic.add(0, 4, kNet1 + 3, kSql, 5, Kind::misdirected);
  traffic.add(0, 4, kNet1 + 4, {protocol::kUdp, 6881}, 5, Kind::p2p);
  const auto days = traffic.build();
  ASSERT_TRUE(days.ok());
  ASSERT_EQ(days->services().size(), 1U);
  const ServiceDays::Series sql = days->services().at(kSql.code());
  ASSERT_EQ(sql.size(), 2U);
  EXPECT_EQ(sql[0].second->sources, 1U);
  EXPECT_EQ(sql[0].second->packets, 2U);
  EXPECT_EQ(sql[1].second->sources, 1U);
  EXPECT_EQ(days->days()[4].packets, 2U);
}

TEST(ServiceDays, DaysAtACeilingAreLeftOut) {
  Traffic traffic;
  for (int day = 0; day < 10; ++day) {
    // Sensor c logs at most 3 packets a minute.
    traffic.add(2, day, kNet1 + 9, kSql,
                day < 6 ? 1000U + 300U * static_cast<unsigned>(day) : 4320);
    traffic.add(0, day, kNet1 + 1, kSql);
  }
  const auto days = traffic.build();
  ASSERT_TRUE(days.ok());
  ASSERT_EQ(days->saturated().size(), 1U);
  EXPECT_EQ(days->saturated()[0].sensor, "c");
  EXPECT_EQ(days->saturated()[0].ceiling, 4320U);
  EXPECT_EQ(days->saturated()[0].days,
            (std::vector<std::int64_t>{kFirst + 6, kFirst + 7, kFirst + 8, kFirst + 9}));
  const ServiceDays::Series sql = days->services().at(kSql.code());
  EXPECT_EQ(sql[5].second->sources, 2U);
  EXPECT_EQ(sql[6].second->sources, 1U);
  EXPECT_DOUBLE_EQ(days->days()[6].exposure, 2.0);
}

TEST(NetworkOf, SixteenBitsOrThirtyTwo) {
  EXPECT_EQ(network_of(IpAddress::v4(kNet1 + 1)), network_of(IpAddress::v4(0xc000ff01)));
  EXPECT_NE(network_of(IpAddress::v4(kNet1)), network_of(IpAddress::v4(kNet2)));
  EXPECT_EQ(network_of(*IpAddress::parse("2001:db8::1")),
            network_of(*IpAddress::parse("2001:db8:9::1")));
  EXPECT_NE(network_of(*IpAddress::parse("2001:db8::1")),
            network_of(*IpAddress::parse("2001:db9::1")));
}

}  // namespace
}  // namespace teiten
