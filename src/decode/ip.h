#pragma once

#include <cstdint>

#include "decode/anomaly.h"
#include "decode/bytes.h"
#include "decode/decode.h"
#include "decode/packet.h"

namespace teiten {

inline constexpr std::uint32_t kIpv4MinHeader = 20;  // RFC 791 §3.1
inline constexpr std::uint32_t kIpv6Header = 40;     // RFC 8200 §3

/// Extension headers of one packet. RFC 8200 §4.1 asks for each at most once, destination options
/// twice; with mobility, HIP and shim6 that makes 10.
inline constexpr int kMaxIpv6Extensions = 16;

/// Next header values that matter here (IANA "IPv6 Extension Header Types").
namespace next_header {
inline constexpr std::uint8_t kHopByHop = 0;
inline constexpr std::uint8_t kRouting = 43;
inline constexpr std::uint8_t kFragment = 44;
inline constexpr std::uint8_t kAuthentication = 51;
inline constexpr std::uint8_t kNone = 59;
inline constexpr std::uint8_t kDestination = 60;
inline constexpr std::uint8_t kMobility = 135;
inline constexpr std::uint8_t kHip = 139;
inline constexpr std::uint8_t kShim6 = 140;
}  // namespace next_header

/// Fills `packet` from an IPv4 datagram, down to the transport header.
Anomaly decode_ipv4(Bytes bytes, Packet& packet, LayerTrace* trace);
/// Fills `packet` from an IPv6 datagram, down to the transport header.
Anomaly decode_ipv6(Bytes bytes, Packet& packet, LayerTrace* trace);

/// What the extension headers of an IPv6 packet lead to.
struct Ipv6Chain {
  Anomaly anomaly = Anomaly::none;
  std::uint8_t protocol = 0;
  FragmentPosition fragment = FragmentPosition::whole;
  Bytes payload;
};
/// Follows the chain that begins with header `next` at the start of `bytes`, up to the first header
/// that is no extension, or to the fragment header of a later fragment.
Ipv6Chain walk_ipv6_extensions(std::uint8_t next, Bytes bytes, LayerTrace* trace);

/// FragmentPosition from an offset (any unit) and the more-fragments flag.
constexpr FragmentPosition fragment_position(unsigned offset, bool more) {
  if (offset != 0) return FragmentPosition::later;
  return more ? FragmentPosition::first : FragmentPosition::whole;
}

}  // namespace teiten
