#include "analyze/co_targeting.h"

#include <array>

#include <gtest/gtest.h>

#include "analyze/profile_test_data.h"

namespace teiten {
namespace {

using test::ProfileBuilder;
using test::service;

std::vector<Service> services(std::initializer_list<std::string_view> texts) {
  std::vector<Service> result;
  for (const std::string_view text : texts)
    result.push_back(service(text));
  return result;
}

Family family(std::initializer_list<std::string_view> texts) {
  Family result;
  result.services = services(texts);
  return result;
}

const std::array kFamilies = {family({"135/tcp", "139/tcp", "445/tcp"}),
                              family({"1433/tcp", "2967/tcp", "3306/tcp"})};

/// Two kinds of sources of 1433/tcp: Japanese ones that ask for 135 and 445 too, and those of three
/// other regions that ask for 2967 or 3306; and some that ask for nothing else.
ProfileBuilder two_kinds() {
  ProfileBuilder builder;
  builder.add({"135/tcp", "445/tcp", "1433/tcp"}, "JP", 60);
  builder.add({"1433/tcp"}, "JP", 40);
  builder.add({"1433/tcp", "2967/tcp"}, "CN", 150);
  builder.add({"1433/tcp", "3306/tcp"}, "KR", 50);
  builder.add({"1433/tcp", "2967/tcp", "3306/tcp"}, "HK", 30);
  builder.add({"1433/tcp"}, "CN", 150);
  builder.add({"1433/tcp"}, "US", 20);
  // Not sources of 1433/tcp.
  builder.add({"135/tcp", "445/tcp"}, "US", 500);
  builder.add({"2967/tcp"}, "JP", 500);
  return builder;
}

TEST(CoTargeting, TellsKindsOfSourcesApart) {
  const ProfileBuilder builder = two_kinds();
  const auto findings = co_targeting(builder.profiles, service("1433/tcp"), kFamilies);
  ASSERT_EQ(findings.size(), 2U);

  // Half of CN have them, and 80 of 200 elsewhere: CN joins because KR and HK came first and are no
  // longer "elsewhere".
  EXPECT_EQ(findings[0].regions,
            (std::vector{Region('C', 'N'), Region('K', 'R'), Region('H', 'K')}));
  EXPECT_EQ(findings[0].with, services({"2967/tcp", "3306/tcp"}));
  EXPECT_EQ(findings[0].sources, 380U);
  EXPECT_EQ(findings[0].sources_with, 230U);
  EXPECT_NEAR(findings[0].share, 0.605263, 1e-6);
  EXPECT_EQ(findings[0].share_elsewhere, 0);

  // 139/tcp is in the family, but none of these sources asked for it.
  EXPECT_EQ(findings[1].regions, (std::vector{Region('J', 'P')}));
  EXPECT_EQ(findings[1].with, services({"135/tcp", "445/tcp"}));
  EXPECT_EQ(findings[1].sources, 100U);
  EXPECT_EQ(findings[1].sources_with, 60U);
  EXPECT_NEAR(findings[1].share, 0.6, 1e-12);
  // 60.5 × 400.5 ÷ (40.5 × 0.5) = 1196.56. Of 500 sources 60 have them, 12 by chance among the 100,
  // variance 100·400·60·440 ÷ (500²·499) = 8.465: z = 16.498, low end 1196.56^(1 − 3.29053/z).
  EXPECT_NEAR(findings[1].odds_ratio_low, 291.096226, 1e-4);
}

TEST(CoTargeting, FindsSetsOfTheServicesOwnSources) {
  ProfileBuilder builder;
  builder.add({"445/tcp", "1433/tcp", "8080/tcp"}, "IN", 60);
  builder.add({"1433/tcp"}, "IN", 40);
  builder.add({"1433/tcp"}, "CN", 400);
  builder.add({"445/tcp"}, "US", 300);
  const auto findings = co_targeting(builder.profiles, service("1433/tcp"), {});
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].regions, (std::vector{Region('I', 'N')}));
  EXPECT_EQ(findings[0].with, services({"445/tcp", "8080/tcp"}));
  // A family that holds one of them tells less of the same sources.
  const std::array families = {family({"80/tcp", "8080/tcp"})};
  EXPECT_EQ(co_targeting(builder.profiles, service("1433/tcp"), families).size(), 1U);
}

TEST(CoTargeting, TheSameEverywhereSaysNothing) {
  ProfileBuilder builder;
  for (const char* region : {"JP", "CN", "US"}) {
    builder.add({"1433/tcp", "2967/tcp"}, region, 100);
    builder.add({"1433/tcp"}, region, 100);
  }
  EXPECT_TRUE(co_targeting(builder.profiles, service("1433/tcp"), kFamilies).empty());
}

TEST(CoTargeting, FewSourcesSayNothing) {
  ProfileBuilder builder;
  builder.add({"1433/tcp", "2967/tcp"}, "HK", 19);
  builder.add({"1433/tcp"}, "US", 1000);
  EXPECT_TRUE(co_targeting(builder.profiles, service("1433/tcp"), kFamilies).empty());
  builder.add({"1433/tcp", "2967/tcp"}, "HK", 1);
  EXPECT_EQ(co_targeting(builder.profiles, service("1433/tcp"), kFamilies).size(), 1U);
  // No region at all.
  ProfileBuilder unknown;
  unknown.add({"1433/tcp", "2967/tcp"}, "ZZ", 100);
  unknown.add({"1433/tcp"}, "US", 1000);
  EXPECT_TRUE(co_targeting(unknown.profiles, service("1433/tcp"), kFamilies).empty());
}

}  // namespace
}  // namespace teiten
