#include "logs/filterlog.h"

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

const std::string kStamp = "2024-05-07T11:57:48.5+09:00 gw filterlog[123]: ";

LogLine read_one(const std::string& line) {
  const auto log = log_test::read_log_as("filterlog", line + "\n");
  return log.lines.size() == 1 ? log.lines.front() : LogLine{};
}

Rejection why(const std::string& data) {
  return read_one(kStamp + data).rejection;
}

TEST(Filterlog, ReadsATcpSynOfPfSense) {
  const LogLine line = read_one(
      kStamp +
      "5,,,1000000103,em0,match,block,in,4,0x0,,244,54321,0,DF,6,tcp,44,198.51.100.7,192.0.2.1,"
      "40000,1433,0,S,305419896,,1024,,mss");
  ASSERT_EQ(line.rejection, Rejection::none);
  const Packet& packet = line.packet;
  EXPECT_EQ(format_utc(packet.time), "2024-05-07T02:57:48.5Z");
  EXPECT_EQ(packet.source.to_string(), "198.51.100.7");
  EXPECT_EQ(packet.destination.to_string(), "192.0.2.1");
  EXPECT_EQ(packet.source_port, 40000);
  EXPECT_EQ(packet.destination_port, 1433);
  EXPECT_EQ(packet.ttl, 244);
  EXPECT_EQ(packet.ip_id, 54321);
  EXPECT_EQ(packet.length, 44);
  EXPECT_EQ(packet.tcp_flags, 0x02);
  ASSERT_TRUE(packet.has_sequence);
  EXPECT_EQ(packet.sequence, 0x12345678U);
  EXPECT_EQ(packet.window, 1024);
  EXPECT_FALSE(packet.has_options);
}

TEST(Filterlog, ReadsSyslogsOtherDresses) {
  const std::string data =
      "9,,,02f4bab031b57d1e30553ce08e0ec131,igb0,match,block,in,4,0x0,,50,1,0,none,17,udp,48,"
      "198.51.100.7,192.0.2.1,5353,53,28";
  LogOptions options;
  options.year = 2013;
  for (const std::string head :
       {"Aug 16 06:25:20 gw filterlog[4711]: ", "<134>Aug 16 06:25:20 filterlog: ",
        // FreeBSD's syslogd -v and -vv; syslog-ng's chained and long host names.
        "Aug 16 06:25:20 <16.6> gw filterlog[4711]: ",
        "Aug 16 06:25:20 <local0.info> gw filterlog[1]: ",
        "Aug 16 06:25:20 relay/gw filterlog[4711]: ", "Aug 16 06:25:20 s_src@gw filterlog[4711]: ",
        "<134>1 2013-08-16T06:25:20+00:00 gw.example filterlog 4711 - [meta sequenceId=\"7\"] "}) {
    const auto log = log_test::read_log_as("filterlog", head + data + "\n", options);
    ASSERT_EQ(log.rejections(), std::vector{Rejection::none}) << head;
    EXPECT_EQ(format_utc(log.lines.front().packet.time), "2013-08-16T06:25:20Z") << head;
    EXPECT_EQ(log.lines.front().packet.destination_port, 53) << head;
  }
}

TEST(Filterlog, ReadsIpv6) {
  const LogLine line = read_one(
      kStamp +
      "7,,,1000000105,em0,match,block,in,6,0x00,0x12345,55,TCP,6,20,2001:db8::7,2001:db8::1,40001,"
      "22,0,S,1,,64240,,");
  ASSERT_EQ(line.rejection, Rejection::none);
  EXPECT_EQ(line.packet.source.to_string(), "2001:db8::7");
  EXPECT_EQ(line.packet.destination_port, 22);
  EXPECT_EQ(line.packet.ttl, 55);
  EXPECT_EQ(line.packet.length, 60);
  EXPECT_EQ(line.packet.protocol, 6);
  const LogLine icmp = read_one(
      kStamp +
      "7,,,1000000105,em0,match,block,in,6,0x00,0x00000,255,ICMPv6,58,32,2001:db8::7,2001:db8::1,");
  ASSERT_EQ(icmp.rejection, Rejection::none);
  EXPECT_EQ(icmp.packet.protocol, 58);
  EXPECT_FALSE(icmp.packet.has_icmp_type);
}

