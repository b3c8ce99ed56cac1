#include <gtest/gtest.h>

#include "decode/test_frames.h"

namespace teiten::test {
namespace {

Outcome raw(std::initializer_list<std::string_view> parts, std::uint32_t original_length = 0) {
  return decode_hex(LinkType::raw, parts, original_length);
}

TEST(Tcp, EveryField) {
  const Outcome got = raw({"45000028 d4310000 f4060000 c6336407 c0000201",
                           "9c400599 11223344 55667788 50d2fa01 00000000"});
  ASSERT_EQ(got.verdict(), "packet");
  const Packet& packet = got.packet;
  EXPECT_TRUE(packet.has_ports);
  EXPECT_EQ(packet.source_port, 40000);
  EXPECT_EQ(packet.destination_port, 1433);
  EXPECT_TRUE(packet.has_flags);
  EXPECT_EQ(packet.tcp_flags, tcp_flag::kSyn | tcp_flag::kAck | tcp_flag::kEce | tcp_flag::kCwr);
  EXPECT_TRUE(packet.has_sequence);
  EXPECT_EQ(packet.sequence, 0x11223344U);
  EXPECT_EQ(packet.acknowledgement, 0x55667788U);
  EXPECT_EQ(packet.window, 64001);
  EXPECT_FALSE(packet.has_icmp_type);
}

TEST(Tcp, CutByTheCapture) {
  // 60 bytes on the wire with 20 of options; the capture kept less and less of it.
  const std::string_view ip = "4500003c d4310000 f4060000 c6336407 c0000201";
  const Outcome no_options = raw({ip, "9c400599 11223344 00000000 a0020400 0000"}, 60);
  EXPECT_EQ(no_options.verdict(), "packet");
  EXPECT_TRUE(no_options.packet.has_sequence);
  EXPECT_TRUE(raw({ip, "9c400599 11223344 00000000 a0020400"}, 60).packet.has_sequence);
  const Outcome no_window = raw({ip, "9c400599 11223344 00000000 a00204"}, 60);
  EXPECT_EQ(no_window.verdict(), "packet");
  EXPECT_TRUE(no_window.packet.has_flags);
  EXPECT_FALSE(no_window.packet.has_sequence);
  EXPECT_EQ(raw({ip, "9c400599 11223344 00000000 a002"}, 60).verdict(), "packet");
  EXPECT_EQ(raw({ip, "9c400599 11223344 00000000 a0"}, 60).verdict(), "truncated_tcp_header");
  EXPECT_EQ(raw({ip}, 60).verdict(), "truncated_tcp_header");
}

TEST(Tcp, DatagramTooShort) {
  // 39 bytes by the header, though the frame has 40.
  EXPECT_EQ(raw({"45000027 d4310000 f4060000 c6336407 c0000201", kTcpSyn}).verdict(),
            "truncated_tcp_header");
}

TEST(Tcp, HeaderLength) {
  EXPECT_EQ(raw({kIpv4Tcp, "9c400599 11223344 00000000 40020400 00000000"}).verdict(),
            "invalid_tcp_header_length");
  EXPECT_EQ(raw({kIpv4Tcp, "9c400599 11223344 00000000 60020400 00000000"}).verdict(),
            "invalid_tcp_header_length");
  // In a first fragment the header may go on in the next one.
  EXPECT_EQ(raw({"45000028 d4312000 f4060000 c6336407 c0000201",
                 "9c400599 11223344 00000000 60020400 00000000"})
                .verdict(),
            "packet");
}

TEST(Tcp, TinyFirstFragment) {
  const Outcome got = raw({"4500001c d4312000 f4060000 c6336407 c0000201", "9c400599 11223344"});
  EXPECT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.packet.fragment, FragmentPosition::first);
  EXPECT_TRUE(got.packet.has_ports);
  EXPECT_FALSE(got.packet.has_flags);
  EXPECT_FALSE(got.packet.has_sequence);
  // Cut by the capture, not by fragmentation: the flags were there.
  EXPECT_EQ(
      raw({"45000028 d4312000 f4060000 c6336407 c0000201", "9c400599 11223344"}, 40).verdict(),
      "truncated_tcp_header");
}

TEST(Udp, Ports) {
  const Outcome got = raw({kIpv4Udp, kUdp});
  ASSERT_EQ(got.verdict(), "packet");
  EXPECT_TRUE(got.packet.has_ports);
  EXPECT_EQ(got.packet.source_port, 5353);
  EXPECT_EQ(got.packet.destination_port, 1026);
  EXPECT_EQ(got.packet.ttl, 51);
  EXPECT_FALSE(got.packet.has_flags);
  EXPECT_FALSE(got.packet.has_sequence);
}

TEST(Udp, Cut) {
  EXPECT_EQ(raw({kIpv4Udp, "14e90402"}, 32).verdict(), "packet");
  EXPECT_EQ(raw({kIpv4Udp, "14e904"}, 32).verdict(), "truncated_udp_header");
  // 27 bytes: 7 of UDP.
  EXPECT_EQ(raw({"4500001b 00010000 33110000 c6336407 c0000201", kUdp}).verdict(),
            "truncated_udp_header");
}

TEST(Udp, LengthFieldIsNotUsed) {
  EXPECT_EQ(raw({kIpv4Udp, "14e90402 00010000 deadbeef"}).verdict(), "packet");
  EXPECT_EQ(raw({kIpv4Udp, "14e90402 ffff0000 deadbeef"}).verdict(), "packet");
}

TEST(Udp, TunnelsAreNotUnwrapped) {
  // VXLAN (port 4789) around an Ethernet frame.
  const Outcome got = raw({"45000032 00010000 40110000 c6336407 c0000201",
                           "c00012b5 001e0000 08000000 00000100", kEthernetIpv4});
  EXPECT_EQ(got.verdict(), "packet");
  EXPECT_EQ(got.packet.destination_port, 4789);
  EXPECT_EQ(got.layers(), "raw ipv4 udp");
}

}  // namespace
}  // namespace teiten::test
