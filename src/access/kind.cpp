#include "access/kind.h"

namespace teiten {
namespace {

/// Ports below this are well known (RFC 6335 §6: system ports).
constexpr std::uint16_t kFirstUserPort = 1024;

Kind kind_of_tcp(const Packet& packet) {
  if (!packet.has_flags) return Kind::unknown;
  using namespace tcp_flag;
  // ECE and CWR only negotiate congestion control (RFC 3168 §6.1.1): they do not change what is
  // asked.
  const auto flags =
      static_cast<std::uint8_t>(packet.tcp_flags & (kFin | kSyn | kRst | kPsh | kAck | kUrg));
  if ((flags & kRst) != 0) return Kind::backscatter;
  if ((flags & (kSyn | kAck)) == (kSyn | kAck)) return Kind::backscatter;
  if ((flags & kSyn) != 0) return Kind::scan;
  if ((flags & kAck) == 0)
    return Kind::scan;  // NULL, FIN, XMAS: nothing but a probe looks like that
  if (flags == kAck && packet.source_port < kFirstUserPort &&
      packet.destination_port >= kFirstUserPort) {
    return Kind::backscatter;
  }
  return Kind::other;
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
      return Kind::scan;
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
  const bool others_side = kind == Kind::backscatter || kind == Kind::reflection;
  return {packet.protocol, others_side ? packet.source_port : packet.destination_port};
}

}  // namespace teiten
