#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "logs/stamp.h"

namespace teiten {

/// What stands before a syslog line's message.
struct SyslogHeader {
  /// The sender's, unless a relay wrote before it one that says more (Stamp::rank()).
  std::optional<Stamp> stamp;
  /// The tag without its process id; empty where a line has none.
  std::string_view program;
  /// Where the message begins: behind the tag, or where there is none behind the stamp.
  std::size_t message = 0;
};

/// The header that `line` begins with: RFC 3164 with or without a host, OpenWrt's facility and a
/// year, stamps of ISO 8601, RFC 5424; also behind that of a relay. Nothing where a line does not
/// begin so. Only what its program wrote follows: a header that somebody quotes is none.
std::optional<SyslogHeader> parse_syslog_header(std::string_view line);

/// Where a line's JSON object stands.
struct JsonInLine {
  bool has_header = false;  ///< the line begins with a syslog header or `@cee:`
  /// Offset of the `{` directly behind the header; npos where none stands there.
  std::size_t object = std::string_view::npos;
};
/// For a line that does not begin with its object. `@cee:` is what rsyslog writes before one.
JsonInLine find_json_in_line(std::string_view line);

}  // namespace teiten
