#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace teiten {

/// IP protocol numbers that have a name here (IANA "Protocol Numbers").
namespace protocol {
inline constexpr std::uint8_t kIcmp = 1;
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kUdp = 17;
inline constexpr std::uint8_t kIcmpV6 = 58;
}  // namespace protocol

/// The service an access is about: a TCP or UDP port, an ICMP or ICMPv6 type, or a bare IP
/// protocol. Text, the same in code, database, JSON and on the command line: `1433/tcp`,
/// `1026/udp`, `8/icmp`,
/// `?/icmp` (a log that does not tell the type), `128/icmpv6`, `47/ip`.
class Service {
 public:
  static constexpr std::uint16_t kUnknownType = 0xffff;

  constexpr Service() = default;
  /// `number` is the port, the ICMP type or kUnknownType, and 0 for other protocols.
  constexpr Service(std::uint8_t protocol_number, std::uint16_t number)
      : code_((static_cast<std::uint32_t>(protocol_number) << 16) | number) {}

  static std::optional<Service> parse(std::string_view text);
  /// From code().
  static constexpr Service from_code(std::uint32_t code) {
    return Service(static_cast<std::uint8_t>(code >> 16), static_cast<std::uint16_t>(code));
  }

  constexpr std::uint8_t protocol() const { return static_cast<std::uint8_t>(code_ >> 16); }
  constexpr std::uint16_t number() const { return static_cast<std::uint16_t>(code_); }
  /// Protocol × 65536 + number: the stored form.
  constexpr std::uint32_t code() const { return code_; }

  std::string to_string() const;
  /// As the reports print it: `1433(TCP)`, `Ping(ICMP)`, `3(ICMP)`, `47(IP)`.
  std::string display() const;

  friend constexpr auto operator<=>(const Service&, const Service&) = default;

 private:
  std::uint32_t code_ = 0;
};

/// `tcp`, `udp`, `icmp`, `icmpv6`, else the number in decimal.
std::string protocol_name(std::uint8_t number);
/// The inverse, in any case; also "ICMPv6", "ipv6-icmp" and plain numbers.
std::optional<std::uint8_t> parse_protocol(std::string_view text);

}  // namespace teiten
