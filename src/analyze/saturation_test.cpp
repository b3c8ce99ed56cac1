#include "analyze/saturation.h"

#include <gtest/gtest.h>

#include "analyze/day_number.h"
#include "store/store_test_data.h"
#include "store/without_scanners.h"

namespace teiten {
namespace {

using DayCounts = std::vector<std::pair<std::int64_t, std::uint64_t>>;

TEST(SaturatedDays, ACeilingIsSeenByWhatPilesUpAtIt) {
  // Three at 8,640 = 6 a minute.
  EXPECT_EQ(saturated_days(DayCounts{{1, 8640}, {2, 8635}, {3, 5000}, {4, 8629}}),
            (std::vector<std::int64_t>{1, 2, 4}));
  // Two are no pile; three elsewhere neither: ordinary days are that close now and then.
  EXPECT_TRUE(saturated_days(DayCounts{{1, 8640}, {2, 8635}, {3, 5000}}).empty());
  EXPECT_TRUE(saturated_days(DayCounts{{1, 5000}, {2, 4998}, {3, 4990}, {4, 4100}}).empty());
  // Four within 0.1 % are.
  EXPECT_EQ(saturated_days(DayCounts{{1, 5000}, {2, 4998}, {3, 4996}, {4, 4995}, {5, 4100}}).size(),
            4U);
  // A quiet sensor has the same few packets on many days.
  EXPECT_TRUE(saturated_days(DayCounts{{1, 3}, {2, 3}, {3, 3}, {4, 3}, {5, 3}}).empty());
  EXPECT_TRUE(saturated_days(DayCounts{}).empty());
}

/// One packet count a day from 2024-03-01 on, each by one access.
class DayStore {
 public:
  explicit DayStore(const std::vector<std::uint32_t>& packets) {
    Batch batch;
    batch.sensor = "home";
    batch.epoch = 1;
    const UtcTime first = test::utc("2024-03-01");
    batch.range = {first, first + std::chrono::hours{24} * packets.size()};
    for (std::size_t i = 0; i < packets.size(); ++i) {
      Access access;
      access.first = access.last = first + std::chrono::hours{24} * i;
      access.source = IpAddress::v4(0xc0000201);
      access.packets = packets[i];
      batch.accesses.push_back(access);
    }
    EXPECT_TRUE(store_->append(std::vector<Batch>{batch}).ok());
  }
  std::vector<SaturatedSensor> between(std::string_view first, std::string_view end) {
    return saturated_sensors(*store_, number_of_day(*parse_day(first)),
                             number_of_day(*parse_day(end)), TimeZone())
        .value();
  }

 private:
  test::TemporaryFolder folder_;
  std::unique_ptr<Store> store_ = Store::open(folder_.file("s.teiten"), StoreMode::write).value();
};

constexpr std::int64_t kFirstOfApril = 19'814;  // 2024-04-01

TEST(SaturatedSensors, ADayIsJudgedBesideItsMonthAndTheOneBefore) {
  std::vector<std::uint32_t> packets(31 + 30 + 31, 1000);
  for (std::size_t i = 0; i < packets.size(); ++i)
    packets[i] += static_cast<std::uint32_t>(i * 37 % 500);
  // 3 a minute on 31 March and on 1 and 2 April.
  packets[30] = packets[31] = packets[32] = 4320;
  DayStore days(packets);
  const auto all = days.between("2024-03-01", "2024-06-01");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].sensor, "home");
  EXPECT_EQ(all[0].ceiling, 4320U);
  // In March there was but one of them.
  EXPECT_EQ(all[0].days, (std::vector<std::int64_t>{kFirstOfApril, kFirstOfApril + 1}));
  // Judged beside later days of the month, whatever the question.
  const auto part = days.between("2024-04-01", "2024-04-02");
  ASSERT_EQ(part.size(), 1U);
  EXPECT_EQ(part[0].days, (std::vector<std::int64_t>{kFirstOfApril}));
  EXPECT_TRUE(days.between("2024-04-03", "2024-06-01").empty());
  // What is known of a longer time tells the same.
  const auto within = saturated_within(all, kFirstOfApril, kFirstOfApril + 1);
  ASSERT_EQ(within.size(), 1U);
  EXPECT_EQ(within[0].sensor, "home");
  EXPECT_EQ(within[0].ceiling, 4320U);
  EXPECT_EQ(within[0].days, (std::vector<std::int64_t>{kFirstOfApril}));
  EXPECT_TRUE(saturated_within(all, kFirstOfApril + 2, kFirstOfApril + 60).empty());
  EXPECT_TRUE(days.between("2024-04-03", "2024-04-03").empty());
}

// 4,320 a day, of which a known scanner has another share every day: the log was full all the same.
TEST(SaturatedSensors, ACeilingIsOneOfTheWholeLog) {
  const test::TemporaryFolder folder;
  const auto store = Store::open(folder.file("s.teiten"), StoreMode::write).value();
  Batch batch;
  batch.sensor = "home";
  batch.epoch = 1;
  batch.scanners = {"Example Research"};
  const UtcTime first = test::utc("2024-04-01");
  batch.range = {first, first + std::chrono::hours{24} * 30};
  for (std::uint32_t day = 0; day < 30; ++day) {
    Access access;
    access.first = access.last = first + std::chrono::hours{24} * day;
    access.source = IpAddress::v4(0xc0000201);
    access.packets = 500 + day * 67;
    access.scanner = 1;
    batch.accesses.push_back(access);
    access.source = IpAddress::v4(0xc0000202);
    access.packets = 4320 - access.packets;
    access.scanner = 0;
    batch.accesses.push_back(access);
  }
  ASSERT_TRUE(store->append(std::vector<Batch>{batch}).ok());
  WithoutScanners view(*store);
  const auto saturated =
      saturated_sensors(view, kFirstOfApril, kFirstOfApril + 30, TimeZone()).value();
  ASSERT_EQ(saturated.size(), 1U);
  EXPECT_EQ(saturated[0].ceiling, 4320U);
  EXPECT_EQ(saturated[0].days.size(), 30U);
}

}  // namespace
}  // namespace teiten
