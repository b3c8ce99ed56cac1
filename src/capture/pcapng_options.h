#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "capture/byte_order.h"

namespace teiten {

/// Walks the options of a pcapng block (draft-ietf-opsawg-pcapng §3.5): a code, a length, a value
/// padded to four bytes, until opt_endofopt or the end of the block.
class PcapngOptions {
 public:
  PcapngOptions(std::span<const std::byte> bytes, ByteOrder order) : rest_(bytes), order_(order) {}

  /// True and an option, or false at the end or before one that does not fit (see damaged()).
  bool next() {
    constexpr std::size_t kHeaderBytes = 4;
    if (rest_.size() < kHeaderBytes) {
      damaged_ = !rest_.empty();
      return false;
    }
    code_ = load16(rest_.data(), order_);
    const std::size_t length = load16(rest_.data() + 2, order_);
    if (code_ == 0) return false;
    const std::size_t padded = (length + 3) / 4 * 4;
    if (padded > rest_.size() - kHeaderBytes) {
      damaged_ = true;
      return false;
    }
    value_ = rest_.subspan(kHeaderBytes, length);
    rest_ = rest_.subspan(kHeaderBytes + padded);
    return true;
  }
  std::uint16_t code() const { return code_; }
  std::span<const std::byte> value() const { return value_; }
  bool damaged() const { return damaged_; }

 private:
  std::span<const std::byte> rest_;
  ByteOrder order_;
  std::uint16_t code_ = 0;
  std::span<const std::byte> value_;
  bool damaged_ = false;
};

}  // namespace teiten
