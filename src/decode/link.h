#pragma once

#include <cstdint>

#include "decode/anomaly.h"
#include "decode/bytes.h"
#include "decode/decode.h"
#include "decode/packet.h"

/// The layers below IP: each function takes the bytes from its own header on and finds the network
/// layer. They call only downwards in this list.
namespace teiten {

/// Tags, labels and encapsulations in one frame. Real stacks hold a handful; Linux' flow dissector
/// gives up after 15 headers (MAX_FLOW_DISSECT_HDRS).
inline constexpr int kMaxLinkHeaders = 16;

inline constexpr std::uint32_t kEthernetHeader = 14;
inline constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
inline constexpr std::uint16_t kEtherTypeIpv6 = 0x86dd;

/// What a link header carries.
enum class Network : std::uint8_t { ipv4, ipv6, not_ip, anomaly };

/// The network layer of a frame; `bytes` only for IP, `anomaly` only for Network::anomaly.
struct LinkPayload {
  Network network = Network::not_ip;
  Anomaly anomaly = Anomaly::none;
  Bytes bytes;

  static LinkPayload ipv4(Bytes bytes) { return {Network::ipv4, Anomaly::none, bytes}; }
  static LinkPayload ipv6(Bytes bytes) { return {Network::ipv6, Anomaly::none, bytes}; }
  static LinkPayload not_ip() { return {Network::not_ip, Anomaly::none, {}}; }
  static LinkPayload failed(Anomaly anomaly) { return {Network::anomaly, anomaly, {}}; }
};

/// What one frame's walk shares: the packet for what the link layer tells about it, and the trace.
struct LinkWalk {
  Packet& packet;
  LayerTrace* trace = nullptr;
  int headers = 0;  ///< tags and labels met, at most kMaxLinkHeaders

  void met(Layer layer) {
    if (trace != nullptr) trace->add(layer);
  }
  /// Counts one more tag or label; false beyond the limit.
  bool admit() { return ++headers <= kMaxLinkHeaders; }
};

/// By LINKTYPE_: the entry.
LinkPayload strip_link(LinkType link, Bytes bytes, LinkWalk& walk);
/// Ethernet II or IEEE 802.3, from the destination address on.
LinkPayload strip_ethernet(Bytes bytes, LinkWalk& walk);
/// What follows an EtherType, through VLAN tags, LLC and SNAP. A value up to 1500 is the length of
/// an LLC frame (IEEE 802.3 §3.2.6).
LinkPayload strip_ethertype(std::uint16_t ethertype, Bytes bytes, LinkWalk& walk);
/// IEEE 802.2 LLC, from the DSAP on.
LinkPayload strip_llc(Bytes bytes, LinkWalk& walk);
/// NFLOG: header and attributes, in the byte order of the machine that captured.
LinkPayload strip_nflog(Bytes bytes, LinkWalk& walk);
/// PPPoE session (RFC 2516 §4), from version and type on.
LinkPayload strip_pppoe(Bytes bytes, LinkWalk& walk);
/// PPP (RFC 1661, RFC 1662), with or without address and control.
LinkPayload strip_ppp(Bytes bytes, LinkWalk& walk);
/// MPLS (RFC 3032), from the first label on.
LinkPayload strip_mpls(Bytes bytes, LinkWalk& walk);
/// IP of either version, told by its first four bits.
LinkPayload by_ip_version(Bytes bytes);

}  // namespace teiten
