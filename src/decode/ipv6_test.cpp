#include <gtest/gtest.h>

#include "decode/test_frames.h"

namespace teiten::test {
namespace {

Outcome raw(std::initializer_list<std::string_view> parts, std::uint32_t original_length = 0) {
  return decode_hex(LinkType::raw, parts, original_length);
}

TEST(Ipv6, EveryField) {
  const Outcome got = raw({kIpv6Tcp, kIpv6Addresses, kTcpSyn});
  ASSERT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.addresses(), "2001:db8::7 > 2001:db8::1");
  EXPECT_TRUE(got.packet.has_destination);
  EXPECT_EQ(got.packet.protocol, 6);
  EXPECT_EQ(got.packet.ttl, 55);
  EXPECT_TRUE(got.packet.has_ttl);
  EXPECT_EQ(got.packet.length, 60);
  EXPECT_TRUE(got.packet.has_length);
  EXPECT_EQ(got.packet.destination_port, 1433);
}

TEST(Ipv6, ExtensionHeadersLeadOn) {
  struct Case {
    std::string_view header;  // version to hop limit
    std::string_view chain;   // between the addresses and TCP
    std::string_view layers;
  };
  const Case cases[] = {
      {"60000000 001c0037", "0600010400000000", "raw ipv6 ipv6_hop_by_hop tcp"},
      {"60000000 002c2b37", "060200010000000020010db8000000000000000000000009",
       "raw ipv6 ipv6_routing tcp"},
      {"60000000 00243c37", "0601010c000000000000000000000000", "raw ipv6 ipv6_destination tcp"},
      {"60000000 001c2c37", "0600000000000001", "raw ipv6 ipv6_fragment tcp"},
      {"60000000 001c2c37", "06ff000000000001", "raw ipv6 ipv6_fragment tcp"},  // reserved byte
      {"60000000 002c3337", "060400000000000100000001 000000000000000000000000",
       "raw ipv6 ipv6_ah tcp"},
      {"60000000 001c8737", "0600000000000000", "raw ipv6 ipv6_mobility tcp"},
      {"60000000 001c8b37", "0600000000000000", "raw ipv6 ipv6_hip tcp"},
      {"60000000 001c8c37", "0600000000000000", "raw ipv6 ipv6_shim6 tcp"},
      {"60000000 00240037", "3c00010400000000 0600010400000000",
       "raw ipv6 ipv6_hop_by_hop ipv6_destination tcp"},
  };
  for (const Case& c : cases) {
    const Outcome got = raw({c.header, kIpv6Addresses, c.chain, kTcpSyn});
    EXPECT_EQ(got.verdict(), "packet") << c.layers;
    EXPECT_EQ(got.layers(), c.layers);
    EXPECT_EQ(got.packet.source_port, 40000) << c.layers;
    EXPECT_EQ(got.packet.protocol, 6) << c.layers;
    EXPECT_EQ(got.packet.fragment, FragmentPosition::whole) << c.layers;
  }
}

TEST(Ipv6, Fragments) {
  const Outcome first = raw({"60000000 001c2c37", kIpv6Addresses, "0600000100000001", kTcpSyn});
  EXPECT_EQ(first.packet.fragment, FragmentPosition::first);
  EXPECT_TRUE(first.packet.has_ports);
  // Offset 1 (×8), last fragment; its payload is no header, whatever it looks like.
  const Outcome later = raw({"60000000 001c2c37", kIpv6Addresses, "3c00000800000001", kTcpSyn});
  EXPECT_EQ(later.verdict(), "packet");
  EXPECT_EQ(later.packet.fragment, FragmentPosition::later);
  EXPECT_FALSE(later.packet.has_ports);
  EXPECT_EQ(later.packet.protocol, 60);
  // Two fragment headers: what the first one said is not undone by the second.
  EXPECT_EQ(raw({"60000000 00242c37", kIpv6Addresses, "2c00000100000001 0600000000000001", kTcpSyn})
                .packet.fragment,
            FragmentPosition::first);
}

TEST(Ipv6, MessagesThatEndTheChain) {
  // A mobility header, and "no next header" after destination options.
  EXPECT_EQ(raw({"60000000 00088737", kIpv6Addresses, "3b00000000000000"}).packet.protocol, 135);
  EXPECT_EQ(raw({"60000000 00088b37", kIpv6Addresses, "3b00000000000000"}).packet.protocol, 139);
  EXPECT_EQ(raw({"60000000 00088c37", kIpv6Addresses, "3b00000000000000"}).packet.protocol, 140);
  EXPECT_EQ(raw({"60000000 00083c37", kIpv6Addresses, "3b00010400000000"}).packet.protocol, 59);
  const Outcome none = raw({"60000000 00003b37", kIpv6Addresses, "000000000000"});
  EXPECT_EQ(none.verdict(), "packet");
  EXPECT_EQ(none.packet.protocol, 59);
  EXPECT_EQ(none.packet.length, 40);
}

TEST(Ipv6, LengthZeroIsAJumbogramOrOffload) {
  const Outcome got = raw({"60000000 00000637", kIpv6Addresses, kTcpSyn}, 7000);
  EXPECT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.packet.length, 7000);
  EXPECT_EQ(raw({"60000000 00000037", kIpv6Addresses, "06 00 c204 00011170", kTcpSyn}, 70068)
                .packet.length,
            65535);
  // Nothing segments ICMPv6: this one ends with its header, what follows is padding.
  EXPECT_EQ(raw({"60000000 00003a37", kIpv6Addresses, "80000000 12340001"}).verdict(),
            "truncated_icmp_header");
}

