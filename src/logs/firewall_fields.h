#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "decode/packet.h"

namespace teiten {

/// The `KEY=value` words of one packet in a kernel firewall line, as they stand; an empty view is a
/// key that is missing or has no value. Linux's nf_log_syslog.c prints them, ulogd2 nearly alike.
struct FirewallFields {
  std::string_view in, out, source, destination, length, ttl, id, protocol;
  std::string_view source_port, destination_port, sequence, acknowledgement, window;
  std::string_view icmp_type, icmp_code, echo_id;
  std::uint8_t tcp_flags = 0;

  bool has_in = false;
  bool has_out = false;
  bool has_reserved = false;        ///< RES=: the kernel's own dress; flags stand after it
  bool has_urgent_pointer = false;  ///< URGP=: the flags before it are all
  bool has_flag_word = false;
  bool has_echo_sequence = false;  ///< so the identifier before it is whole
  bool is_arp = false;
  bool is_incomplete = false;   ///< INCOMPLETE [n bytes], TRUNCATED
  bool more_fragments = false;  ///< MF, or INCOMPLETE within an IPv6 fragment header
  bool later_fragment = false;  ///< FRAG:n with n > 0
  bool spliced = false;         ///< a key came twice
  /// The last word is a value of source, destination, protocol or a port: it may be cut.
  std::string_view last_word;

  /// Between the brackets of an ICMP error; empty unless the closing bracket is there.
  std::string_view quoted;
};

/// Splits the text that begins at `IN=` (or at `SRC=` for a quoted packet). One pass, no copies.
FirewallFields split_firewall_fields(std::string_view text);

}  // namespace teiten
