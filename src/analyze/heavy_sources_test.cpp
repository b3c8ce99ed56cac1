#include "analyze/heavy_sources.h"

#include <gtest/gtest.h>

#include "store/store_test_data.h"

namespace teiten {
namespace {

const UtcTime kFirst = test::utc("2013-03-01");
const std::chrono::year_month kMarch = std::chrono::year{2013} / 3;
const std::chrono::year_month kApril = std::chrono::year{2013} / 4;
constexpr Service kSql{6, 1433};

/// March and April 2013 at two sensors: 40 sources, one packet a day and sensor each.
class HeavySourcesTest : public testing::Test {
 protected:
  HeavySourcesTest() {
    for (const char* name : {"a", "b"}) {
      Batch batch;
      batch.sensor = name;
      batch.epoch = 1;
      batch.range = {kFirst, kFirst + std::chrono::days(61)};
      batch.activity = {batch.range};
      batches_.push_back(std::move(batch));
    }
    for (int day = 0; day < 61; ++day) {
      for (std::size_t sensor = 0; sensor < 2; ++sensor) {
        for (std::uint32_t source = 1; source <= 40; ++source)
          add(sensor, day, source, kSql, 1);
      }
    }
  }

  void add(std::size_t sensor, int day, std::uint32_t source, Service service,
           std::uint32_t packets) {
    Access access;
    access.first = access.last = kFirst + std::chrono::days(day) + std::chrono::hours(3);
    access.source = IpAddress::v4(0xc6336400 + source);
    access.service = service;
    access.kind = Kind::scan;
    access.packets = packets;
    batches_[sensor].accesses.push_back(access);
  }

  HeavySources read() {
    store_ = Store::open(folder_.file("s.teiten"), StoreMode::write).value();
    EXPECT_TRUE(store_->append(batches_).ok());
    const TimeZone utc;
    days_ =
        read_sensor_days(*store_, coverage(*store_).value(), {}, batches_[0].range, utc).value();
    return heavy_sources(*store_, days_, utc).value();
  }

  static std::uint64_t sum(const SensorDays& days, CountKind kind, std::size_t from,
                           std::size_t to) {
    std::uint64_t total = 0;
    for (std::size_t day = from; day < to; ++day) {
      for (const SensorDay& sensor : days.days[day])
        total += count_of(sensor.counts, kind);
    }
    return total;
  }

  test::TemporaryFolder folder_;
  std::unique_ptr<Store> store_;
  std::vector<Batch> batches_;
  SensorDays days_;
};

// 1 of 40 is 2.5 %.
TEST_F(HeavySourcesTest, NobodyWhereAllAreAlike) {
  const HeavySources heavy = read();
  EXPECT_TRUE(heavy.sources.empty());
  EXPECT_EQ(heavy.count(CountKind::packets, kApril), 0U);
}

// 200 packets at each sensor on 10 April by 198.51.100.99: of April's 2,400 + 400.
TEST_F(HeavySourcesTest, AFloodIsLeftOutInItsMonthOnly) {
  add(0, 40, 99, kSql, 200);
  add(1, 40, 99, kSql, 200);
  add(0, 3, 99, kSql, 1);
  const HeavySources heavy = read();
  const auto& found = heavy.sources.at({CountKind::packets, kApril});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].to_string(), "198.51.100.99");
  EXPECT_FALSE(heavy.sources.contains({CountKind::packets, kMarch}));
  EXPECT_FALSE(heavy.sources.contains({CountKind::source_days, kApril}));
  EXPECT_EQ(heavy.count(CountKind::packets, kApril), 1U);
  EXPECT_EQ(heavy.count(CountKind::packets, kMarch), 0U);
  // July's word may be one that was said of May, which was compared with April.
  EXPECT_EQ(heavy.count(CountKind::packets, kApril + std::chrono::months(3)), 1U);
  EXPECT_EQ(heavy.count(CountKind::packets, kApril + std::chrono::months(4)), 0U);
  EXPECT_EQ(sum(days_, CountKind::packets, 31, 61), 2800U);
  EXPECT_EQ(sum(heavy.days, CountKind::packets, 31, 61), 2400U);
  EXPECT_EQ(sum(heavy.days, CountKind::packets, 0, 31), 2481U);
  // Source-days stay: one more on one day at each sensor.
  EXPECT_EQ(sum(heavy.days, CountKind::source_days, 31, 61), 2402U);
}

// Ten packets of one source are all that there was in the month after one of 2,480.
TEST_F(HeavySourcesTest, AQuietMonthHasItsOwnShare) {
  for (Batch& batch : batches_) {
    std::erase_if(batch.accesses, [](const Access& access) {
      return access.first >= kFirst + std::chrono::days(31);
    });
  }
  add(0, 40, 99, kSql, 10);
  const HeavySources heavy = read();
  EXPECT_EQ(heavy.count(CountKind::packets, kApril), 1U);
  EXPECT_EQ(sum(heavy.days, CountKind::packets, 31, 61), 0U);
  EXPECT_EQ(sum(heavy.days, CountKind::packets, 0, 31), 2480U);
}

// 300 ports on one day: 300 source-days of 2,700, and 300 accesses.
TEST_F(HeavySourcesTest, AVerticalScanIsHeavyInSourceDays) {
  for (std::uint16_t port = 1; port <= 300; ++port)
    add(0, 40, 99, Service{6, port}, 1);
  const HeavySources heavy = read();
  EXPECT_EQ(heavy.count(CountKind::source_days, kApril), 1U);
  EXPECT_EQ(sum(days_, CountKind::source_days, 31, 61), 2700U);
  EXPECT_EQ(sum(heavy.days, CountKind::source_days, 31, 61), 2400U);
  EXPECT_EQ(sum(heavy.days, CountKind::daily_sources, 31, 61), 2401U);
}

}  // namespace
}  // namespace teiten
