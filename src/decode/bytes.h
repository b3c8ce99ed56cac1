#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/assert.h"

namespace teiten {

/// A part of a frame: the captured bytes, and how many there were on the wire (more, where the
/// capture cut the frame at its snapshot length). Every read is checked; ask `holds` first, a read
/// past the end is a bug and aborts. After `holds` the compiler drops the second check.
class Bytes {
 public:
  constexpr Bytes() = default;
  constexpr Bytes(const std::uint8_t* data, std::uint32_t size, std::uint32_t wire_size)
      : data_(data), size_(size), wire_size_(wire_size) {}

  /// Captured bytes.
  constexpr std::uint32_t size() const { return size_; }
  /// Bytes on the wire, as far as the enclosing headers tell the truth.
  constexpr std::uint32_t wire_size() const { return wire_size_; }
  constexpr bool holds(std::uint32_t count) const { return size_ >= count; }

  std::uint8_t u8(std::size_t offset) const {
    TEITEN_ASSERT(offset < size_);
    return data_[offset];
  }
  std::uint16_t be16(std::size_t offset) const {
    return static_cast<std::uint16_t>((u8(offset) << 8) | u8(offset + 1));
  }
  std::uint16_t le16(std::size_t offset) const {
    return static_cast<std::uint16_t>((u8(offset + 1) << 8) | u8(offset));
  }
  std::uint32_t be32(std::size_t offset) const {
    return (static_cast<std::uint32_t>(be16(offset)) << 16) | be16(offset + 2);
  }
  /// `count` bytes at `offset`, for a reader of a fixed-size field.
  const std::uint8_t* field(std::size_t offset, std::size_t count) const {
    TEITEN_ASSERT(offset <= size_ && size_ - offset >= count);
    return data_ + offset;
  }

  /// What follows the first `count` bytes; empty where there are not so many.
  constexpr Bytes from(std::uint32_t count) const {
    const std::uint32_t skip = std::min(count, size_);
    return {data_ + skip, size_ - skip, wire_size_ - std::min(count, wire_size_)};
  }
  /// The first `count` bytes, as the length field of a header claims them; what was not captured
  /// of them counts as cut. Drops link-layer padding.
  constexpr Bytes bounded(std::uint32_t count) const {
    return {data_, std::min(count, size_), count};
  }

 private:
  // 16 bytes in all, so that it travels in two registers; a frame has at most kMaxFrameBytes.
  const std::uint8_t* data_ = nullptr;
  std::uint32_t size_ = 0;
  std::uint32_t wire_size_ = 0;
};

}  // namespace teiten
