#include "access/kind.h"

#include <gtest/gtest.h>

#include "access/test_packets.h"

namespace teiten {
namespace {

using namespace testing;
using namespace tcp_flag;

Packet probe(std::uint8_t flags, std::uint16_t from = 40000, std::uint16_t to = 80) {
  return tcp(0, "198.51.100.1", from, "192.0.2.1", to, flags, 1);
}

TEST(Kind, TcpFlags) {
  EXPECT_EQ(kind_of(probe(kSyn)), Kind::scan);
  EXPECT_EQ(kind_of(probe(kSyn | kEce | kCwr)), Kind::scan);
  EXPECT_EQ(kind_of(probe(kSyn | kAck, 80, 1234)), Kind::backscatter);
  EXPECT_EQ(kind_of(probe(kRst, 80, 1234)), Kind::backscatter);
  EXPECT_EQ(kind_of(probe(kRst | kAck, 80, 1234)), Kind::backscatter);
  EXPECT_EQ(kind_of(probe(kAck, 80, 1234)), Kind::backscatter);
  EXPECT_EQ(kind_of(probe(kAck, 40000, 80)), Kind::ack_scan);
  EXPECT_EQ(kind_of(probe(kAck, 80, 443)), Kind::ack_scan);
  EXPECT_EQ(kind_of(probe(kPsh | kAck)), Kind::misdirected);
  EXPECT_EQ(kind_of(probe(kFin | kAck, 443, 50000)), Kind::misdirected);
}

TEST(Kind, FlagsThatNoConnectionBeginsWithAreStealthScans) {
  EXPECT_EQ(kind_of(probe(0)), Kind::stealth_scan);
  EXPECT_EQ(kind_of(probe(kFin)), Kind::stealth_scan);
  EXPECT_EQ(kind_of(probe(kFin | kPsh | kUrg)), Kind::stealth_scan);
  EXPECT_EQ(kind_of(probe(kSyn | kFin)), Kind::stealth_scan);
  EXPECT_EQ(kind_of(probe(kSyn | kPsh)), Kind::scan) << "a SYN that carries data";
  EXPECT_EQ(kind_of(probe(kFin | kRst)), Kind::backscatter);
}

TEST(Kind, DataWithoutAHandshakeIsMisdirected) {
  Packet data = probe(kAck, 443, 50000);
  data.payload = PayloadClass::other;
  EXPECT_EQ(kind_of(data), Kind::misdirected);
  EXPECT_EQ(service_of(data, kind_of(data)).to_string(), "50000/tcp");
  data.payload = PayloadClass::bittorrent;
  EXPECT_EQ(kind_of(data), Kind::p2p);
  Packet fast_open = probe(kSyn);
  fast_open.payload = PayloadClass::http;
  EXPECT_EQ(kind_of(fast_open), Kind::scan);
}

Packet datagram(std::uint16_t from, std::uint16_t to, PayloadClass payload = PayloadClass::none) {
  Packet p = udp(0, "198.51.100.1", from, "192.0.2.1", to);
  p.payload = payload;
  return p;
}

TEST(Kind, UdpByItsPayload) {
  EXPECT_EQ(kind_of(datagram(53, 40000, PayloadClass::dns_response)), Kind::reflection);
  EXPECT_EQ(kind_of(datagram(1900, 1900, PayloadClass::ssdp_response)), Kind::reflection);
  EXPECT_EQ(kind_of(datagram(40000, 53, PayloadClass::dns_query)), Kind::amplification_probe);
  EXPECT_EQ(kind_of(datagram(40000, 123, PayloadClass::ntp_monlist)), Kind::amplification_probe);
  EXPECT_EQ(kind_of(datagram(40000, 123, PayloadClass::ntp_request)), Kind::scan);
  EXPECT_EQ(kind_of(datagram(6881, 51413, PayloadClass::bittorrent)), Kind::p2p);
  EXPECT_EQ(kind_of(datagram(443, 50000, PayloadClass::quic_other)), Kind::backscatter);
  EXPECT_EQ(kind_of(datagram(50000, 443, PayloadClass::quic_initial)), Kind::scan);
  EXPECT_EQ(kind_of(datagram(53, 1026, PayloadClass::messenger_spam)), Kind::scan);
  EXPECT_EQ(kind_of(datagram(40000, 1434, PayloadClass::slammer)), Kind::scan);
  const Packet answer = datagram(53, 40000, PayloadClass::dns_response);
  EXPECT_EQ(service_of(answer, kind_of(answer)).to_string(), "53/udp");
}

TEST(Kind, UdpByItsPortsWhereThePayloadDoesNotTell) {
  EXPECT_EQ(kind_of(datagram(53, 40000)), Kind::scan) << "nothing shows an answer";
  EXPECT_EQ(kind_of(datagram(53, 40000, PayloadClass::other)), Kind::reflection);
  EXPECT_EQ(kind_of(datagram(123, 123)), Kind::amplification_probe);
  EXPECT_EQ(kind_of(datagram(40000, 11211)), Kind::amplification_probe);
  EXPECT_EQ(kind_of(datagram(1900, 40000)), Kind::scan) << "a port that anybody may get";
  EXPECT_EQ(kind_of(datagram(40000, 137)), Kind::scan);
}

TEST(Kind, LogWithoutFlagsIsUnknown) {
  Packet p = probe(kSyn);
  p.has_flags = false;
  EXPECT_EQ(kind_of(p), Kind::unknown);
}

TEST(Kind, Icmp) {
  EXPECT_EQ(kind_of(icmp(0, "198.51.100.1", "192.0.2.1", 8)), Kind::ping);
  EXPECT_EQ(kind_of(icmp(0, "198.51.100.1", "192.0.2.1", 13)), Kind::scan);
  for (const int type : {0, 3, 4, 5, 11, 12, 14, 16, 18}) {
    EXPECT_EQ(kind_of(icmp(0, "198.51.100.1", "192.0.2.1", static_cast<std::uint8_t>(type))),
              Kind::backscatter)
        << type;
  }
  Packet untold = icmp(0, "198.51.100.1", "192.0.2.1", 8);
  untold.has_icmp_type = false;
  EXPECT_EQ(kind_of(untold), Kind::unknown);
  EXPECT_EQ(service_of(untold, Kind::unknown).to_string(), "?/icmp");
  Packet v6 = packet(0, "2001:db8::1", "2001:db8::2", protocol::kIcmpV6);
  v6.has_icmp_type = true;
  v6.icmp_type = 128;
  EXPECT_EQ(kind_of(v6), Kind::ping);
  v6.icmp_type = 1;
  EXPECT_EQ(kind_of(v6), Kind::backscatter);
}

TEST(Kind, ServiceIsTheAttackedHostsForBackscatter) {
  const Packet answer = probe(kSyn | kAck, 80, 1234);
  EXPECT_EQ(service_of(answer, kind_of(answer)).to_string(), "80/tcp");
  const Packet scan = probe(kSyn, 40000, 1433);
  EXPECT_EQ(service_of(scan, kind_of(scan)).to_string(), "1433/tcp");
  EXPECT_EQ(service_of(packet(0, "198.51.100.1", "192.0.2.1", 47), Kind::other).to_string(),
            "47/ip");
}

}  // namespace
}  // namespace teiten
