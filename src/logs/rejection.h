#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace teiten {

/// Why a log line is not a packet that came in. The enumerator's name is the text everywhere.
enum class Rejection : std::uint8_t {
  none,
  empty_line,
  not_a_firewall_line,  ///< some other program's line
  allowed,         ///< the firewall let it pass ([UFW ALLOW], ACCEPT): not unsolicited by itself
  audit,           ///< [UFW AUDIT …]: logged beside another verdict
  outbound,        ///< IN= empty, OUT= set
  forwarded,       ///< IN= and OUT= both set
  truncated_line,  ///< cut or spliced by the logger: a needed field is missing
  invalid_time,
  invalid_source,
  invalid_destination,
  invalid_protocol,
  invalid_port,
  invalid_icmp_type,
  wrong_column_count,
  unterminated_quote,
  line_too_long,
  count_,  ///< not a rejection: how many there are
};

inline constexpr std::size_t kRejectionCount = static_cast<std::size_t>(Rejection::count_);
std::string_view to_string(Rejection rejection);

}  // namespace teiten
