#include "logs/dshield_line.h"

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

log_test::ReadLog read_dshield(const std::string& text) {
  return log_test::read_log_as("dshield", text);
}

Rejection why(const std::string& line) {
  const auto log = read_dshield(line + "\n");
  return log.lines.size() == 1 ? log.lines.front().rejection : Rejection::count;
}

TEST(Dshield, ReadsALineOfAClient) {
  const auto log = read_dshield(
      "2013-03-16 06:25:20 -05:00\t123456\t3\t198.51.100.7\t40000\t192.0.2.1\t1433\tTCP\tS\n");
  ASSERT_EQ(log.rejections(), std::vector{Rejection::none});
  const Packet& packet = log.lines.front().packet;
  EXPECT_EQ(format_utc(packet.time), "2013-03-16T11:25:20Z");
  EXPECT_EQ(packet.packets, 3U);
  EXPECT_EQ(packet.source.to_string(), "198.51.100.7");
  EXPECT_EQ(packet.source_port, 40000);
  EXPECT_EQ(packet.destination.to_string(), "192.0.2.1");
  EXPECT_EQ(packet.destination_port, 1433);
  EXPECT_EQ(packet.protocol, 6);
  EXPECT_EQ(packet.tcp_flags, 0x02);
  EXPECT_EQ(log.sensors, std::vector<std::string>{"123456"});
}

TEST(Dshield, PutsIcmpTypeAndCodeWherePortsAre) {
  const auto log =
      read_dshield("2013-03-16 06:25:20 +0900\t0\t1\t198.51.100.7\t3\t192.0.2.1\t10\tICMP\n");
  ASSERT_EQ(log.rejections(), std::vector{Rejection::none});
  const Packet& packet = log.lines.front().packet;
  EXPECT_EQ(format_utc(packet.time), "2013-03-15T21:25:20Z");
  EXPECT_EQ(packet.icmp_type, 3);
  EXPECT_EQ(packet.icmp_code, 10);
  EXPECT_EQ(packet.sensor_label, 0);
  EXPECT_TRUE(log.sensors.empty());
}

TEST(Dshield, ReadsTheReservedFlags) {
  const auto log = read_dshield(
      "2013-03-16 06:25:20 +00:00\t0\t1\t198.51.100.7\t1\t192.0.2.1\t2\t6\tSA12\n"
      "2013-03-16 06:25:20 +00:00\t0\t1\t198.51.100.7\t1\t192.0.2.1\t2\t6\t\n");
  ASSERT_EQ(log.rejections(), (std::vector{Rejection::none, Rejection::none}));
  EXPECT_EQ(log.lines[0].packet.tcp_flags, 0xd2);
  EXPECT_FALSE(log.lines[1].packet.has_flags);
}

TEST(Dshield, NamesWhatIsWrong) {
  const std::string time = "2013-03-16 06:25:20 +00:00\t0\t";
  EXPECT_EQ(why(time + "1\t198.51.100.7\t1"), Rejection::wrong_column_count);
  EXPECT_EQ(why("yesterday\t0\t1\t198.51.100.7\t1\t192.0.2.1\t2\tTCP\tS"), Rejection::invalid_time);
  EXPECT_EQ(why("1970-01-01 00:00:00 +00:00\t0\t1\t198.51.100.7\t1\t192.0.2.1\t2\tTCP\tS"),
            Rejection::before_1990);
  EXPECT_EQ(why(time + "0\t198.51.100.7\t1\t192.0.2.1\t2\tTCP\tS"), Rejection::no_packets);
  for (const std::string count : {"4294967296", "18446744073709551617", "9999999999999999999999"})
    EXPECT_EQ(why(time + count + "\t198.51.100.7\t1\t192.0.2.1\t2\tTCP\tS"),
              Rejection::invalid_packets);
  EXPECT_EQ(why(time + "4294967295\t198.51.100.7\t1\t192.0.2.1\t2\tTCP\tS"), Rejection::none);
  EXPECT_EQ(why(time + "00000000000000000001\t198.51.100.7\t1\t192.0.2.1\t2\tTCP\tS"),
            Rejection::none);
  EXPECT_EQ(why(time + "many\t198.51.100.7\t1\t192.0.2.1\t2\tTCP\tS"), Rejection::invalid_packets);
  EXPECT_EQ(why(time + "1\t0.0.0.0\t1\t192.0.2.1\t2\tTCP\tS"), Rejection::no_source);
  EXPECT_EQ(why(time + "1\t198.51.100.7\t1\t192.0.2\t2\tTCP\tS"), Rejection::invalid_destination);
  EXPECT_EQ(why(time + "1\t198.51.100.7\t1\t192.0.2.1\t99999\tTCP\tS"), Rejection::invalid_port);
  EXPECT_EQ(why(time + "1\t198.51.100.7\t300\t192.0.2.1\t0\tICMP"), Rejection::invalid_icmp_type);
  EXPECT_EQ(why(time + "1\t198.51.100.7\t1\t192.0.2.1\t2\tQUIC\tS"), Rejection::invalid_protocol);
  EXPECT_EQ(why(time + "1\t198.51.100.7\t1\t192.0.2.1\t2\tTCP\tSX"), Rejection::invalid_tcp_flags);
  EXPECT_EQ(why("2013-03-16 06:25:20 +00:00\tmy box\t1\t198.51.100.7\t1\t192.0.2.1\t2\tTCP\tS"),
            Rejection::invalid_sensor);
}

}  // namespace
}  // namespace teiten
