#include "serve/upload_body.h"

#include <algorithm>
#include <new>
#include <utility>

#include "base/assert.h"

namespace teiten {

std::span<char> UploadBody::room() {
  TEITEN_ASSERT(arrived_ < length_);
  if (arrived_ == content_.size()) {
    const auto more = std::min<std::uint64_t>(kBodyStepBytes, length_ - arrived_);
    if (!share_.take(more)) return {};
    try {
      content_.resize(content_.size() + more);
    } catch (const std::bad_alloc&) {
      return {};
    }
  }
  return std::span(content_).subspan(arrived_);
}

std::string UploadBody::take() {
  TEITEN_ASSERT(is_whole() && content_.size() == length_);
  return std::exchange(content_, {});
}

}  // namespace teiten
