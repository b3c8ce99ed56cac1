#include <random>

#include <gtest/gtest.h>

#include "decode/test_frames.h"

namespace teiten::test {
namespace {

struct Sample {
  LinkType link;
  std::vector<std::byte> bytes;
};

/// One frame for every path through the decoder.
std::vector<Sample> samples() {
  const auto ethernet = [](std::initializer_list<std::string_view> parts) {
    return Sample{LinkType::ethernet, from_hex(parts)};
  };
  return {
      ethernet({kEthernetIpv4, kIpv4Tcp, kTcpSyn}),
      ethernet({kEthernetIpv4, kIpv4Udp, kUdp}),
      ethernet({kEthernetIpv4, kIpv4Icmp, kPing}),
      ethernet({kEthernetIpv4, "45000038 00020000 80010000 c6336407 c0000201 03030000 00000000",
                "45000028 00010000 01110000 c0000201 cb007109 00350fa1 00140000"}),
      ethernet({kEthernetIpv6, kIpv6Tcp, kIpv6Addresses, kTcpSyn}),
      ethernet({kEthernetIpv6, "60000000 004c0037", kIpv6Addresses, "2b00010400000000",
                "2c00000000000000 3c00000000000001 3300010400000000",
                "060400000000000100000001 000000000000000000000000", kTcpSyn}),
      ethernet({kEthernetIpv6, "60000000 00403a40", kIpv6Addresses, "03000000 00000000",
                "60000000 00143c01", kIpv6Addresses, "1100010400000000 00350fa1 00140000"}),
      ethernet({kMacs, "88a80064 81000065 8847 000100ff 000201ff", kIpv4Tcp, kTcpSyn}),
      ethernet({kMacs, "8864 1100 0001 002a 0021", kIpv4Tcp, kTcpSyn}),
      ethernet({kMacs, "0034 aaaa03 0000f8 8100 00010800", kIpv4Tcp, kTcpSyn}),
      {LinkType::null, from_hex({"02000000", kIpv4Tcp, kTcpSyn})},
      {LinkType::loop, from_hex({"00000018", kIpv6Tcp, kIpv6Addresses, kTcpSyn})},
      {LinkType::raw, from_hex({kIpv4Tcp, kTcpSyn})},
      {LinkType::ppp, from_hex({"ff03 0021", kIpv4Tcp, kTcpSyn})},
      {LinkType::ppp_hdlc, from_hex({"0f00 0800", kIpv4Tcp, kTcpSyn})},
      {LinkType::ppp_ether, from_hex({"1100 0001 002a 0021", kIpv4Tcp, kTcpSyn})},
      {LinkType::c_hdlc, from_hex({"0f00 86dd", kIpv6Tcp, kIpv6Addresses, kTcpSyn})},
      {LinkType::linux_sll,
       from_hex({"0000 0001 0006 0200000000020000 0004 aaaa03 000000 0800", kIpv4Tcp, kTcpSyn})},
      {LinkType::linux_sll2,
       from_hex({"0800 0000 00000002 0001 00 06 0200000000020000", kIpv4Udp, kUdp})},
      {LinkType::nflog,
       from_hex({"02000064 0b000100 08000100 00000000 2c000900", kIpv4Tcp, kTcpSyn})},
      {LinkType::ipv4, from_hex({kIpv4Tcp, kTcpSyn})},
      {LinkType::ipv6, from_hex({kIpv6Tcp, kIpv6Addresses, kTcpSyn})},
  };
}

/// A verdict is one of three, and an anomaly always has its name.
void expect_consistent(const Outcome& outcome) {
  EXPECT_EQ(outcome.decoded.kind == FrameKind::anomaly, outcome.decoded.anomaly != Anomaly::none);
  EXPECT_LT(outcome.decoded.anomaly, Anomaly::count);
  EXPECT_LE(outcome.trace.count, LayerTrace::kMax);
  if (outcome.decoded.kind != FrameKind::packet) return;
  const Packet& packet = outcome.packet;
  EXPECT_TRUE(packet.has_destination && packet.has_ttl && packet.has_length);
  if (packet.fragment == FragmentPosition::later) {
    EXPECT_FALSE(packet.has_ports || packet.has_flags || packet.has_icmp_type);
  } else {
    EXPECT_EQ(packet.has_ports, packet.is_tcp() || packet.is_udp());
    EXPECT_EQ(packet.has_icmp_type, packet.is_icmp());
  }
  EXPECT_FALSE(packet.has_flags && !packet.is_tcp());
  EXPECT_FALSE(packet.has_sequence && !packet.has_flags);
  EXPECT_FALSE(packet.has_quoted && !packet.is_icmp());
}

TEST(Hostile, SamplesAreWholePackets) {
  for (const Sample& sample : samples()) {
    const Outcome outcome = decode_bytes(sample.link, sample.bytes);
    EXPECT_EQ(outcome.verdict(), "packet") << outcome.layers();
    expect_consistent(outcome);
  }
}

TEST(Hostile, EveryPrefixCutByTheCaptureOrTheWire) {
  for (const Sample& sample : samples()) {
    for (std::size_t size = 0; size <= sample.bytes.size(); ++size) {
      const std::vector<std::byte> prefix(sample.bytes.begin(),
                                          sample.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      expect_consistent(
          decode_bytes(sample.link, prefix, static_cast<std::uint32_t>(sample.bytes.size())));
      expect_consistent(decode_bytes(sample.link, prefix));
    }
  }
}

TEST(Hostile, EveryByteTakesEveryValue) {
  for (const Sample& sample : samples()) {
    std::vector<std::byte> bytes = sample.bytes;
    for (std::byte& byte : bytes) {
      const std::byte before = byte;
      for (int value = 0; value < 256; ++value) {
        byte = static_cast<std::byte>(value);
        expect_consistent(decode_bytes(sample.link, bytes));
      }
      byte = before;
    }
  }
}

TEST(Hostile, RandomMutations) {
  constexpr int kRounds = 20'000;  // for each sample: about a second in all
  std::mt19937 random(20070701);
  for (const Sample& sample : samples()) {
    for (int round = 0; round < kRounds; ++round) {
      std::vector<std::byte> bytes = sample.bytes;
      const std::size_t changes = 1 + random() % 6;
      for (std::size_t i = 0; i < changes; ++i)
        bytes[random() % bytes.size()] = static_cast<std::byte>(random());
      bytes.resize(random() % (bytes.size() + 8));
      const auto original_length = static_cast<std::uint32_t>(random() % 3 == 0 ? random() : 0);
      expect_consistent(decode_bytes(sample.link, bytes, original_length));
    }
  }
}

TEST(Hostile, RandomBytesOnEveryLinkType) {
  std::mt19937 random(20070731);
  for (int link = 0; link < 300; ++link) {
    for (int round = 0; round < 100; ++round) {
      std::vector<std::byte> bytes(random() % 200);
      for (std::byte& byte : bytes)
        byte = static_cast<std::byte>(random());
      expect_consistent(decode_bytes(static_cast<LinkType>(link), bytes));
    }
  }
}

}  // namespace
}  // namespace teiten::test
