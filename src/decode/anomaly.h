#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace teiten {

/// Why a frame cannot be decoded. The enumerator's name is the text everywhere: store, JSON, docs.
/// Counted, never thrown, never logged per packet.
enum class Anomaly : std::uint8_t {
  none,
  // One enumerator a failure; to_string() and kAnomalyCount follow the list in anomaly.cpp.
  unknown_link_type,
  truncated_link_header,
  too_many_link_headers,
  unknown_ip_version,
  truncated_ipv4_header,
  invalid_ipv4_header_length,
  invalid_ipv4_total_length,
  truncated_ipv6_header,
  truncated_ipv6_extension,
  too_many_ipv6_extensions,
  truncated_tcp_header,
  invalid_tcp_header_length,
  truncated_udp_header,
  truncated_icmp_header,
  count_,  ///< not an anomaly: how many there are
};

inline constexpr std::size_t kAnomalyCount = static_cast<std::size_t>(Anomaly::count_);
std::string_view to_string(Anomaly anomaly);

}  // namespace teiten
