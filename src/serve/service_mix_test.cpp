#include "serve/service_mix.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

const UtcTime kDay = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};
const Service kSmb(protocol::kTcp, 445);
const Service kTelnet(protocol::kTcp, 23);

ServiceMix mix_of(const ServiceCounts& a_day, int days) {
  ServiceMix mix;
  for (int day = 0; day < days; ++day)
    mix.note({kDay + std::chrono::hours(24 * day), kDay + std::chrono::hours(24 * (day + 1))},
             a_day);
  return mix;
}

/// Three sensors of two days that see 445/tcp so often a day among 100 accesses, and one that does
/// not.
struct Fleet {
  explicit Fleet(std::uint64_t smb, ServiceCounts own = {{kTelnet, 100}}) {
    others = mix_of({{kTelnet, 100 - smb}, {kSmb, smb}}, 2);
    mine = mix_of(own, 2);
  }
  std::optional<MissingService> missing(std::size_t witnesses = 3) const {
    std::map<std::string, const ServiceMix*> all{{"mine", &mine}};
    for (std::size_t i = 0; i < witnesses; ++i)
      all.emplace("other-" + std::to_string(i), &others);
    return missing_service("mine", all);
  }
  ServiceMix others;
  ServiceMix mine;
};

TEST(ServiceMix, OfTheLastSevenDays) {
  const ServiceMix mix = mix_of({{kSmb, 3}, {kTelnet, 1}}, 10);
  EXPECT_EQ(mix.total(), 28U);
  EXPECT_EQ(mix.of(kSmb), 21U);
  EXPECT_DOUBLE_EQ(mix.observed_days(), 7);
  EXPECT_TRUE(mix.whole());
}

TEST(MissingService, WhatEveryOtherSensorSees) {
  // 10 of 100 on each of two days: 20.
  const auto missing = Fleet(10).missing();
  ASSERT_TRUE(missing.has_value());
  EXPECT_EQ(missing->service, kSmb);
  EXPECT_DOUBLE_EQ(missing->expected, 20);
}

TEST(MissingService, NotWhatMayBeChance) {
  EXPECT_FALSE(Fleet(9).missing().has_value());
  EXPECT_FALSE(Fleet(10).missing(2).has_value()) << "two witnesses";
  EXPECT_FALSE(Fleet(50, {{kTelnet, 100}, {kSmb, 1}}).missing().has_value()) << "seen";
}

// A scan of many ports makes a day's accesses many, not its time: by time 20 were expected, no
// more.
TEST(MissingService, IsJudgedByTheLesserOfShareAndTime) {
  const auto missing = Fleet(10, {{kTelnet, 100000}}).missing();
  ASSERT_TRUE(missing.has_value());
  EXPECT_DOUBLE_EQ(missing->expected, 20);
  EXPECT_FALSE(Fleet(10, {{kTelnet, 50}}).missing().has_value()) << "by share 10";
}

TEST(MissingService, OneThatDoesNotSeeItIsEnough) {
  const Fleet fleet(50);
  std::map<std::string, const ServiceMix*> all{{"mine", &fleet.mine}};
  for (const char* name : {"a", "b", "c"})
    all.emplace(name, &fleet.others);
  const ServiceMix without = mix_of({{kTelnet, 100}}, 2);
  all.emplace("d", &without);
  EXPECT_FALSE(missing_service("mine", all).has_value());
  EXPECT_FALSE(missing_service("nobody", all).has_value());
}

TEST(MissingService, NothingIsSaidOfADayWithTooManyServices) {
  ServiceCounts many;
  for (std::uint16_t port = 1000; port < 1000 + kMaxMixServices + 1; ++port)
    many[Service(protocol::kTcp, port)] = 1;
  const Fleet fleet(50, many);
  EXPECT_FALSE(fleet.mine.whole());
  EXPECT_FALSE(fleet.missing().has_value());
}

TEST(ServicesOf, CountsWhatBegins) {
  Batch batch;
  Access access;
  access.service = kSmb;
  access.kind = Kind::scan;
  batch.accesses = {access, access, access};
  batch.accesses[1].continues = true;
  batch.accesses[2].kind = Kind::backscatter;
  EXPECT_EQ(services_of(batch), (ServiceCounts{{kSmb, 1}}));
}

}  // namespace
}  // namespace teiten
