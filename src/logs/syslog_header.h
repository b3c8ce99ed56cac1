#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "logs/stamp.h"

namespace teiten {

/// Who wrote a message, by what stands between its stamp and itself.
struct SyslogSender {
  std::string_view program;  ///< the tag without its process id
  bool has_process_id = false;
  /// Nothing but a host's name and a facility stands before the tag, and it is no level of a
  /// program's own log. Else it is a tag only for who would rather refuse a line.
  bool is_certain = false;
  /// Where the message begins: behind the tag; of RFC 5424 behind the message id, at the data.
  std::size_t message = 0;
};

/// `[host] [facility] tag:` at `at`: the first tag among the first three words. Of the program
/// `bare` a tag needs no colon, and its message no blank behind one.
std::optional<SyslogSender> find_syslog_tag(std::string_view line, std::size_t at,
                                            std::string_view bare = {});

/// RFC 5424 behind its stamp: `HOST PROGRAM PROCESS ID`. The program is empty where the line ends
/// before it or says `-`.
SyslogSender read_rfc5424_sender(std::string_view line, std::size_t at);

/// True where RFC 5424's version stands before the stamp: `<38>1 2013-…`, behind a relay's header
/// too.
bool follows_rfc5424_version(std::string_view line, const Stamp& stamp);

/// Where RFC 5424 goes on that has no stamp (`<38>1 - host …`); 0 if a line does not begin so.
std::size_t behind_nil_stamp(std::string_view line);

/// The word at `at`: a message may follow its tag without a blank.
std::string_view syslog_word(std::string_view line, std::size_t at);

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
/// begin so. Only what its program wrote follows: a header that somebody quotes is none. `bare` as
/// in find_syslog_tag().
std::optional<SyslogHeader> parse_syslog_header(std::string_view line, std::string_view bare = {});

/// Where a line's JSON object stands.
struct JsonInLine {
  bool has_header = false;  ///< the line begins with a syslog header or `@cee:`
  /// Offset of the `{` directly behind the header; npos where none stands there.
  std::size_t object = std::string_view::npos;
};
/// For a line that does not begin with its object. `@cee:` is what rsyslog writes before one.
JsonInLine find_json_in_line(std::string_view line);

}  // namespace teiten
