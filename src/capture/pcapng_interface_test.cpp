#include "capture/pcapng_interface.h"

#include <limits>

#include <gtest/gtest.h>

namespace teiten {
namespace {

constexpr std::uint64_t kLargest = ~std::uint64_t{0};

/// Nanoseconds, or the least number where there is no time.
std::int64_t time_of(std::uint8_t resolution, std::int64_t offset, std::uint64_t count) {
  const auto time = PcapngClock(resolution, offset).time_of(count);
  return time ? time->time_since_epoch().count() : -1;
}

// Expected values by Python's integers.
TEST(PcapngClock, CountsInPowersOfTen) {
  EXPECT_EQ(time_of(0, 0, 1184555045), 1184555045000000000);
  EXPECT_EQ(time_of(3, 0, 1184555045678), 1184555045678000000);
  EXPECT_EQ(time_of(6, 0, 1184555045678901), 1184555045678901000);
  EXPECT_EQ(time_of(9, 0, 1184555045678901234), 1184555045678901234);
  EXPECT_EQ(time_of(10, 0, 11845550456789012349U), 1184555045678901234);
  EXPECT_EQ(time_of(12, 0, kLargest), 18446744073709551);
  EXPECT_EQ(time_of(28, 0, kLargest), 1);
  EXPECT_EQ(time_of(29, 0, kLargest), 0);
  EXPECT_EQ(time_of(127, 0, kLargest), 0);
}

TEST(PcapngClock, CountsInPowersOfTwo) {
  EXPECT_EQ(time_of(0x80, 0, 1184555045), 1184555045000000000);
  // 1184555045.5 s in units of 2^-20 s.
  EXPECT_EQ(time_of(0x80 | 20, 0, 1242095991390208), 1184555045500000000);
  // 1.75 s · 2^32.
  EXPECT_EQ(time_of(0x80 | 32, 0, 7516192768), 1750000000);
  EXPECT_EQ(time_of(0x80 | 32, 0, kLargest), 4294967295999999999);
  EXPECT_EQ(time_of(0x80 | 63, 0, std::uint64_t{1} << 63), 1000000000);
  EXPECT_EQ(time_of(0x80 | 64, 0, kLargest), 999999999);
  EXPECT_EQ(time_of(0x80 | 93, 0, kLargest), 1);
  EXPECT_EQ(time_of(0x80 | 94, 0, kLargest), 0);
  EXPECT_EQ(time_of(0xff, 0, kLargest), 0);
}

TEST(PcapngClock, AddsTheOffsetInWholeSeconds) {
  EXPECT_EQ(time_of(6, 1184555045, 678901), 1184555045678901000);
  EXPECT_EQ(time_of(12, 1184555045, 678901234567), 1184555045678901234);
  EXPECT_EQ(time_of(6, -5, 7000000), 2000000000);
  // Before 1970, and far counts that the offset brings back.
  EXPECT_EQ(time_of(6, -86400, 1), -86399999999000);
  EXPECT_EQ(time_of(0, -9223372036854775807, 9223372036854775809U), 2000000000);
}

TEST(PcapngClock, HasNoTimeBeyond64BitsOfNanoseconds) {
  EXPECT_EQ(time_of(9, 0, 9223372036854775807U), 9223372036854775807);
  EXPECT_FALSE(PcapngClock(9, 0).time_of(9223372036854775808U));
  EXPECT_TRUE(PcapngClock(9, -1).time_of(9223372036854775808U));
  EXPECT_EQ(time_of(6, 0, 9223372036854775U), 9223372036854775000);
  EXPECT_FALSE(PcapngClock(6, 0).time_of(9223372036854776U));
  EXPECT_FALSE(PcapngClock(0, 0).time_of(kLargest));
  EXPECT_FALSE(PcapngClock(0, std::numeric_limits<std::int64_t>::max()).time_of(kLargest));
  EXPECT_FALSE(PcapngClock(0, std::numeric_limits<std::int64_t>::min()).time_of(0));
  EXPECT_FALSE(PcapngClock(0x80, 0).time_of(kLargest));
  EXPECT_FALSE(PcapngClock::unknown().time_of(1));
}

}  // namespace
}  // namespace teiten
