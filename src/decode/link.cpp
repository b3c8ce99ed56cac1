#include "decode/link.h"

namespace teiten {
namespace {

/// AF_INET is the same everywhere, AF_INET6 is not: Linux, NetBSD and OpenBSD, FreeBSD, macOS.
LinkPayload by_address_family(std::uint32_t family, Bytes bytes) {
  switch (family) {
    case 2:
      return LinkPayload::ipv4(bytes);
    case 10:
    case 24:
    case 28:
    case 30:
      return LinkPayload::ipv6(bytes);
    default:
      return LinkPayload::not_ip();
  }
}

/// BSD loopback: the address family in the byte order of the machine that captured. No family needs
/// more than 16 bits, so the order shows.
LinkPayload strip_null(Bytes bytes, LinkWalk& walk) {
  walk.met(Layer::null);
  if (!bytes.holds(4)) return LinkPayload::failed(Anomaly::truncated_link_header);
  std::uint32_t family = bytes.be32(0);
  if (family > 0xffff) {
    family = bytes.le16(0) | (static_cast<std::uint32_t>(bytes.le16(2)) << 16);
  }
  return by_address_family(family, bytes.from(4));
}

/// OpenBSD loopback: always network byte order.
LinkPayload strip_loop(Bytes bytes, LinkWalk& walk) {
  walk.met(Layer::loop);
  if (!bytes.holds(4)) return LinkPayload::failed(Anomaly::truncated_link_header);
  return by_address_family(bytes.be32(0), bytes.from(4));
}

/// The protocol field of a Linux cooked capture: an EtherType, or one of Linux' pseudo types.
LinkPayload by_sll_protocol(std::uint16_t hardware, std::uint16_t protocol, Bytes bytes,
                            LinkWalk& walk) {
  constexpr std::uint16_t kHardwareNetlink = 824;     // ARPHRD_NETLINK: protocol is its family
  constexpr std::uint16_t kHardwareFrameRelay = 770;  // ARPHRD_FRAD: a Frame Relay header
  constexpr std::uint16_t kHardwareRadiotap = 803;    // ARPHRD_IEEE80211_RADIOTAP
  constexpr std::uint16_t kProtocolLlc = 0x0004;      // LINUX_SLL_P_802_2
  constexpr std::uint16_t kFirstEtherType = 0x0600;
  if (hardware == kHardwareNetlink || hardware == kHardwareFrameRelay ||
      hardware == kHardwareRadiotap) {
    return LinkPayload::not_ip();
  }
  if (protocol == kProtocolLlc) return strip_llc(bytes, walk);
  if (protocol < kFirstEtherType) return LinkPayload::not_ip();
  return strip_ethertype(protocol, bytes, walk);
}

constexpr std::uint16_t kSllOutgoing = 4;  // LINUX_SLL_OUTGOING

LinkPayload strip_sll(Bytes bytes, LinkWalk& walk) {
  constexpr std::uint32_t kHeader = 16;
  walk.met(Layer::sll);
  if (!bytes.holds(kHeader)) return LinkPayload::failed(Anomaly::truncated_link_header);
  walk.packet.link_outgoing = bytes.be16(0) == kSllOutgoing;
  return by_sll_protocol(bytes.be16(2), bytes.be16(14), bytes.from(kHeader), walk);
}

LinkPayload strip_sll2(Bytes bytes, LinkWalk& walk) {
  constexpr std::uint32_t kHeader = 20;
  walk.met(Layer::sll2);
  if (!bytes.holds(kHeader)) return LinkPayload::failed(Anomaly::truncated_link_header);
  walk.packet.link_outgoing = bytes.u8(10) == kSllOutgoing;
  return by_sll_protocol(bytes.be16(8), bytes.be16(0), bytes.from(kHeader), walk);
}

/// Cisco HDLC: address, control, EtherType.
LinkPayload strip_c_hdlc(Bytes bytes, LinkWalk& walk) {
  constexpr std::uint32_t kHeader = 4;
  walk.met(Layer::c_hdlc);
  if (!bytes.holds(kHeader)) return LinkPayload::failed(Anomaly::truncated_link_header);
  const std::uint16_t protocol = bytes.be16(2);
  if (protocol < 0x0600) return LinkPayload::not_ip();
  return strip_ethertype(protocol, bytes.from(kHeader), walk);
}

/// LINKTYPE_PPP_HDLC: PPP, or Cisco HDLC if the address is one of Cisco's.
LinkPayload strip_ppp_hdlc(Bytes bytes, LinkWalk& walk) {
  constexpr std::uint8_t kCiscoUnicast = 0x0f;
  constexpr std::uint8_t kCiscoMulticast = 0x8f;
  const std::uint8_t address = bytes.holds(1) ? bytes.u8(0) : std::uint8_t{0};
  if (address == kCiscoUnicast || address == kCiscoMulticast) return strip_c_hdlc(bytes, walk);
  return strip_ppp(bytes, walk);
}

}  // namespace

LinkPayload by_ip_version(Bytes bytes) {
  if (!bytes.holds(1)) return LinkPayload::failed(Anomaly::truncated_link_header);
  switch (bytes.u8(0) >> 4) {
    case 4:
      return LinkPayload::ipv4(bytes);
    case 6:
      return LinkPayload::ipv6(bytes);
    default:
      return LinkPayload::failed(Anomaly::unknown_ip_version);
  }
}

LinkPayload strip_link(LinkType link, Bytes bytes, LinkWalk& walk) {
  switch (link) {
    case LinkType::ethernet:
      return strip_ethernet(bytes, walk);
    case LinkType::null:
      return strip_null(bytes, walk);
    case LinkType::loop:
      return strip_loop(bytes, walk);
    case LinkType::ppp:
      return strip_ppp(bytes, walk);
    case LinkType::ppp_hdlc:
      return strip_ppp_hdlc(bytes, walk);
    case LinkType::ppp_ether:
      return strip_pppoe(bytes, walk);
    case LinkType::c_hdlc:
      return strip_c_hdlc(bytes, walk);
    case LinkType::linux_sll:
      return strip_sll(bytes, walk);
    case LinkType::linux_sll2:
      return strip_sll2(bytes, walk);
    case LinkType::nflog:
      return strip_nflog(bytes, walk);
    case LinkType::raw:
    case LinkType::raw_dlt_bsd:
    case LinkType::raw_dlt_openbsd:
      walk.met(Layer::raw);
      return by_ip_version(bytes);
    case LinkType::ipv4:
      walk.met(Layer::raw);
      return LinkPayload::ipv4(bytes);
    case LinkType::ipv6:
      walk.met(Layer::raw);
      return LinkPayload::ipv6(bytes);
  }
  return LinkPayload::failed(Anomaly::unknown_link_type);
}

}  // namespace teiten
