#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace teiten {

/// Why a record of a log is not a packet that came in. The enumerator's name is the text
/// everywhere.
enum class Rejection : std::uint8_t {
  none,
  empty_line,
  not_a_firewall_line,  ///< some other program's line, or a frame that is not IP (ARP)
  allowed,            ///< the firewall let it pass ([UFW ALLOW], ACCEPT): not unsolicited by itself
  audit,              ///< [UFW AUDIT …]: logged beside another verdict
  outbound,           ///< IN= empty
  forwarded,          ///< IN= and OUT= both set
  truncated_line,     ///< cut or spliced by the logger: a needed field is missing
  incomplete_packet,  ///< the kernel says INCOMPLETE or TRUNCATED: shorter than its own header
  invalid_time,
  invalid_source,
  invalid_destination,
  invalid_protocol,
  invalid_port,
  invalid_icmp_type,
  invalid_sensor,     ///< a name that is no text, is too long, or one name too many
  invalid_tcp_flags,  ///< a mapped CSV column only
  invalid_ttl,        ///< a mapped CSV column only
  wrong_column_count,
  unterminated_quote,
  line_too_long,
  invalid_json,      ///< a broken record of which nothing could be saved; one is counted a record
  not_a_connection,  ///< an event of another kind: a login, a command, a download, statistics
  no_source,         ///< no address, or 0.0.0.0, `::`
  no_packets,        ///< a flow record that stands for none
  before_1990,       ///< 1970 and the like: a clock that was never set
  future_time,       ///< later than kMaxFuture after the import and the input's last change
  record_too_long,   ///< more than a named limit; skipped without being held
  invalid_packets,   ///< no number of packets
  no_data,           ///< a flow log says that nothing came in its interval
  skipped_data,      ///< a flow log says that it lost the records of its interval
  count,             ///< not a rejection: how many there are
};

inline constexpr std::size_t kRejectionCount = static_cast<std::size_t>(Rejection::count);
std::string_view to_string(Rejection rejection);

}  // namespace teiten
