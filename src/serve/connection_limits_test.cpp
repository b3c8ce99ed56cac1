#include "serve/connection_limits.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

using Id = ConnectionLimits::Id;

TEST(ConnectionLimits, AnAddressThatFloodsLosesItsOwnOldest) {
  ConnectionLimits limits;
  Id id = 0;
  EXPECT_FALSE(limits.begin(++id, "192.0.2.1").has_value());
  for (std::size_t i = 0; i < kMaxPeerHandshakes; ++i)
    EXPECT_FALSE(limits.begin(++id, "198.51.100.7").has_value());
  const auto evicted = limits.begin(++id, "198.51.100.7");
  ASSERT_TRUE(evicted.has_value());
  EXPECT_EQ(evicted->id, 2U);
  EXPECT_EQ(evicted->reason, "crowded_out_by_address");
}

TEST(ConnectionLimits, ManyAddressesLoseTheOldestOfTheOneWithMost) {
  ConnectionLimits limits;
  Id id = 0;
  limits.begin(++id, "192.0.2.1");
  limits.begin(++id, "203.0.113.5");
  limits.begin(++id, "203.0.113.5");
  while (id < kMaxHandshakes) {
    const std::string address = "198.51.100." + std::to_string(id % 250) + std::to_string(id / 250);
    EXPECT_FALSE(limits.begin(++id, address).has_value());
  }
  const auto evicted = limits.begin(++id, "192.0.2.77");
  ASSERT_TRUE(evicted.has_value());
  EXPECT_EQ(evicted->id, 2U);
  EXPECT_EQ(evicted->reason, "crowded_out");
  // One each from now on: the oldest of all.
  const auto next = limits.begin(++id, "192.0.2.78");
  ASSERT_TRUE(next.has_value());
  EXPECT_EQ(next->id, 1U);
}

TEST(ConnectionLimits, WhoIsIdentifiedOrGoneTakesNoPlaceOfTheUnknown) {
  ConnectionLimits limits;
  for (Id id = 1; id <= 10 * kMaxHandshakes; ++id) {
    ASSERT_FALSE(limits.begin(id, "192.0.2.1").has_value()) << id;
    if (id % 2 == 0)
      limits.end(id);
    else
      ASSERT_FALSE(limits.identify(id, "s" + std::to_string(id)).has_value()) << id;
  }
}

TEST(ConnectionLimits, TheNewestConnectionOfASensorWins) {
  ConnectionLimits limits;
  for (Id id = 1; id <= kMaxSensorConnections; ++id) {
    limits.begin(id, "192.0.2.1");
    EXPECT_FALSE(limits.identify(id, "tokyo").has_value());
  }
  limits.begin(100, "192.0.2.1");
  const auto evicted = limits.identify(100, "tokyo");
  ASSERT_TRUE(evicted.has_value());
  EXPECT_EQ(evicted->id, 1U);
  EXPECT_EQ(evicted->reason, "newer_connection");
  limits.end(1);  // had to go already
  limits.end(100);
  limits.begin(101, "192.0.2.1");
  EXPECT_FALSE(limits.identify(101, "tokyo").has_value());
}

TEST(ConnectionLimits, AMachineIsOnePeerWhateverAddressItTakes) {
  EXPECT_EQ(peer_of("2001:db8:0:1::1"), peer_of("2001:db8:0:1:abcd::2"));
  EXPECT_NE(peer_of("2001:db8:0:1::1"), peer_of("2001:db8:0:2::1"));
  EXPECT_NE(peer_of("192.0.2.1"), peer_of("192.0.2.2"));
  EXPECT_EQ(peer_of("::ffff:192.0.2.1"), peer_of("192.0.2.1"));
}

}  // namespace
}  // namespace teiten
