#include "decode/decode.h"

#include <algorithm>

#include "decode/bytes.h"
#include "decode/ip.h"
#include "decode/link.h"

namespace teiten {
namespace {

Bytes bytes_of(const Frame& frame) {
  const auto captured =
      static_cast<std::uint32_t>(std::min<std::size_t>(frame.data.size(), kMaxFrameBytes));
  return {reinterpret_cast<const std::uint8_t*>(frame.data.data()), captured,
          std::max(captured, frame.original_length)};
}

/// Ethernet straight around IPv4: nearly every frame, so it does not take the long way.
bool is_plain_ipv4(LinkType link, Bytes bytes) {
  return link == LinkType::ethernet && bytes.holds(kEthernetHeader) &&
         bytes.be16(kEthernetHeader - 2) == kEtherTypeIpv4;
}

Decoded outcome(Anomaly anomaly) {
  return {anomaly == Anomaly::none ? FrameKind::packet : FrameKind::anomaly, anomaly};
}

}  // namespace

Decoded decode(const Frame& frame, Packet& packet, LayerTrace* trace) {
  packet = Packet{};
  packet.time = frame.time;
  const Bytes bytes = bytes_of(frame);
  if (is_plain_ipv4(frame.link, bytes)) {
    if (trace != nullptr) trace->add(Layer::ethernet);
    return outcome(decode_ipv4(bytes.from(kEthernetHeader), packet, trace));
  }
  LinkWalk walk{packet, trace};
  const LinkPayload payload = strip_link(frame.link, bytes, walk);
  switch (payload.network) {
    case Network::ipv4:
      return outcome(decode_ipv4(payload.bytes, packet, trace));
    case Network::ipv6:
      return outcome(decode_ipv6(payload.bytes, packet, trace));
    case Network::not_ip:
      return {FrameKind::not_ip, Anomaly::none};
    case Network::anomaly:
      break;
  }
  return outcome(payload.anomaly);
}

}  // namespace teiten
