#include "decode/transport.h"

namespace teiten {
namespace {

constexpr std::uint32_t kTcpHeader = 20;         // RFC 9293 §3.1
constexpr std::uint32_t kTcpThroughFlags = 14;   // the last byte that a kind needs
constexpr std::uint32_t kTcpThroughWindow = 16;  // all that a Packet holds
constexpr std::uint32_t kUdpHeader = 8;          // RFC 768
constexpr std::uint32_t kPorts = 4;

inline void read_ports(Bytes bytes, Packet& packet) {
  packet.source_port = bytes.be16(0);
  packet.destination_port = bytes.be16(2);
  packet.has_ports = true;
}

Anomaly decode_tcp(Bytes bytes, Packet& packet) {
  const bool whole = packet.fragment == FragmentPosition::whole;
  if (whole && bytes.wire_size() < kTcpHeader) return Anomaly::truncated_tcp_header;
  if (!bytes.holds(kTcpThroughFlags)) {
    // A first fragment may end within the header (nmap -f sends 8 bytes of it): a packet without
    // flags. Any other header that stops here was cut by the capture.
    if (bytes.wire_size() >= kTcpThroughFlags || !bytes.holds(kPorts)) {
      return Anomaly::truncated_tcp_header;
    }
    read_ports(bytes, packet);
    return Anomaly::none;
  }
  const std::uint32_t header = static_cast<std::uint32_t>(bytes.u8(12) >> 4) * 4;
  if (header < kTcpHeader || (whole && header > bytes.wire_size())) {
    return Anomaly::invalid_tcp_header_length;
  }
  read_ports(bytes, packet);
  packet.tcp_flags = bytes.u8(13);
  packet.has_flags = true;
  packet.has_sequence = bytes.holds(kTcpThroughWindow);
  if (packet.has_sequence) {
    packet.sequence = bytes.be32(4);
    packet.acknowledgement = bytes.be32(8);
    packet.window = bytes.be16(14);
  }
  return Anomaly::none;
}

Anomaly decode_udp(Bytes bytes, Packet& packet) {
  // The UDP length is not looked at: the ports mean the same whatever it says.
  if (bytes.wire_size() < kUdpHeader || !bytes.holds(kPorts)) {
    return Anomaly::truncated_udp_header;
  }
  read_ports(bytes, packet);
  return Anomaly::none;
}

}  // namespace

Anomaly decode_transport(Bytes bytes, Packet& packet, LayerTrace* trace) {
  if (packet.fragment == FragmentPosition::later) return Anomaly::none;
  Layer layer = Layer::other;
  Anomaly anomaly = Anomaly::none;
  switch (packet.protocol) {
    case protocol::kTcp:
      layer = Layer::tcp;
      anomaly = decode_tcp(bytes, packet);
      break;
    case protocol::kUdp:
      layer = Layer::udp;
      anomaly = decode_udp(bytes, packet);
      break;
    case protocol::kIcmp:
      layer = Layer::icmp;
      anomaly = decode_icmp(bytes, packet);
      break;
    case protocol::kIcmpV6:
      layer = Layer::icmpv6;
      anomaly = decode_icmp(bytes, packet);
      break;
    default:
      break;
  }
  if (trace != nullptr) trace->add(layer);
  return anomaly;
}

}  // namespace teiten
