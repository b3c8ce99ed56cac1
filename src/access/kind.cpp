#include "access/kind.h"

#include <algorithm>
#include <array>

#include "decode/payload.h"

namespace teiten {
namespace {

/// Ports below this are well known (RFC 6335 §6: system ports).
constexpr std::uint16_t kFirstUserPort = 1024;
constexpr std::uint16_t kHttps = 443;

/// Services over UDP that answer at length to anybody, which is what reflection attacks look for
/// (US-CERT TA14-017A names most): QOTD, CHARGEN, DNS, rpcbind, NTP, SNMP, CLDAP, SSDP, Apple
/// Remote Desktop, WS-Discovery, mDNS, Ubiquiti's discovery, memcached.
constexpr std::array<std::uint16_t, 13> kReflectors = {17,   19,   53,   111,  123,   161,  389,
                                                       1900, 3283, 3702, 5353, 10001, 11211};

bool is_reflector(std::uint16_t port) {
  return std::find(kReflectors.begin(), kReflectors.end(), port) != kReflectors.end();
}

Kind kind_of_tcp(const Packet& packet) {
  if (!packet.has_flags) return Kind::unknown;
  using namespace tcp_flag;
  // ECE and CWR only negotiate congestion control (RFC 3168 §6.1.1): they do not change what is
  // asked.
  const auto flags =
      static_cast<std::uint8_t>(packet.tcp_flags & (kFin | kSyn | kRst | kPsh | kAck | kUrg));
  if ((flags & kRst) != 0) return Kind::backscatter;
  if ((flags & (kSyn | kAck)) == (kSyn | kAck)) return Kind::backscatter;
  if ((flags & kSyn) != 0) return (flags & kFin) != 0 ? Kind::stealth_scan : Kind::scan;
  // Every segment of a connection but the first has ACK (RFC 9293 §3.10.7.4).
  if ((flags & kAck) == 0) return Kind::stealth_scan;
  if (packet.payload == PayloadClass::bittorrent) return Kind::p2p;
  if (flags != kAck || packet.payload != PayloadClass::none) return Kind::misdirected;
  const bool answers =
      packet.source_port < kFirstUserPort && packet.destination_port >= kFirstUserPort;
  return answers ? Kind::backscatter : Kind::ack_scan;
}

/// What only the ports of a datagram tell, and that it carried something: an answer is not empty,
/// and a log, which tells no payload, does not show one. From a port of 1024 or higher nothing: old
/// Windows hands out 1025 to 5000 to everybody who asks.
Kind kind_by_udp_ports(const Packet& packet) {
  if (packet.payload == PayloadClass::other && packet.source_port < kFirstUserPort &&
      is_reflector(packet.source_port) && packet.destination_port >= kFirstUserPort) {
    return Kind::reflection;
  }
  return is_reflector(packet.destination_port) ? Kind::amplification_probe : Kind::scan;
}

Kind kind_of_udp(const Packet& packet) {
  if (is_response(packet.payload)) return Kind::reflection;
  if (is_amplification_request(packet.payload)) return Kind::amplification_probe;
  switch (packet.payload) {
    case PayloadClass::none:
    case PayloadClass::other:
      return kind_by_udp_ports(packet);
    case PayloadClass::bittorrent:
      return Kind::p2p;
    case PayloadClass::quic_initial:
    case PayloadClass::quic_other:
      return packet.source_port == kHttps ? Kind::backscatter : Kind::scan;
    default:
      return Kind::scan;
  }
}

Kind kind_of_icmp(const Packet& packet) {
  if (!packet.has_icmp_type) return Kind::unknown;
  if (is_icmp_reply(packet) || is_icmp_error(packet)) return Kind::backscatter;
  const std::uint8_t echo_request = packet.protocol == protocol::kIcmp ? 8 : 128;
  if (packet.icmp_type == echo_request) return Kind::ping;
  if (packet.protocol == protocol::kIcmp) {
    // Timestamp, information and address mask requests (RFC 792, RFC 950).
    const bool request = packet.icmp_type == 13 || packet.icmp_type == 15 || packet.icmp_type == 17;
    return request ? Kind::scan : Kind::other;
  }
  return packet.icmp_type == 139 ? Kind::scan : Kind::other;  // node information query (RFC 4620)
}

}  // namespace

bool is_icmp_reply(const Packet& packet) {
  if (!packet.has_icmp_type) return false;
  if (packet.protocol == protocol::kIcmp) {
    return packet.icmp_type == 0 || packet.icmp_type == 14 || packet.icmp_type == 16 ||
           packet.icmp_type == 18;
  }
  return packet.protocol == protocol::kIcmpV6 &&
         (packet.icmp_type == 129 || packet.icmp_type == 140);
}

bool is_icmp_error(const Packet& packet) {
  if (!packet.has_icmp_type) return false;
  if (packet.protocol == protocol::kIcmp) {
    return packet.icmp_type == 3 || packet.icmp_type == 4 || packet.icmp_type == 5 ||
           packet.icmp_type == 11 || packet.icmp_type == 12;
  }
  return packet.protocol == protocol::kIcmpV6 && packet.icmp_type >= 1 && packet.icmp_type <= 4;
}

Kind kind_of(const Packet& packet) {
  switch (packet.protocol) {
    case protocol::kTcp:
      return kind_of_tcp(packet);
    case protocol::kUdp:
      return kind_of_udp(packet);
    case protocol::kIcmp:
    case protocol::kIcmpV6:
      return kind_of_icmp(packet);
    default:
      return Kind::other;
  }
}

Service service_of(const Packet& packet, Kind kind) {
  if (packet.is_icmp()) {
    return {packet.protocol,
            packet.has_icmp_type ? std::uint16_t{packet.icmp_type} : Service::kUnknownType};
  }
  if (!packet.is_tcp() && !packet.is_udp()) return {packet.protocol, 0};
  return {packet.protocol, is_others_side(kind) ? packet.source_port : packet.destination_port};
}

}  // namespace teiten
