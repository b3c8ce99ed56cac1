#include "decode/link.h"

namespace teiten {
namespace {

/// By PPP protocol number (IANA "PPP DLL Protocol Numbers").
LinkPayload by_ppp_protocol(std::uint16_t protocol, Bytes bytes, LinkWalk& walk) {
  switch (protocol) {
    case 0x0021:
      return LinkPayload::ipv4(bytes);
    case 0x0057:
      return LinkPayload::ipv6(bytes);
    case 0x0281:
    case 0x0283:
      return strip_mpls(bytes, walk);
    case 0x0003:  // robust header compression, RFC 3241
    case 0x0005:
    case 0x002d:  // Van Jacobson, RFC 1144
    case 0x002f:
    case 0x0061:  // IP header compression, RFC 2509
    case 0x0063:
    case 0x0065:
    case 0x0067:
      return LinkPayload::failed(Anomaly::compressed_ip_header);
    default:
      return LinkPayload::not_ip();
  }
}

}  // namespace

LinkPayload strip_ppp(Bytes bytes, LinkWalk& walk) {
  walk.met(Layer::ppp);
  // Address and control (RFC 1662 §3.1). No compressed protocol field begins with all ones.
  if (bytes.holds(2) && bytes.u8(0) == 0xff) bytes = bytes.from(2);
  if (!bytes.holds(1)) return LinkPayload::failed(Anomaly::truncated_link_header);
  // Protocol field compression (RFC 1661 §6.5): the last octet of the field is the odd one.
  if ((bytes.u8(0) & 1) != 0) return by_ppp_protocol(bytes.u8(0), bytes.from(1), walk);
  if (!bytes.holds(2)) return LinkPayload::failed(Anomaly::truncated_link_header);
  return by_ppp_protocol(bytes.be16(0), bytes.from(2), walk);
}

LinkPayload strip_pppoe(Bytes bytes, LinkWalk& walk) {
  constexpr std::uint32_t kHeader = 6;
  walk.met(Layer::pppoe);
  if (!bytes.holds(kHeader)) return LinkPayload::failed(Anomaly::truncated_link_header);
  // Any other code is discovery (RFC 2516 §5).
  if (bytes.u8(1) != 0) return LinkPayload::not_ip();
  return strip_ppp(bytes.from(kHeader).bounded(bytes.be16(4)), walk);
}

}  // namespace teiten
