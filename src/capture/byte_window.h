#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "capture/input.h"

namespace teiten {

/// The stretch of an input that a reader works on. As long as it holds what is needed, a step costs
/// one comparison; otherwise it slides on. Nobody else moves the input meanwhile.
class ByteWindow {
 public:
  /// Begins at the input's present offset.
  explicit ByteWindow(Input& input) : input_(&input), start_(input.offset()) {}

  /// True if the next `size` bytes are at data(). After false the window has come to its end:
  /// left() says how many bytes there were instead, error() why not more.
  bool need(std::size_t size) { return size <= available_ || slide(size); }
  const std::byte* data() const { return data_; }
  /// Takes bytes that `need` has shown.
  void take(std::size_t size) {
    data_ += size;
    available_ -= size;
  }
  /// Takes `size` bytes whatever their number, holding few of them at a time; false as for `need`.
  bool pass(std::uint64_t size);
  /// Offset of the next byte in the content; at the end, of the first byte that was left.
  std::uint64_t offset() const { return start_ + (shown_ - available_); }
  std::size_t left() const { return left_; }
  /// Empty where the content just ended.
  const std::optional<Error>& error() const { return error_; }

 private:
  bool slide(std::size_t size);

  Input* input_;
  std::uint64_t start_;  ///< offset of the window's first byte
  std::size_t shown_ = 0;
  const std::byte* data_ = nullptr;
  std::size_t available_ = 0;
  std::size_t left_ = 0;
  bool ended_ = false;
  std::optional<Error> error_;
};

}  // namespace teiten
