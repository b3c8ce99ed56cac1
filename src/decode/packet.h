#pragma once

#include <cstdint>

#include "net/ip_address.h"
#include "net/region.h"
#include "net/service.h"
#include "net/time.h"

namespace teiten {

/// TCP flag bits as on the wire (RFC 9293 §3.1).
namespace tcp_flag {
inline constexpr std::uint8_t kFin = 0x01;
inline constexpr std::uint8_t kSyn = 0x02;
inline constexpr std::uint8_t kRst = 0x04;
inline constexpr std::uint8_t kPsh = 0x08;
inline constexpr std::uint8_t kAck = 0x10;
inline constexpr std::uint8_t kUrg = 0x20;
inline constexpr std::uint8_t kEce = 0x40;
inline constexpr std::uint8_t kCwr = 0x80;
}  // namespace tcp_flag

/// Where a packet is in its IP datagram.
enum class FragmentPosition : std::uint8_t { whole, first, later };

/// The decoded view of one packet: plain values, host byte order. A log line or a honeypot's record
/// is a packet too; what it does not tell is absent (has_… false), not zero.
struct Packet {
  UtcTime time{};
  IpAddress source;
  /// `::` where the record does not tell (has_destination false).
  IpAddress destination;

  std::uint32_t sequence = 0;          ///< TCP sequence number, if has_sequence
  std::uint32_t acknowledgement = 0;   ///< TCP acknowledgement number, if has_sequence
  std::uint16_t source_port = 0;       ///< TCP and UDP, if has_ports; ICMP query: the identifier
  std::uint16_t destination_port = 0;  ///< TCP and UDP, if has_ports
  std::uint16_t length = 0;    ///< IP header and payload in bytes, if has_length; 65535: or more
  std::uint16_t ip_id = 0;     ///< IPv4 identification, if has_ttl and IPv4
  std::uint16_t window = 0;    ///< TCP window as sent, if has_sequence
  std::uint8_t protocol = 0;   ///< IP protocol number; for IPv6 that of the last header met
  std::uint8_t icmp_type = 0;  ///< if has_icmp_type
  std::uint8_t icmp_code = 0;  ///< if has_icmp_type
  std::uint8_t tcp_flags = 0;  ///< if has_flags
  std::uint8_t ttl = 0;        ///< TTL or hop limit, if has_ttl
  FragmentPosition fragment = FragmentPosition::whole;

  bool has_destination : 1 = false;
  bool has_ports : 1 = false;
  bool has_icmp_type : 1 = false;
  bool has_flags : 1 = false;
  bool has_sequence : 1 = false;
  bool has_ttl : 1 = false;
  bool has_length : 1 = false;
  /// An ICMP error with enough of the packet it quotes to tell the flow (RFC 792, RFC 4443 §3).
  bool has_quoted : 1 = false;
  /// The record carries its own region label (region_label); enrichment keeps it.
  bool has_region : 1 = false;
  /// The link layer says that this host sent the frame (Linux SLL and SLL2: packet type 4).
  bool link_outgoing : 1 = false;

  std::uint8_t quoted_protocol = 0;
  std::uint16_t quoted_source_port = 0;  ///< ports of the quoted packet; echo identifier for ICMP
  std::uint16_t quoted_destination_port = 0;
  Region region_label;
  /// Index into the log reader's sensor names, plus 1; 0 where the record names no sensor.
  std::uint16_t sensor_label = 0;
  IpAddress quoted_source;
  IpAddress quoted_destination;

  constexpr bool is_tcp() const { return protocol == teiten::protocol::kTcp; }
  constexpr bool is_udp() const { return protocol == teiten::protocol::kUdp; }
  constexpr bool is_icmp() const {
    return protocol == teiten::protocol::kIcmp || protocol == teiten::protocol::kIcmpV6;
  }
};

}  // namespace teiten
