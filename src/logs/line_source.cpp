#include "logs/line_source.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "logs/log_reader.h"

namespace teiten {
namespace {

/// Read at once: small enough for a cache.
constexpr std::size_t kChunkBytes = 256 * 1024;

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

}  // namespace

Result<std::string_view> LineWindow::peek(std::size_t wanted) {
  TEITEN_ASSERT(wanted <= most_);
  while (end_ - begin_ < wanted && !damaged_) {
    const std::size_t room = 2 * wanted + kChunkBytes + kPadding;
    if (buffer_.size() < room) {
      buffer_.reserve(room);
      buffer_.resize(room);
    }
    // What is unread moves once as much was consumed: a byte is moved once, on the average, however
    // little is consumed between two calls. Until then less than twice `wanted` is in use.
    if (begin_ > 0 && end_ - begin_ <= begin_) {
      std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
      end_ -= begin_;
      begin_ = 0;
    }
    auto bytes = input_.read(std::min(kChunkBytes, buffer_.size() - kPadding - end_));
    if (!bytes.ok()) {
      if (bytes.error().code != ErrorCode::malformed) return bytes.error();
      warning_ = bytes.error().message;
      damaged_ = true;
    } else if (bytes->empty()) {
      break;  // for now: a file that is followed may grow
    } else {
      TEITEN_ASSERT(bytes->size() <= buffer_.size() - kPadding - end_);
      std::memcpy(buffer_.data() + end_, bytes->data(), bytes->size());
      end_ += bytes->size();
    }
  }
  return std::string_view(buffer_.data() + begin_, end_ - begin_);
}

Result<void> LineSource::skip_byte_order_mark() {
  TEITEN_TRY(const std::string_view view, window_.peek(kByteOrderMark.size()));
  if (view.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
    window_.consume(kByteOrderMark.size());
  }
  started_ = true;
  return {};
}

Result<void> LineSource::skip_rest_of_line() {
  while (true) {
    TEITEN_TRY(const std::string_view view, window_.peek(1));
    if (view.empty()) return {};
    const std::size_t newline = view.find('\n');
    if (newline != std::string_view::npos) {
      window_.consume(newline + 1);
      return {};
    }
    window_.consume(view.size());
  }
}

Result<bool> LineSource::next(Line& line) {
  if (!started_) TEITEN_CHECK(skip_byte_order_mark());
  window_.consume(pending_);
  pending_ = 0;
  if (skip_rest_) {
    TEITEN_CHECK(skip_rest_of_line());
    skip_rest_ = false;
  }
  TEITEN_TRY(std::string_view view, window_.peek(1));
  if (view.empty()) return false;
  std::size_t length = view.find('\n');
  if (length == std::string_view::npos) {
    TEITEN_TRY(view, window_.peek(kMaxLineBytes + 1));
    length = view.find('\n');
  }
  line.too_long = std::min(length, view.size()) > kMaxLineBytes;
  if (line.too_long) {
    line.text = view.substr(0, kMaxLineBytes);
    skip_rest_ = true;
    return true;
  }
  line.text = view.substr(0, length);
  pending_ = line.text.size() + (length == std::string_view::npos ? 0 : 1);
  if (!line.text.empty() && line.text.back() == '\r') line.text.remove_suffix(1);
  return true;
}

}  // namespace teiten
