#include "logs/zeek_conn.h"

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

using log_test::ReadLog;

constexpr const char* kHeader =
    "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
    "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\tlocal_orig\t"
    "local_resp\thistory\torig_pkts\tresp_pkts\n"
    "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tbool\tbool\tstring\tcount\tcount"
    "\n";

ReadLog read_zeek(const std::string& text) {
  return log_test::read_log_as("zeek", text);
}

LogLine read_one(const std::string& row) {
  const ReadLog log = read_zeek(kHeader + row + "\n");
  return log.lines.size() == 1 ? log.lines.front() : LogLine{};
}

TEST(ZeekConn, ReadsAScan) {
  const LogLine line =
      read_one("1700000000.123456\tCa\t198.51.100.7\t40000\t192.0.2.1\t23\ttcp\tS0\tF\tT\tS\t3\t0");
  ASSERT_EQ(line.rejection, Rejection::none);
  EXPECT_EQ(format_utc(line.packet.time), "2023-11-14T22:13:20.123456Z");
  EXPECT_EQ(line.packet.source.to_string(), "198.51.100.7");
  EXPECT_EQ(line.packet.destination.to_string(), "192.0.2.1");
  EXPECT_EQ(line.packet.source_port, 40000);
  EXPECT_EQ(line.packet.destination_port, 23);
  EXPECT_EQ(line.packet.packets, 3U);
  EXPECT_TRUE(line.packet.has_flags);
  EXPECT_EQ(line.packet.tcp_flags, 0x02);
  EXPECT_FALSE(line.packet.has_sequence);
  EXPECT_FALSE(line.packet.has_ttl);
  EXPECT_EQ(line.line, 8U);
  EXPECT_EQ(line.number, 1U);
}

TEST(ZeekConn, TurnsBackscatterRound) {
  // Zeek takes the receiver of a lone SYN-ACK for the one who asked.
  const LogLine line =
      read_one("1700000000\tCa\t192.0.2.1\t4001\t203.0.113.9\t80\ttcp\tOTH\tT\tF\t^h\t0\t2");
  ASSERT_EQ(line.rejection, Rejection::none);
  EXPECT_EQ(line.packet.source.to_string(), "203.0.113.9");
  EXPECT_EQ(line.packet.source_port, 80);
  EXPECT_EQ(line.packet.destination.to_string(), "192.0.2.1");
  EXPECT_EQ(line.packet.destination_port, 4001);
  EXPECT_EQ(line.packet.packets, 2U);
  EXPECT_EQ(line.packet.tcp_flags, 0x12);
}

TEST(ZeekConn, CountsWhatTheSiteBeganAsOutbound) {
  EXPECT_EQ(read_one("1700000000\tCa\t192.0.2.1\t4001\t203.0.113.9\t80\ttcp\tSF\tT\tF\tShAa\t2\t2")
                .rejection,
            Rejection::outbound);
  EXPECT_EQ(read_one("1700000000\tCa\t192.0.2.1\t4001\t192.0.2.9\t80\ttcp\tSF\tT\tT\tShAa\t2\t2")
                .rejection,
            Rejection::outbound);
}

TEST(ZeekConn, ReadsIcmpOfBothFamilies) {
  const LogLine v4 =
      read_one("1700000000\tCa\t198.51.100.7\t8\t192.0.2.1\t0\ticmp\tOTH\tF\tT\t-\t1\t0");
  ASSERT_EQ(v4.rejection, Rejection::none);
  EXPECT_EQ(v4.packet.protocol, 1);
  EXPECT_EQ(v4.packet.icmp_type, 8);
  const LogLine v6 =
      read_one("1700000000\tCa\t2001:db8::7\t1\t2001:db8::1\t4\ticmp\tOTH\tF\tT\t-\t1\t0");
  ASSERT_EQ(v6.rejection, Rejection::none);
  EXPECT_EQ(v6.packet.protocol, 58);
  EXPECT_EQ(v6.packet.icmp_type, 1);
  EXPECT_EQ(v6.packet.icmp_code, 4);
}

