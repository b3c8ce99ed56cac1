#include "decode/link.h"

namespace teiten {
namespace {

/// IEEE 802 EtherTypes that lead on.
namespace ethertype {
constexpr std::uint16_t kVlan = 0x8100;         // IEEE 802.1Q C-tag
constexpr std::uint16_t kServiceVlan = 0x88a8;  // IEEE 802.1ad S-tag
constexpr std::uint16_t kOldServiceVlan = 0x9100;
constexpr std::uint16_t kMplsUnicast = 0x8847;
constexpr std::uint16_t kMplsMulticast = 0x8848;
constexpr std::uint16_t kPppoeSession = 0x8864;
}  // namespace ethertype

/// The largest value of the field that is a length.
constexpr std::uint16_t kMaxLlcLength = 1500;

/// Where the walk goes after an LLC header: on with an EtherType, or it is over.
struct LlcStep {
  bool done = false;
  LinkPayload result;           ///< if done
  std::uint16_t ethertype = 0;  ///< else, with what follows
  Bytes rest;
};

LlcStep over(LinkPayload result) {
  LlcStep step;
  step.done = true;
  step.result = result;
  return step;
}

LlcStep step_through_llc(Bytes bytes, LinkWalk& walk) {
  constexpr std::uint8_t kSapIp = 0x06;    // RFC 948, before SNAP
  constexpr std::uint8_t kSapSnap = 0xaa;  // RFC 1042
  constexpr std::uint8_t kUnnumberedInformation = 0x03;
  constexpr std::uint32_t kLlc = 3;
  constexpr std::uint32_t kSnap = kLlc + 5;
  if (!walk.admit()) return over(LinkPayload::failed(Anomaly::too_many_link_headers));
  walk.met(Layer::llc_snap);
  if (!bytes.holds(kLlc)) return over(LinkPayload::failed(Anomaly::truncated_link_header));
  const std::uint8_t sap = bytes.u8(0);
  if (bytes.u8(1) != sap || bytes.u8(2) != kUnnumberedInformation) {
    return over(LinkPayload::not_ip());
  }
  if (sap == kSapIp) return over(LinkPayload::ipv4(bytes.from(kLlc)));
  if (sap != kSapSnap) return over(LinkPayload::not_ip());
  if (!bytes.holds(kSnap)) return over(LinkPayload::failed(Anomaly::truncated_link_header));
  const std::uint32_t organisation = bytes.be32(2) & 0xffffff;
  const std::uint16_t type = bytes.be16(6);
  // 00-00-F8 is the bridge tunnel encapsulation of IEEE 802.1H; others define types of their own.
  if ((organisation != 0 && organisation != 0xf8) || type <= kMaxLlcLength) {
    return over(LinkPayload::not_ip());
  }
  LlcStep step;
  step.ethertype = type;
  step.rest = bytes.from(kSnap);
  return step;
}

}  // namespace

LinkPayload strip_ethertype(std::uint16_t ethertype, Bytes bytes, LinkWalk& walk) {
  for (;;) {
    switch (ethertype) {
      case kEtherTypeIpv4:
        return LinkPayload::ipv4(bytes);
      case kEtherTypeIpv6:
        return LinkPayload::ipv6(bytes);
      case ethertype::kMplsUnicast:
      case ethertype::kMplsMulticast:
        return strip_mpls(bytes, walk);
      case ethertype::kPppoeSession:
        return strip_pppoe(bytes, walk);
      case ethertype::kVlan:
      case ethertype::kServiceVlan:
      case ethertype::kOldServiceVlan:
        if (!walk.admit()) return LinkPayload::failed(Anomaly::too_many_link_headers);
        walk.met(Layer::vlan);
        if (!bytes.holds(4)) return LinkPayload::failed(Anomaly::truncated_link_header);
        ethertype = bytes.be16(2);
        bytes = bytes.from(4);
        break;
      default: {
        if (ethertype > kMaxLlcLength) return LinkPayload::not_ip();
        const LlcStep step = step_through_llc(bytes.bounded(ethertype), walk);
        if (step.done) return step.result;
        ethertype = step.ethertype;
        bytes = step.rest;
      }
    }
  }
}

LinkPayload strip_llc(Bytes bytes, LinkWalk& walk) {
  const LlcStep step = step_through_llc(bytes, walk);
  return step.done ? step.result : strip_ethertype(step.ethertype, step.rest, walk);
}

LinkPayload strip_ethernet(Bytes bytes, LinkWalk& walk) {
  walk.met(Layer::ethernet);
  if (!bytes.holds(kEthernetHeader)) return LinkPayload::failed(Anomaly::truncated_link_header);
  return strip_ethertype(bytes.be16(12), bytes.from(kEthernetHeader), walk);
}

LinkPayload strip_mpls(Bytes bytes, LinkWalk& walk) {
  for (bool bottom = false; !bottom; bytes = bytes.from(4)) {
    if (!walk.admit()) return LinkPayload::failed(Anomaly::too_many_link_headers);
    walk.met(Layer::mpls);
    if (!bytes.holds(4)) return LinkPayload::failed(Anomaly::truncated_link_header);
    bottom = (bytes.u8(2) & 1) != 0;
  }
  // No field says what follows. 0 is a pseudowire's control word (RFC 4385 §3), 1 its associated
  // channel (§5), the rest a pseudowire without one: a tunnel, not this frame's own IP.
  LinkPayload payload = by_ip_version(bytes);
  if (payload.anomaly == Anomaly::unknown_ip_version) payload = LinkPayload::not_ip();
  return payload;
}

}  // namespace teiten
