#include "logs/read_time.h"

#include <algorithm>

#include "logs/stamp.h"
#include "logs/text.h"

namespace teiten {
namespace {

/// 1990-01-01T00:00:00Z in seconds since 1970.
constexpr std::uint32_t k1990 = 631'152'000;
/// Longest count of seconds since 1970 that can lie before 1990.
constexpr std::size_t kMaxDigits = 9;

bool is_before_1990(std::string_view text) {
  const int year = digits_at(text, 0, 4);
  const char after = char_at(text, 4);
  if (year >= 1900 && (after == '-' || after == '/')) return year < kMinYear;
  const std::string_view whole = text.substr(0, std::min(text.find('.'), text.size()));
  const auto seconds = parse_decimal(whole, k1990 - 1);
  return seconds && whole.size() <= kMaxDigits;
}

}  // namespace

Rejection read_time(std::string_view text, LocalClock& clock, UtcTime& time) {
  text = trim(text);
  const auto stamp = parse_time_column(text);
  const auto read = stamp ? clock.resolve(*stamp, stamp->year) : std::nullopt;
  if (!read) return is_before_1990(text) ? Rejection::before_1990 : Rejection::invalid_time;
  time = *read;
  return Rejection::none;
}

}  // namespace teiten