TEST(ZeekConn, SaysNoFlagsWhereTheHistoryTellsNone) {
  const LogLine line =
      read_one("1700000000\tCa\t198.51.100.7\t40000\t192.0.2.1\t23\ttcp\tOTH\tF\tT\tC\t1\t0");
  ASSERT_EQ(line.rejection, Rejection::none);
  EXPECT_FALSE(line.packet.has_flags);
}

TEST(ZeekConn, TakesTheStateWhereThereIsNoHistory) {
  const LogLine line =
      read_one("1700000000\tCa\t198.51.100.7\t40000\t192.0.2.1\t23\ttcp\tREJ\tF\tT\t-\t1\t1");
  ASSERT_EQ(line.rejection, Rejection::none);
  EXPECT_EQ(line.packet.tcp_flags, 0x02);
  EXPECT_FALSE(
      read_one("1700000000\tCa\t198.51.100.7\t40000\t192.0.2.1\t23\ttcp\tOTH\tF\tT\t-\t1\t1")
          .packet.has_flags);
}

TEST(ZeekConn, TakesColumnsInAnyOrderAndANewHeaderAtAnyTime) {
  const ReadLog log = read_zeek(
      "#separator ,\n#fields,id.resp_p,proto,ts,id.resp_h,id.orig_h,id.orig_p\n"
      "53,udp,1700000000,192.0.2.1,198.51.100.7,5353\n"
      "#close,2023-11-14-23-00-00\n" +
      std::string(kHeader) +
      "1700000001\tCa\t198.51.100.8\t1\t192.0.2.1\t2\tudp\tS0\tF\tT\tD\t1\t0\n");
  ASSERT_EQ(log.lines.size(), 2U);
  EXPECT_EQ(log.lines[0].packet.destination_port, 53);
  EXPECT_EQ(log.lines[0].packet.packets, 1U);
  EXPECT_EQ(log.lines[1].packet.source.to_string(), "198.51.100.8");
}

TEST(ZeekConn, NamesWhatIsWrong) {
  const auto why = [](const std::string& row) { return read_one(row).rejection; };
  EXPECT_EQ(why("1700000000\tCa\t198.51.100.7"), Rejection::wrong_column_count);
  EXPECT_EQ(why("x\tCa\t198.51.100.7\t1\t192.0.2.1\t2\tudp\tS0\tF\tT\tD\t1\t0"),
            Rejection::invalid_time);
  EXPECT_EQ(why("12.5\tCa\t198.51.100.7\t1\t192.0.2.1\t2\tudp\tS0\tF\tT\tD\t1\t0"),
            Rejection::before_1990);
  EXPECT_EQ(why("1700000000\tCa\t-\t1\t192.0.2.1\t2\tudp\tS0\tF\tT\tD\t1\t0"),
            Rejection::no_source);
  EXPECT_EQ(why("1700000000\tCa\t198.51.100.777\t1\t192.0.2.1\t2\tudp\tS0\tF\tT\tD\t1\t0"),
            Rejection::invalid_source);
  EXPECT_EQ(why("1700000000\tCa\t198.51.100.7\t65536\t192.0.2.1\t2\tudp\tS0\tF\tT\tD\t1\t0"),
            Rejection::invalid_port);
  EXPECT_EQ(
      why("1700000000\tCa\t198.51.100.7\t0\t192.0.2.1\t0\tunknown_transport\tOTH\tF\tT\t-\t1\t0"),
      Rejection::invalid_protocol);
  EXPECT_EQ(why("1700000000\tCa\t198.51.100.7\t1\t192.0.2.1\t2\tudp\tS0\tF\tT\tD\t0\t0"),
            Rejection::no_packets);
  EXPECT_EQ(read_zeek("1700000000\tCa\t198.51.100.7\n").rejections(),
            std::vector{Rejection::wrong_column_count});
}

TEST(ZeekConn, IsKnownByItsHeader) {
  EXPECT_TRUE(ZeekConnParser::recognises(kHeader));
  EXPECT_FALSE(
      ZeekConnParser::recognises("#separator \\x09\n#fields\tts\tuid\tid.orig_h\tquery\n"));
  EXPECT_FALSE(ZeekConnParser::recognises("# a comment\n"));
}

}  // namespace
}  // namespace teiten
