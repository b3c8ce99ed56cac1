#include "analyze/sensor_changes.h"

#include <gtest/gtest.h>

#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::TemporaryFolder;
using test::utc;

/// Days first, first + step, … before end.
std::vector<std::int64_t> days_of(std::int64_t first, std::int64_t end, std::int64_t step = 1) {
  std::vector<std::int64_t> days;
  for (std::int64_t day = first; day < end; day += step)
    days.push_back(day);
  return days;
}

TEST(ChangedDays, AnAddressBeginsAndAnotherEnds) {
  const std::vector<TargetDays> targets = {{days_of(100, 150)}, {days_of(150, 200)}};
  EXPECT_EQ(changed_days(targets, days_of(100, 200)), (std::vector<std::int64_t>{150}));
}

// On every third day: eleven silent days have a chance of about (2/3)^11 = 1 %, fifty of 10⁻⁹.
TEST(ChangedDays, ASilenceByChanceIsNoChange) {
  const std::vector<TargetDays> late = {{days_of(100, 200)}, {days_of(111, 200, 3)}};
  EXPECT_TRUE(changed_days(late, days_of(100, 200)).empty());
  const std::vector<TargetDays> later = {{days_of(100, 200)}, {days_of(150, 200, 3)}};
  EXPECT_EQ(changed_days(later, days_of(100, 200)), (std::vector<std::int64_t>{150}));
}

TEST(ChangedDays, ABurstOrAnOutageIsNoChange) {
  // Six days at one address that nobody else asks for.
  const std::vector<TargetDays> burst = {{days_of(100, 200)}, {days_of(150, 156)}};
  EXPECT_TRUE(changed_days(burst, days_of(100, 200)).empty());
  // Nobody watched from 140 to 169.
  std::vector<std::int64_t> observed = days_of(100, 140);
  for (const std::int64_t day : days_of(170, 200))
    observed.push_back(day);
  const std::vector<TargetDays> outage = {{observed}, {observed}};
  EXPECT_TRUE(changed_days(outage, observed).empty());
}

// One of eleven addresses is less than a tenth, two are more.
TEST(ChangedDays, FewOfManyAddressesAreNoChange) {
  std::vector<TargetDays> targets(10, {days_of(100, 200)});
  targets.push_back({days_of(150, 200)});
  EXPECT_TRUE(changed_days(targets, days_of(100, 200)).empty());
  targets.push_back({days_of(150, 200)});
  EXPECT_EQ(changed_days(targets, days_of(100, 200)), (std::vector<std::int64_t>{150}));
}

TEST(SensorChanges, OfAStore) {
  Batch moved;
  moved.sensor = "moved";
  moved.epoch = 1;
  moved.range = {utc("2007-07-01"), utc("2007-08-10")};
  moved.activity = {moved.range};
  Batch stays = moved;
  stays.sensor = "stays";
  for (int day = 0; day < 40; ++day) {
    for (Batch* batch : {&moved, &stays}) {
      Access access;
      access.first = access.last = utc("2007-07-01") + std::chrono::hours{24 * day + 12};
      access.source = IpAddress::v4(0xc0000201);
      access.service = {protocol::kTcp, 22};
      access.packets = 1;
      access.target = batch == &moved ? (day < 20 ? 0 : 1) : static_cast<std::uint32_t>(day % 2);
      batch->accesses.push_back(access);
    }
  }
  const TemporaryFolder folder;
  auto store = Store::open(folder.file("s.teiten"), StoreMode::write).value();
  ASSERT_TRUE(store->append(std::vector<Batch>{moved, stays}).ok());
  const auto changes =
      sensor_changes(*store, coverage(*store).value(), moved.range, TimeZone()).value();
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_EQ(changes[0].sensor, "moved");
  // 13,715 days after 1970-01-01 is 2007-07-21.
  EXPECT_EQ(changes[0].day, 13'715);
}

}  // namespace
}  // namespace teiten
