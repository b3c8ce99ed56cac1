#include "access/kind.h"

#include <gtest/gtest.h>

#include "access/test_packets.h"

namespace teiten {
namespace {

using namespace testing;
using namespace tcp_flag;

Packet probe(std::uint8_t flags, std::uint16_t from = 40000, std::uint16_t to = 80) {
  return tcp(0, "198.51.100.1", from, "192.0.2.1", to, flags, 1);
}

TEST(Kind, TcpFlags) {
  EXPECT_EQ(kind_of(probe(kSyn)), Kind::scan);
  EXPECT_EQ(kind_of(probe(kSyn | kEce | kCwr)), Kind::scan);
  EXPECT_EQ(kind_of(probe(kSyn | kAck, 80, 1234)), Kind::backscatter);
  EXPECT_EQ(kind_of(probe(kRst, 80, 1234)), Kind::backscatter);
  EXPECT_EQ(kind_of(probe(kRst | kAck, 80, 1234)), Kind::backscatter);
  EXPECT_EQ(kind_of(probe(kAck, 80, 1234)), Kind::backscatter);
  EXPECT_EQ(kind_of(probe(kAck, 40000, 80)), Kind::other);
  EXPECT_EQ(kind_of(probe(0)), Kind::scan);
  EXPECT_EQ(kind_of(probe(kFin | kPsh | kUrg)), Kind::scan);
  EXPECT_EQ(kind_of(probe(kPsh | kAck)), Kind::other);
}

TEST(Kind, LogWithoutFlagsIsUnknown) {
  Packet p = probe(kSyn);
  p.has_flags = false;
  EXPECT_EQ(kind_of(p), Kind::unknown);
}

TEST(Kind, Icmp) {
  EXPECT_EQ(kind_of(icmp(0, "198.51.100.1", "192.0.2.1", 8)), Kind::ping);
  EXPECT_EQ(kind_of(icmp(0, "198.51.100.1", "192.0.2.1", 13)), Kind::scan);
  for (const int type : {0, 3, 4, 5, 11, 12, 14, 16, 18}) {
    EXPECT_EQ(kind_of(icmp(0, "198.51.100.1", "192.0.2.1", static_cast<std::uint8_t>(type))),
              Kind::backscatter)
        << type;
  }
  Packet untold = icmp(0, "198.51.100.1", "192.0.2.1", 8);
  untold.has_icmp_type = false;
  EXPECT_EQ(kind_of(untold), Kind::unknown);
  EXPECT_EQ(service_of(untold, Kind::unknown).to_string(), "?/icmp");
  Packet v6 = packet(0, "2001:db8::1", "2001:db8::2", protocol::kIcmpV6);
  v6.has_icmp_type = true;
  v6.icmp_type = 128;
  EXPECT_EQ(kind_of(v6), Kind::ping);
  v6.icmp_type = 1;
  EXPECT_EQ(kind_of(v6), Kind::backscatter);
}

TEST(Kind, ServiceIsTheAttackedHostsForBackscatter) {
  const Packet answer = probe(kSyn | kAck, 80, 1234);
  EXPECT_EQ(service_of(answer, kind_of(answer)).to_string(), "80/tcp");
  const Packet scan = probe(kSyn, 40000, 1433);
  EXPECT_EQ(service_of(scan, kind_of(scan)).to_string(), "1433/tcp");
  EXPECT_EQ(service_of(packet(0, "198.51.100.1", "192.0.2.1", 47), Kind::other).to_string(),
            "47/ip");
}

}  // namespace
}  // namespace teiten
