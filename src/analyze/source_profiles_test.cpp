#include "analyze/source_profiles.h"

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "analyze/profile_test_data.h"

namespace teiten {
namespace {

using test::cell;
using test::ProfileBuilder;
using test::service;

TEST(SetPool, KeepsEachSetOnce) {
  SetPool pool;
  const auto first = pool.intern(std::array{1U, 5U});
  const auto second = pool.intern(std::array{1U});
  EXPECT_EQ(pool.intern(std::array{1U, 5U}), first);
  EXPECT_NE(first, second);
  EXPECT_EQ(pool.size(), 2U);
  ASSERT_EQ(pool[first].size(), 2U);
  EXPECT_EQ(pool[first][1], 5U);
}

TEST(SourceProfiles, OneTransactionOfASource) {
  ProfileBuilder builder;
  builder.add({cell("445/tcp", "JP", 3, Kind::scan, 2), cell("135/tcp", "CN", 1, Kind::scan, 3),
               cell("445/tcp", "CN", 3, Kind::scan, 4),
               cell("80/tcp", "US", 7, Kind::backscatter, 99)});
  ASSERT_EQ(builder.profiles.size(), 1U);
  const SourceProfile& profile = builder.profiles[0];
  const auto services = builder.profiles.services(profile);
  ASSERT_EQ(services.size(), 2U);
  EXPECT_EQ(services[0], service("135/tcp").code());
  EXPECT_EQ(services[1], service("445/tcp").code());
  const auto sensors = builder.profiles.sensors(profile);
  ASSERT_EQ(sensors.size(), 2U);
  EXPECT_EQ(sensors[0], 1U);
  EXPECT_EQ(sensors[1], 3U);
  EXPECT_EQ(profile.packets, 9U);
  EXPECT_EQ(profile.region, Region('C', 'N'));
  EXPECT_EQ(builder.profiles.sensor_count(), 3U);
}

// What an address's former user left behind, and who says that it scans.
TEST(SourceProfiles, LeavesOutKnownScannersAndWhatWasMeantForOthers) {
  ProfileBuilder builder;
  SourceCell scanner = cell("445/tcp", "US");
  scanner.known_scanner = true;
  builder.add(
      {scanner, cell("6881/udp", "JP", 0, Kind::p2p), cell("80/tcp", "JP", 0, Kind::misdirected)});
  EXPECT_EQ(builder.profiles.size(), 0U);
  // The same address when it was nobody's scanner.
  builder.add({scanner, cell("445/tcp", "CN", 1, Kind::scan, 2)});
  ASSERT_EQ(builder.profiles.size(), 1U);
  EXPECT_EQ(builder.profiles[0].packets, 2U);
  EXPECT_EQ(builder.profiles[0].region, Region('C', 'N'));
}

TEST(SourceProfiles, LeavesOutAnswersAndThoseWhoAskForAnything) {
  ProfileBuilder builder;
  builder.add(
      {cell("80/tcp", "US", 0, Kind::backscatter), cell("53/udp", "US", 0, Kind::reflection)});
  EXPECT_EQ(builder.profiles.size(), 0U);
  EXPECT_EQ(builder.profiles.busy_sources(), 0U);
  builder.add(
      {"1/tcp", "2/tcp", "3/tcp", "4/tcp", "5/tcp", "6/tcp", "7/tcp", "8/tcp", "9/tcp", "10/tcp"},
      "US");
  EXPECT_EQ(builder.profiles.size(), 1U);
  builder.add({"1/tcp", "2/tcp", "3/tcp", "4/tcp", "5/tcp", "6/tcp", "7/tcp", "8/tcp", "9/tcp",
               "10/tcp", "11/tcp"},
              "US");
  EXPECT_EQ(builder.profiles.size(), 1U);
  EXPECT_EQ(builder.profiles.busy_sources(), 1U);
}

TEST(SourceProfiles, PacketsStopAtTheirBound) {
  ProfileBuilder builder;
  builder.add({cell("80/tcp", "US", 0, Kind::scan, 5'000'000'000ULL)});
  EXPECT_EQ(builder.profiles[0].packets, 4'294'967'295U);
}

}  // namespace
}  // namespace teiten
