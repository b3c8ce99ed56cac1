#include "decode/link.h"

namespace teiten {
namespace {

constexpr std::uint32_t kNflogHeader = 4;          // address family, version, resource
constexpr std::uint32_t kAttributeHeader = 4;      // length with this header, type
constexpr std::uint16_t kAttributeFlags = 0xc000;  // NLA_F_NESTED, NLA_F_NET_BYTEORDER
constexpr std::uint16_t kPayload = 9;              // NFULA_PAYLOAD

/// The attributes carry no byte order of their own. Types are small numbers, so the octet that is
/// zero (but for the flags) is the high one.
bool is_big_endian(Bytes attribute) {
  constexpr int kFlagBits = kAttributeFlags >> 8;
  return (attribute.u8(2) & ~kFlagBits) == 0 && attribute.u8(3) != 0;
}

}  // namespace

LinkPayload strip_nflog(Bytes bytes, LinkWalk& walk) {
  walk.met(Layer::nflog);
  if (!bytes.holds(kNflogHeader)) return LinkPayload::failed(Anomaly::truncated_link_header);
  const std::uint8_t family = bytes.u8(0);
  bytes = bytes.from(kNflogHeader);
  while (bytes.holds(kAttributeHeader)) {
    const bool big = is_big_endian(bytes);
    const std::uint32_t length = big ? bytes.be16(0) : bytes.le16(0);
    const int type = (big ? bytes.be16(2) : bytes.le16(2)) & ~kAttributeFlags;
    if (length < kAttributeHeader) return LinkPayload::failed(Anomaly::invalid_nflog_attribute);
    if (type == kPayload) {
      const Bytes payload = bytes.from(kAttributeHeader).bounded(length - kAttributeHeader);
      if (family == 2) return LinkPayload::ipv4(payload);
      if (family == 10) return LinkPayload::ipv6(payload);  // always Linux' AF_INET6
      return LinkPayload::not_ip();
    }
    bytes = bytes.from((length + 3) & ~std::uint32_t{3});
  }
  return LinkPayload::failed(Anomaly::truncated_link_header);
}

}  // namespace teiten
