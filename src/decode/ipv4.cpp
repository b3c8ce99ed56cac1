#include <algorithm>
#include <limits>

#include "decode/ip.h"
#include "decode/transport.h"

namespace teiten {
namespace {

constexpr std::uint16_t kMoreFragments = 0x2000;
constexpr std::uint16_t kFragmentOffset = 0x1fff;

}  // namespace

Anomaly decode_ipv4(Bytes bytes, Packet& packet, LayerTrace* trace) {
  if (trace != nullptr) trace->add(Layer::ipv4);
  if (!bytes.holds(1)) return Anomaly::truncated_ipv4_header;
  const std::uint8_t first = bytes.u8(0);
  if ((first >> 4) != 4) return Anomaly::unknown_ip_version;
  const std::uint32_t header = static_cast<std::uint32_t>(first & 0x0f) * 4;
  if (header < kIpv4MinHeader) return Anomaly::invalid_ipv4_header_length;
  if (!bytes.holds(kIpv4MinHeader)) return Anomaly::truncated_ipv4_header;

  std::uint32_t total = bytes.be16(2);
  // Segmentation offload leaves 0 here: the datagram is what the link carried (Linux BIG TCP, TSO).
  if (total == 0) total = bytes.wire_size();
  if (total < header) return Anomaly::invalid_ipv4_total_length;
  if (!bytes.holds(header)) return Anomaly::truncated_ipv4_header;

  packet.length = static_cast<std::uint16_t>(
      std::min<std::uint32_t>(total, std::numeric_limits<std::uint16_t>::max()));
  packet.ip_id = bytes.be16(4);
  const std::uint16_t fragment = bytes.be16(6);
  packet.fragment = fragment_position(fragment & kFragmentOffset, (fragment & kMoreFragments) != 0);
  packet.ttl = bytes.u8(8);
  packet.protocol = bytes.u8(9);
  packet.source = IpAddress::v4(bytes.be32(12));
  packet.destination = IpAddress::v4(bytes.be32(16));
  packet.has_destination = packet.has_ttl = packet.has_length = true;
  return decode_transport(bytes.bounded(total).from(header), packet, trace);
}

}  // namespace teiten
