#include "access/visits.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

using std::chrono::seconds;

TEST(Visits, APauseOfAnHourEndsOne) {
  Visits visits;
  const IpAddress one = *IpAddress::parse("198.51.100.1");
  const IpAddress other = *IpAddress::parse("2001:db8::1");
  EXPECT_TRUE(visits.begins(0, one, UtcTime(seconds(0))));
  EXPECT_FALSE(visits.begins(0, one, UtcTime(seconds(3599))));
  EXPECT_FALSE(visits.begins(0, one, UtcTime(seconds(7198))));
  EXPECT_FALSE(visits.begins(0, one, UtcTime(seconds(7000)))) << "late";
  EXPECT_TRUE(visits.begins(0, other, UtcTime(seconds(7198))));
  EXPECT_TRUE(visits.begins(7, one, UtcTime(seconds(7198)))) << "another sensor";
  EXPECT_TRUE(visits.begins(0, one, UtcTime(seconds(10'798))));
}

// 198.51.100.1 and 198.51.101.0 share a place: only the last of them is remembered.
TEST(Visits, SourcesThatShareAPlaceForgetEachOther) {
  Visits visits;
  const IpAddress one = *IpAddress::parse("198.51.100.1");
  const IpAddress other = *IpAddress::parse("198.51.101.0");
  EXPECT_TRUE(visits.begins(0, one, UtcTime(seconds(0))));
  EXPECT_TRUE(visits.begins(0, other, UtcTime(seconds(1))));
  EXPECT_TRUE(visits.begins(0, one, UtcTime(seconds(2))));
}

}  // namespace
}  // namespace teiten
