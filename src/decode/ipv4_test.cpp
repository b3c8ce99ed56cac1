#include <gtest/gtest.h>

#include "decode/test_frames.h"

namespace teiten::test {
namespace {

Outcome raw(std::initializer_list<std::string_view> parts, std::uint32_t original_length = 0) {
  return decode_hex(LinkType::raw, parts, original_length);
}

TEST(Ipv4, EveryField) {
  const Outcome got = raw({kIpv4Tcp, kTcpSyn});
  ASSERT_EQ(got.verdict(), "packet");
  const Packet& packet = got.packet;
  EXPECT_EQ(got.addresses(), "198.51.100.7 > 192.0.2.1");
  EXPECT_TRUE(packet.has_destination);
  EXPECT_EQ(packet.protocol, 6);
  EXPECT_TRUE(packet.has_ttl);
  EXPECT_EQ(packet.ttl, 244);
  EXPECT_EQ(packet.ip_id, 54321);
  EXPECT_TRUE(packet.has_length);
  EXPECT_EQ(packet.length, 40);
  EXPECT_EQ(packet.fragment, FragmentPosition::whole);
  EXPECT_FALSE(packet.has_quoted);
  EXPECT_FALSE(packet.link_outgoing);
}

TEST(Ipv4, TimeIsTheFrames) {
  const auto bytes = from_hex({kIpv4Tcp, kTcpSyn});
  Frame frame;
  frame.link = LinkType::raw;
  frame.data = bytes;
  frame.original_length = 40;
  frame.time = UtcTime{std::chrono::seconds{1184511845}};
  Packet packet;
  packet.has_region = true;  // what was there before is gone
  EXPECT_EQ(decode(frame, packet).kind, FrameKind::packet);
  EXPECT_EQ(packet.time, UtcTime{std::chrono::seconds{1184511845}});
  EXPECT_FALSE(packet.has_region);
}

TEST(Ipv4, Options) {
  // Header of 24 bytes with a router alert.
  const Outcome got = raw({"4600002c d4310000 f4060000 c6336407 c0000201 94040000", kTcpSyn});
  EXPECT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.packet.source_port, 40000);
  // A source route does not change where the packet went.
  const Outcome routed =
      raw({"47000030 d4310000 f4060000 c6336407 c0000201 83070400 cb007101", kTcpSyn});
  EXPECT_EQ(routed.addresses(), "198.51.100.7 > 192.0.2.1");
}

TEST(Ipv4, PaddingIsNoPayload) {
  // 31 bytes by the header, the rest is padding: no room for UDP's 8 after a 24-byte header.
  const Outcome got =
      raw({"4600001f 00010000 33110000 c6336407 c0000201 01010100", "14e90402 00080000 00000000"});
  EXPECT_EQ(got.verdict(), "truncated_udp_header");
}

TEST(Ipv4, LengthZeroIsSegmentationOffload) {
  const Outcome got = raw({"45000000 d4310000 f4060000 c6336407 c0000201", kTcpSyn}, 7000);
  EXPECT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.packet.length, 7000);
  EXPECT_EQ(raw({"45000000 d4310000 f4060000 c6336407 c0000201", kTcpSyn}, 200000).packet.length,
            65535);
}

TEST(Ipv4, Fragments) {
  const Outcome first = raw({"45000028 d4312000 f4060000 c6336407 c0000201", kTcpSyn});
  EXPECT_EQ(first.packet.fragment, FragmentPosition::first);
  EXPECT_TRUE(first.packet.has_ports);
  const Outcome later = raw({"45000028 d4312003 f4060000 c6336407 c0000201", kTcpSyn});
  EXPECT_EQ(later.verdict(), "packet");
  EXPECT_EQ(later.packet.fragment, FragmentPosition::later);
  EXPECT_FALSE(later.packet.has_ports);
  EXPECT_FALSE(later.packet.has_flags);
  EXPECT_EQ(later.packet.protocol, 6);
  EXPECT_EQ(later.layers(), "raw ipv4");
  // The last one may be tiny and has no more-fragments flag.
  EXPECT_EQ(raw({"45000015 d4310003 f4060000 c6336407 c0000201 00"}).packet.fragment,
            FragmentPosition::later);
  // Don't fragment, and the reserved bit, say nothing about fragments.
  EXPECT_EQ(raw({"45000028 d431c000 f4060000 c6336407 c0000201", kTcpSyn}).packet.fragment,
            FragmentPosition::whole);
}

TEST(Ipv4, OtherProtocolsByNumber) {
  // GRE with an IPv4 packet inside: a tunnel is not unwrapped.
  const Outcome got = raw({"4500002c 00010000 402f0000 c6336407 c0000201 00000800", kIpv4Tcp});
  EXPECT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.packet.protocol, 47);
  EXPECT_FALSE(got.packet.has_ports);
  EXPECT_EQ(got.layers(), "raw ipv4 other");
  EXPECT_EQ(raw({"45000014 00010000 40040000 c6336407 c0000201"}).packet.protocol, 4);
}

TEST(Ipv4, BrokenHeaders) {
  EXPECT_EQ(decode_hex(LinkType::ipv4, {""}).verdict(), "truncated_ipv4_header");
  EXPECT_EQ(raw({"45000028 d4310000 f4060000 c6336407 c00002"}).verdict(), "truncated_ipv4_header");
  EXPECT_EQ(raw({"4600002c d4310000 f4060000 c6336407 c0000201 940400"}, 44).verdict(),
            "truncated_ipv4_header");
  EXPECT_EQ(raw({"44000028 d4310000 f4060000 c6336407 c0000201", kTcpSyn}).verdict(),
            "invalid_ipv4_header_length");
  EXPECT_EQ(raw({"45000013 d4310000 f4060000 c6336407 c0000201", kTcpSyn}).verdict(),
            "invalid_ipv4_total_length");
  EXPECT_EQ(raw({"46000014 d4310000 f4060000 c6336407 c0000201", kTcpSyn}).verdict(),
            "invalid_ipv4_total_length");
  EXPECT_EQ(raw({"45000014 d4310000 f4fd0000 c6336407 c0000201"}).verdict(), "packet");
  EXPECT_EQ(decode_hex({kEthernetIpv4, kIpv6Tcp, kIpv6Addresses, kTcpSyn}).verdict(),
            "unknown_ip_version");
}

}  // namespace
}  // namespace teiten::test
