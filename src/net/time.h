#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace teiten {

/// An instant in UTC, nanoseconds since 1970-01-01 (1677 … 2262). Time is UTC everywhere inside; a
/// zone appears only in a query and on the screen.
using UtcTime = std::chrono::sys_time<std::chrono::nanoseconds>;
using Duration = std::chrono::nanoseconds;

/// The half-open interval [from, to).
struct TimeRange {
  UtcTime from{};
  UtcTime to{};
  bool empty() const { return to <= from; }
  friend auto operator<=>(const TimeRange&, const TimeRange&) = default;
};

/// Whole microseconds since 1970, rounded down: the stored form.
std::int64_t to_microseconds(UtcTime time);
UtcTime from_microseconds(std::int64_t microseconds);

/// "2007-07-16T03:04:05Z", with a fraction only where there is one (trailing zeros cut).
std::string format_utc(UtcTime time);
/// "2007-07-16" in UTC.
std::string format_day(UtcTime time);

/// A calendar day without a zone.
using Day = std::chrono::year_month_day;
/// "2007-07-16"; nothing if it is no such day.
std::optional<Day> parse_day(std::string_view text);
/// "2007-07"; nothing if it is no month.
std::optional<std::chrono::year_month> parse_month(std::string_view text);
std::string format_day(Day day);

/// A time zone of the IANA database ("Asia/Tokyo", "UTC"). Cheap to copy; valid for the program's
/// life.
class TimeZone {
 public:
  /// UTC.
  TimeZone();
  /// not_found where the machine's zone database has no such name.
  static Result<TimeZone> find(std::string_view name);

  const std::string& name() const { return name_; }
  /// The first instant of the local day. Where clocks skip midnight it is the first instant that
  /// exists.
  UtcTime start_of(Day day) const;
  /// The local day an instant falls on.
  Day day_of(UtcTime time) const;
  /// Offset east of UTC in force at `time`.
  std::chrono::seconds offset_at(UtcTime time) const;
  /// What the zone calls itself at `time`: "JST", "CEST", "UTC".
  std::string abbreviation_at(UtcTime time) const;
  /// "2007-07-16T12:04:05+09:00".
  std::string format(UtcTime time) const;
  /// "2007-07-16", "2007-07-16T03:04", "2007-07-16 03:04:05[.fraction]" in this zone, or with an
  /// explicit offset ("…Z", "…+09:00").
  std::optional<UtcTime> parse(std::string_view text) const;

  /// One stretch of constant offset.
  struct Span {
    TimeRange range;
    std::chrono::seconds offset;
  };
  /// The stretches that cover `range`, in order: how a query turns instants into local days.
  std::vector<Span> spans(TimeRange range) const;

 private:
  std::string name_;
  const void* zone_ = nullptr;  ///< date::time_zone; null is UTC
};

}  // namespace teiten
