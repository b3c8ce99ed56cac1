#include "net/time.h"

#include <charconv>

#include <date/tz.h>
#include <fmt/format.h>

namespace teiten {
namespace {

using namespace std::chrono;

const date::time_zone* zone_of(const void* zone) {
  return static_cast<const date::time_zone*>(zone);
}

/// Reads exactly `digits` decimal digits and removes them.
std::optional<int> take_digits(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Day> take_day(std::string_view& text) {
  const auto y = take_digits(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || !take(text, '-')) return std::nullopt;
  const auto d = take_digits(text, 2);
  if (!d) return std::nullopt;
  const Day day{year{*y}, month{static_cast<unsigned>(*m)},
                std::chrono::day{static_cast<unsigned>(*d)}};
  if (!day.ok()) return std::nullopt;
  return day;
}

std::string format_seconds(nanoseconds since_midnight) {
  const auto whole = floor<seconds>(since_midnight);
  const auto total = whole.count();
  std::string text = fmt::format("{:02}:{:02}:{:02}", total / 3600, total / 60 % 60, total % 60);
  if (const auto fraction = (since_midnight - whole).count(); fraction != 0) {
    text += fmt::format(".{:09}", fraction);
    text.erase(text.find_last_not_of('0') + 1);
  }
  return text;
}

}  // namespace

std::int64_t to_microseconds(UtcTime time) {
  return floor<microseconds>(time).time_since_epoch().count();
}

UtcTime from_microseconds(std::int64_t microseconds_count) {
  return UtcTime{nanoseconds{microseconds{microseconds_count}}};
}

std::string format_day(Day day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

std::string format_day(UtcTime time) {
  return format_day(Day{floor<days>(time)});
}

std::string format_utc(UtcTime time) {
  const auto day = floor<days>(time);
  return fmt::format("{}T{}Z", format_day(Day{day}), format_seconds(time - day));
}

std::optional<Day> parse_day(std::string_view text) {
  const auto day = take_day(text);
  return text.empty() ? day : std::nullopt;
}

std::optional<year_month> parse_month(std::string_view text) {
  const auto y = take_digits(text, 4);
  if (!y || !take(text, '-')) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || !text.empty()) return std::nullopt;
  const year_month result{year{*y}, month{static_cast<unsigned>(*m)}};
  if (!result.ok()) return std::nullopt;
  return result;
}

TimeZone::TimeZone() : name_("UTC") {}

Result<TimeZone> TimeZone::find(std::string_view name) {
  TimeZone zone;
  if (name == "UTC" || name == "Z") return zone;
  try {
    zone.zone_ = date::locate_zone(std::string(name));
    zone.name_ = std::string(name);
    return zone;
  } catch (const std::exception&) {
    return failure(
        ErrorCode::not_found,
        fmt::format("no time zone '{}': use a name such as UTC or Asia/Tokyo (the machine's zone "
                    "database is Debian's package tzdata)",
                    name));
  }
}

std::chrono::seconds TimeZone::offset_at(UtcTime time) const {
  if (zone_ == nullptr) return seconds{0};
  return zone_of(zone_)->get_info(floor<seconds>(time)).offset;
}

std::string TimeZone::abbreviation_at(UtcTime time) const {
  if (zone_ == nullptr) return "UTC";
  return zone_of(zone_)->get_info(floor<seconds>(time)).abbrev;
}

UtcTime TimeZone::start_of(Day day) const {
  const sys_days midnight{day};
  if (zone_ == nullptr) return UtcTime{midnight};
  const date::local_seconds local{seconds{midnight.time_since_epoch()}};
  return UtcTime{zone_of(zone_)->to_sys(local, date::choose::earliest)};
}

Day TimeZone::day_of(UtcTime time) const {
  return Day{floor<days>(time + offset_at(time))};
}

std::string TimeZone::format(UtcTime time) const {
  const seconds offset = offset_at(time);
  const UtcTime local = time + offset;
  const auto day = floor<days>(local);
  const auto minutes_east = duration_cast<minutes>(offset).count();
  const auto magnitude = minutes_east < 0 ? -minutes_east : minutes_east;
  const std::string suffix = zone_ == nullptr
                                 ? "Z"
                                 : fmt::format("{}{:02}:{:02}", minutes_east < 0 ? '-' : '+',
                                               magnitude / 60, magnitude % 60);
  return fmt::format("{}T{}{}", format_day(Day{day}), format_seconds(local - day), suffix);
}

std::optional<UtcTime> TimeZone::parse(std::string_view text) const {
  const auto day = take_day(text);
  if (!day) return std::nullopt;
  if (text.empty()) return start_of(*day);
  if (!take(text, 'T') && !take(text, ' ')) return std::nullopt;
  const auto h = take_digits(text, 2);
  if (!h || *h > 23 || !take(text, ':')) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || *m > 59) return std::nullopt;
  int s = 0;
  nanoseconds fraction{0};
  if (take(text, ':')) {
    const auto parsed = take_digits(text, 2);
    if (!parsed || *parsed > 60) return std::nullopt;
    s = *parsed;
    if (take(text, '.') || take(text, ',')) {
      std::int64_t scale = 100'000'000;
      std::size_t digits = 0;
      while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
        fraction += nanoseconds{(text.front() - '0') * scale};
        scale /= 10;
        ++digits;
        text.remove_prefix(1);
      }
      if (digits == 0) return std::nullopt;
    }
  }
  const auto of_day = hours{*h} + minutes{*m} + seconds{s} + fraction;
  if (text.empty()) {
    if (zone_ == nullptr) return UtcTime{sys_days{*day}} + of_day;
    const date::local_seconds local{seconds{sys_days{*day}.time_since_epoch()} + hours{*h} +
                                    minutes{*m} + seconds{s}};
    return UtcTime{zone_of(zone_)->to_sys(local, date::choose::earliest)} + fraction;
  }
  if (text == "Z" || text == "z") return UtcTime{sys_days{*day}} + of_day;
  const bool east = text.front() == '+';
  if (!east && text.front() != '-') return std::nullopt;
  text.remove_prefix(1);
  const auto oh = take_digits(text, 2);
  if (!oh || *oh > 23) return std::nullopt;
  take(text, ':');
  int om = 0;
  if (!text.empty()) {
    const auto parsed = take_digits(text, 2);
    if (!parsed || *parsed > 59 || !text.empty()) return std::nullopt;
    om = *parsed;
  }
  const auto offset = hours{*oh} + minutes{om};
  return UtcTime{sys_days{*day}} + of_day - (east ? offset : -offset);
}

std::vector<TimeZone::Span> TimeZone::spans(TimeRange range) const {
  std::vector<Span> result;
  if (zone_ == nullptr) {
    result.push_back({range, seconds{0}});
    return result;
  }
  UtcTime at = range.from;
  while (at < range.to) {
    const auto info = zone_of(zone_)->get_info(floor<seconds>(at));
    // The database's last stretch ends at the end of time, past what nanoseconds can hold.
    const bool last = info.end >= floor<seconds>(range.to);
    const UtcTime end = last ? range.to : UtcTime{info.end};
    if (!result.empty() && result.back().offset == info.offset) {
      result.back().range.to = end;
    } else {
      result.push_back({{at, end}, info.offset});
    }
    at = end;
  }
  return result;
}

}  // namespace teiten