TEST(Filterlog, ReadsIcmpInWords) {
  const std::string head =
      kStamp + "5,,,1,em0,match,block,in,4,0x0,,60,7,0,none,1,icmp,84,198.51.100.7,192.0.2.1,";
  // The sequence number and the length stand glued at the end.
  const LogLine echo = read_one(head + "request,4660,164");
  ASSERT_EQ(echo.rejection, Rejection::none);
  EXPECT_EQ(echo.packet.icmp_type, 8);
  EXPECT_EQ(echo.packet.source_port, 4660);
  const LogLine unreachable = read_one(head + "unreachport,192.0.2.1,UDP,5336");
  ASSERT_EQ(unreachable.rejection, Rejection::none);
  EXPECT_EQ(unreachable.packet.icmp_type, 3);
  EXPECT_EQ(unreachable.packet.icmp_code, 3);
  EXPECT_EQ(read_one(head + "timexceed,time exceeded in-transit36").packet.icmp_type, 11);
  EXPECT_EQ(read_one(head + "source quench36").packet.icmp_type, 4);
  // OPNsense tells no type.
  const LogLine unknown = read_one(head + "datalength=64");
  ASSERT_EQ(unknown.rejection, Rejection::none);
  EXPECT_FALSE(unknown.packet.has_icmp_type);
}

/// `type/code` and, of an echo, its identifier.
std::string icmp_of(const LogLine& line) {
  const Packet& packet = line.packet;
  if (line.rejection != Rejection::none) return std::string(to_string(line.rejection));
  if (!packet.has_icmp_type) return "?";
  std::string text = std::to_string(packet.icmp_type) + "/" + std::to_string(packet.icmp_code);
  return packet.source_port == 0 ? text : text + " " + std::to_string(packet.source_port);
}

// Types and codes in the words of pf.conf, as newer OPNsense has them.
TEST(Filterlog, ReadsIcmpInPfsWords) {
  const auto four = [](const std::string& words) {
    return icmp_of(read_one(
        kStamp + "5,,,1,em0,match,block,in,4,0x0,,60,7,0,none,1,icmp,84,198.51.100.7,192.0.2.1," +
        words));
  };
  EXPECT_EQ(four("datalength=64,echoreq,0,77,1,"), "8/0 77");
  EXPECT_EQ(four("datalength=64,echorep,0,77,1,"), "0/0 77");
  EXPECT_EQ(four("datalength=64,unreach,port-unr,,,"), "3/3");
  EXPECT_EQ(four("datalength=64,unreach,host-unr"), "3/1");
  EXPECT_EQ(four("datalength=64,unreach,net-unr"), "3/0");
  EXPECT_EQ(four("datalength=64,unreach,needfrag"), "3/4");
  EXPECT_EQ(four("datalength=64,unreach,13,,,"), "3/13");
  EXPECT_EQ(four("datalength=64,unreach,unknown(13)"), "3/13");
  EXPECT_EQ(four("datalength=64,squench,0"), "4/0");
  EXPECT_EQ(four("datalength=64,redir,redir-host"), "5/1");
  EXPECT_EQ(four("datalength=64,timex,transit"), "11/0");
  EXPECT_EQ(four("datalength=64,paramprob,optmiss"), "12/1");
  EXPECT_EQ(four("datalength=64,timereq,0,9,9"), "13/0");
  EXPECT_EQ(four("datalength=64,timerep,0"), "14/0");
  EXPECT_EQ(four("datalength=64,unknown(42),0"), "42/0");
  EXPECT_EQ(four("datalength=64,42,5"), "42/5");
  EXPECT_EQ(four("datalength=64,unknown(256),0"), "?");
  EXPECT_EQ(four("datalength=64,neighbrsol,0"), "?");
  EXPECT_EQ(four("datalength=64"), "?");
  EXPECT_EQ(four("datalength=64,"), "?");
  const auto six = [](const std::string& words) {
    return icmp_of(read_one(
        kStamp + "7,,,1,em0,match,block,in,6,0x00,0x0,255,ICMPv6,58,32,2001:db8::7,2001:db8::1," +
        words));
  };
  EXPECT_EQ(six("datalength=32,echoreq,0,77,1,"), "128/0 77");
  EXPECT_EQ(six("datalength=32,echorep,0,77,1,"), "129/0 77");
  EXPECT_EQ(six("datalength=32,unreach,port-unr,,,"), "1/4");
  EXPECT_EQ(six("datalength=32,unreach,admin-unr,,,"), "1/1");
  EXPECT_EQ(six("datalength=32,toobig,0"), "2/0");
  EXPECT_EQ(six("datalength=32,timex,reassemb"), "3/1");
  EXPECT_EQ(six("datalength=32,paramprob,nxthdr"), "4/1");
  EXPECT_EQ(six("datalength=32,neighbrsol,0"), "135/0");
  EXPECT_EQ(six("datalength=32,neighbradv,0"), "136/0");
  EXPECT_EQ(six("datalength=32,routersol,0"), "133/0");
  EXPECT_EQ(six("datalength=32,routeradv,0"), "134/0");
  EXPECT_EQ(six("datalength=32,unknown(255),unknown(300)"), "255/0");
  EXPECT_EQ(six("datalength=32"), "?");
}

