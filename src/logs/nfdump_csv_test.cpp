#include "logs/nfdump_csv.h"

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

log_test::ReadLog read_nfdump(const std::string& text, const LogOptions& options = {}) {
  return log_test::read_log_as("nfdump", text, options);
}

const std::string kOld =
    "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt,opkt,obyt,in,out,sas,das,smk,dmk,dtos,dir,nh,"
    "nhb,svln,dvln,ra,eng,exid,tr\n";
const std::string kOldTail =
    ",0,0,0,0,0,0,0,0,0,0,0.0.0.0,0.0.0.0,0,0,0.0.0.0,17/1,0,2023-11-15 01:00:00.000\n";

// Rows as nfdump 1.7.1 prints them.
TEST(NfdumpCsv, ReadsTheColumnsOfVersions16And17) {
  const auto log = read_nfdump(
      kOld +
      "2023-11-14 22:13:20,2023-11-14 22:13:21,1.000,198.51.100.7,192.0.2.1,40000,23,TCP,......S."
      ",0,0,2,80" +
      kOldTail +
      "2023-11-14 22:13:22,2023-11-14 22:13:22,0.000,198.51.100.8,192.0.2.1,5353,53,UDP,........"
      ",0,0,1,48" +
      kOldTail +
      "2023-11-14 22:13:23,2023-11-14 22:13:23,0.000,198.51.100.19,192.0.2.1,0,771,ICMP,........"
      ",0,0,1,36" +
      kOldTail +
      "2023-11-14 22:13:24,2023-11-14 22:13:24,0.000,2001:db8::7,2001:db8::1,0,32768,ICMP6,........"
      ",0,0,1,56" +
      kOldTail + "Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n4,220,5,632,1,45\n");
  ASSERT_EQ(log.rejections(), std::vector(4, Rejection::none));
  EXPECT_EQ(log.lines[0].packet.packets, 2U);
  EXPECT_EQ(log.lines[0].packet.destination_port, 23);
  EXPECT_EQ(log.lines[0].packet.tcp_flags, 0x02);
  EXPECT_EQ(format_utc(log.lines[0].packet.time), "2023-11-14T22:13:20Z");
  EXPECT_EQ(log.lines[1].packet.protocol, 17);
  EXPECT_EQ(log.lines[2].packet.icmp_type, 3);
  EXPECT_EQ(log.lines[2].packet.icmp_code, 3);
  EXPECT_EQ(log.lines[3].packet.protocol, 58);
  EXPECT_EQ(log.lines[3].packet.icmp_type, 128);
}

TEST(NfdumpCsv, ReadsTheColumnsOfLaterVersions) {
  LogOptions options;
  options.zone = TimeZone::find("Asia/Tokyo").value();
  const auto log = read_nfdump(
      "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows\n"
      "2023-11-15 07:13:20.125,1.000,TCP,198.51.100.7,40000,192.0.2.1,23,2,80,1\n"
      "2023-11-15 07:13:21.000,1.000,ICMP,198.51.100.7,0,192.0.2.1,8.0,2,80,1\n",
      options);
  ASSERT_EQ(log.rejections(), std::vector(2, Rejection::none));
  EXPECT_EQ(format_utc(log.lines[0].packet.time), "2023-11-14T22:13:20.125Z");
  EXPECT_FALSE(log.lines[0].packet.has_flags);
  EXPECT_EQ(log.lines[1].packet.icmp_type, 8);
  EXPECT_EQ(log.lines[1].packet.icmp_code, 0);
}

TEST(NfdumpCsv, ReadsCsvFast) {
  const auto log = read_nfdump(
      "cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,srcAS,dstAS,input,output,"
      "flags,srcTos,packets,bytes\n"
      "1,2,1700000000125,1700000001000,6,198.51.100.7,40000,192.0.2.1,23,0,0,1,2,......S.,0,5,"
      "200\n");
  ASSERT_EQ(log.rejections(), std::vector{Rejection::none});
  EXPECT_EQ(format_utc(log.lines[0].packet.time), "2023-11-14T22:13:20.125Z");
  EXPECT_EQ(log.lines[0].packet.packets, 5U);
  EXPECT_EQ(log.lines[0].packet.tcp_flags, 0x02);
}

TEST(NfdumpCsv, TellsFromTheFlagsOfAllPacketsWhatTheFirstOneShowed) {
  const auto flags = [](const std::string& letters) {
    const auto log = read_nfdump(
        "ts,sa,da,sp,dp,pr,flg,ipkt\n2023-11-14 22:13:20,198.51.100.7,"
        "192.0.2.1,1,2,TCP," +
        letters + ",3\n");
    const Packet& packet = log.lines.at(0).packet;
    return packet.has_flags ? int{packet.tcp_flags} : -1;
  };
  EXPECT_EQ(flags("......S."), 0x02);
  EXPECT_EQ(flags(".....RS."), 0x02);  // a scanner that hangs up
  EXPECT_EQ(flags("......SF"), 0x03);
  EXPECT_EQ(flags("...A..S."), 0x12);
  EXPECT_EQ(flags(".....R.."), 0x04);
  EXPECT_EQ(flags("...AP.SF"), -1);  // either side may have begun it
  EXPECT_EQ(flags("........"), -1);  // the exporter tells none
}

TEST(NfdumpCsv, NamesWhatIsWrong) {
  const auto why = [](const std::string& row) {
    const auto log = read_nfdump("ts,sa,da,sp,dp,pr,flg,ipkt\n" + row + "\n");
    return log.lines.size() == 1 ? log.lines.front().rejection : Rejection::count;
  };
  const std::string time = "2023-11-14 22:13:20,";
  EXPECT_EQ(why("a,b"), Rejection::wrong_column_count);
  EXPECT_EQ(why("now,198.51.100.7,192.0.2.1,1,2,TCP,......S.,1"), Rejection::invalid_time);
  EXPECT_EQ(why("1970-01-01 00:00:00,198.51.100.7,192.0.2.1,1,2,TCP,......S.,1"),
            Rejection::before_1990);
  EXPECT_EQ(why(time + "0.0.0.0,192.0.2.1,1,2,TCP,......S.,1"), Rejection::no_source);
  EXPECT_EQ(why(time + "198.51.100.7,host,1,2,TCP,......S.,1"), Rejection::invalid_destination);
  EXPECT_EQ(why(time + "198.51.100.7,192.0.2.1,1,70000,TCP,......S.,1"), Rejection::invalid_port);
  EXPECT_EQ(why(time + "198.51.100.7,192.0.2.1,0,256.0,ICMP,........,1"),
            Rejection::invalid_icmp_type);
  EXPECT_EQ(why(time + "198.51.100.7,192.0.2.1,1,2,NOPE,......S.,1"), Rejection::invalid_protocol);
  EXPECT_EQ(why(time + "198.51.100.7,192.0.2.1,1,2,TCP,..?...S.,1"), Rejection::invalid_tcp_flags);
  EXPECT_EQ(why(time + "198.51.100.7,192.0.2.1,1,2,TCP,......S.,0"), Rejection::no_packets);
  EXPECT_EQ(why(time + "198.51.100.7,192.0.2.1,1,2,TCP,......S.,1.2 M"),
            Rejection::invalid_packets);
  EXPECT_EQ(read_nfdump("1,2,3\n").rejections(), std::vector{Rejection::wrong_column_count});
}

}  // namespace
}  // namespace teiten
