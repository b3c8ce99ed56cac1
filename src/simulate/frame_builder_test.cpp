#include "simulate/frame_builder.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace teiten {
namespace {

const std::vector<ScenarioSensor>& sensors() {
  static const std::vector<ScenarioSensor> kSensors = {{"one", *IpAddress::parse("192.0.2.10")},
                                                       {"two", *IpAddress::parse("192.0.2.11")}};
  return kSensors;
}

SimPacket packet_of(Shape shape) {
  SimPacket packet;
  packet.time = 1'183'248'000'000'000;
  packet.source = 0x0b020304;  // 11.2.3.4
  packet.sequence = 0x01020304;
  packet.source_port = 3575;
  packet.destination_port = 135;
  packet.ip_id = 0x4321;
  packet.sensor = 1;
  packet.shape = shape;
  packet.tool = Sender::windows;
  return packet;
}

std::string hex(std::span<const std::uint8_t> bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes)
    text += fmt::format("{:02x}", byte);
  return text;
}

/// RFC 1071: with its checksum in place a header sums to ffff.
std::uint32_t internet_sum(std::span<const std::uint8_t> bytes, std::uint32_t start = 0) {
  std::uint32_t sum = start;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    sum += i % 2 == 0 ? bytes[i] * 256U : bytes[i];
  while (sum > 0xffff)
    sum = (sum & 0xffff) + (sum >> 16);
  return sum;
}

TEST(FrameBuilder, WritesTheSynOfAWindowsConnect) {
  FrameBuilder builder(sensors());
  const auto frame = builder.build(packet_of(Shape::syn));
  EXPECT_EQ(frame.length, 62U);
  ASSERT_EQ(frame.captured.size(), 62U);
  EXPECT_EQ(hex(frame.captured.first(14)), "0200000000020201000000020800");
  const auto ip = frame.captured.subspan(14, 20);
  EXPECT_EQ(hex(ip.first(8)), "4500003043214000");  // 48 bytes, don't fragment
  EXPECT_EQ(ip[9], 6);
  EXPECT_EQ(hex(ip.subspan(12)), "0b020304c000020b");
  EXPECT_EQ(internet_sum(ip), 0xffffU);
  EXPECT_GE(ip[8], 103);
  EXPECT_LE(ip[8], 122);
  // Checksum worked out apart from this program: window 16384 (Windows 2000), MSS 1460, NOP, NOP,
  // SACK permitted.
  EXPECT_EQ(hex(frame.captured.subspan(34)),
            "0df70087010203040000000070024000608a0000020405b401010402");
}

TEST(FrameBuilder, WritesTheHeadersOfScanners) {
  FrameBuilder builder(sensors());
  const auto fields = [&](Sender sender) {
    SimPacket packet = packet_of(Shape::syn);
    packet.tool = sender;
    const auto frame = builder.build(packet);
    const std::string tcp = hex(frame.captured.subspan(46, 4));
    const std::size_t options = static_cast<std::size_t>(frame.captured[46] >> 4) * 4 - 20;
    return fmt::format("{} {} {}", tcp, frame.captured[22] > 200 ? "high" : "low",
                       hex(frame.captured.subspan(54, options)));
  };
  EXPECT_EQ(fields(Sender::zmap), "5002ffff high ");
  EXPECT_EQ(fields(Sender::zmap_4_1), "8002ffff high 020405b40103030801010402");
  EXPECT_EQ(fields(Sender::masscan), "50020400 high ");
  EXPECT_EQ(fields(Sender::masscan_2023), "60020401 high 020405b4");
  EXPECT_EQ(fields(Sender::nmap), "60020400 low 020405b4");
  EXPECT_TRUE(fields(Sender::mirai).starts_with("5002")) << fields(Sender::mirai);
}

TEST(FrameBuilder, CutsALongDatagramButKeepsItsLength) {
  FrameBuilder builder(sensors());
  SimPacket packet = packet_of(Shape::udp);
  packet.source_port = 1200;
  packet.destination_port = 1434;
  packet.payload = 376;
  const auto frame = builder.build(packet);
  EXPECT_EQ(frame.length, 418U);
  EXPECT_EQ(frame.captured.size(), 96U);
  EXPECT_EQ(hex(frame.captured.subspan(16, 2)), "0194");  // IP length 404
  EXPECT_EQ(hex(frame.captured.subspan(34, 10)), "04b0059a01801e930400");
}

TEST(FrameBuilder, WritesAPing) {
  FrameBuilder builder(sensors());
  SimPacket packet = packet_of(Shape::echo);
  packet.source_port = 0x1234;
  packet.destination_port = 5;
  const auto frame = builder.build(packet);
  EXPECT_EQ(frame.length, 74U);
  EXPECT_EQ(hex(frame.captured.subspan(34, 10)), "08003b23123400056162");
}

TEST(FrameBuilder, QuotesTheForgedPacketInAnIcmpError) {
  FrameBuilder builder(sensors());
  SimPacket packet = packet_of(Shape::unreachable);
  packet.source_port = 40000;
  packet.destination_port = 80;
  const auto frame = builder.build(packet);
  EXPECT_EQ(frame.length, 70U);
  const auto icmp = frame.captured.subspan(34);
  EXPECT_EQ(icmp[0], 3);
  EXPECT_EQ(internet_sum(icmp), 0xffffU);
  const auto quoted = icmp.subspan(8);
  EXPECT_EQ(internet_sum(quoted.first(20)), 0xffffU);
  EXPECT_EQ(hex(quoted.subspan(12, 8)), "c000020b0b020304");  // from the sensor to the victim
  EXPECT_EQ(hex(quoted.subspan(20)), "9c40005001020304");
}

TEST(FrameBuilder, GivesEveryShapeSoundChecksumsAndFlags) {
  FrameBuilder builder(sensors());
  for (const Sender tool : {Sender::windows, Sender::linux_host, Sender::raw}) {
    for (const auto& [shape, flags] : {std::pair{Shape::syn, 0x02},
                                       {Shape::syn_ack, 0x12},
                                       {Shape::rst, 0x04},
                                       {Shape::rst_ack, 0x14}}) {
      SimPacket packet = packet_of(shape);
      packet.tool = tool;
      const auto frame = builder.build(packet);
      EXPECT_GE(frame.length, 60U);
      const auto ip = frame.captured.subspan(14, 20);
      EXPECT_EQ(internet_sum(ip), 0xffffU);
      const std::size_t segment = ip[2] * 256U + ip[3] - 20U;
      const auto tcp = frame.captured.subspan(34, segment);
      EXPECT_EQ(tcp[13], flags);
      EXPECT_EQ(tcp[12] / 16 * 4U, segment);
      const std::uint32_t pseudo =
          internet_sum(ip.subspan(12), 6U + static_cast<std::uint32_t>(segment));
      EXPECT_EQ(internet_sum(tcp, pseudo), 0xffffU);
    }
  }
}

}  // namespace
}  // namespace teiten