TEST(Filterlog, ReadsRelayedLines) {
  const std::string data =
      "9,,,1,igb0,match,block,in,4,0x0,,50,1,0,none,17,udp,48,198.51.100.7,192.0.2.1,5353,53,28";
  LogOptions options;
  options.year = 2013;
  for (const std::string head :
       {"Aug 16 06:25:21 192.0.2.254 Aug 16 06:25:20 filterlog[4711]: ",
        "<134>Aug 16 06:25:21 relay Aug 16 06:25:20 gw filterlog: ",
        "Aug 16 06:25:21 relay <134>Aug 16 06:25:20 gw filterlog[1]: ",
        "Aug 16 06:25:21 relay 1 2013-08-16T06:25:20+00:00 gw filterlog 4711 - - ",
        "2013-08-16T06:25:20Z relay Aug 16 08:25:19 gw filterlog[1]: "}) {
    const auto log = log_test::read_log_as("filterlog", head + data + "\n", options);
    ASSERT_EQ(log.rejections(), std::vector{Rejection::none}) << head;
    EXPECT_EQ(format_utc(log.lines.front().packet.time), "2013-08-16T06:25:20Z") << head;
  }
  for (const std::string head :
       {"Aug 16 06:25:21 gw sshd[9]: Invalid user Aug 16 06:25:20 gw filterlog[1]: ",
        "Aug 16 06:25:21 gw sshd[9]: Aug 16 06:25:20 gw filterlog[1]: ",
        "Aug 16 06:25:21 sshd[9]: Aug 16 06:25:20 gw filterlog[1]: ",
        "Aug 16 06:25:21 gw a b c Aug 16 06:25:20 gw filterlog[1]: "}) {
    EXPECT_EQ(log_test::read_log_as("filterlog", head + data + "\n", options).rejections(),
              std::vector{Rejection::not_a_firewall_line})
        << head;
  }
}

TEST(Filterlog, KnowsFragments) {
  const LogLine later = read_one(
      kStamp + "5,,,1,em0,match,block,in,4,0x0,,60,7,1480,none,17,udp,500,198.51.100.7,192.0.2.1,");
  ASSERT_EQ(later.rejection, Rejection::none);
  EXPECT_EQ(later.packet.fragment, FragmentPosition::later);
  const LogLine first = read_one(
      kStamp +
      "5,,,1,em0,match,block,in,4,0x0,,60,7,0,+,17,udp,1500,198.51.100.7,192.0.2.1,1,2,4000");
  ASSERT_EQ(first.rejection, Rejection::none);
  EXPECT_EQ(first.packet.fragment, FragmentPosition::first);
}

TEST(Filterlog, CountsOnlyWhatWasBlockedOnItsWayIn) {
  const std::string tail = ",4,0x0,,60,7,0,none,17,udp,48,198.51.100.7,192.0.2.1,5353,53,28";
  EXPECT_EQ(why("5,,,1,em0,match,pass,in" + tail), Rejection::allowed);
  EXPECT_EQ(why("5,,,1,em0,match,rdr,in" + tail), Rejection::allowed);
  EXPECT_EQ(why("5,,,1,em0,match,block,out" + tail), Rejection::outbound);
  EXPECT_EQ(why("5,,,1,em0,match,reject,in" + tail), Rejection::none);
}

