#include "net/ip_address.h"

#include <charconv>

#include <arpa/inet.h>
#include <fmt/format.h>

namespace teiten {
namespace {

std::uint64_t load_be64(const std::uint8_t* bytes) {
  std::uint64_t value = 0;
  for (int i = 0; i < 8; ++i)
    value = (value << 8) | bytes[i];
  return value;
}

std::optional<IpAddress> parse_v4(std::string_view text) {
  std::uint32_t bits = 0;
  for (int part = 0; part < 4; ++part) {
    if (part > 0) {
      if (text.empty() || text.front() != '.') return std::nullopt;
      text.remove_prefix(1);
    }
    std::uint32_t value = 0;
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
      value = value * 10 + static_cast<std::uint32_t>(text[digits] - '0');
      if (++digits > 3) return std::nullopt;
    }
    if (digits == 0 || value > 255 || (digits > 1 && text.front() == '0')) return std::nullopt;
    bits = (bits << 8) | value;
    text.remove_prefix(digits);
  }
  if (!text.empty()) return std::nullopt;
  return IpAddress::v4(bits);
}

}  // namespace

IpAddress IpAddress::from_v4_bytes(const std::uint8_t* bytes) {
  return v4((static_cast<std::uint32_t>(bytes[0]) << 24) |
            (static_cast<std::uint32_t>(bytes[1]) << 16) |
            (static_cast<std::uint32_t>(bytes[2]) << 8) | bytes[3]);
}

IpAddress IpAddress::from_v6_bytes(const std::uint8_t* bytes) {
  return v6(load_be64(bytes), load_be64(bytes + 8));
}

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.find(':') == std::string_view::npos) return parse_v4(text);
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  char buffer[INET6_ADDRSTRLEN] = {};
  std::memcpy(buffer, text.data(), text.size());
  std::uint8_t bytes[16];
  if (inet_pton(AF_INET6, buffer, bytes) != 1) return std::nullopt;
  return from_v6_bytes(bytes);
}

std::string IpAddress::to_string() const {
  if (is_v4()) {
    const std::uint32_t bits = v4_bits();
    return fmt::format("{}.{}.{}.{}", bits >> 24, (bits >> 16) & 255, (bits >> 8) & 255,
                       bits & 255);
  }
  std::uint8_t bytes[16];
  for (int i = 0; i < 8; ++i) {
    bytes[i] = static_cast<std::uint8_t>(high_ >> (56 - 8 * i));
    bytes[8 + i] = static_cast<std::uint8_t>(low_ >> (56 - 8 * i));
  }
  char buffer[INET6_ADDRSTRLEN];
  return inet_ntop(AF_INET6, bytes, buffer, sizeof buffer) == nullptr ? "::" : buffer;
}

namespace {

struct Mask {
  std::uint64_t high;
  std::uint64_t low;
};

Mask mask_of(int length) {
  const auto half = [](int bits) {
    if (bits <= 0) return std::uint64_t{0};
    if (bits >= 64) return ~std::uint64_t{0};
    return ~std::uint64_t{0} << (64 - bits);
  };
  return {half(length), half(length - 64)};
}

}  // namespace

Prefix::Prefix(IpAddress address, int length) : length_(address.is_v4() ? length + 96 : length) {
  const Mask mask = mask_of(length_);
  first_ = IpAddress::v6(address.high() & mask.high, address.low() & mask.low);
}

std::optional<Prefix> Prefix::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return std::nullopt;
  const int bits = address->is_v4() ? 32 : 128;
  int length = bits;
  if (slash != std::string_view::npos) {
    const std::string_view digits = text.substr(slash + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), length);
    if (error != std::errc{} || end != digits.data() + digits.size() || length < 0 ||
        length > bits) {
      return std::nullopt;
    }
  }
  return Prefix(*address, length);
}

bool Prefix::contains(const IpAddress& address) const {
  if (address.is_v4() != is_v4()) return false;
  const Mask mask = mask_of(length_);
  return (address.high() & mask.high) == first_.high() &&
         (address.low() & mask.low) == first_.low();
}

IpAddress Prefix::last() const {
  const Mask mask = mask_of(length_);
  return IpAddress::v6(first_.high() | ~mask.high, first_.low() | ~mask.low);
}

std::string Prefix::to_string() const {
  return fmt::format("{}/{}", first_.to_string(), length());
}

}  // namespace teiten
