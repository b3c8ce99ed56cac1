#include "sense/open_connections.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

// As /proc/net/tcp shows them (proc(5)) on a little-endian machine: 192.0.2.7:22 listening, then
// connected to 198.51.100.9:50000, then 192.0.2.7:40000 in TIME_WAIT.
constexpr std::string_view kTcp =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"
    "   0: 070200C0:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0\n"
    "   1: 070200C0:0016 096433C6:C350 01 00000000:00000000 02:000A7A5C 00000000     0\n"
    "   2: 070200C0:9C40 096433C6:01BB 06 00000000:00000000 03:00000F3C 00000000     0\n";
// [2001:db8::7]:51000 connected to [2001:db8::9]:443.
constexpr std::string_view kTcp6 =
    "  sl  local_address                         remote_address                        st\n"
    "   0: B80D0120000000000000000007000000:C738 B80D0120000000000000000009000000:01BB 01 0:0\n";

TEST(OpenConnections, OnlyThoseThatAreOpen) {
  const auto packets = connections_in(kTcp, protocol::kTcp, UtcTime{});
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].source.to_string(), "192.0.2.7");
  EXPECT_EQ(packets[0].source_port, 22);
  EXPECT_EQ(packets[0].destination.to_string(), "198.51.100.9");
  EXPECT_EQ(packets[0].destination_port, 50000);
  EXPECT_TRUE(packets[0].has_ports && packets[0].has_destination && packets[0].has_flags);
  EXPECT_EQ(packets[0].tcp_flags, tcp_flag::kAck);
}

TEST(OpenConnections, Ipv6) {
  const auto packets = connections_in(kTcp6, protocol::kTcp, UtcTime{});
  ASSERT_EQ(packets.size(), 1U);
  EXPECT_EQ(packets[0].source.to_string(), "2001:db8::7");
  EXPECT_EQ(packets[0].destination.to_string(), "2001:db8::9");
  EXPECT_EQ(packets[0].source_port, 51000);
}

TEST(OpenConnections, OtherTextIsNoConnection) {
  EXPECT_TRUE(connections_in("", protocol::kTcp, UtcTime{}).empty());
  EXPECT_TRUE(
      connections_in("0: 070200C0 096433C6:C350 01\n0: :16 :17 01\nx", protocol::kTcp, UtcTime{})
          .empty());
  EXPECT_TRUE(
      connections_in("0: 070200C0:00160 096433C6:C350 01\n", protocol::kTcp, UtcTime{}).empty());
  for (std::size_t size = 0; size < kTcp.size(); ++size)
    EXPECT_LE(connections_in(kTcp.substr(0, size), protocol::kTcp, UtcTime{}).size(), 1U);
}

TEST(OpenConnections, NoMoreThanTheLimit) {
  std::string table;
  for (std::size_t i = 0; i < kMaxOpenConnections + 10; ++i)
    table += "1: 070200C0:0016 096433C6:C350 01\n";
  EXPECT_EQ(connections_in(table, protocol::kTcp, UtcTime{}).size(), kMaxOpenConnections);
}

}  // namespace
}  // namespace teiten
