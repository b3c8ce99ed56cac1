#include "decode/transport.h"

#include "decode/payload.h"

namespace teiten {
namespace {

constexpr std::uint32_t kTcpHeader = 20;         // RFC 9293 §3.1
constexpr std::uint32_t kTcpThroughFlags = 14;   // the last byte that a kind needs
constexpr std::uint32_t kTcpThroughWindow = 16;  // all that a Packet holds of the fixed part
constexpr std::uint32_t kUdpHeader = 8;          // RFC 768
constexpr std::uint32_t kPorts = 4;

inline void read_ports(Bytes bytes, Packet& packet) {
  packet.source_port = bytes.be16(0);
  packet.destination_port = bytes.be16(2);
  packet.has_ports = true;
}

/// What follows the transport header, if anything: rare, so it stays out of the way of SYNs.
[[gnu::noinline]] void read_payload(Bytes payload, Packet& packet) {
  packet.payload = classify_payload(payload, packet);
  packet.payload_digest = payload_digest(payload, packet.payload);
}

constexpr std::uint32_t kMssOnly = 4;
constexpr std::uint32_t kMssAndSack = 8;
constexpr std::uint32_t kWindowsOptions = 12;
constexpr std::uint32_t kLinuxOptions = 20;

/// The four lists that nearly every SYN with options has, compared word by word: what the loop of
/// read_options() finds, in a third of its time. False for any other list.
inline bool read_common_options(Bytes options, Packet& packet) {
  constexpr std::uint32_t kMssHeader = 0x0204;
  constexpr std::uint32_t kNopNopSack = 0x01010402;
  constexpr std::uint32_t kNopScaleHeader = 0x010303;
  constexpr std::uint32_t kSackTimestamps = 0x0402080a;
  if (!options.holds(kMssOnly) || options.be16(0) != kMssHeader) return false;
  switch (options.size()) {
    case kMssOnly:
      packet.options = tcp_options({2});
      break;
    case kMssAndSack:
      if (options.be32(4) != kNopNopSack) return false;
      packet.options = tcp_options({2, 1, 1, 4});
      break;
    case kWindowsOptions:
      if (options.be32(4) >> 8 != kNopScaleHeader || options.be32(8) != kNopNopSack) return false;
      packet.options = tcp_options({2, 1, 3, 1, 1, 4});
      packet.window_scale = options.u8(7);
      break;
    case kLinuxOptions:
      if (options.be32(4) != kSackTimestamps || options.be32(16) >> 8 != kNopScaleHeader)
        return false;
      packet.options = tcp_options({2, 4, 8, 1, 3});
      packet.window_scale = options.u8(19);
      break;
    default:
      return false;
  }
  packet.mss = options.be16(2);
  return true;
}

/// The options of a SYN (RFC 9293 §3.1): what tells tools and systems apart. A length that makes no
/// sense ends the list, as it does for the receiver.
[[gnu::noinline]] void read_options(Bytes options, Packet& packet) {
  constexpr std::uint8_t kEnd = 0;
  constexpr std::uint8_t kNop = 1;
  constexpr std::uint8_t kMss = 2;
  constexpr std::uint8_t kWindowScale = 3;
  constexpr std::uint8_t kLastCodedKind = 8;
  constexpr unsigned kCodeBits = 32;
  unsigned shift = 0;
  std::uint32_t at = 0;
  while (at < options.size() && shift < kCodeBits) {
    const std::uint8_t kind = options.u8(at);
    packet.options |= (kind > kLastCodedKind ? 15U : kind + 1U) << shift;
    shift += 4;
    if (kind == kEnd) return;
    if (kind == kNop) {
      ++at;
      continue;
    }
    if (!options.holds(at + 2)) return;
    const std::uint8_t length = options.u8(at + 1);
    if (length < 2 || !options.holds(at + length)) return;
    if (kind == kMss && length == 4) packet.mss = options.be16(at + 2);
    if (kind == kWindowScale && length == 3) packet.window_scale = options.u8(at + 2);
    at += length;
  }
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
  packet.tcp_header = static_cast<std::uint8_t>(header);
  packet.has_sequence = bytes.holds(kTcpThroughWindow);
  if (packet.has_sequence) {
    packet.sequence = bytes.be32(4);
    packet.acknowledgement = bytes.be32(8);
    packet.window = bytes.be16(14);
  }
  if ((packet.tcp_flags & (tcp_flag::kSyn | tcp_flag::kAck)) == tcp_flag::kSyn &&
      bytes.holds(header)) {
    packet.has_options = true;
    const std::uint32_t size = header - kTcpHeader;
    const Bytes options(bytes.field(kTcpHeader, size), size, size);
    if (size > 0 && !read_common_options(options, packet)) read_options(options, packet);
  }
  packet.has_payload = true;
  if (bytes.wire_size() > header) read_payload(bytes.from(header), packet);
  return Anomaly::none;
}

Anomaly decode_udp(Bytes bytes, Packet& packet) {
  // The UDP length is not looked at: the ports mean the same whatever it says.
  if (bytes.wire_size() < kUdpHeader || !bytes.holds(kPorts)) {
    return Anomaly::truncated_udp_header;
  }
  read_ports(bytes, packet);
  packet.has_payload = true;
  if (bytes.wire_size() > kUdpHeader) read_payload(bytes.from(kUdpHeader), packet);
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
