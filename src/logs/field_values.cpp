#include "logs/field_values.h"

#include <algorithm>
#include <limits>

#include "logs/stamp.h"
#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::int64_t seconds_at_new_year(int year) {
  return std::chrono::sys_days(std::chrono::year{year} / 1 / 1).time_since_epoch().count() * 86'400;
}
constexpr std::int64_t kFirstSecond = seconds_at_new_year(kMinYear);
constexpr std::int64_t kPastLastSecond = seconds_at_new_year(kMaxYear + 1);

}  // namespace

Rejection set_addresses(std::string_view source, std::string_view destination, Packet& packet) {
  const auto from = IpAddress::parse(source);
  if (source.empty() || (from && from->is_unspecified())) return Rejection::no_source;
  if (!from) return Rejection::invalid_source;
  const auto to = IpAddress::parse(destination);
  if (!to || to->is_unspecified() || to->is_v4() != from->is_v4())
    return Rejection::invalid_destination;
  packet.source = *from;
  packet.destination = *to;
  packet.has_destination = true;
  return Rejection::none;
}

Rejection set_ports(std::string_view source, std::string_view destination, Packet& packet) {
  const auto from = parse_decimal(source, 65'535);
  const auto to = parse_decimal(destination, 65'535);
  if (!from || !to) return Rejection::invalid_port;
  packet.has_ports = true;
  packet.source_port = static_cast<std::uint16_t>(*from);
  packet.destination_port = static_cast<std::uint16_t>(*to);
  return Rejection::none;
}

Rejection set_icmp(std::string_view type, std::string_view code, Packet& packet) {
  const auto type_number = parse_decimal(type, 255);
  const auto code_number = parse_decimal(code, 255);
  if (!type_number || !code_number) return Rejection::invalid_icmp_type;
  packet.has_icmp_type = true;
  packet.icmp_type = static_cast<std::uint8_t>(*type_number);
  packet.icmp_code = static_cast<std::uint8_t>(*code_number);
  return Rejection::none;
}

std::optional<std::uint8_t> protocol_number(std::string_view text) {
  if (equals_ignoring_case(text, "tcp")) return protocol::kTcp;
  if (equals_ignoring_case(text, "udp")) return protocol::kUdp;
  if (equals_ignoring_case(text, "icmp")) return protocol::kIcmp;
  if (const auto number = parse_decimal(text, 255)) return static_cast<std::uint8_t>(*number);
  return parse_protocol(text);
}

Rejection set_packets(std::string_view text, Packet& packet) {
  constexpr std::uint64_t kMost = std::numeric_limits<std::uint32_t>::max();
  std::uint64_t value = 0;
  for (const char c : text) {
    if (!is_digit(c)) return Rejection::invalid_packets;
    value = value * 10 + static_cast<std::uint64_t>(c - '0');
    if (value > kMost) return Rejection::invalid_packets;
  }
  if (text.empty()) return Rejection::invalid_packets;
  if (value == 0) return Rejection::no_packets;
  packet.packets = static_cast<std::uint32_t>(value);
  return Rejection::none;
}

Rejection set_unix_time(std::int64_t seconds, std::int64_t nanoseconds, Packet& packet) {
  if (seconds < kFirstSecond) return Rejection::before_1990;
  if (seconds >= kPastLastSecond) return Rejection::invalid_time;
  packet.time = UtcTime{std::chrono::seconds{seconds} + std::chrono::nanoseconds{nanoseconds}};
  return Rejection::none;
}

Rejection set_unix_time(std::string_view text, Packet& packet) {
  const std::size_t point = std::min(text.find('.'), text.size());
  const auto seconds = parse_decimal(text.substr(0, point), 0xffffffff);
  if (!seconds) return Rejection::invalid_time;
  std::int64_t nanoseconds = 0;
  std::int64_t scale = 100'000'000;
  for (std::size_t i = point + 1; i < text.size(); ++i, scale /= 10) {
    if (!is_digit(text[i])) return Rejection::invalid_time;
    nanoseconds += (text[i] - '0') * scale;
  }
  return set_unix_time(*seconds, nanoseconds, packet);
}

std::optional<std::uint8_t> parse_tcp_flag_letters(std::string_view text) {
  std::uint8_t flags = 0;
  for (const char c : text) {
    switch (c) {
      case '.':
        break;
      case 'F':
        flags |= tcp_flag::kFin;
        break;
      case 'S':
        flags |= tcp_flag::kSyn;
        break;
      case 'R':
        flags |= tcp_flag::kRst;
        break;
      case 'P':
        flags |= tcp_flag::kPsh;
        break;
      case 'A':
        flags |= tcp_flag::kAck;
        break;
      case 'U':
        flags |= tcp_flag::kUrg;
        break;
      case 'E':
        flags |= tcp_flag::kEce;
        break;
      case 'C':
        flags |= tcp_flag::kCwr;
        break;
      default:
        return std::nullopt;
    }
  }
  return flags;
}

std::optional<std::uint8_t> first_flags(std::uint8_t all_flags) {
  using namespace tcp_flag;
  constexpr std::uint8_t kCongestion = kEce | kCwr;
  if ((all_flags & kSyn) == 0) return all_flags;
  // A SYN with RST is a scanner that hangs up, one with FIN a stealth scan only if it is alone.
  if ((all_flags & kAck) == 0) {
    const bool alone = (all_flags & (kFin | kSyn | kRst | kPsh | kUrg)) == (kFin | kSyn);
    return alone ? all_flags : kSyn;
  }
  const auto rest = static_cast<std::uint8_t>(all_flags & ~kCongestion);
  if (rest == (kSyn | kAck)) return rest;
  return std::nullopt;
}

}  // namespace teiten
