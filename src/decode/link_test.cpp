#include <gtest/gtest.h>

#include "decode/test_frames.h"

namespace teiten::test {
namespace {

TEST(Link, RawIpByItsVersion) {
  for (const LinkType link :
       {LinkType::raw, LinkType::raw_dlt_bsd, LinkType::raw_dlt_openbsd, LinkType::ipv4}) {
    const Outcome got = decode_hex(link, {kIpv4Tcp, kTcpSyn});
    EXPECT_EQ(got.verdict(), "packet");
    EXPECT_EQ(got.layers(), "raw ipv4 tcp");
  }
  for (const LinkType link :
       {LinkType::raw, LinkType::raw_dlt_bsd, LinkType::raw_dlt_openbsd, LinkType::ipv6}) {
    EXPECT_EQ(decode_hex(link, {kIpv6Tcp, kIpv6Addresses, kTcpSyn}).layers(), "raw ipv6 tcp");
  }
  EXPECT_EQ(decode_hex(LinkType::raw, {"75000028"}).verdict(), "unknown_ip_version");
  EXPECT_EQ(decode_hex(LinkType::raw, {""}).verdict(), "truncated_link_header");
  EXPECT_EQ(decode_hex(LinkType::ipv4, {kIpv6Tcp, kIpv6Addresses}).verdict(), "unknown_ip_version");
  EXPECT_EQ(decode_hex(LinkType::ipv6, {kIpv4Tcp, kTcpSyn}).verdict(), "unknown_ip_version");
}

TEST(Link, UnknownTypes) {
  EXPECT_EQ(decode_hex(static_cast<LinkType>(105), {kIpv4Tcp, kTcpSyn}).verdict(),
            "unknown_link_type");
}

TEST(Link, NullInBothByteOrders) {
  EXPECT_EQ(decode_hex(LinkType::null, {"02000000", kIpv4Tcp, kTcpSyn}).layers(), "null ipv4 tcp");
  EXPECT_EQ(decode_hex(LinkType::null, {"00000002", kIpv4Tcp, kTcpSyn}).layers(), "null ipv4 tcp");
  for (const std::string_view family : {"0a000000", "18000000", "1c000000", "1e000000", "0000000a",
                                        "00000018", "0000001c", "0000001e"}) {
    EXPECT_EQ(decode_hex(LinkType::null, {family, kIpv6Tcp, kIpv6Addresses, kTcpSyn}).layers(),
              "null ipv6 tcp")
        << family;
  }
  EXPECT_EQ(decode_hex(LinkType::null, {"07000000", "fe"}).verdict(), "not_ip");
  EXPECT_EQ(decode_hex(LinkType::null, {"020000"}).verdict(), "truncated_link_header");
}

TEST(Link, LoopIsInNetworkByteOrder) {
  EXPECT_EQ(decode_hex(LinkType::loop, {"00000002", kIpv4Tcp, kTcpSyn}).layers(), "loop ipv4 tcp");
  EXPECT_EQ(decode_hex(LinkType::loop, {"00000018", kIpv6Tcp, kIpv6Addresses, kTcpSyn}).layers(),
            "loop ipv6 tcp");
  EXPECT_EQ(decode_hex(LinkType::loop, {"02000000", kIpv4Tcp, kTcpSyn}).verdict(), "not_ip");
  EXPECT_EQ(decode_hex(LinkType::loop, {"0000"}).verdict(), "truncated_link_header");
}

TEST(Link, LinuxCookedCapture) {
  const Outcome in =
      decode_hex(LinkType::linux_sll, {"0000 0001 0006 0200000000020000 0800", kIpv4Tcp, kTcpSyn});
  EXPECT_EQ(in.layers(), "sll ipv4 tcp");
  EXPECT_FALSE(in.packet.link_outgoing);
  const Outcome out = decode_hex(LinkType::linux_sll, {"0004 0001 0006 0200000000020000 86dd",
                                                       kIpv6Tcp, kIpv6Addresses, kTcpSyn});
  EXPECT_EQ(out.layers(), "sll ipv6 tcp");
  EXPECT_TRUE(out.packet.link_outgoing);
  EXPECT_EQ(decode_hex(LinkType::linux_sll,
                       {"0000 0001 0006 0200000000020000 8100 00010800", kIpv4Tcp, kTcpSyn})
                .layers(),
            "sll vlan ipv4 tcp");
  EXPECT_EQ(
      decode_hex(LinkType::linux_sll,
                 {"0000 0001 0006 0200000000020000 0004 aaaa03 000000 0800", kIpv4Tcp, kTcpSyn})
          .layers(),
      "sll llc_snap ipv4 tcp");
}

TEST(Link, LinuxCookedCaptureWithoutIp) {
  EXPECT_EQ(decode_hex(LinkType::linux_sll, {"0000 0001 0006 0200000000020000 0806"}).verdict(),
            "not_ip");
  // Protocol 0x000c is CAN; netlink (824) keeps its own family in the field: 0x0800 is no
  // EtherType.
  EXPECT_EQ(decode_hex(LinkType::linux_sll, {"0001 0118 0000 0000000000000000 000c"}).verdict(),
            "not_ip");
  EXPECT_EQ(
      decode_hex(LinkType::linux_sll, {"0004 0338 0000 0000000000000000 0800", kIpv4Tcp}).verdict(),
      "not_ip");
  EXPECT_EQ(decode_hex(LinkType::linux_sll, {"0000 0001 0006 0200000000020000 08"}).verdict(),
            "truncated_link_header");
}

TEST(Link, LinuxCookedCaptureVersion2) {
  const Outcome in = decode_hex(LinkType::linux_sll2,
                                {"0800 0000 00000002 0001 00 06 0200000000020000", kIpv4Udp, kUdp});
  EXPECT_EQ(in.layers(), "sll2 ipv4 udp");
  EXPECT_FALSE(in.packet.link_outgoing);
  const Outcome out = decode_hex(
      LinkType::linux_sll2,
      {"86dd 0000 00000002 0001 04 06 0200000000020000", kIpv6Tcp, kIpv6Addresses, kTcpSyn});
  EXPECT_EQ(out.layers(), "sll2 ipv6 tcp");
  EXPECT_TRUE(out.packet.link_outgoing);
  EXPECT_EQ(
      decode_hex(LinkType::linux_sll2, {"0004 0000 00000002 0001 00 06 0200000000020000 424203 00"})
          .verdict(),
      "not_ip");
  EXPECT_EQ(
      decode_hex(LinkType::linux_sll2, {"0800 0000 00000002 0001 00 06 02000000000200"}).verdict(),
      "truncated_link_header");
}

TEST(Link, CiscoHdlc) {
  EXPECT_EQ(decode_hex(LinkType::c_hdlc, {"0f00 0800", kIpv4Tcp, kTcpSyn}).layers(),
            "c_hdlc ipv4 tcp");
  EXPECT_EQ(decode_hex(LinkType::c_hdlc, {"8f00 86dd", kIpv6Tcp, kIpv6Addresses, kTcpSyn}).layers(),
            "c_hdlc ipv6 tcp");
  EXPECT_EQ(decode_hex(LinkType::c_hdlc, {"8f00 8035 00000002"}).verdict(), "not_ip");  // SLARP
  EXPECT_EQ(decode_hex(LinkType::c_hdlc, {"0f00 08"}).verdict(), "truncated_link_header");
}

TEST(Ppp, WithAndWithoutFraming) {
  for (const std::string_view header : {"ff03 0021", "0021", "ff03 21", "21", "ff00 0021"}) {
    EXPECT_EQ(decode_hex(LinkType::ppp, {header, kIpv4Tcp, kTcpSyn}).layers(), "ppp ipv4 tcp")
        << header;
    EXPECT_EQ(decode_hex(LinkType::ppp_hdlc, {header, kIpv4Tcp, kTcpSyn}).layers(), "ppp ipv4 tcp")
        << header;
  }
  for (const std::string_view header : {"ff03 0057", "0057", "ff0357", "57"}) {
    EXPECT_EQ(decode_hex(LinkType::ppp, {header, kIpv6Tcp, kIpv6Addresses, kTcpSyn}).layers(),
              "ppp ipv6 tcp")
        << header;
  }
  EXPECT_EQ(decode_hex(LinkType::ppp, {"ff03 0281 000101ff", kIpv4Tcp, kTcpSyn}).layers(),
            "ppp mpls ipv4 tcp");
  EXPECT_EQ(decode_hex(LinkType::ppp_hdlc, {"8f01 0800", kIpv4Tcp, kTcpSyn}).layers(),
            "c_hdlc ipv4 tcp");
  EXPECT_EQ(decode_hex(LinkType::ppp_hdlc, {"0f00 0800", kIpv4Tcp, kTcpSyn}).layers(),
            "c_hdlc ipv4 tcp");
}

TEST(Ppp, WithoutIp) {
  EXPECT_EQ(decode_hex(LinkType::ppp, {"ff03 c021 01010004"}).verdict(), "not_ip");  // LCP
  EXPECT_EQ(decode_hex(LinkType::ppp, {"ff03 002d 0000"}).verdict(), "compressed_ip_header");
  EXPECT_EQ(decode_hex(LinkType::ppp, {"ff03"}).verdict(), "truncated_link_header");
  EXPECT_EQ(decode_hex(LinkType::ppp, {"ff03 00"}).verdict(), "truncated_link_header");
}

TEST(Pppoe, SessionAndDiscovery) {
  // 42 = 2 of PPP + 40 of IP.
  const Outcome got = decode_hex({kMacs, "8864 1100 0001 002a 0021", kIpv4Tcp, kTcpSyn, "0000"});
  EXPECT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.layers(), "ethernet pppoe ppp ipv4 tcp");
  EXPECT_EQ(decode_hex(LinkType::ppp_ether, {"1100 0001 002a 0021", kIpv4Tcp, kTcpSyn}).layers(),
            "pppoe ppp ipv4 tcp");
  EXPECT_EQ(
      decode_hex({kMacs, "8100 00018864 1100 0001 003e 0057", kIpv6Tcp, kIpv6Addresses, kTcpSyn})
          .layers(),
      "ethernet vlan pppoe ppp ipv6 tcp");
  EXPECT_EQ(decode_hex({kMacs, "8863 1109 0000 0004 01010000"}).verdict(), "not_ip");
  EXPECT_EQ(decode_hex({kMacs, "8864 11a7 0001 0000"}).verdict(), "not_ip");  // PADT
  EXPECT_EQ(decode_hex({kMacs, "8864 1100 0001 0016 c021 01"}).verdict(), "not_ip");
  EXPECT_EQ(decode_hex({kMacs, "8864 1100 0001 00"}).verdict(), "truncated_link_header");
  EXPECT_EQ(decode_hex({kMacs, "8864 1100 0001 0001 0021", kIpv4Tcp, kTcpSyn}).verdict(),
            "truncated_link_header");
}

TEST(Nflog, PayloadInEitherByteOrder) {
  // A packet header attribute (7 + 4 bytes, padded to 12), then 44 = 4 + 40 of payload.
  const Outcome little =
      decode_hex(LinkType::nflog, {"02000064 0b000100 08000100 2c000900", kIpv4Tcp, kTcpSyn});
  EXPECT_EQ(little.verdict(), "truncated_link_header");  // the attribute's 7 bytes are missing
  EXPECT_EQ(decode_hex(LinkType::nflog,
                       {"02000064 0b000100 08000100 00000000 2c000900", kIpv4Tcp, kTcpSyn})
                .layers(),
            "nflog ipv4 tcp");
  EXPECT_EQ(decode_hex(LinkType::nflog,
                       {"02000064 000b0001 08000100 00000000 002c0009", kIpv4Tcp, kTcpSyn})
                .layers(),
            "nflog ipv4 tcp");
  EXPECT_EQ(decode_hex(LinkType::nflog, {"0a000000 40000900", kIpv6Tcp, kIpv6Addresses, kTcpSyn})
                .layers(),
            "nflog ipv6 tcp");
  // A nested attribute (VLAN) before the payload.
  EXPECT_EQ(decode_hex(LinkType::nflog, {"02000000 08001380 00000000 2c000900", kIpv4Tcp, kTcpSyn})
                .layers(),
            "nflog ipv4 tcp");
}

TEST(Nflog, PayloadEndsWithItsAttribute) {
  // 34 = 4 + 30: 10 bytes of TCP, then a prefix attribute; the payload's type has a flag.
  EXPECT_EQ(decode_hex(LinkType::nflog, {"02000000 22000940", kIpv4Tcp, "9c400599 11223344 0000",
                                         "0000 0b000a00 41414141 41414100 00000000"})
                .verdict(),
            "truncated_tcp_header");
}

TEST(Nflog, BrokenMessages) {
  EXPECT_EQ(decode_hex(LinkType::nflog, {"07000000 08000900 00000000"}).verdict(), "not_ip");
  EXPECT_EQ(
      decode_hex(LinkType::nflog, {"02000000 03000100 2c000900", kIpv4Tcp, kTcpSyn}).verdict(),
      "invalid_nflog_attribute");
  EXPECT_EQ(decode_hex(LinkType::nflog, {"02000000 04000100"}).verdict(), "truncated_link_header");
  EXPECT_EQ(decode_hex(LinkType::nflog, {"020000"}).verdict(), "truncated_link_header");
}

}  // namespace
}  // namespace teiten::test
