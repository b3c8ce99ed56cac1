#include "decode/ip.h"
#include "decode/transport.h"

namespace teiten {
namespace {

constexpr std::uint32_t kIcmpHeader = 8;    // RFC 792: every message has eight bytes
constexpr std::uint32_t kIcmpV6Header = 4;  // RFC 4443 §2.1
constexpr std::uint32_t kTypeAndCode = 2;
constexpr std::uint32_t kThroughIdentifier = 6;
constexpr std::uint32_t kQuoteOffset = 8;  // RFC 792, RFC 4443 §3: what an error quotes
constexpr std::uint32_t kPorts = 4;

/// Queries and their answers, which carry an identifier after the checksum.
bool has_identifier(std::uint8_t protocol_number, std::uint8_t type) {
  if (protocol_number == protocol::kIcmpV6) {
    // Echo (RFC 4443 §4), extended echo (RFC 8335).
    return type == 128 || type == 129 || type == 160 || type == 161;
  }
  // Echo, timestamp, information (RFC 792), address mask (RFC 950), extended echo (RFC 8335).
  return type == 0 || type == 8 || (type >= 13 && type <= 18) || type == 42 || type == 43;
}

/// Messages that quote the packet they are about.
bool is_error(std::uint8_t protocol_number, std::uint8_t type) {
  if (protocol_number == protocol::kIcmpV6) return type >= 1 && type <= 4;
  return type == 3 || type == 4 || type == 5 || type == 11 || type == 12;
}

/// The transport header of a quoted packet: its ports, or the identifier of a query. False where
/// the quote ends before them.
bool read_quoted_transport(std::uint8_t protocol_number, Bytes bytes, Packet& packet) {
  switch (protocol_number) {
    case protocol::kTcp:
    case protocol::kUdp:
      if (!bytes.holds(kPorts)) return false;
      packet.quoted_source_port = bytes.be16(0);
      packet.quoted_destination_port = bytes.be16(2);
      return true;
    case protocol::kIcmp:
    case protocol::kIcmpV6:
      if (!bytes.holds(1)) return false;
      if (!has_identifier(protocol_number, bytes.u8(0))) return true;
      if (!bytes.holds(kThroughIdentifier)) return false;
      packet.quoted_source_port = bytes.be16(4);
      return true;
    default:
      return true;
  }
}

bool read_quoted_ipv4(Bytes bytes, Packet& packet) {
  if (!bytes.holds(kIpv4MinHeader)) return false;
  const std::uint32_t header = static_cast<std::uint32_t>(bytes.u8(0) & 0x0f) * 4;
  if (header < kIpv4MinHeader || !bytes.holds(header)) return false;
  constexpr unsigned kFragmentOffset = 0x1fff;
  if ((bytes.be16(6) & kFragmentOffset) != 0) return false;
  packet.quoted_protocol = bytes.u8(9);
  packet.quoted_source = IpAddress::v4(bytes.be32(12));
  packet.quoted_destination = IpAddress::v4(bytes.be32(16));
  return read_quoted_transport(packet.quoted_protocol, bytes.from(header), packet);
}

bool read_quoted_ipv6(Bytes bytes, Packet& packet) {
  if (!bytes.holds(kIpv6Header)) return false;
  const Ipv6Chain chain = walk_ipv6_extensions(bytes.u8(6), bytes.from(kIpv6Header), nullptr);
  if (chain.anomaly != Anomaly::none || chain.fragment == FragmentPosition::later) return false;
  packet.quoted_protocol = chain.protocol;
  packet.quoted_source = IpAddress::from_v6_bytes(bytes.field(8, 16));
  packet.quoted_destination = IpAddress::from_v6_bytes(bytes.field(24, 16));
  return read_quoted_transport(chain.protocol, chain.payload, packet);
}

/// The lengths inside a quote are not looked at: routers cut the packet, and some systems quote the
/// length in the wrong byte order. What is missing only means that nothing is quoted.
void read_quote(Bytes bytes, Packet& packet) {
  if (!bytes.holds(1)) return;
  const int version = bytes.u8(0) >> 4;
  if (version == 4) packet.has_quoted = read_quoted_ipv4(bytes, packet);
  if (version == 6) packet.has_quoted = read_quoted_ipv6(bytes, packet);
}

}  // namespace

Anomaly decode_icmp(Bytes bytes, Packet& packet) {
  const std::uint32_t minimum = packet.protocol == protocol::kIcmpV6 ? kIcmpV6Header : kIcmpHeader;
  if (bytes.wire_size() < minimum || !bytes.holds(kTypeAndCode)) {
    return Anomaly::truncated_icmp_header;
  }
  const std::uint8_t type = bytes.u8(0);
  if (has_identifier(packet.protocol, type)) {
    if (!bytes.holds(kThroughIdentifier)) return Anomaly::truncated_icmp_header;
    packet.source_port = bytes.be16(4);
  }
  packet.icmp_type = type;
  packet.icmp_code = bytes.u8(1);
  packet.has_icmp_type = true;
  if (is_error(packet.protocol, type)) read_quote(bytes.from(kQuoteOffset), packet);
  return Anomaly::none;
}

}  // namespace teiten
