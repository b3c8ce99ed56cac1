#include <algorithm>
#include <limits>

#include "decode/ip.h"
#include "decode/transport.h"

namespace teiten {
namespace {

constexpr std::uint32_t kExtensionUnit = 8;  // lengths count 8 octets, the fragment header is 8

/// True for a header after which another follows; its layer for the trace.
bool is_extension(std::uint8_t header, Layer& layer) {
  switch (header) {
    case next_header::kHopByHop:
      layer = Layer::ipv6_hop_by_hop;
      return true;
    case next_header::kRouting:
      layer = Layer::ipv6_routing;
      return true;
    case next_header::kFragment:
      layer = Layer::ipv6_fragment;
      return true;
    case next_header::kAuthentication:
      layer = Layer::ipv6_ah;
      return true;
    case next_header::kDestination:
      layer = Layer::ipv6_destination;
      return true;
    case next_header::kMobility:
      layer = Layer::ipv6_mobility;
      return true;
    case next_header::kHip:
      layer = Layer::ipv6_hip;
      return true;
    case next_header::kShim6:
      layer = Layer::ipv6_shim6;
      return true;
    default:
      return false;
  }
}

/// Bytes of an extension header of which the first eight are there.
std::uint32_t extension_size(std::uint8_t header, Bytes bytes) {
  if (header == next_header::kFragment) return kExtensionUnit;
  // RFC 4302 §2.2: AH counts 4 octets, minus 2.
  if (header == next_header::kAuthentication) {
    return std::max<std::uint32_t>((bytes.u8(1) + std::uint32_t{2}) * 4, kExtensionUnit);
  }
  return (bytes.u8(1) + std::uint32_t{1}) * kExtensionUnit;
}

/// Mobility, HIP and shim6 control messages are themselves what the packet is about: they end the
/// chain with "no next header" (RFC 6275 §6.1.1, RFC 7401 §5.1, RFC 5533 §5.2).
bool is_message(std::uint8_t header) {
  return header == next_header::kMobility || header == next_header::kHip ||
         header == next_header::kShim6;
}

/// Segmentation offload of TCP and UDP leaves the payload length 0, and so does a jumbogram, whose
/// length is in a hop-by-hop option (RFC 2675 §3). Anywhere else 0 means that nothing follows.
bool may_leave_length_zero(std::uint8_t next) {
  return next == protocol::kTcp || next == protocol::kUdp || next == next_header::kHopByHop;
}

}  // namespace

Ipv6Chain walk_ipv6_extensions(std::uint8_t next, Bytes bytes, LayerTrace* trace) {
  Ipv6Chain chain;
  std::uint8_t last = next;
  Layer layer{};
  for (int count = 0; is_extension(next, layer); ++count) {
    if (trace != nullptr) trace->add(layer);
    if (count == kMaxIpv6Extensions) {
      chain.anomaly = Anomaly::too_many_ipv6_extensions;
      return chain;
    }
    if (!bytes.holds(kExtensionUnit)) {
      chain.anomaly = Anomaly::truncated_ipv6_extension;
      return chain;
    }
    const std::uint32_t size = extension_size(next, bytes);
    if (!bytes.holds(size)) {
      chain.anomaly = Anomaly::truncated_ipv6_extension;
      return chain;
    }
    last = next;
    next = bytes.u8(0);
    if (last == next_header::kFragment) {
      const std::uint16_t word = bytes.be16(2);
      const FragmentPosition position = fragment_position(word >> 3, (word & 1) != 0);
      if (position != FragmentPosition::whole) chain.fragment = position;
    }
    bytes = bytes.from(size);
    if (chain.fragment == FragmentPosition::later) break;
  }
  chain.protocol = next == next_header::kNone && is_message(last) ? last : next;
  chain.payload = bytes;
  return chain;
}

Anomaly decode_ipv6(Bytes bytes, Packet& packet, LayerTrace* trace) {
  if (trace != nullptr) trace->add(Layer::ipv6);
  if (!bytes.holds(1)) return Anomaly::truncated_ipv6_header;
  if ((bytes.u8(0) >> 4) != 6) return Anomaly::unknown_ip_version;
  if (!bytes.holds(kIpv6Header)) return Anomaly::truncated_ipv6_header;

  const std::uint8_t next = bytes.u8(6);
  std::uint32_t total = bytes.be16(4) + kIpv6Header;
  if (total == kIpv6Header && may_leave_length_zero(next)) total = bytes.wire_size();

  packet.length = static_cast<std::uint16_t>(
      std::min<std::uint32_t>(total, std::numeric_limits<std::uint16_t>::max()));
  packet.ttl = bytes.u8(7);
  packet.source = IpAddress::from_v6_bytes(bytes.field(8, 16));
  packet.destination = IpAddress::from_v6_bytes(bytes.field(24, 16));
  packet.has_destination = packet.has_ttl = packet.has_length = true;

  const Ipv6Chain chain = walk_ipv6_extensions(next, bytes.bounded(total).from(kIpv6Header), trace);
  if (chain.anomaly != Anomaly::none) return chain.anomaly;
  packet.protocol = chain.protocol;
  packet.fragment = chain.fragment;
  return decode_transport(chain.payload, packet, trace);
}

}  // namespace teiten
