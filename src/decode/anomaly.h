#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace teiten {

/// Why a frame cannot be decoded. The enumerator's name is the text everywhere: store, JSON,
/// docs/decoding.md. Counted, never thrown, never logged per packet.
enum class Anomaly : std::uint8_t {
  none,
  unknown_link_type,           ///< a LINKTYPE_ that is not read here
  truncated_link_header,       ///< the frame ends before the network layer begins
  too_many_link_headers,       ///< more than kMaxLinkHeaders tags and labels
  invalid_nflog_attribute,     ///< an nflog attribute shorter than its own header
  compressed_ip_header,        ///< PPP with Van Jacobson, IPHC or ROHC: needs the link's state
  unknown_ip_version,          ///< the version is not what the layer below announced
  truncated_ipv4_header,       ///< less than the header length is there
  invalid_ipv4_header_length,  ///< below 20 bytes
  invalid_ipv4_total_length,   ///< shorter than the header, and not 0
  truncated_ipv6_header,       ///< less than 40 bytes
  truncated_ipv6_extension,    ///< an extension header runs past the end
  too_many_ipv6_extensions,    ///< more than kMaxIpv6Extensions
  truncated_tcp_header,        ///< cut before the flags, or a datagram too short for TCP
  invalid_tcp_header_length,   ///< below 20 bytes, or beyond the datagram
  truncated_udp_header,        ///< cut before the ports, or a datagram too short for UDP
  truncated_icmp_header,       ///< cut before type, code or identifier, or a datagram too short
  count,                       ///< not an anomaly: how many there are
};

inline constexpr std::size_t kAnomalyCount = static_cast<std::size_t>(Anomaly::count);
/// The enumerator's name.
std::string_view to_string(Anomaly anomaly);

}  // namespace teiten
