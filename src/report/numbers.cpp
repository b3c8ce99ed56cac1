#include "report/numbers.h"

#include <cmath>

#include <fmt/format.h>

#include "analyze/rates.h"

namespace teiten {
namespace {

std::string with_commas(std::string digits) {
  const std::size_t point = digits.find('.');
  std::size_t position = point == std::string::npos ? digits.size() : point;
  while (position > 3) {
    position -= 3;
    digits.insert(position, 1, ',');
  }
  return digits;
}

}  // namespace

std::string format_count(std::uint64_t value) {
  return with_commas(fmt::format("{}", value));
}

std::string format_decimal(double value, int decimals) {
  const double rounded = round_half_up(value, decimals);
  const std::string digits = with_commas(fmt::format("{:.{}f}", std::abs(rounded), decimals));
  return rounded < 0 ? "−" + digits : digits;
}

std::string format_rate(double value) {
  if (round_half_up(value, 1) >= 10) return format_decimal(value, 0);
  return format_decimal(value, value == 0 || round_half_up(value, 2) >= 1 ? 1 : 2);
}

std::string format_share(double fraction) {
  return format_decimal(fraction * 100, 1) + "%";
}

std::string format_change(double fraction) {
  const double percent = round_half_up(fraction * 100, 1);
  const std::string sign = percent > 0 ? "+" : percent < 0 ? "−" : "±";
  return sign + format_decimal(std::abs(percent), 1) + "%";
}

}  // namespace teiten
