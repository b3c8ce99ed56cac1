#include "logs/csv_value.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "logs/sensor_names.h"
#include "logs/text.h"
#include "net/ip_address.h"
#include "net/region.h"

namespace teiten {
namespace {

constexpr std::array<std::pair<std::string_view, std::uint8_t>, 8> kFlagNames = {
    {{"fin", tcp_flag::kFin},
     {"syn", tcp_flag::kSyn},
     {"rst", tcp_flag::kRst},
     {"psh", tcp_flag::kPsh},
     {"ack", tcp_flag::kAck},
     {"urg", tcp_flag::kUrg},
     {"ece", tcp_flag::kEce},
     {"cwr", tcp_flag::kCwr}}};

/// `SYN`, `SYN ACK`, `SYN|ACK`, `SYN,ACK`; nothing if a word is no flag.
std::optional<std::uint8_t> parse_flag_names(std::string_view text) {
  std::uint8_t flags = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    if (!is_letter(text[at])) {
      ++at;
      continue;
    }
    const auto* flag = std::find_if(kFlagNames.begin(), kFlagNames.end(), [&](const auto& name) {
      return equals_ignoring_case(text.substr(at, 3), name.first);
    });
    if (flag == kFlagNames.end() || is_letter(char_at(text, at + 3))) return std::nullopt;
    flags |= flag->second;
    at += 3;
  }
  return flags;
}

/// `S`, `SA`, `...A..S.`: one letter a flag, points where one is not set.
std::optional<std::uint8_t> parse_flag_letters(std::string_view text) {
  std::uint8_t flags = 0;
  for (const char c : text) {
    if (c == '.') continue;
    const auto* flag = std::find_if(kFlagNames.begin(), kFlagNames.end(),
                                    [&](const auto& name) { return c == name.first.front() - 32; });
    if (flag == kFlagNames.end()) return std::nullopt;
    flags |= flag->second;
  }
  return flags;
}

bool is_whole(std::string_view text, std::uint32_t max) {
  return parse_whole_number(text, max).has_value();
}

}  // namespace

bool is_absent_value(std::string_view text) {
  return text.empty() || text == "-" || text == "NA" || text == "NaN" || text == "nan" ||
         text == "NULL" || text == "null" || text == "None";
}

std::optional<std::uint32_t> parse_whole_number(std::string_view text, std::uint32_t max) {
  if (text.ends_with(".0")) text.remove_suffix(2);
  return parse_decimal(text, max);
}

std::optional<std::uint8_t> parse_csv_flags(std::string_view text) {
  if (const auto number = parse_whole_number(text, 255)) return static_cast<std::uint8_t>(*number);
  if (text.starts_with("0x") || text.starts_with("0X")) {
    std::uint8_t value = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + 2, end, value, 16);
    if (error != std::errc{} || stop != end) return std::nullopt;
    return value;
  }
  if (const auto names = parse_flag_names(text); names && *names != 0) return names;
  return parse_flag_letters(text);
}

std::optional<std::uint8_t> parse_csv_protocol(std::string_view text) {
  if (const auto number = parse_whole_number(text, 255)) return static_cast<std::uint8_t>(*number);
  return parse_protocol(text);
}

std::string_view why_no_csv_value(std::string_view key, std::string_view text) {
  const auto unless = [](bool valid, std::string_view wanted) {
    return valid ? std::string_view() : wanted;
  };
  if (key == "region") return unless(Region::parse(text).has_value(), "two letters");
  if (key == "sensor") return unless(is_sensor_name(text), "a sensor's name");
  if (key == "protocol") {
    return unless(parse_csv_protocol(text).has_value(), "a protocol's name or number");
  }
  if (key == "destination") {
    const auto address = IpAddress::parse(text);
    return unless(address && !address->is_unspecified(), "an address");
  }
  if (key == "tcp_flags") {
    return unless(!is_absent_value(text) && parse_csv_flags(text), "a number, names or letters");
  }
  if (key == "source_port" || key == "destination_port")
    return unless(is_whole(text, 65'535), "a number from 0 to 65535");
  return unless(is_whole(text, 255), "a number from 0 to 255");
}

}  // namespace teiten
