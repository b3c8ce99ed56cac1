#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace teiten {

/// Years that a stamp may name. Before 1990 no machine wrote these logs: such a clock was never set
/// (a router boots in 1970 or 2000-01-01); after 2199 nanoseconds since 1970 run out of 64 bits.
inline constexpr int kMinYear = 1990;
inline constexpr int kMaxYear = 2199;

/// Date and time as a log writes them, before a year and a zone are known.
struct Stamp {
  int year = 0;  ///< 0: the line does not say
  int month = 1;
  int day = 1;
  std::int32_t second_of_day = 0;  ///< 86,400 in a leap second
  std::int32_t nanoseconds = 0;
  bool has_offset = false;
  std::int32_t offset_seconds = 0;  ///< east of UTC, if has_offset
  /// Abbreviation of a zone behind the time ("JST"), "" if there is none: the stamp holds only in a
  /// zone that calls itself so then.
  std::string_view zone_name = {};
  /// Where the stamp begins and ends in the text it was found in.
  std::size_t begin = 0;
  std::size_t end = 0;

  /// How much it says: with an offset 2, with a year 1, else 0.
  int rank() const { return has_offset ? 2 : (year != 0 ? 1 : 0); }
  /// Days since January 1 in a year of 31-day months: orders stamps within a year.
  int ordinal() const { return (month - 1) * 31 + day - 1; }
};

/// The first stamp in `text` at or after `from`. Recognised: `Aug 16 06:25:20`, `2013 Aug 16
/// 06:25:20`, `Aug 16 2013 06:25:20`, `Aug 16 06:25:20 2013`, `2013-08-16T06:25:20.123+09:00` (also
/// with a space, with slashes, with `Z`, `+0900` or ` UTC`), `16/Aug/2013:06:25:20 +0900`; each
/// with an optional fraction. 29 February needs no year here. RFC 3164 §4.1.2, RFC 5424 §6.2.3, RFC
/// 3339.
std::optional<Stamp> find_stamp(std::string_view text, std::size_t from = 0);

/// The UTC seconds since 1970 that `line` begins with: ten digits, perhaps a fraction, and a blank
/// (rsyslog's date-unixtimestamp, `journalctl -o short-unix`).
std::optional<Stamp> epoch_stamp(std::string_view line);

/// The stamp that `line` begins with (within its first 64 bytes, after a priority or a weekday;
/// also an epoch_stamp()), or else the first before `IN=`, if any: what years are told by.
std::optional<Stamp> line_stamp(std::string_view line);

/// All of `text` as the time column of a CSV file: an ISO 8601 stamp, `3/16/2013 6:25[:20]` (month
/// first, two- or four-digit year), `May 7, 2024 @ 06:25:20.123` (Kibana), or seconds, milli-,
/// micro- or nanoseconds since 1970 (told apart by their digits), seconds with an optional
/// fraction.
std::optional<Stamp> parse_time_column(std::string_view text);

}  // namespace teiten
