#pragma once

#include <cstdint>
#include <initializer_list>

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

/// What the first bytes of a payload look like (docs/kinds.md). The enumerator's name is the text
/// everywhere, its number is stored: new ones come at the end.
enum class PayloadClass : std::uint8_t {
  none = 0,   ///< no payload, or the record does not tell
  other = 1,  ///< a payload that no rule below knows
  dns_query = 2,
  dns_response = 3,
  ntp_request = 4,  ///< a client's question for the time, or a mode 7 request but monlist
  ntp_monlist = 5,  ///< mode 7: the list of a server's latest clients
  ntp_control = 6,  ///< a mode 6 request
  ntp_response = 7,
  memcached_request = 8,
  memcached_response = 9,
  ssdp_request = 10,
  ssdp_response = 11,
  snmp_request = 12,
  snmp_response = 13,
  cldap_request = 14,
  cldap_response = 15,
  rpcbind_request = 16,
  rpcbind_response = 17,
  chargen = 18,  ///< the answer of a character generator
  sip_request = 19,
  sip_response = 20,
  quic_initial = 21,
  quic_other = 22,  ///< any other packet with a long header
  mssql_ping = 23,  ///< a question for the instances of a SQL Server
  mssql_response = 24,
  slammer = 25,         ///< the worm of January 2003
  messenger_spam = 26,  ///< a pop-up for the Windows Messenger service
  bittorrent = 27,
  http = 28,
  tls_client_hello = 29,
  ssh = 30,
  rdp = 31,
  smb = 32,
};
inline constexpr std::uint8_t kPayloadClassCount = 33;

/// The kinds of the first eight options of a TCP header, in their order: four bits an option from
/// the lowest, kind + 1, or 15 for a kind above 8; 0 ends the list. So two lists are equal if their
/// codes are (but for what comes after the eighth option, and kinds above 8).
using TcpOptionCode = std::uint32_t;
/// The code of a list of option kinds: tcp_options({2, 1, 3}).
constexpr TcpOptionCode tcp_options(std::initializer_list<unsigned> kinds) {
  TcpOptionCode code = 0;
  unsigned shift = 0;
  for (const unsigned kind : kinds) {
    code |= (kind > 8 ? 15U : kind + 1U) << shift;
    shift += 4;
  }
  return code;
}

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
  std::uint16_t length = 0;  ///< IP header and payload in bytes, if has_length; 65535: or more
  std::uint16_t ip_id = 0;   ///< IPv4 identification, if has_ttl and IPv4
  std::uint16_t window = 0;  ///< TCP window as sent, if has_sequence
  std::uint16_t mss =
      0;  ///< of a SYN's maximum segment size option; 0 without, or without has_options
  TcpOptionCode options = 0;         ///< of a SYN, if has_options
  std::uint32_t payload_digest = 0;  ///< see payload_digest(); 0 without a payload
  /// How many packets the record stands for, at least 1: a flow record tells many at once. One that
  /// tells more than 32 bits hold stands for as many as they hold.
  std::uint32_t packets = 1;
  std::uint8_t protocol = 0;   ///< IP protocol number; for IPv6 that of the last header met
  std::uint8_t icmp_type = 0;  ///< if has_icmp_type
  std::uint8_t icmp_code = 0;  ///< if has_icmp_type
  std::uint8_t tcp_flags = 0;  ///< if has_flags
  std::uint8_t ttl = 0;        ///< TTL or hop limit, if has_ttl
  FragmentPosition fragment = FragmentPosition::whole;
  std::uint8_t window_scale = 0;  ///< shift of a SYN's window scale option (RFC 7323 §2.2)
  std::uint8_t tcp_header = 0;    ///< TCP header with its options in bytes, if has_flags
  PayloadClass payload = PayloadClass::none;

  bool has_destination : 1 = false;
  bool has_ports : 1 = false;
  bool has_icmp_type : 1 = false;
  bool has_flags : 1 = false;
  bool has_sequence : 1 = false;
  bool has_ttl : 1 = false;
  bool has_length : 1 = false;
  /// A SYN whose options were captured whole (there may be none of them).
  bool has_options : 1 = false;
  /// `payload` is known: `none` means that nothing followed the UDP or TCP header.
  bool has_payload : 1 = false;
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
