#include "capture/byte_window.h"

#include <algorithm>

namespace teiten {

bool ByteWindow::slide(std::size_t size) {
  if (ended_) return false;
  input_->skip(shown_ - available_);
  start_ = input_->offset();
  auto bytes = input_->peek(size);
  if (bytes && bytes->size() >= size) {
    data_ = bytes->data();
    shown_ = available_ = bytes->size();
    return true;
  }
  ended_ = true;
  data_ = nullptr;
  shown_ = available_ = 0;
  if (bytes && !bytes->empty()) {
    // An input tells why it gives no more only once the rest is taken.
    left_ = bytes->size();
    input_->skip(left_);
    bytes = input_->peek(1);
  }
  if (!bytes) error_ = bytes.error();
  return false;
}

bool ByteWindow::pass(std::uint64_t size) {
  while (size > 0) {
    if (!need(1)) return false;
    const auto step = static_cast<std::size_t>(std::min<std::uint64_t>(size, available_));
    take(step);
    size -= step;
  }
  return true;
}

}  // namespace teiten