TEST(Ipv6, Tunnels) {
  const Outcome got =
      raw({"60000000 00282937", kIpv6Addresses, "60000000 00000637", kIpv6Addresses});
  EXPECT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.packet.protocol, 41);
  EXPECT_EQ(got.layers(), "raw ipv6 other");
  EXPECT_EQ(raw({"60000000 00083237", kIpv6Addresses, "0000000100000001"}).packet.protocol, 50);
}

TEST(Ipv6, MappedAddressesAreTheIpv4Ones) {
  const Outcome got = raw({"60000000 00140637", "00000000000000000000ffffc6336407",
                           "00000000000000000000ffffc0000201", kTcpSyn});
  EXPECT_EQ(got.addresses(), "198.51.100.7 > 192.0.2.1");
}

TEST(Ipv6, BrokenHeaders) {
  EXPECT_EQ(decode_hex(LinkType::ipv6, {""}).verdict(), "truncated_ipv6_header");
  EXPECT_EQ(raw({kIpv6Tcp, "20010db8"}).verdict(), "truncated_ipv6_header");
  EXPECT_EQ(decode_hex({kEthernetIpv6, kIpv4Tcp, kTcpSyn}).verdict(), "unknown_ip_version");
  // Cut within the first eight bytes of an extension, and within the length it gives.
  EXPECT_EQ(raw({"60000000 001c0037", kIpv6Addresses, "060001"}, 68).verdict(),
            "truncated_ipv6_extension");
  EXPECT_EQ(raw({"60000000 001c0037", kIpv6Addresses, "06ff010400000000", kTcpSyn}).verdict(),
            "truncated_ipv6_extension");
  // The payload length ends within the extension; what follows is padding.
  EXPECT_EQ(raw({"60000000 00040037", kIpv6Addresses, "0600010400000000", kTcpSyn}).verdict(),
            "truncated_ipv6_extension");
}

TEST(Ipv6, ChainHasALimit) {
  std::string chain;
  for (int i = 0; i < 15; ++i)
    chain += "3c00010400000000";
  EXPECT_EQ(
      raw({"60000000 00943c37", kIpv6Addresses, chain, "0600010400000000", kTcpSyn}).verdict(),
      "packet");
  EXPECT_EQ(raw({"60000000 009c3c37", kIpv6Addresses, chain, "3c00010400000000", "0600010400000000",
                 kTcpSyn})
                .verdict(),
            "too_many_ipv6_extensions");
}

}  // namespace
}  // namespace teiten::test
