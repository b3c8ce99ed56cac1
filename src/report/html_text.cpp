#include "report/html_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <optional>

#include <fmt/format.h>

namespace teiten {
namespace {

constexpr std::string_view kReplacementCharacter = "\xEF\xBF\xBD";
constexpr std::array<std::string_view, 12> kMonthNames = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
}

std::optional<int> digits(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

struct Date {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;  ///< 0: a whole month
};

std::optional<Date> parse_date(std::string_view iso) {
  if (iso.size() != 7 && iso.size() != 10) return std::nullopt;
  if (iso[4] != '-' || (iso.size() == 10 && iso[7] != '-')) return std::nullopt;
  const auto year = digits(iso.substr(0, 4));
  const auto month = digits(iso.substr(5, 2));
  const auto day = iso.size() == 10 ? digits(iso.substr(8, 2)) : std::optional<int>(1);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return Date{*year, static_cast<unsigned>(*month),
              iso.size() == 10 ? static_cast<unsigned>(*day) : 0};
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (is_control(c)) {
          out += kReplacementCharacter;
        } else {
          out += c;
        }
    }
  }
  return out;
}

std::string escape_json_for_script(std::string_view json) {
  std::string out;
  out.reserve(json.size() + json.size() / 16);
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string_view rest = json.substr(i);
    if (rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9")) {
      out += rest[2] == '\xA8' ? "\\u2028" : "\\u2029";
      i += 2;
      continue;
    }
    switch (json[i]) {
      case '<':
        out += "\\u003c";
        break;
      case '>':
        out += "\\u003e";
        break;
      case '&':
        out += "\\u0026";
        break;
      default:
        out += json[i];
    }
  }
  return out;
}

std::string element_id(std::string_view prefix, std::string_view id) {
  std::string out = fmt::format("{}-", prefix);
  for (const char c : id) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_';
    out += plain ? c : '-';
  }
  return out;
}

std::string format_date(std::string_view iso, std::string_view language) {
  const auto date = parse_date(iso);
  if (!date) return std::string(iso);
  if (language == "ja") {
    if (date->day == 0) return fmt::format("{}年{}月", date->year, date->month);
    return fmt::format("{}年{}月{}日", date->year, date->month, date->day);
  }
  const std::string_view month = kMonthNames[date->month - 1];
  if (date->day == 0) return fmt::format("{} {}", month, date->year);
  return fmt::format("{} {} {}", date->day, month, date->year);
}

std::string last_day_before(std::string_view iso) {
  const std::string_view day = iso.substr(0, 10);
  const auto date = parse_date(day);
  const bool midnight = iso.size() < 19 || iso.substr(11, 8) == "00:00:00";
  if (!date || date->day == 0 || !midnight) return std::string(day);
  const std::chrono::year_month_day before =
      std::chrono::sys_days(std::chrono::year(date->year) / static_cast<int>(date->month) /
                            static_cast<int>(date->day)) -
      std::chrono::days(1);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(before.year()),
                     static_cast<unsigned>(before.month()), static_cast<unsigned>(before.day()));
}

}  // namespace teiten
