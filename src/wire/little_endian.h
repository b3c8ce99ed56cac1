#pragma once

#include <bit>
#include <concepts>
#include <cstring>

namespace teiten {

/// Writes a number at `bytes`, lowest byte first, whatever the machine's order.
template <std::integral T>
void store_little(char* bytes, T value) {
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(bytes, &value, sizeof value);
  } else {
    for (std::size_t i = 0; i < sizeof value; ++i)
      bytes[i] = static_cast<char>(static_cast<std::make_unsigned_t<T>>(value) >> (8 * i));
  }
}

/// The number at `bytes`, which need not be aligned. The caller has checked that it is there.
template <std::integral T>
T load_little(const char* bytes) {
  T value{};
  if constexpr (std::endian::native == std::endian::little) {
    std::memcpy(&value, bytes, sizeof value);
  } else {
    std::make_unsigned_t<T> bits = 0;
    for (std::size_t i = sizeof value; i-- > 0;)
      bits =
          static_cast<std::make_unsigned_t<T>>((bits << 8) | static_cast<unsigned char>(bytes[i]));
    value = static_cast<T>(bits);
  }
  return value;
}

}  // namespace teiten
