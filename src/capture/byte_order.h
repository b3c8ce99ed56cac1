#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace teiten {

/// Whether a file's numbers are stored in the other byte order than this machine's.
enum class ByteOrder : std::uint8_t { native, swapped };

/// The number at `bytes`, which need not be aligned. The caller has checked that it is there.
inline std::uint16_t load16(const std::byte* bytes, ByteOrder order) {
  std::uint16_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return order == ByteOrder::native ? value : __builtin_bswap16(value);
}

inline std::uint32_t load32(const std::byte* bytes, ByteOrder order) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return order == ByteOrder::native ? value : __builtin_bswap32(value);
}

inline std::uint64_t load64(const std::byte* bytes, ByteOrder order) {
  std::uint64_t value = 0;
  std::memcpy(&value, bytes, sizeof value);
  return order == ByteOrder::native ? value : __builtin_bswap64(value);
}

}  // namespace teiten