TEST(Filterlog, NamesWhatIsWrong) {
  const std::string head = "5,,,1,em0,match,block,in,4,0x0,,60,7,0,none,";
  EXPECT_EQ(why("5,,,1,em0,match,block,in"), Rejection::truncated_line);
  EXPECT_EQ(why("5,,,1,em0,match,blo"), Rejection::truncated_line);
  EXPECT_EQ(why(head + "6,tcp,40,198.51.100.7"), Rejection::truncated_line);
  EXPECT_EQ(why(head + "6,tcp,40,198.51.100.7,192.0.2.1,"), Rejection::truncated_line);
  EXPECT_EQ(why(head + "6,tcp,40,198.51.100.7,192.0.2.1,1,70000,0,S,1,,1,,"),
            Rejection::invalid_port);
  EXPECT_EQ(why(head + "999,tcp,40,198.51.100.7,192.0.2.1,1,7,0,S,1,,1,,"),
            Rejection::invalid_protocol);
  EXPECT_EQ(why(head + "6,tcp,40,198.51.100,192.0.2.1,1,7,0,S,1,,1,,"), Rejection::invalid_source);
  EXPECT_EQ(why(head + "6,tcp,40,2001:db8::1,192.0.2.1,1,7,0,S,1,,1,,"),
            Rejection::invalid_destination);
  EXPECT_EQ(why("5,,,1,em0,match,block,in,4,truncated-ip= 12),"), Rejection::incomplete_packet);
  EXPECT_EQ(
      read_one("gw filterlog[1]: " + head + "17,udp,48,198.51.100.7,192.0.2.1,1,2,28").rejection,
      Rejection::invalid_time);
}

TEST(Filterlog, DoesNotBelieveWhatOthersQuote) {
  const std::string data =
      "5,,,1,em0,match,block,in,4,0x0,,60,7,0,none,17,udp,48,198.51.100.7,192.0.2.1,1,2,28";
  EXPECT_EQ(
      read_one("2024-05-07T11:57:48+09:00 gw sshd[9]: Invalid user filterlog: " + data).rejection,
      Rejection::not_a_firewall_line);
  EXPECT_EQ(read_one("2024-05-07T11:57:48+09:00 gw notfilterlog: " + data).rejection,
            Rejection::not_a_firewall_line);
  EXPECT_EQ(read_one("2024-05-07T11:57:48+09:00 gw dhcpd[9]: lease of 192.0.2.9").rejection,
            Rejection::not_a_firewall_line);
}

// The line's first stamp may be one that another program was told.
TEST(Filterlog, DoesNotBelieveAQuotedStamp) {
  const std::string data =
      "5,,,1,em0,match,block,in,4,0x0,,60,7,0,none,17,udp,48,198.51.100.7,192.0.2.1,1,2,28";
  LogOptions options;
  options.year = 2013;
  for (const std::string head : {"<38>sshd[9]: Invalid user Aug 16 06:25:20 filterlog[1]: ",
                                 "<38>sshd[9]: Aug 16 06:25:20 filterlog[1]: ",
                                 "<38>gw sshd[9]: Invalid user Aug 16 06:25:20 filterlog: ",
                                 "<38>1 - gw sshd 9 - - Invalid user Aug 16 06:25:20 filterlog: ",
                                 "sshd[9]: Invalid user Aug 16 06:25:20 gw filterlog[1]: ",
                                 "Invalid user 2024-05-07T11:57:48+09:00 gw filterlog[1]: ",
                                 "<38>1 2024-05-07T11:57:48Z gw sshd 9 - - filterlog[1]: ",
                                 "2024-05-07T11:57:48Z gw sshd 9 - - filterlog 1 - - "}) {
    EXPECT_EQ(log_test::read_log_as("filterlog", head + data + "\n", options).rejections(),
              std::vector{Rejection::not_a_firewall_line})
        << head;
    EXPECT_FALSE(find_log_format("filterlog")->recognises_line(head + data)) << head;
  }
  for (const std::string head :
       {"<134> Aug 16 06:25:20 filterlog[1]: ", "2013-08-16T06:25:20Z gw filterlog 1 - [a b=\"\"] ",
        "2013-08-16 06:25:20\tLocal0.Info\t192.0.2.254\tfilterlog: ",
        "Fri Aug 16 06:25:20 2013 gw filterlog:"}) {
    const auto log = log_test::read_log_as("filterlog", head + data + "\n", options);
    ASSERT_EQ(log.rejections(), std::vector{Rejection::none}) << head;
    EXPECT_EQ(format_utc(log.lines.front().packet.time), "2013-08-16T06:25:20Z") << head;
  }
}

}  // namespace
}  // namespace teiten
