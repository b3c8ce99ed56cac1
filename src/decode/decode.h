#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "capture/frame.h"
#include "decode/anomaly.h"
#include "decode/packet.h"

namespace teiten {

/// One protocol layer met on the way to the packet, for `teiten inspect`.
enum class Layer : std::uint8_t {
  ethernet,
  vlan,
  mpls,
  pppoe,
  ppp,
  null,
  loop,
  raw,
  sll,
  sll2,
  c_hdlc,
  nflog,
  llc_snap,
  ipv4,
  ipv6,
  ipv6_hop_by_hop,
  ipv6_routing,
  ipv6_fragment,
  ipv6_destination,
  ipv6_mobility,
  ipv6_ah,
  ipv6_hip,
  ipv6_shim6,
  tcp,
  udp,
  icmp,
  icmpv6,
  other,
};
std::string_view to_string(Layer layer);

/// The layers of one frame in order; more than fit are not recorded.
struct LayerTrace {
  static constexpr std::size_t kMax = 24;
  std::array<Layer, kMax> layers{};
  std::size_t count = 0;
  void add(Layer layer) {
    if (count < kMax) layers[count++] = layer;
  }
};

/// What a frame turned out to be.
enum class FrameKind : std::uint8_t {
  packet,   ///< IP; `packet` is filled
  not_ip,   ///< well-formed, but ARP, LLDP, IS-IS …: ignored with the reason `not_ip`
  anomaly,  ///< cannot be decoded: `anomaly` says why
};

struct Decoded {
  FrameKind kind = FrameKind::anomaly;
  Anomaly anomaly = Anomaly::none;
};

/// Decodes one frame down to the transport header. Never reads outside frame.data, never throws,
/// keeps nothing. `packet` is overwritten; it is meaningful only for FrameKind::packet. `trace` may
/// be null.
Decoded decode(const Frame& frame, Packet& packet, LayerTrace* trace = nullptr);

}  // namespace teiten
