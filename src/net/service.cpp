#include "net/service.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace teiten {
namespace {

template <typename T>
std::optional<T> parse_number(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string protocol_name(std::uint8_t number) {
  switch (number) {
    case protocol::kTcp:
      return "tcp";
    case protocol::kUdp:
      return "udp";
    case protocol::kIcmp:
      return "icmp";
    case protocol::kIcmpV6:
      return "icmpv6";
    default:
      return std::to_string(number);
  }
}

std::optional<std::uint8_t> parse_protocol(std::string_view text) {
  if (text.empty() || text.size() > 16) return std::nullopt;
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (lower == "tcp") return protocol::kTcp;
  if (lower == "udp") return protocol::kUdp;
  if (lower == "icmp") return protocol::kIcmp;
  if (lower == "icmpv6" || lower == "ipv6-icmp" || lower == "icmp6") return protocol::kIcmpV6;
  constexpr std::pair<std::string_view, std::uint8_t> kOthers[] = {
      {"igmp", 2}, {"ipip", 4},  {"ipv4", 4},  {"ipv6", 41},  {"gre", 47},     {"esp", 50},
      {"ah", 51},  {"ospf", 89}, {"pim", 103}, {"sctp", 132}, {"udplite", 136}};
  for (const auto& [name, number] : kOthers)
    if (lower == name) return number;
  return parse_number<std::uint8_t>(lower);
}

std::optional<Service> Service::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view left = text.substr(0, slash);
  const std::string_view right = text.substr(slash + 1);
  if (right == "ip") {
    const auto number = parse_number<std::uint8_t>(left);
    if (!number) return std::nullopt;
    return Service(*number, 0);
  }
  const auto name = parse_protocol(right);
  if (!name || std::isdigit(static_cast<unsigned char>(right.front())) != 0) return std::nullopt;
  const bool icmp = *name == protocol::kIcmp || *name == protocol::kIcmpV6;
  if (!icmp && *name != protocol::kTcp && *name != protocol::kUdp) return std::nullopt;
  if (icmp && left == "?") return Service(*name, kUnknownType);
  const auto number = parse_number<std::uint16_t>(left);
  if (!number || (icmp && *number > 255)) return std::nullopt;
  return Service(*name, *number);
}

std::string Service::to_string() const {
  switch (protocol()) {
    case protocol::kTcp:
    case protocol::kUdp:
      return fmt::format("{}/{}", number(), protocol_name(protocol()));
    case protocol::kIcmp:
    case protocol::kIcmpV6:
      if (number() == kUnknownType) return fmt::format("?/{}", protocol_name(protocol()));
      return fmt::format("{}/{}", number(), protocol_name(protocol()));
    default:
      return fmt::format("{}/ip", protocol());
  }
}

std::string Service::display() const {
  switch (protocol()) {
    case protocol::kTcp:
      return fmt::format("{}(TCP)", number());
    case protocol::kUdp:
      return fmt::format("{}(UDP)", number());
    case protocol::kIcmp:
      if (number() == 8) return "Ping(ICMP)";
      return number() == kUnknownType ? "?(ICMP)" : fmt::format("{}(ICMP)", number());
    case protocol::kIcmpV6:
      if (number() == 128) return "Ping(ICMPv6)";
      return number() == kUnknownType ? "?(ICMPv6)" : fmt::format("{}(ICMPv6)", number());
    default:
      return fmt::format("{}(IP)", protocol());
  }
}

}  // namespace teiten
