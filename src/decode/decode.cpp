#include "decode/decode.h"

#include <algorithm>

#include "decode/bytes.h"
#include "decode/ip.h"
#include "decode/link.h"

namespace teiten {
namespace {

Bytes bytes_of(const Frame& frame) {
  const std::size_t captured = frame.data.size();
  return {reinterpret_cast<const std::uint8_t*>(frame.data.data()), captured,
          std::max<std::size_t>(captured, frame.original_length)};
}

Decoded outcome(Anomaly anomaly) {
  if (anomaly == Anomaly::none) return {FrameKind::packet, Anomaly::none};
  return {FrameKind::anomaly, anomaly};
}

}  // namespace

Decoded decode(const Frame& frame, Packet& packet, LayerTrace* trace) {
  packet = Packet{};
  packet.time = frame.time;
  LinkWalk walk{packet, trace};
  const LinkPayload payload = strip_link(frame.link, bytes_of(frame), walk);
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
  return {FrameKind::anomaly, payload.anomaly};
}

}  // namespace teiten
