#include "logs/firewall_line.h"

#include <string>

#include <gtest/gtest.h>

#include "logs/log_test_support.h"

namespace teiten {
namespace {

using log_test::read_line;

constexpr const char* kTail =
    "SRC=198.51.100.7 DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID=54321 PROTO=TCP SPT=40000 "
    "DPT=1433 WINDOW=1024 RES=0x00 SYN URGP=0 ";

/// One line of each common dress; all say the same packet at 2013-08-16 06:25:20.
struct Dress {
  const char* what;
  std::string before;  ///< up to SRC=
};

class Dresses : public testing::TestWithParam<Dress> {};

TEST_P(Dresses, SayTheSamePacket) {
  const LogLine line = read_line(GetParam().before + kTail + "\n");
  ASSERT_EQ(to_string(line.rejection), "none");
  EXPECT_EQ(format_utc(line.packet.time).substr(0, 19), "2013-08-16T06:25:20");
  EXPECT_EQ(line.packet.source.to_string(), "198.51.100.7");
  EXPECT_EQ(line.packet.destination.to_string(), "192.0.2.1");
  EXPECT_TRUE(line.packet.has_destination);
  EXPECT_TRUE(line.packet.is_tcp());
  EXPECT_TRUE(line.packet.has_ports);
  EXPECT_EQ(line.packet.source_port, 40000);
  EXPECT_EQ(line.packet.destination_port, 1433);
  EXPECT_TRUE(line.packet.has_flags);
  EXPECT_EQ(line.packet.tcp_flags, 0x02);
  EXPECT_TRUE(line.packet.has_ttl);
  EXPECT_EQ(line.packet.ttl, 244);
  EXPECT_EQ(line.packet.ip_id, 54321);
  EXPECT_TRUE(line.packet.has_length);
  EXPECT_EQ(line.packet.length, 40);
  EXPECT_FALSE(line.packet.has_sequence);
  EXPECT_EQ(line.packet.sensor_label, 0);
}

const std::string kMac = "MAC=02:00:00:00:00:01:02:00:00:00:00:02:08:00 ";

INSTANTIATE_TEST_SUITE_P(
    Firewall, Dresses,
    testing::Values(
        Dress{"iptables", "Aug 16 06:25:20 gw kernel: IN=eth0 OUT= " + kMac},
        Dress{"prefix", "Aug 16 06:25:20 gw kernel: iptables denied: IN=eth0 OUT= " + kMac},
        Dress{"prefix glued", "Aug 16 06:25:20 gw kernel: DROP_INPUTIN=eth0 OUT= " + kMac},
        Dress{"uptime", "Aug 16 06:25:20 gw kernel: [12345.678901] IN=eth0 OUT= " + kMac},
        Dress{"uptime with blanks", "Aug 16 06:25:20 gw kernel: [   57.23] IN=eth0 OUT= " + kMac},
        Dress{"uptime glued to the tag",
              "Aug 16 06:25:20 gw kernel:[   57.23] IN=eth0 OUT= " + kMac},
        Dress{"dshield sensor",
              "1376634320 raspberrypi kernel:[ 1234.567890] DSHIELDINPUT IN=eth0 OUT= " + kMac},
        Dress{"dshield sensor at AWS",
              "1376634320 ip-192-0-2-1 kernel: DSHIELDINPUT IN=eth0 OUT= " + kMac},
        Dress{"dshield sensor, no blank",
              "1376634320 ip-192-0-2-1 kernel:DSHIELDINPUT IN=eth0 OUT= " + kMac},
        Dress{"journalctl -o short-unix",
              "1376634320.123456 gw kernel: [UFW BLOCK] IN=eth0 OUT= " + kMac},
        Dress{"ufw", "Aug 16 06:25:20 vps kernel: [12345.678901] [UFW BLOCK] IN=ens3 OUT= " + kMac},
        Dress{"ufw limit", "Aug 16 06:25:20 vps kernel: [UFW LIMIT BLOCK] IN=ens3 OUT= " + kMac},
        Dress{"nftables",
              "Aug 16 06:25:20 gw kernel: nft-drop: IN=eth0 OUT= MACSRC=02:00:00:00:00:01 "
              "MACDST=02:00:00:00:00:02 MACPROTO=0800 "},
        Dress{"nftables vlan",
              "Aug 16 06:25:20 gw kernel: IN=eth0 OUT= MACSRC=02:00:00:00:00:01 "
              "MACDST=02:00:00:00:00:02 VPROTO=8100 VID=10 MACPROTO=0800 "},
        Dress{"shorewall", "Aug 16 06:25:20 gw kernel: Shorewall:net2fw:DROP:IN=eth0 OUT= " + kMac},
        Dress{"shorewall 5",
              "Aug 16 06:25:20 gw kernel: [1.5] Shorewall:net-fw:DROP:IN=eth0 OUT= "},
        Dress{"firestarter", "Aug 16 06:25:20 pc kernel: [50.824336] Inbound IN=eth0 OUT= " + kMac},
        Dress{"firestarter unknown", "Aug 16 06:25:20 pc kernel: Unknown InputIN=ppp0 OUT= MAC= "},
        Dress{"firewalld", "Aug 16 06:25:20 gw kernel: filter_IN_public_REJECT: IN=eth0 OUT= "},
        Dress{"firehol", "Aug 16 06:25:20 gw kernel: IN-internet:IN=ppp0 OUT= MAC= "},
        Dress{"edgeos", "Aug 16 06:25:20 ubnt kernel: [WAN_LOCAL-default-D]IN=eth0 OUT= " + kMac},
        Dress{"unifi",
              "Aug 16 06:25:20 UDM [WAN_LOCAL-D-2147483647] DESCR=\"[WAN_LOCAL]Block\" "
              "IN=eth8 OUT= "},
        Dress{"openwrt",
              "Fri Aug 16 06:25:20 2013 kern.warn kernel: [12.5] REJECT wan in: IN=wan "
              "OUT= "},
        Dress{"openwrt old",
              "Aug 16 06:25:20 OpenWrt kern.warn kernel: REJECT(src wan)IN=wan OUT= "},
        Dress{"ulogd", "Aug 16 06:25:20 box IN-work: IN=eth0 OUT= MAC= "},
        Dress{"ulogd tag", "Aug 16 06:25:20 box ulogd[123]: DROP IN=eth0 OUT= MAC= "},
        Dress{"proxmox", "0 6 PVEFW-HOST-IN 16/Aug/2013:06:25:20 +0000 policy DROP: IN=vmbr0 "},
        Dress{"router", "Aug 16 06:25:20 kernel: DROP <4>DROP IN=eth0 OUT= MAC= <1>"},
        Dress{"bridge", "Aug 16 06:25:20 gw kernel: IN=br0 OUT= PHYSIN=eth0 " + kMac},
        Dress{"wide blanks", "Aug 16 06:25:20 gw kernel: DROP  IN=veip0.0   OUT=  "},
        Dress{"no host", "Aug 16 06:25:20 kernel: [UFW BLOCK] IN=ens3 OUT= "},
        Dress{"no host, no tag", "Aug 16 06:25:20 [UFW BLOCK] IN=ens3 OUT= "},
        Dress{"year before", "2013 Aug 16 06:25:20 gw kernel: IN=eth0 OUT= "},
        Dress{"year between", "Aug 16 2013 06:25:20 gw kernel: IN=eth0 OUT= "},
        Dress{"year after", "<12> Aug 16 06:25:20 2013 klogd: Mail: IN=eth0 OUT= "},
        Dress{"priority", "<4>Aug 16 06:25:20 gw kernel: IN=eth0 OUT= "},
        Dress{"dmesg -T", "[Fri Aug 16 06:25:20 2013] [UFW BLOCK] IN=eth0 OUT= "},
        Dress{"iso utc", "2013-08-16T06:25:20Z gw kernel: IN=eth0 OUT= "},
        Dress{"iso offset", "2013-08-16T15:25:20.123456+09:00 gw kernel: IN=eth0 OUT= "},
        Dress{"journald short-iso", "2013-08-16T01:25:20-0500 gw kernel: IN=eth0 OUT= "},
        Dress{"journald short-full", "Fri 2013-08-16 06:25:20 UTC gw kernel: IN=eth0 OUT= "},
        Dress{"iso with a blank", "2013-08-16 06:25:20,5 gw kernel: IN=eth0 OUT= "},
        Dress{"rfc 5424",
              "<4>1 2013-08-16T06:25:20.003Z gw kernel - - - [12.5] DROP IN=eth0 OUT= "},
        Dress{"rfc 5424 data",
              "<4>1 2013-08-16T06:25:20Z gw kernel - - [meta sequenceId=\"1\"] "
              "[UFW BLOCK] IN=eth0 OUT= "},
        Dress{"relayed",
              "2013-08-16T15:25:20+09:00 relay Aug 16 15:25:19 gw kernel: IN=eth0 OUT= "},
        Dress{"repeated",
              "Aug 16 06:25:20 gw kernel: message repeated 2 times: [ [UFW BLOCK] IN=e0 "
              "OUT= "}),
    [](const auto& test) {
      std::string name = test.param.what;
      std::replace_if(
          name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
      return name;
    });

/// A line of an otherwise usual UFW block whose part from SRC= on is given.
LogLine read_body(const std::string& body) {
  return read_line("Aug 16 06:25:20 vps kernel: [12345.678901] [UFW BLOCK] IN=ens3 OUT= " + body);
}

constexpr const char* kIp = "SRC=198.51.100.7 DST=192.0.2.1 LEN=60 TOS=0x00 PREC=0x00 TTL=50 ID=7 ";

// rsyslog's date-unixtimestamp is UTC, whatever zone the log's other stamps are in.
TEST(FirewallLine, SecondsSince1970) {
  LogOptions options;
  options.zone = TimeZone::find("Asia/Tokyo").value();
  const auto time = [&](const std::string& start) {
    const LogLine line =
        read_line(start + " pi kernel:[ 1.5] DSHIELDINPUT IN=eth0 OUT= " + kTail, options);
    return line.rejection == Rejection::none ? format_utc(line.packet.time)
                                             : std::string(to_string(line.rejection));
  };
  EXPECT_EQ(time("1376634320"), "2013-08-16T06:25:20Z");
  EXPECT_EQ(time("1376634320.5"), "2013-08-16T06:25:20.5Z");
  EXPECT_EQ(time("13766343201"), "invalid_time");
  EXPECT_EQ(time("137663432"), "invalid_time");
  EXPECT_EQ(time("0000000001"), "invalid_time");
  EXPECT_EQ(time("9999999999"), "invalid_time");
  EXPECT_EQ(time("x 1376634320"), "invalid_time") << "at the line's beginning only";
  const LogLine cut = read_line("1376634320 pi kernel:[ 1.5] DSHIELDINPUT IN=eth0 OU");
  EXPECT_EQ(cut.rejection, Rejection::truncated_line) << "the kernel's tag is known";
}

TEST(FirewallLine, TcpFlags) {
  const auto flags = [](const std::string& words) {
    return read_body(std::string(kIp) + "DF PROTO=TCP SPT=1 DPT=2 WINDOW=0 RES=0x00 " + words +
                     "URGP=0")
        .packet;
  };
  EXPECT_EQ(flags("SYN ").tcp_flags, 0x02);
  EXPECT_EQ(flags("ACK SYN ").tcp_flags, 0x12);
  EXPECT_EQ(flags("RST ").tcp_flags, 0x04);
  EXPECT_EQ(flags("CWR ECE URG ACK PSH RST SYN FIN ").tcp_flags, 0xff);
  EXPECT_EQ(flags("URG PSH FIN ").tcp_flags, 0x29);
  EXPECT_TRUE(flags("").has_flags) << "RES= and URGP= around nothing are a NULL scan";
  EXPECT_EQ(flags("").tcp_flags, 0);
}

TEST(FirewallLine, FlagsAreUnknownWhereTheLineDoesNotTellThem) {
  const auto cut = read_body(std::string(kIp) + "PROTO=TCP SPT=1 DPT=2 WINDOW=1024 RES=0x00 AC");
  EXPECT_EQ(cut.rejection, Rejection::none);
  EXPECT_FALSE(cut.packet.has_flags);
  const auto short_dress =
      read_body("SRC=198.51.100.7 DST=192.0.2.1 LEN=40 PROTO=TCP SPT=1 DPT=23");
  EXPECT_EQ(short_dress.rejection, Rejection::none);
  EXPECT_EQ(short_dress.packet.destination_port, 23);
  EXPECT_FALSE(short_dress.packet.has_flags);
  EXPECT_FALSE(short_dress.packet.has_ttl);
  const auto proxmox =
      read_body(std::string(kIp) + "PROTO=TCP SPT=1 DPT=2 SEQ=5 ACK=0 WINDOW=65535 SYN ");
  EXPECT_TRUE(proxmox.packet.has_flags);
  EXPECT_EQ(proxmox.packet.tcp_flags, 0x02);
}

TEST(FirewallLine, FlagWordsOutsideTheirPlaceAreNoFlags) {
  const auto line = read_line(
      "Aug 16 06:25:20 vps kernel: SYN FIN flood: IN=ens3 OUT= SRC=198.51.100.7 DST=192.0.2.1 "
      "LEN=60 TTL=50 ID=7 PROTO=TCP SPT=1 DPT=2 WINDOW=9 RES=0x00 ACK URGP=0 OPT (0101) FIN");
  EXPECT_EQ(line.packet.tcp_flags, 0x10);
}

TEST(FirewallLine, SequenceNumbers) {
  const auto line = read_body(std::string(kIp) +
                              "PROTO=TCP SPT=1 DPT=2 SEQ=4294967295 ACK=924634312 WINDOW=245 "
                              "RES=0x00 ACK URGP=0 OPT (0101080A0588C9ECF077CEED) MARK=0x1");
  EXPECT_TRUE(line.packet.has_sequence);
  EXPECT_EQ(line.packet.sequence, 4294967295U);
  EXPECT_EQ(line.packet.acknowledgement, 924634312U);
  EXPECT_EQ(line.packet.window, 245);
  EXPECT_EQ(line.packet.tcp_flags, 0x10);
}

TEST(FirewallLine, UdpHasTwoLengths) {
  const auto line = read_body(
      "SRC=198.51.100.7 DST=192.0.2.1 LEN=486 TOS=0x00 PREC=0x00 TTL=45 ID=0 DF PROTO=UDP "
      "SPT=46580 DPT=1026 LEN=466 UID=0 GID=0 ");
  EXPECT_EQ(line.rejection, Rejection::none);
  EXPECT_TRUE(line.packet.is_udp());
  EXPECT_EQ(line.packet.length, 486);
  EXPECT_EQ(line.packet.destination_port, 1026);
  EXPECT_FALSE(line.packet.has_flags);
}

TEST(FirewallLine, EchoHasTwoIdentifiers) {
  const auto line = read_body(
      "SRC=198.51.100.7 DST=192.0.2.1 LEN=84 TOS=0x00 PREC=0x00 TTL=55 ID=1111 PROTO=ICMP TYPE=8 "
      "CODE=0 ID=256 SEQ=8403");
  EXPECT_EQ(line.rejection, Rejection::none);
  EXPECT_EQ(line.packet.protocol, 1);
  EXPECT_TRUE(line.packet.has_icmp_type);
  EXPECT_EQ(line.packet.icmp_type, 8);
  EXPECT_EQ(line.packet.icmp_code, 0);
  EXPECT_EQ(line.packet.ip_id, 1111);
  EXPECT_EQ(line.packet.source_port, 256);
  EXPECT_FALSE(line.packet.has_ports);
  EXPECT_FALSE(line.packet.has_sequence);
}

TEST(FirewallLine, TheOuterHeaderCountsNotTheOneInBrackets) {
  const auto line = read_body(
      "SRC=198.51.100.9 DST=192.0.2.1 LEN=56 TOS=0x00 PREC=0x00 TTL=60 ID=3 PROTO=ICMP TYPE=3 "
      "CODE=3 [SRC=192.0.2.1 DST=203.0.113.5 LEN=28 TOS=0x00 PREC=0x00 TTL=1 ID=9 PROTO=UDP SPT=53 "
      "DPT=4001 LEN=8 ] MTU=1500 ");
  EXPECT_EQ(line.rejection, Rejection::none);
  EXPECT_EQ(line.packet.source.to_string(), "198.51.100.9");
  EXPECT_EQ(line.packet.destination.to_string(), "192.0.2.1");
  EXPECT_EQ(line.packet.protocol, 1);
  EXPECT_EQ(line.packet.icmp_type, 3);
  EXPECT_EQ(line.packet.icmp_code, 3);
  EXPECT_EQ(line.packet.length, 56);
  EXPECT_EQ(line.packet.ttl, 60);
  EXPECT_FALSE(line.packet.has_ports);
  ASSERT_TRUE(line.packet.has_quoted);
  EXPECT_EQ(line.packet.quoted_protocol, 17);
  EXPECT_EQ(line.packet.quoted_source.to_string(), "192.0.2.1");
  EXPECT_EQ(line.packet.quoted_destination.to_string(), "203.0.113.5");
  EXPECT_EQ(line.packet.quoted_source_port, 53);
  EXPECT_EQ(line.packet.quoted_destination_port, 4001);
}

TEST(FirewallLine, AQuoteThatDoesNotTellTheFlowIsNotKept) {
  const std::string outer =
      "SRC=198.51.100.9 DST=192.0.2.1 LEN=56 TOS=0x00 PREC=0x00 TTL=60 ID=3 PROTO=ICMP TYPE=3 "
      "CODE=4 ";
  const auto eight_bytes =
      read_body(outer +
                "[SRC=192.0.2.1 DST=203.0.113.5 LEN=1500 TOS=0x00 PREC=0x00 "
                "TTL=64 ID=18801 DF PROTO=TCP INCOMPLETE [8 bytes] ] MTU=576 ");
  EXPECT_EQ(eight_bytes.rejection, Rejection::none);
  EXPECT_FALSE(eight_bytes.packet.has_quoted);
  EXPECT_FALSE(eight_bytes.packet.has_ports);
  const auto cut =
      read_body(outer + "[SRC=192.0.2.1 DST=203.0.113.5 LEN=28 PROTO=UDP SPT=53 DPT=4");
  EXPECT_EQ(cut.rejection, Rejection::none);
  EXPECT_EQ(cut.packet.icmp_code, 4);
  EXPECT_FALSE(cut.packet.has_quoted);
}

TEST(FirewallLine, QuotedEchoKeepsItsIdentifier) {
  const auto line = read_body(
      "SRC=198.51.100.9 DST=192.0.2.1 LEN=56 TTL=60 ID=3 PROTO=ICMP TYPE=11 CODE=0 [SRC=192.0.2.1 "
      "DST=203.0.113.5 LEN=84 TTL=1 ID=9 PROTO=ICMP TYPE=8 CODE=0 ID=77 SEQ=1 ] ");
  ASSERT_TRUE(line.packet.has_quoted);
  EXPECT_EQ(line.packet.quoted_protocol, 1);
  EXPECT_EQ(line.packet.quoted_source_port, 77);
  EXPECT_EQ(line.packet.quoted_destination_port, 0);
}

TEST(FirewallLine, Ipv6) {
  const auto line = read_line(
      "Jan  2 03:04:05 gw kernel: nft-drop: IN=eth0 OUT= MACSRC=02:00:00:00:00:01 "
      "MACDST=02:00:00:00:00:02 MACPROTO=86dd SRC=2001:0db8:0000:0000:0000:0000:0000:0007 "
      "DST=2001:db8::1 LEN=60 TC=0 HOPLIMIT=55 FLOWLBL=0 PROTO=TCP SPT=40001 DPT=23 WINDOW=5 "
      "RES=0x00 SYN URGP=0");
  EXPECT_EQ(line.rejection, Rejection::none);
  EXPECT_EQ(line.packet.source.to_string(), "2001:db8::7");
  EXPECT_EQ(line.packet.ttl, 55);
  EXPECT_EQ(line.packet.length, 60);
  EXPECT_EQ(line.packet.destination_port, 23);
  const auto echo = read_body(
      "SRC=2001:db8::7 DST=2001:db8::1 LEN=104 TC=0 HOPLIMIT=55 FLOWLBL=0 PROTO=ICMPv6 TYPE=128 "
      "CODE=0 ID=4 SEQ=1");
  EXPECT_EQ(echo.packet.protocol, 58);
  EXPECT_EQ(echo.packet.icmp_type, 128);
  EXPECT_EQ(echo.packet.source_port, 4);
}

TEST(FirewallLine, OtherProtocols) {
  const auto protocol = [](const std::string& words) { return read_body(kIp + words); };
  EXPECT_EQ(protocol("PROTO=47 ").packet.protocol, 47);
  EXPECT_EQ(protocol("OPT (94040000) PROTO=2").packet.protocol, 2);
  EXPECT_EQ(protocol("PROTO=ESP SPI=0x5 ").packet.protocol, 50);
  EXPECT_EQ(protocol("PROTO=AH SPI=0x5 ").packet.protocol, 51);
  const auto lite = protocol("PROTO=UDPLITE SPT=5 DPT=6 LEN=7 ");
  EXPECT_EQ(lite.packet.protocol, 136);
  EXPECT_FALSE(lite.packet.has_ports);
  EXPECT_EQ(protocol("PROTO=256 ").rejection, Rejection::invalid_protocol);
  EXPECT_EQ(protocol("PROTO=TELEPATHY SPT=1 ").rejection, Rejection::invalid_protocol);
}

TEST(FirewallLine, Fragments) {
  const auto later = read_body(std::string(kIp) + "MF FRAG:185 PROTO=UDP ");
  EXPECT_EQ(later.rejection, Rejection::none);
  EXPECT_EQ(later.packet.fragment, FragmentPosition::later);
  EXPECT_FALSE(later.packet.has_ports);
  const auto first = read_body(std::string(kIp) + "CE DF MF PROTO=UDP SPT=53 DPT=40000 LEN=3000 ");
  EXPECT_EQ(first.packet.fragment, FragmentPosition::first);
  EXPECT_EQ(first.packet.destination_port, 40000);
  const std::string ipv6 = "SRC=2001:db8::7 DST=2001:db8::1 LEN=1500 TC=0 HOPLIMIT=55 FLOWLBL=0 ";
  const auto first6 = read_body(
      ipv6 + "OPT ( FRAG:0 INCOMPLETE ID:0000abcd ) PROTO=UDP SPT=53 DPT=40000 LEN=3000 ");
  EXPECT_EQ(first6.rejection, Rejection::none);
  EXPECT_EQ(first6.packet.fragment, FragmentPosition::first);
  EXPECT_EQ(first6.packet.source_port, 53);
  const auto later6 = read_body(ipv6 + "FRAG:1448 ID:0000abcd PROTO=UDP ");
  EXPECT_EQ(later6.packet.fragment, FragmentPosition::later);
  const auto atomic6 = read_body(ipv6 + "FRAG:0 ID:0000abcd PROTO=UDP SPT=53 DPT=40000 LEN=3000 ");
  EXPECT_EQ(atomic6.packet.fragment, FragmentPosition::whole);
}

TEST(FirewallLine, IncompletePackets) {
  const auto rejection = [](const std::string& words) { return read_body(kIp + words).rejection; };
  EXPECT_EQ(rejection("PROTO=TCP INCOMPLETE [8 bytes] "), Rejection::incomplete_packet);
  EXPECT_EQ(rejection("PROTO=UDP INCOMPLETE [4 bytes]"), Rejection::incomplete_packet);
  EXPECT_EQ(rejection("PROTO=ICMP INCOMPLETE [2 bytes] "), Rejection::incomplete_packet);
  EXPECT_EQ(rejection("TRUNCATED"), Rejection::incomplete_packet);
  const auto echo = read_body(std::string(kIp) + "PROTO=ICMP TYPE=8 CODE=0 INCOMPLETE [4 bytes] ");
  EXPECT_EQ(echo.rejection, Rejection::none) << "the type is known";
}

TEST(FirewallLine, BadValues) {
  EXPECT_EQ(read_body("SRC=0.0.0.0 DST=255.255.255.255 LEN=328 TTL=64 ID=0 PROTO=UDP SPT=68 DPT=67 "
                      "LEN=308 ")
                .rejection,
            Rejection::no_source);
  EXPECT_EQ(read_body("SRC=198.51.100.256 DST=192.0.2.1 PROTO=TCP SPT=1 DPT=2 WINDOW=1").rejection,
            Rejection::invalid_source);
  EXPECT_EQ(read_body("SRC= DST=192.0.2.1 PROTO=TCP SPT=1 DPT=2 WINDOW=1").rejection,
            Rejection::invalid_source);
  EXPECT_EQ(read_body("SRC=:: DST=2001:db8::1 PROTO=TCP SPT=1 DPT=2 WINDOW=1").rejection,
            Rejection::no_source);
  EXPECT_EQ(read_body("SRC=198.51.100.7 DST=x PROTO=TCP SPT=1 DPT=2 WINDOW=1").rejection,
            Rejection::invalid_destination);
  EXPECT_EQ(read_body(std::string(kIp) + "PROTO=TCP SPT=65536 DPT=2 WINDOW=1 ").rejection,
            Rejection::invalid_port);
  EXPECT_EQ(read_body(std::string(kIp) + "PROTO=TCP SPT=65535 DPT=0 WINDOW=1 ").rejection,
            Rejection::none);
  EXPECT_EQ(read_body(std::string(kIp) + "PROTO=TCP SPT=-1 DPT=2 WINDOW=1 ").rejection,
            Rejection::invalid_port);
  EXPECT_EQ(read_body(std::string(kIp) + "PROTO=ICMP TYPE=256 CODE=0 ").rejection,
            Rejection::invalid_icmp_type);
}

}  // namespace
}  // namespace teiten
