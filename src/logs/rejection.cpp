#include "logs/rejection.h"

#include <array>

namespace teiten {

std::string_view to_string(Rejection rejection) {
  static constexpr std::array<std::string_view, kRejectionCount> kNames = {
      "none",
      "empty_line",
      "not_a_firewall_line",
      "allowed",
      "audit",
      "outbound",
      "forwarded",
      "truncated_line",
      "incomplete_packet",
      "invalid_time",
      "invalid_source",
      "invalid_destination",
      "invalid_protocol",
      "invalid_port",
      "invalid_icmp_type",
      "invalid_sensor",
      "invalid_tcp_flags",
      "invalid_ttl",
      "wrong_column_count",
      "unterminated_quote",
      "line_too_long",
      "invalid_json",
      "not_a_connection",
      "no_source",
      "no_packets",
      "before_1990",
      "future_time",
      "record_too_long",
      "invalid_packets",
      "no_data",
      "skipped_data",
  };
  static_assert(kNames.back() == "skipped_data", "one name an enumerator");
  const auto index = static_cast<std::size_t>(rejection);
  return index < kNames.size() ? kNames[index] : "?";
}

}  // namespace teiten
