#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "capture/input.h"

namespace teiten {

/// A sliding view of an input's bytes in memory of a bounded size: twice what was asked for at
/// most, and what is read at once.
class LineWindow {
 public:
  /// The input must outlive the window; reading starts at its current offset.
  /// `most` is the most that peek() may be asked for.
  explicit LineWindow(Input& input, std::size_t most = kMaxWanted) : input_(input), most_(most) {}

  /// The unread bytes: at least `wanted` (≤ `most`) of them unless the input ends before. The
  /// view is valid until the next call. A damaged compressed stream ends where it is damaged
  /// (warning()); io_error where reading failed.
  Result<std::string_view> peek(std::size_t wanted);
  /// Moves past `count` bytes of the view that peek() gave last.
  void consume(std::size_t count) { begin_ += count; }
  const std::optional<std::string>& warning() const { return warning_; }

  /// Room for the longest line and for what decides whether it goes on.
  static constexpr std::size_t kMaxWanted = 128 * 1024;
  /// This much behind the view may be read too, whatever it holds: for readers that take whole
  /// vectors.
  static constexpr std::size_t kPadding = 64;

 private:
  Input& input_;
  std::size_t most_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool damaged_ = false;
  std::optional<std::string> warning_;
};

/// Cuts an input into lines at `\n`; a `\r` before it is no part of the line. What follows the last
/// `\n` is a line unless it is empty. A UTF-8 byte order mark at the beginning is skipped.
class LineSource {
 public:
  struct Line {
    std::string_view text;  ///< valid until the next call
    /// The line is longer than kMaxLineBytes; `text` is its beginning.
    bool too_long = false;
  };

  explicit LineSource(Input& input) : window_(input) {}

  /// False at the end.
  Result<bool> next(Line& line);
  const std::optional<std::string>& warning() const { return window_.warning(); }

 private:
  Result<void> skip_rest_of_line();
  Result<void> skip_byte_order_mark();

  LineWindow window_;
  std::size_t pending_ = 0;  ///< bytes of the line handed out last
  bool skip_rest_ = false;   ///< of a line that is too long
  bool started_ = false;
};

}  // namespace teiten
