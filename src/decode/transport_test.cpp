#include <fmt/format.h>
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

/// A SYN with these options, of `cut` fewer captured bytes.
Packet syn_with(std::string_view options_hex, std::uint32_t cut = 0) {
  const auto options = static_cast<unsigned>(options_hex.size() / 2);
  std::string hex = fmt::format("4500{:04x}d4310000f4060000c6336407c0000201", 40 + options);
  hex += fmt::format("9c400599112233440000000{:x}{:x}002fa0100000000", 0, 5 + options / 4);
  hex += options_hex;
  return raw({std::string_view(hex).substr(0, hex.size() - 2 * cut)}, 40 + options).packet;
}

TEST(Tcp, OptionsOfASyn) {
  EXPECT_TRUE(syn_with("").has_options);
  EXPECT_EQ(syn_with("").options, 0U);
  EXPECT_EQ(syn_with("").tcp_header, 20);
  // The common lists, which are compared as a whole.
  const Packet mss = syn_with("020405b4");
  EXPECT_EQ(mss.options, 0x3U);
  EXPECT_EQ(mss.mss, 1460);
  EXPECT_EQ(mss.tcp_header, 24);
  EXPECT_EQ(syn_with("020405a001010402").options, 0x5223U);
  EXPECT_EQ(syn_with("020405a001010402").mss, 1440);
  const Packet windows = syn_with("020405b40103030801010402");
  EXPECT_EQ(windows.options, 0x522423U);
  EXPECT_EQ(windows.mss, 1460);
  EXPECT_EQ(windows.window_scale, 8);
  const Packet linux_host = syn_with(
      "020405b40402080a0000000100000000010303"
      "07");
  EXPECT_EQ(linux_host.options, 0x42953U);
  EXPECT_EQ(linux_host.mss, 1460);
  EXPECT_EQ(linux_host.window_scale, 7);
  // Others, one after the other: macOS, an option above 8, more than eight of them.
  const Packet apple = syn_with(
      "020405b4010303060101080a00000001000000000402"
      "0000");
  EXPECT_EQ(apple.options, 0x15922423U);
  EXPECT_EQ(apple.window_scale, 6);
  EXPECT_EQ(syn_with("020405b4220a0102030405060708"
                     "0101")
                .options,
            0x22f3U);
  EXPECT_EQ(syn_with("010101010101010102040001").options, 0x22222222U);
}

TEST(Tcp, OptionsThatMakeNoSense) {
  EXPECT_EQ(syn_with("00020405").options, 0x1U) << "the end is the end";
  EXPECT_EQ(syn_with("01020005").options, 0x32U) << "length 0";
  EXPECT_EQ(syn_with("010204b4").options, 0x32U) << "longer than what is left";
  EXPECT_EQ(syn_with("010204b4").mss, 0);
  EXPECT_EQ(syn_with("01010102").options, 0x3222U) << "no room for a length";
}

TEST(Tcp, OptionsOnlyOfAWholeSyn) {
  EXPECT_FALSE(syn_with("020405b4", 1).has_options) << "cut by the capture";
  const Outcome answer = raw({"4500002c d4310000 f4060000 c6336407 c0000201",
                              "9c400599 11223344 55667788 6012fa01 00000000 020405b4"});
  EXPECT_EQ(answer.verdict(), "packet");
  EXPECT_FALSE(answer.packet.has_options);
  EXPECT_EQ(answer.packet.mss, 0);
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
