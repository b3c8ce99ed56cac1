#include "logs/vpc_flow.h"

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

log_test::ReadLog read_vpc(const std::string& text) {
  return log_test::read_log_as("vpc", text);
}

Rejection why(const std::string& line) {
  const auto log = read_vpc(line + "\n");
  return log.lines.size() == 1 ? log.lines.front().rejection : Rejection::count;
}

TEST(VpcFlow, ReadsARejectOfTheDefaultFormat) {
  const auto log = read_vpc(
      "2 123456789010 eni-0a1b2c3d 198.51.100.7 10.0.0.5 40000 1433 6 7 280 1700000000 1700000059 "
      "REJECT OK\n");
  ASSERT_EQ(log.rejections(), std::vector{Rejection::none});
  const Packet& packet = log.lines.front().packet;
  EXPECT_EQ(format_utc(packet.time), "2023-11-14T22:13:20Z");
  EXPECT_EQ(packet.source.to_string(), "198.51.100.7");
  EXPECT_EQ(packet.destination.to_string(), "10.0.0.5");
  EXPECT_EQ(packet.source_port, 40000);
  EXPECT_EQ(packet.destination_port, 1433);
  EXPECT_EQ(packet.packets, 7U);
  EXPECT_FALSE(packet.has_flags);
  EXPECT_EQ(log.sensors, std::vector<std::string>{"eni-0a1b2c3d"});
}

TEST(VpcFlow, ReadsCustomFieldsUnderTheirHeader) {
  const auto log = read_vpc(
      "action tcp-flags dstport srcport pkt-srcaddr srcaddr dstaddr protocol packets start "
      "flow-direction version\n"
      "REJECT 2 22 4711 198.51.100.9 10.0.0.1 10.0.0.5 6 1 1700000000 ingress 5\n"
      "REJECT 2 22 4711 - 198.51.100.8 10.0.0.5 6 1 1700000000 ingress 5\n"
      "REJECT 2 443 4711 - 10.0.0.5 198.51.100.8 6 1 1700000000 egress 5\n"
      "REJECT 0 0 0 - 198.51.100.8 10.0.0.5 1 4 1700000000 ingress 5\n");
  ASSERT_EQ(log.rejections(),
            (std::vector{Rejection::none, Rejection::none, Rejection::outbound, Rejection::none}));
  EXPECT_EQ(log.lines[0].packet.source.to_string(), "198.51.100.9");
  EXPECT_EQ(log.lines[0].packet.tcp_flags, 0x02);
  EXPECT_EQ(log.lines[1].packet.source.to_string(), "198.51.100.8");
  EXPECT_EQ(log.lines[3].packet.protocol, 1);
  EXPECT_FALSE(log.lines[3].packet.has_icmp_type);
  EXPECT_TRUE(log.sensors.empty());
}

TEST(VpcFlow, CountsAnAcceptOnlyWhereTheOtherSideBegan) {
  const std::string header =
      "srcaddr dstaddr srcport dstport protocol packets start action tcp-flags flow-direction\n";
  const auto verdict = [&](const std::string& row) {
    const auto log = read_vpc(header + row + "\n");
    return log.lines.size() == 1 ? log.lines.front().rejection : Rejection::count;
  };
  EXPECT_EQ(verdict("198.51.100.7 10.0.0.5 4711 22 6 9 1700000000 ACCEPT 3 ingress"),
            Rejection::none);
  EXPECT_EQ(verdict("198.51.100.7 10.0.0.5 4711 22 6 9 1700000000 ACCEPT 2 -"), Rejection::none);
  // The answer to what the instance asked, an established flow, and what cannot be told.
  EXPECT_EQ(verdict("198.51.100.7 10.0.0.5 443 4711 6 9 1700000000 ACCEPT 18 ingress"),
            Rejection::allowed);
  EXPECT_EQ(verdict("198.51.100.7 10.0.0.5 443 4711 6 9 1700000000 ACCEPT 0 ingress"),
            Rejection::allowed);
  EXPECT_EQ(verdict("198.51.100.7 10.0.0.5 53 4711 17 1 1700000000 ACCEPT 0 ingress"),
            Rejection::allowed);
  EXPECT_EQ(verdict("10.0.0.5 198.51.100.7 4711 443 6 9 1700000000 ACCEPT 2 -"),
            Rejection::allowed);
  EXPECT_EQ(verdict("10.0.0.5 198.51.100.7 4711 443 6 9 1700000000 ACCEPT 2 egress"),
            Rejection::outbound);
  EXPECT_EQ(why("2 1 eni-1 198.51.100.7 10.0.0.5 40000 22 6 7 280 1700000000 1700000059 ACCEPT OK"),
            Rejection::allowed);
}

