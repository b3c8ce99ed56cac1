#include <gtest/gtest.h>

#include "decode/test_frames.h"

namespace teiten::test {
namespace {

TEST(Ethernet, CarriesIpv4) {
  const Outcome got = decode_hex({kEthernetIpv4, kIpv4Tcp, kTcpSyn});
  EXPECT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.layers(), "ethernet ipv4 tcp");
  EXPECT_EQ(got.addresses(), "198.51.100.7 > 192.0.2.1");
}

TEST(Ethernet, CarriesIpv6) {
  const Outcome got = decode_hex({kEthernetIpv6, kIpv6Tcp, kIpv6Addresses, kTcpSyn});
  EXPECT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.layers(), "ethernet ipv6 tcp");
  EXPECT_EQ(got.addresses(), "2001:db8::7 > 2001:db8::1");
}

TEST(Ethernet, OtherProtocolsAreNotIp) {
  for (const std::string_view type : {"0806", "88cc", "8863", "88e5", "6558", "9000", "05dd"}) {
    const Outcome got = decode_hex({kMacs, type, "00010800 06040001"});
    EXPECT_EQ(got.verdict(), "not_ip") << type;
  }
}

TEST(Ethernet, CutHeader) {
  EXPECT_EQ(decode_hex({kMacs, "08"}, 60).verdict(), "truncated_link_header");
  EXPECT_EQ(decode_hex({""}).verdict(), "truncated_link_header");
}

TEST(Ethernet, VlanTagsOfEveryKind) {
  for (const std::string_view tags :
       {"81000064 0800", "88a800648100 00650800", "9100006481000065 0800",
        "8100000188a8000291000003 8100000481000005 0800"}) {
    const Outcome got = decode_hex({kMacs, tags, kIpv4Tcp, kTcpSyn});
    EXPECT_EQ(got.verdict(), "packet") << tags;
    EXPECT_EQ(got.packet.destination_port, 1433) << tags;
  }
  EXPECT_EQ(decode_hex({kMacs, "8100006488a8 00650800", kIpv4Tcp, kTcpSyn}).layers(),
            "ethernet vlan vlan ipv4 tcp");
  EXPECT_EQ(decode_hex({kMacs, "8100 00640806", "0001"}).verdict(), "not_ip");
  EXPECT_EQ(decode_hex({kMacs, "8100 006408"}).verdict(), "truncated_link_header");
}

TEST(Ethernet, TagStackHasALimit) {
  std::string tags;
  for (int i = 0; i < 16; ++i)
    tags += "81000001";
  EXPECT_EQ(decode_hex({kMacs, tags, "0800", kIpv4Tcp, kTcpSyn}).verdict(), "packet");
  tags += "81000001";
  EXPECT_EQ(decode_hex({kMacs, tags, "0800", kIpv4Tcp, kTcpSyn}).verdict(),
            "too_many_link_headers");
}

TEST(Ethernet, LlcAndSnap) {
  // 48 = 8 of LLC and SNAP + 40 of IP.
  const Outcome snap = decode_hex({kMacs, "0030 aaaa03 000000 0800", kIpv4Tcp, kTcpSyn});
  EXPECT_EQ(snap.verdict(), "packet");
  EXPECT_EQ(snap.layers(), "ethernet llc_snap ipv4 tcp");
  // The bridge tunnel encapsulation, with a VLAN tag inside.
  EXPECT_EQ(decode_hex({kMacs, "0034 aaaa03 0000f8 8100 00010800", kIpv4Tcp, kTcpSyn}).layers(),
            "ethernet llc_snap vlan ipv4 tcp");
  // IP by its own SAP, behind a VLAN tag.
  EXPECT_EQ(decode_hex({kMacs, "81000001 002b 060603", kIpv4Tcp, kTcpSyn}).layers(),
            "ethernet vlan llc_snap ipv4 tcp");
}

