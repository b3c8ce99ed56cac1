#include "decode/anomaly.h"

namespace teiten {

// No default: the compiler names the enumerator that is missing.
std::string_view to_string(Anomaly anomaly) {
  switch (anomaly) {
    case Anomaly::none:
      return "none";
    case Anomaly::unknown_link_type:
      return "unknown_link_type";
    case Anomaly::truncated_link_header:
      return "truncated_link_header";
    case Anomaly::too_many_link_headers:
      return "too_many_link_headers";
    case Anomaly::invalid_nflog_attribute:
      return "invalid_nflog_attribute";
    case Anomaly::compressed_ip_header:
      return "compressed_ip_header";
    case Anomaly::unknown_ip_version:
      return "unknown_ip_version";
    case Anomaly::truncated_ipv4_header:
      return "truncated_ipv4_header";
    case Anomaly::invalid_ipv4_header_length:
      return "invalid_ipv4_header_length";
    case Anomaly::invalid_ipv4_total_length:
      return "invalid_ipv4_total_length";
    case Anomaly::truncated_ipv6_header:
      return "truncated_ipv6_header";
    case Anomaly::truncated_ipv6_extension:
      return "truncated_ipv6_extension";
    case Anomaly::too_many_ipv6_extensions:
      return "too_many_ipv6_extensions";
    case Anomaly::truncated_tcp_header:
      return "truncated_tcp_header";
    case Anomaly::invalid_tcp_header_length:
      return "invalid_tcp_header_length";
    case Anomaly::truncated_udp_header:
      return "truncated_udp_header";
    case Anomaly::truncated_icmp_header:
      return "truncated_icmp_header";
    case Anomaly::count:
      break;
  }
  return "none";
}

}  // namespace teiten
