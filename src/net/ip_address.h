#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "base/hash.h"

namespace teiten {

/// An IPv4 or IPv6 address. IPv4 is held as ::ffff:a.b.c.d (RFC 4291 §2.5.5.2), so that one type,
/// one order and one column serve both; an IPv4-mapped address on the wire in IPv6 is therefore the
/// IPv4 one.
class IpAddress {
 public:
  constexpr IpAddress() = default;  ///< `::`, "no address"

  /// `bits` in host order: 192.0.2.1 is 0xC0000201.
  static constexpr IpAddress v4(std::uint32_t bits) { return {0, 0x0000ffff00000000ULL | bits}; }
  /// The two halves in host order: 2001:db8::1 is (0x20010db800000000, 1).
  static constexpr IpAddress v6(std::uint64_t high, std::uint64_t low) { return {high, low}; }
  /// From 4 or 16 bytes in network order.
  static IpAddress from_v4_bytes(const std::uint8_t* bytes);
  static IpAddress from_v6_bytes(const std::uint8_t* bytes);

  /// Dotted quad or RFC 4291 text, no zone, no brackets; nothing if it is anything else. Leading
  /// zeros in an IPv4 part are refused (they mean octal to some readers).
  static std::optional<IpAddress> parse(std::string_view text);

  constexpr bool is_v4() const { return high_ == 0 && (low_ >> 32) == 0xffff; }
  constexpr bool is_unspecified() const {
    return high_ == 0 && (low_ == 0 || low_ == 0x0000ffff00000000ULL);
  }
  /// Only for IPv4; host order.
  constexpr std::uint32_t v4_bits() const { return static_cast<std::uint32_t>(low_); }
  constexpr std::uint64_t high() const { return high_; }
  constexpr std::uint64_t low() const { return low_; }

  /// Dotted quad or RFC 5952 text.
  std::string to_string() const;

  constexpr std::uint64_t hash() const { return mix64(high_ * 0x9e3779b97f4a7c15ULL ^ low_); }

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  constexpr IpAddress(std::uint64_t high, std::uint64_t low) : high_(high), low_(low) {}
  std::uint64_t high_ = 0;
  std::uint64_t low_ = 0;
};

/// An address block in CIDR form; host bits are zero.
class Prefix {
 public:
  constexpr Prefix() = default;
  /// `length` counts bits of the family of `address` (0–32 or 0–128); host bits are cleared.
  Prefix(IpAddress address, int length);

  /// "192.0.2.0/24", "2001:db8::/32", or a single address; nothing if malformed. Host bits may be
  /// set in the text (192.0.2.1/24 is 192.0.2.0/24).
  static std::optional<Prefix> parse(std::string_view text);

  /// False for an address of the other family: ::/0 is every IPv6 address.
  bool contains(const IpAddress& address) const;
  const IpAddress& first() const { return first_; }
  IpAddress last() const;
  /// Bits counted in the address's own family.
  int length() const { return is_v4() ? length_ - 96 : length_; }
  bool is_v4() const { return first_.is_v4() && length_ >= 96; }
  std::string to_string() const;

  friend auto operator<=>(const Prefix&, const Prefix&) = default;

 private:
  IpAddress first_;
  int length_ = 128;  ///< in the 128-bit space
};

}  // namespace teiten

template <>
struct std::hash<teiten::IpAddress> {
  std::size_t operator()(const teiten::IpAddress& address) const noexcept {
    return static_cast<std::size_t>(address.hash());
  }
};