TEST(Ethernet, LlcWithoutIp) {
  // 1500 is the last length, 1501 no EtherType either; a control byte other than UI is no SNAP.
  EXPECT_EQ(decode_hex({kMacs, "05dc aaaa03 000000 0800", kIpv4Tcp, kTcpSyn}).verdict(), "packet");
  EXPECT_EQ(decode_hex({kMacs, "05dd aaaa03 000000 0800", kIpv4Tcp, kTcpSyn}).verdict(), "not_ip");
  EXPECT_EQ(decode_hex({kMacs, "0030 aaaa7f 000000 0800", kIpv4Tcp, kTcpSyn}).verdict(), "not_ip");
  EXPECT_EQ(decode_hex({kMacs, "0026 424203 0000000000"}).verdict(), "not_ip");        // STP
  EXPECT_EQ(decode_hex({kMacs, "0026 fefe03 8314010000"}).verdict(), "not_ip");        // IS-IS
  EXPECT_EQ(decode_hex({kMacs, "0026 aaaa03 00000c 2000 0000"}).verdict(), "not_ip");  // CDP
  EXPECT_EQ(decode_hex({kMacs, "0026 ffff 0026 0000"}).verdict(), "not_ip");           // IPX
  EXPECT_EQ(decode_hex({kMacs, "0026 aaaa03 0000"}, 60).verdict(), "truncated_link_header");
  // The length says that the frame ends within LLC; what follows is padding.
  EXPECT_EQ(decode_hex({kMacs, "0002 aaaa03 000000 0800", kIpv4Tcp, kTcpSyn}).verdict(),
            "truncated_link_header");
}

TEST(Ethernet, LlcLengthBoundsThePacket) {
  // The frame's length leaves 27 bytes for IP: 7 of TCP.
  EXPECT_EQ(decode_hex({kMacs, "0023 aaaa03 000000 0800", kIpv4Tcp, kTcpSyn}).verdict(),
            "truncated_tcp_header");
}

TEST(Mpls, LeadsToEitherIp) {
  const Outcome v4 = decode_hex({kMacs, "8847 000100ff 000201ff", kIpv4Tcp, kTcpSyn});
  EXPECT_EQ(v4.verdict(), "packet");
  EXPECT_EQ(v4.layers(), "ethernet mpls mpls ipv4 tcp");
  const Outcome v6 = decode_hex({kMacs, "8848 000201ff", kIpv6Tcp, kIpv6Addresses, kTcpSyn});
  EXPECT_EQ(v6.verdict(), "packet");
  EXPECT_EQ(v6.layers(), "ethernet mpls ipv6 tcp");
  EXPECT_EQ(decode_hex({kMacs, "8100 00018847 000201ff", kIpv4Tcp, kTcpSyn}).layers(),
            "ethernet vlan mpls ipv4 tcp");
}

TEST(Mpls, PseudowiresAreNotUnwrapped) {
  // With a control word, an associated channel, and without either.
  EXPECT_EQ(
      decode_hex({kMacs, "8847 000101ff 00000000", kEthernetIpv4, kIpv4Tcp, kTcpSyn}).verdict(),
      "not_ip");
  EXPECT_EQ(decode_hex({kMacs, "8847 000101ff 10000007 0000"}).verdict(), "not_ip");
  EXPECT_EQ(decode_hex({kMacs, "8847 000101ff 020000000001"}).verdict(), "not_ip");
}

TEST(Mpls, BrokenStacks) {
  EXPECT_EQ(decode_hex({kMacs, "8847 000100"}).verdict(), "truncated_link_header");
  EXPECT_EQ(decode_hex({kMacs, "8847 000101ff"}).verdict(), "truncated_link_header");
  std::string labels;
  for (int i = 0; i < 15; ++i)
    labels += "000100ff";
  EXPECT_EQ(decode_hex({kMacs, "8847", labels, "000101ff", kIpv4Tcp, kTcpSyn}).verdict(), "packet");
  labels += "000100ff";
  EXPECT_EQ(decode_hex({kMacs, "8847", labels, "000101ff", kIpv4Tcp, kTcpSyn}).verdict(),
            "too_many_link_headers");
}

}  // namespace
}  // namespace teiten::test