TEST(VpcFlow, CountsIntervalsWithoutRecordsByTheirReason) {
  EXPECT_EQ(why("2 1 eni-1 - - - - - - - 1700000000 1700000059 - NODATA"), Rejection::no_data);
  EXPECT_EQ(why("2 1 eni-1 - - - - - - - 1700000000 1700000059 - SKIPDATA"),
            Rejection::skipped_data);
}

TEST(VpcFlow, ReadsACloudWatchExport) {
  const auto log = read_vpc(
      "2023-11-14T22:14:20.000Z 2 1 eni-1 198.51.100.7 10.0.0.5 40000 23 6 1 40 1700000000 "
      "1700000059 REJECT OK\n");
  ASSERT_EQ(log.rejections(), std::vector{Rejection::none});
  EXPECT_EQ(log.lines.front().packet.destination_port, 23);
  EXPECT_EQ(format_utc(log.lines.front().packet.time), "2023-11-14T22:13:20Z");
}

TEST(VpcFlow, ReadsACloudWatchExportUnderAHeader) {
  for (const std::string header_stamp : {"", "2023-11-14T22:14:00.000Z "}) {
    const auto log =
        read_vpc(header_stamp +
                 "start srcaddr dstaddr srcport dstport protocol packets action\n"
                 "2023-11-14T22:14:20.000Z 1700000000 198.51.100.7 10.0.0.5 40000 23 6 1 REJECT\n"
                 "1700000001 198.51.100.7 10.0.0.5 40000 23 6 1 REJECT\n"
                 "2023-11-14T22:14:20.000Z \n");
    ASSERT_EQ(log.rejections(),
              (std::vector{Rejection::none, Rejection::none, Rejection::wrong_column_count}));
    EXPECT_EQ(format_utc(log.lines.front().packet.time), "2023-11-14T22:13:20Z");
  }
}

TEST(VpcFlow, NamesWhatIsWrong) {
  const std::string tail = " 40000 23 6 1 40 1700000000 1700000059 REJECT OK";
  EXPECT_EQ(why("2 1 eni-1 198.51.100.7 10.0.0.5"), Rejection::wrong_column_count);
  EXPECT_EQ(why("2 1 eni-1 198.51.100.x 10.0.0.5" + tail), Rejection::invalid_source);
  EXPECT_EQ(why("2 1 eni-1 - 10.0.0.5" + tail), Rejection::no_source);
  EXPECT_EQ(why("2 1 eni-1 198.51.100.7 -" + tail), Rejection::invalid_destination);
  EXPECT_EQ(why("2 1 eni-1 198.51.100.7 10.0.0.5 40000 23 6 1 40 soon 1 REJECT OK"),
            Rejection::invalid_time);
  EXPECT_EQ(why("2 1 eni-1 198.51.100.7 10.0.0.5 40000 23 600 1 40 1700000000 1 REJECT OK"),
            Rejection::invalid_protocol);
  EXPECT_EQ(why("2 1 eni-1 198.51.100.7 10.0.0.5 40000 99999 6 1 40 1700000000 1 REJECT OK"),
            Rejection::invalid_port);
  EXPECT_EQ(why("2 1 eni-1 198.51.100.7 10.0.0.5 40000 23 6 - 40 1700000000 1 REJECT OK"),
            Rejection::invalid_packets);
  EXPECT_EQ(why("2 1 eni/1 198.51.100.7 10.0.0.5" + tail), Rejection::invalid_sensor);
}

TEST(VpcFlow, IsKnownByItsHeaderOrItsFirstRecord) {
  EXPECT_TRUE(VpcFlowParser::recognises("version srcaddr dstaddr action"));
  EXPECT_TRUE(VpcFlowParser::recognises("2 1 eni-1 - - - - - - - 1 2 - NODATA"));
  EXPECT_FALSE(VpcFlowParser::recognises("2 1 eni-1 - - - - - - - 1 2 - PERHAPS"));
  EXPECT_FALSE(VpcFlowParser::recognises("time source srcaddr"));
}

}  // namespace
}  // namespace teiten
