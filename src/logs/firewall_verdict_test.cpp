#include <string>

#include <gtest/gtest.h>

#include "logs/firewall_line.h"
#include "logs/log_test_support.h"

namespace teiten {
namespace {

using log_test::read_line;

const std::string kRest =
    "SRC=198.51.100.7 DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID=54321 PROTO=TCP SPT=40000 "
    "DPT=1433 WINDOW=1024 RES=0x00 SYN URGP=0";

std::string with_prefix(const std::string& prefix) {
  return "Aug 16 06:25:20 gw kernel: " + prefix + "IN=eth0 OUT= " + kRest;
}

Rejection rejection_of(const std::string& line) {
  return read_line(line).rejection;
}

TEST(FirewallVerdict, AllowedAndAudited) {
  EXPECT_EQ(rejection_of(with_prefix("[UFW ALLOW] ")), Rejection::allowed);
  EXPECT_EQ(rejection_of(with_prefix("Shorewall:net2fw:ACCEPT:")), Rejection::allowed);
  EXPECT_EQ(rejection_of(with_prefix("accepted ")), Rejection::allowed);
  EXPECT_EQ(rejection_of(with_prefix("PASS-unknown:")), Rejection::allowed);
  EXPECT_EQ(rejection_of(with_prefix("[WAN_LOCAL-10-A]")), Rejection::allowed);
  EXPECT_EQ(rejection_of(with_prefix("[LAN_IN-RET-3001] ")), Rejection::allowed);
  EXPECT_EQ(rejection_of(with_prefix("[UFW AUDIT] ")), Rejection::audit);
  EXPECT_EQ(rejection_of(with_prefix("[UFW AUDIT INVALID] ")), Rejection::audit);
  EXPECT_EQ(rejection_of("Aug 16 06:25:20 gw kernel: [UFW AUDIT] IN= OUT=eth0 " + kRest),
            Rejection::audit);
}

TEST(FirewallVerdict, PartsOfWordsAndDenialsDoNotAllow) {
  EXPECT_EQ(rejection_of(with_prefix("")), Rejection::none);
  EXPECT_EQ(rejection_of(with_prefix("bypassed-portal ")), Rejection::none);
  EXPECT_EQ(rejection_of(with_prefix("UNACCEPTABLE: ")), Rejection::none);
  EXPECT_EQ(rejection_of(with_prefix("DROP not ALLOWED ")), Rejection::none);
  EXPECT_EQ(rejection_of(with_prefix("[WAN_LOCAL-default-D]")), Rejection::none);
  EXPECT_EQ(rejection_of(with_prefix("[WAN-A-10-D]")), Rejection::none);
}

TEST(FirewallVerdict, AHostsNameIsNoPrefix) {
  EXPECT_EQ(rejection_of("Aug 16 06:25:20 pass kernel: [UFW BLOCK] IN=eth0 OUT= " + kRest),
            Rejection::none);
  EXPECT_EQ(rejection_of("Aug 16 06:25:20 allow DROP: IN=eth0 OUT= " + kRest), Rejection::none);
  EXPECT_EQ(rejection_of("<4>1 2013-08-16T06:25:20Z accept kernel - - - IN=eth0 OUT= " + kRest),
            Rejection::none);
}

TEST(FirewallVerdict, Directions) {
  const std::string start = "Aug 16 06:25:20 gw kernel: [UFW BLOCK] ";
  EXPECT_EQ(rejection_of(start + "IN= OUT=eth0 " + kRest), Rejection::outbound);
  EXPECT_EQ(rejection_of(start + "IN= OUT= " + kRest), Rejection::outbound);
  EXPECT_EQ(rejection_of(start + "OUT=eth0 " + kRest), Rejection::outbound);
  EXPECT_EQ(rejection_of(start + "IN=eth0 OUT=eth1 " + kRest), Rejection::forwarded);
  EXPECT_EQ(rejection_of(start + "IN=br0 OUT=br0 PHYSIN=eth0 PHYSOUT=eth1 " + kRest),
            Rejection::forwarded);
  EXPECT_EQ(rejection_of(start + "IN=lo OUT= " + kRest), Rejection::none)
      << "a later stage drops local sources";
}

TEST(FirewallVerdict, OtherLines) {
  EXPECT_EQ(rejection_of("\n"), Rejection::empty_line);
  EXPECT_EQ(rejection_of(" \t \r\n"), Rejection::empty_line);
  EXPECT_EQ(rejection_of("Aug 16 06:25:20 gw sshd[99]: Connection closed by 198.51.100.7 port 22"),
            Rejection::not_a_firewall_line);
  EXPECT_EQ(rejection_of("-- Boot 0123456789abcdef --"), Rejection::not_a_firewall_line);
  EXPECT_EQ(rejection_of("Aug 16 06:25:20 gw last message repeated 3 times"),
            Rejection::not_a_firewall_line);
  EXPECT_EQ(rejection_of("Aug 16 06:25:20 gw kernel: foo MAIN=1 bar"),
            Rejection::not_a_firewall_line);
  EXPECT_EQ(
      rejection_of("Aug 16 06:25:20 gw kernel: IN=eth0 OUT= ARP HTYPE=1 PTYPE=0x0800 OPCODE=1 "
                   "MACSRC=02:00:00:00:00:01 IPSRC=192.0.2.9"),
      Rejection::not_a_firewall_line);
}

// A whole line, stamp and all, in what a stranger told another program: a user's name, a header.
TEST(FirewallVerdict, WholeLinesThatAnotherProgramQuotes) {
  const std::string line = "Aug 16 06:25:20 gw kernel: [UFW BLOCK] IN=eth0 OUT= " + kRest;
  EXPECT_EQ(rejection_of("Aug 16 06:25:21 gw sshd[99]: Invalid user " + line),
            Rejection::not_a_firewall_line);
  EXPECT_EQ(rejection_of("Aug 16 06:25:21 gw sshd[99]: Invalid user Aug 16 06:25:20 x " + line),
            Rejection::not_a_firewall_line);
  EXPECT_EQ(rejection_of("<38>1 2013-08-16T06:25:21Z gw sshd 99 - - Invalid user " + line),
            Rejection::not_a_firewall_line);
  EXPECT_EQ(rejection_of("Aug 16 06:25:21 gw nginx: 198.51.100.7 - - \"GET /\" 400 \"" + line),
            Rejection::not_a_firewall_line);
  for (const std::string& said :
       {"Aug 16 06:25:21 gw sshd[9]: Invalid user IN=a IN=e OUT= " + kRest,
        "Aug 16 06:25:21 gw postfix/cleanup[1]: header Subject: IN=a IN=b IN=e OUT= " + kRest,
        "<134>1 2013-08-16T06:25:21Z gw sshd 9 - - Invalid user IN=e OUT= " + kRest,
        "Aug 16 06:25:26 relay 1 2013-08-16T06:25:24Z gw sshd 9 - - Invalid user IN=e OUT= " +
            kRest,
        "Aug 16 06:25:26 relay <38>1 2013-08-16T06:25:24Z gw sshd 9 - - user IN=e OUT= " + kRest,
        "<38>1 - gw sshd 9 - - Invalid user Aug 16 06:25:20 IN=eth0 OUT= " + kRest,
        "Aug 16 06:25:21 web nginx: - \"GET /\" 200 \"-\" \"IN=a IN=eth0 OUT= " + kRest,
        "198.51.100.7 - - [16/Aug/2013:06:25:20 +0000] \"x kernel: IN=eth0 OUT= " + kRest +
            "\" 400",
        "198.51.100.7 - - [16/Aug/2013:06:25:20 +0000] \"GET kernel:[1 IN=eth0 OUT= " + kRest,
        "Aug 16 06:25:27 web httpd: - [16/Aug/2013:06:25:20 +0000] \"GET\" \"\\\" IN=eth0 OUT= " +
            kRest})
    EXPECT_EQ(rejection_of(said), Rejection::not_a_firewall_line) << said;
  // Two records of the kernel run into each other.
  EXPECT_EQ(rejection_of("Aug 16 06:25:20 gw kernel: IN=eth0 OUT= SRC=198.51.100.8 " + line),
            Rejection::none);
  EXPECT_EQ(rejection_of("Aug 16 06:25:21 relay rsyslogd[7]: " + line), Rejection::none);
  EXPECT_EQ(rejection_of("Aug 16 06:25:21 relay ufw: " + line), Rejection::none);
  EXPECT_EQ(rejection_of("<13>1 2013-08-16T06:25:21Z relay - - - - " + line), Rejection::none);
}

TEST(FirewallVerdict, WhatAnotherProgramQuotesIsNoFirewallLine) {
  EXPECT_EQ(rejection_of("Aug 16 06:25:20 gw sshd[99]: Invalid user kernel: IN=eth0 OUT= " + kRest),
            Rejection::not_a_firewall_line);
  EXPECT_EQ(rejection_of("Aug 16 06:25:20 gw nginx: 198.51.100.7 - - \"GET /?a IN=eth0 OUT= " +
                         kRest + " HTTP/1.1\" 400"),
            Rejection::not_a_firewall_line);
  EXPECT_EQ(
      rejection_of("<38>1 2013-08-16T06:25:20Z gw sshd 99 - - Invalid user IN=e OUT= " + kRest),
      Rejection::not_a_firewall_line);
}

TEST(FirewallVerdict, NoTimeIsInvalidTime) {
  EXPECT_EQ(rejection_of("[12345.678901] [UFW BLOCK] IN=eth0 OUT= " + kRest),
            Rejection::invalid_time);
  EXPECT_EQ(rejection_of("Thu Jan  1 00:00:12 1970 kern.warn kernel: IN=eth0 OUT= " + kRest),
            Rejection::invalid_time);
}

TEST(FirewallSplice, TheLastWholeRecordIsUsed) {
  const auto cut_stamp =
      read_line("Aug 19 01:Aug 19 06:25:20 vps kernel: [UFW BLOCK] IN=ens3 OUT= " + kRest);
  EXPECT_EQ(cut_stamp.rejection, Rejection::none);
  EXPECT_EQ(format_utc(cut_stamp.packet.time), "2013-08-19T06:25:20Z");

  const auto cut_record = read_line(
      "Aug 19 01:02:03 vps kernel: IN=ens3 OUT= SRC=203.0.113.9 DST=192.0.2.1 LEN=4Aug 19 06:25:20 "
      "vps kernel: IN=ens3 OUT= " +
      kRest);
  EXPECT_EQ(cut_record.rejection, Rejection::none);
  EXPECT_EQ(cut_record.packet.source.to_string(), "198.51.100.7");
  EXPECT_EQ(format_utc(cut_record.packet.time), "2013-08-19T06:25:20Z");

  const auto cut_end =
      read_line("Aug 19 01:02:03 vps kernel: IN=ens3 OUT= " + kRest +
                " Aug 19 06:25:20 vps kernel: IN=ens3 OUT= SRC=203.0.113.9 DST=19");
  EXPECT_EQ(cut_end.rejection, Rejection::none);
  EXPECT_EQ(cut_end.packet.source.to_string(), "198.51.100.7");
  EXPECT_EQ(format_utc(cut_end.packet.time), "2013-08-19T01:02:03Z");
}

TEST(FirewallSplice, NothingWholeIsTruncated) {
  EXPECT_EQ(rejection_of("Aug 19 01:02:03 vps kernel: IN=ens3 OUT= SRC=203.0.113.9 DST=192.0.2.1 "
                         "LEN=4Aug 19 06:25:20 vps kernel: IN=ens3 OUT= SRC=198.51"),
            Rejection::truncated_line);
  EXPECT_EQ(rejection_of("C=0x00 TTL=244 ID=54321 PROTO=TCP SPT=40000 DPT=1433 WINDOW=1024 SYN"),
            Rejection::truncated_line);
  EXPECT_EQ(rejection_of("Aug 16 06:25:20 vps kernel: IN=ens3 OUT= SRC=203.0.113.9 DST=192.0.2.1 "
                         "LEN=40 PRECSRC=198.51.100.7 DST=192.0.2.1 LEN=40 TTL=9 ID=1 PROTO=TCP "
                         "SPT=1 DPT=2 WINDOW=1 RES=0x00 SYN URGP=0"),
            Rejection::truncated_line)
      << "two destinations are two packets";
  EXPECT_EQ(rejection_of("Aug 16 06:25:20 vps kernel: [UFW BLOCK] IN=ens3 OU"),
            Rejection::truncated_line);
}

/// However a line is cut: it is refused, or tells the same packet.
TEST(FirewallSplice, EveryCutIsRefusedOrTellsTheSamePacket) {
  const std::string start = "Aug 16 06:25:20 vps kernel: [12345.678901] [UFW BLOCK] IN=ens3 OUT= ";
  const std::string ip = "SRC=198.51.100.77 DST=192.0.2.11 LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID=5 ";
  for (const std::string& rest :
       {std::string("PROTO=TCP SPT=40000 DPT=1433 WINDOW=1024 RES=0x00 ACK SYN URGP=0 "),
        std::string("PROTO=UDP SPT=40000 DPT=1026 LEN=466 "),
        std::string("PROTO=ICMP TYPE=8 CODE=0 ID=256 SEQ=8403 ")}) {
    std::string line = start;
    line.append(ip).append(rest);
    const Packet whole = read_line(line).packet;
    for (std::size_t length = 1; length < line.size(); ++length) {
      const LogLine cut = read_line(line.substr(0, length));
      if (cut.rejection != Rejection::none) continue;
      EXPECT_EQ(cut.packet.time, whole.time);
      EXPECT_EQ(cut.packet.source, whole.source) << length;
      EXPECT_EQ(cut.packet.destination, whole.destination) << length;
      EXPECT_EQ(cut.packet.protocol, whole.protocol) << length;
      EXPECT_EQ(cut.packet.destination_port, whole.destination_port) << length;
      EXPECT_EQ(cut.packet.icmp_type, whole.icmp_type) << length;
      if (cut.packet.has_flags) {
        EXPECT_EQ(cut.packet.tcp_flags, whole.tcp_flags) << length;
      }
    }
  }
}

}  // namespace
}  // namespace teiten
