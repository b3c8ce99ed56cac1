#include "logs/stamp.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstring>

#include "logs/text.h"

namespace teiten {
namespace {

/// A priority, a weekday, a bracket leave the stamp within this many bytes of the line's beginning.
constexpr std::size_t kStampRegion = 64;

/// Seconds since 1970 have ten digits from 2001 to 2286; nanoseconds of them nine.
constexpr std::size_t kEpochDigits = 10;
constexpr std::size_t kMaxEpochBytes = kEpochDigits + 10;

constexpr std::string_view kMonths = "JanFebMarAprMayJunJulAugSepOctNovDec";

/// 1–12 for the three letters at `at`, else 0.
int month_at(std::string_view text, std::size_t at) {
  if (at > text.size() || text.size() - at < 3) return 0;
  for (std::size_t i = 0; i < kMonths.size(); i += 3) {
    if (std::memcmp(text.data() + at, kMonths.data() + i, 3) == 0)
      return static_cast<int>(i / 3) + 1;
  }
  return 0;
}

bool sane_year(int year) {
  return year >= kMinYear && year <= kMaxYear;
}

/// Four digits that a person would read as a year, also that of a clock which was never set.
bool looks_like_year(int number) {
  return number >= 1900 && number <= kMaxYear;
}

/// A year of 0 stands for one that allows 29 February.
bool valid_date(int year, int month, int day) {
  const std::chrono::year_month_day date{std::chrono::year{year == 0 ? 2000 : year},
                                         std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  return month > 0 && day > 0 && date.ok();
}

bool set_date(Stamp& stamp, int year, int month, int day) {
  if ((year != 0 && !sane_year(year)) || !valid_date(year, month, day)) return false;
  stamp.year = year;
  stamp.month = month;
  stamp.day = day;
  return true;
}

/// `2013-08-16` or `2013/08/16` that ends just before `end`.
bool iso_date_before(std::string_view text, std::size_t end, Stamp& stamp) {
  if (end < 10) return false;
  const std::size_t at = end - 10;
  const char separator = text[at + 4];
  if ((separator != '-' && separator != '/') || text[at + 7] != separator) return false;
  if (at > 0 && is_digit(text[at - 1])) return false;
  stamp.begin = at;
  return set_date(stamp, digits_at(text, at, 4), digits_at(text, at + 5, 2),
                  digits_at(text, at + 8, 2));
}

/// `16/Aug/2013` that ends just before `end`.
bool clf_date_before(std::string_view text, std::size_t end, Stamp& stamp) {
  if (end < 11) return false;
  const std::size_t at = end - 11;
  if (text[at + 2] != '/' || text[at + 6] != '/') return false;
  stamp.begin = at;
  return set_date(stamp, digits_at(text, at + 7, 4), month_at(text, at + 3),
                  digits_at(text, at, 2));
}

/// `Aug 16`, `Aug  6`, `2013 Aug 16` or `Aug 16 2013` that ends just before `end`.
bool syslog_date_before(std::string_view text, std::size_t end, Stamp& stamp) {
  int year = 0;
  if (end >= 11 && text[end - 5] == ' ' && digits_at(text, end - 4, 4) > 31) {
    year = digits_at(text, end - 4, 4);
    end -= 5;
  }
  if (end < 5) return false;
  const bool two_digits = is_digit(text[end - 2]);
  const int day = digits_at(text, end - (two_digits ? 2 : 1), two_digits ? 2 : 1);
  std::size_t at = end - (two_digits ? 2 : 1);
  if (day < 1 || text[at - 1] != ' ') return false;
  while (at > 0 && text[at - 1] == ' ')
    --at;
  if (at < 3) return false;
  const std::size_t month = at - 3;
  stamp.begin = month;
  if (year == 0 && month >= 5 && text[month - 1] == ' ' && digits_at(text, month - 5, 4) > 0) {
    const char before = month == 5 ? ' ' : text[month - 6];
    if (before == ' ' || before == '>') year = digits_at(text, month - 5, 4);
    if (!looks_like_year(year)) year = 0;
    if (year != 0) stamp.begin = month - 5;
  }
  return set_date(stamp, year, month_at(text, month), day);
}

/// `Z`, `+09:00`, `+0900`, `+09` at `at`; moves it past what it read.
void read_offset(std::string_view text, std::size_t& at, Stamp& stamp) {
  const char sign = char_at(text, at);
  if (sign == 'Z' && !is_letter(char_at(text, at + 1))) {
    stamp.has_offset = true;
    ++at;
    return;
  }
  if (sign != '+' && sign != '-') return;
  const int hours = digits_at(text, at + 1, 2);
  if (hours < 0 || hours > 23) return;
  const std::size_t colon = char_at(text, at + 3) == ':' ? 1 : 0;
  const int minutes = digits_at(text, at + 3 + colon, 2);
  if (minutes > 59) return;
  at += minutes < 0 ? 3 : 5 + colon;
  stamp.has_offset = true;
  stamp.offset_seconds = (hours * 3600 + (minutes < 0 ? 0 : minutes) * 60) * (sign == '-' ? -1 : 1);
}

void read_fraction(std::string_view text, std::size_t& at, Stamp& stamp) {
  if (char_at(text, at) != '.' && char_at(text, at) != ',') return;
  if (!is_digit(char_at(text, at + 1))) return;
  ++at;
  for (std::int32_t scale = 100'000'000; is_digit(char_at(text, at)); ++at, scale /= 10)
    stamp.nanoseconds += (text[at] - '0') * scale;
}

/// Abbreviations that `date` and journald write behind the time. A host may have such a name too,
/// but hardly in capitals; any other word is left to what follows the stamp.
constexpr std::array<std::string_view, 24> kZoneNames = {
    "JST", "KST",  "CST", "CDT", "HKT", "SGT", "IST", "MSK", "CET", "CEST", "EET",  "EEST",
    "WET", "WEST", "BST", "EST", "EDT", "MST", "MDT", "PST", "PDT", "AEST", "AEDT", "NZST"};

/// The abbreviation at `at`, "" if none of kZoneNames stands there as a word of its own.
std::string_view zone_name_at(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (is_letter(char_at(text, end)))
    ++end;
  if (char_at(text, end) != ' ') return {};
  const std::string_view word = text.substr(at, end - at);
  return std::find(kZoneNames.begin(), kZoneNames.end(), word) != kZoneNames.end()
             ? word
             : std::string_view();
}

/// An offset, or the name of a zone, after the blank at `at`.
void read_zone_word(std::string_view text, std::size_t& at, Stamp& stamp) {
  std::size_t word = at + 1;
  const std::string_view name = text.substr(word, 3);
  if ((name == "UTC" || name == "GMT") && !is_letter(char_at(text, word + 3))) {
    stamp.has_offset = true;
    at = word + 3;
  } else if (digits_at(text, word + 1, 4) >= 0 ||
             (digits_at(text, word + 1, 2) >= 0 && char_at(text, word + 3) == ':')) {
    read_offset(text, word, stamp);
    if (stamp.has_offset) at = word;
  } else if (const std::string_view zone = zone_name_at(text, word); !zone.empty()) {
    stamp.zone_name = zone;
    at = word + zone.size();
  }
}

/// What follows the seconds: a fraction, an offset, a zone that is UTC, a year. False if the year
/// is that of a clock which was never set.
bool read_suffix(std::string_view text, std::size_t at, Stamp& stamp) {
  read_fraction(text, at, stamp);
  if (stamp.year != 0) {
    read_offset(text, at, stamp);
    if (!stamp.has_offset && char_at(text, at) == ' ') read_zone_word(text, at, stamp);
  } else if (char_at(text, at) == ' ') {
    const int year = digits_at(text, at + 1, 4);
    const char after = char_at(text, at + 5);
    if (looks_like_year(year) && (after == ' ' || after == ']' || after == ':')) {
      if (!set_date(stamp, year, stamp.month, stamp.day)) return false;
      at += 5;
    }
  }
  stamp.end = at;
  return true;
}

/// The stamp whose hours' first digit is at `at`.
std::optional<Stamp> stamp_with_time_at(std::string_view text, std::size_t at) {
  const int hour = digits_at(text, at, 2);
  const int minute = digits_at(text, at + 3, 2);
  const int second = digits_at(text, at + 6, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
      is_digit(char_at(text, at + 8)) || at < 2) {
    return std::nullopt;
  }
  Stamp stamp;
  stamp.second_of_day = hour * 3600 + minute * 60 + second;
  const char before = text[at - 1];
  bool dated = false;
  if (before == ' ' || before == 'T' || before == 't') dated = iso_date_before(text, at - 1, stamp);
  if (!dated && before == ' ') dated = syslog_date_before(text, at - 1, stamp);
  if (!dated && before == ':') dated = clf_date_before(text, at - 1, stamp);
  if (!dated) return std::nullopt;
  if (!read_suffix(text, at + 8, stamp)) return std::nullopt;
  return stamp;
}

std::optional<Stamp> from_epoch(std::int64_t seconds, std::int32_t nanoseconds) {
  using namespace std::chrono;
  const sys_seconds time{std::chrono::seconds{seconds}};
  const auto day = floor<days>(time);
  const year_month_day date{day};
  Stamp stamp;
  stamp.has_offset = true;
  stamp.nanoseconds = nanoseconds;
  stamp.second_of_day = static_cast<std::int32_t>((time - day).count());
  if (!set_date(stamp, static_cast<int>(date.year()),
                static_cast<int>(static_cast<unsigned>(date.month())),
                static_cast<int>(static_cast<unsigned>(date.day())))) {
    return std::nullopt;
  }
  return stamp;
}

/// Digits only, with an optional fraction after ten of them at most.
std::optional<Stamp> parse_epoch(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  if (whole.empty() || whole.size() > 19) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : whole) {
    if (!is_digit(c)) return std::nullopt;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
  }
  Stamp fraction;
  if (point != std::string_view::npos) {
    std::size_t at = point;
    read_fraction(text, at, fraction);
    if (at != text.size() || whole.size() > 10) return std::nullopt;
  }
  std::uint64_t unit = 1;
  if (whole.size() > 16) {
    unit = 1'000'000'000;
  } else if (whole.size() > 13) {
    unit = 1'000'000;
  } else if (whole.size() > 10) {
    unit = 1'000;
  }
  const std::uint64_t rest = value % unit * (1'000'000'000 / unit);
  return from_epoch(static_cast<std::int64_t>(value / unit),
                    unit == 1 ? fraction.nanoseconds : static_cast<std::int32_t>(rest));
}

/// `2013-03-03 21:53`.
std::optional<Stamp> parse_to_the_minute(std::string_view text) {
  Stamp stamp;
  const int hour = digits_at(text, 11, 2);
  const int minute = digits_at(text, 14, 2);
  if (!iso_date_before(text, 10, stamp) || (text[10] != ' ' && text[10] != 'T') ||
      text[13] != ':' || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
    return std::nullopt;
  }
  stamp.second_of_day = hour * 3600 + minute * 60;
  return stamp;
}

/// One or two digits at `at`; moves it past them.
int take_number(std::string_view text, std::size_t& at) {
  const std::size_t count = is_digit(char_at(text, at + 1)) ? 2 : 1;
  const int value = digits_at(text, at, count);
  at += count;
  return value;
}

/// `3/16/13 6:25`, `03/16/2013 06:25:20`: spreadsheets in the United States write it so.
std::optional<Stamp> parse_month_first(std::string_view text) {
  std::size_t at = 0;
  const int month = take_number(text, at);
  if (month < 0 || char_at(text, at++) != '/') return std::nullopt;
  const int day = take_number(text, at);
  if (day < 0 || char_at(text, at++) != '/') return std::nullopt;
  int year = digits_at(text, at, 4);
  if (year >= 0) {
    at += 4;
  } else {
    year = digits_at(text, at, 2) + 2000;
    at += 2;
  }
  Stamp stamp;
  if (!set_date(stamp, year, month, day) || char_at(text, at++) != ' ') return std::nullopt;
  const int hour = take_number(text, at);
  if (hour < 0 || hour > 23 || char_at(text, at++) != ':') return std::nullopt;
  const int minute = digits_at(text, at, 2);
  at += 2;
  int second = 0;
  if (char_at(text, at) == ':') {
    second = digits_at(text, at + 1, 2);
    at += 3;
  }
  if (minute < 0 || minute > 59 || second < 0 || second > 60 || at != text.size()) {
    return std::nullopt;
  }
  stamp.second_of_day = hour * 3600 + minute * 60 + second;
  return stamp;
}

/// `May 7, 2024 @ 06:25:20.123`: Kibana shows times so, and exports what it shows.
std::optional<Stamp> parse_kibana(std::string_view text) {
  constexpr std::string_view kBeforeTime = " @ ";
  std::size_t at = 4;
  const int day = take_number(text, at);
  if (char_at(text, 3) != ' ' || text.substr(std::min(at, text.size()), 2) != ", ")
    return std::nullopt;
  Stamp stamp;
  if (!set_date(stamp, digits_at(text, at + 2, 4), month_at(text, 0), day)) return std::nullopt;
  at += 6;
  if (text.substr(std::min(at, text.size()), kBeforeTime.size()) != kBeforeTime)
    return std::nullopt;
  at += kBeforeTime.size();
  const int hour = digits_at(text, at, 2);
  const int minute = digits_at(text, at + 3, 2);
  const int second = digits_at(text, at + 6, 2);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
      text[at + 2] != ':' || text[at + 5] != ':') {
    return std::nullopt;
  }
  stamp.second_of_day = hour * 3600 + minute * 60 + second;
  at += 8;
  read_fraction(text, at, stamp);
  if (at != text.size()) return std::nullopt;
  stamp.end = at;
  return stamp;
}

}  // namespace

std::optional<Stamp> find_stamp(std::string_view text, std::size_t from) {
  for (std::size_t at = text.find(':', from); at != std::string_view::npos;
       at = text.find(':', at + 1)) {
    if (at < from + 2 || char_at(text, at + 3) != ':') continue;
    if (auto stamp = stamp_with_time_at(text, at - 2)) return stamp;
  }
  return std::nullopt;
}

std::optional<Stamp> epoch_stamp(std::string_view line) {
  if (!is_digit(char_at(line, 0))) return std::nullopt;
  const std::size_t end = line.substr(0, kMaxEpochBytes + 1).find(' ');
  if (end == std::string_view::npos) return std::nullopt;
  if (std::min(line.find('.'), end) != kEpochDigits) return std::nullopt;
  auto stamp = parse_epoch(line.substr(0, end));
  if (stamp) stamp->end = end;
  return stamp;
}

std::optional<Stamp> line_stamp(std::string_view line) {
  if (auto stamp = epoch_stamp(line)) return stamp;
  if (auto stamp = find_stamp(line.substr(0, kStampRegion))) return stamp;
  // Behind a long prefix only what stands before a packet is a stamp for certain.
  const std::size_t packet = line.find("IN=");
  if (packet == std::string_view::npos || packet <= kStampRegion) return std::nullopt;
  return find_stamp(line.substr(0, packet));
}

std::optional<Stamp> parse_time_column(std::string_view text) {
  text = trim(text);
  if (text.size() < 8 || text.size() > 40) return std::nullopt;
  if (digits_at(text, 0, 4) >= 0 && (text[4] == '-' || text[4] == '/')) {
    if (text.size() == 16) return parse_to_the_minute(text);
    if (text.size() < 19) return std::nullopt;
    auto stamp = stamp_with_time_at(text, 11);
    if (!stamp || stamp->end != text.size() || stamp->year == 0) return std::nullopt;
    return stamp;
  }
  if (is_letter(text.front())) return parse_kibana(text);
  if (text.find('/') != std::string_view::npos) return parse_month_first(text);
  return parse_epoch(text);
}

}  // namespace teiten
