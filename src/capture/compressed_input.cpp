#include "capture/compressed_input.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/assert.h"

namespace teiten {

CompressedInput::CompressedInput(std::string name, MappedFile file, std::int64_t modified_seconds)
    : name_(std::move(name)), file_(std::move(file)), modified_seconds_(modified_seconds) {}

void CompressedInput::fill() {
  if (decompressor_ == nullptr) {
    const auto beginning = file_.view(0, std::min(kCompressionMagicBytes, file_.size()), name_);
    if (!beginning) {
      ended_ = true;
      error_ = beginning.error();
      return;
    }
    decompressor_ = make_decompressor(*beginning, CompressedBytes(file_, name_));
  }
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(taken_));
  taken_ = 0;
  const auto more = decompressor_->append_to(buffer_);
  if (more.ok() && *more) return check_ratio();
  ended_ = true;
  if (more.ok()) return;
  error_ = more.error();
  if (error_->code == ErrorCode::malformed) {
    error_->message = fmt::format(
        "{}: the compressed data are damaged or cut short after byte {} of their content ({})",
        name_, offset_ + buffer_.size(), more.error().message);
  }
}

void CompressedInput::check_ratio() {
  const std::uint64_t unpacked = offset_ + buffer_.size();
  if (unpacked <= kUnpackedFreeBytes || unpacked / kMaxUnpackedRatio <= file_.size()) return;
  ended_ = true;
  error_ =
      Error{ErrorCode::malformed,
            fmt::format("{}: {} bytes unpack to more than {} times as many, as a decompression "
                        "bomb does: what comes after {} is left out (unpack it yourself if it "
                        "is sound)",
                        name_, file_.size(), kMaxUnpackedRatio, unpacked)};
}

Result<std::span<const std::byte>> CompressedInput::peek(std::size_t size) {
  while (!ended_ && buffer_.size() - taken_ < size)
    fill();
  if (buffer_.size() == taken_ && error_) return *error_;
  return std::span<const std::byte>(buffer_).subspan(taken_);
}

void CompressedInput::skip(std::size_t size) {
  TEITEN_ASSERT(size <= buffer_.size() - taken_);
  taken_ += size;
  offset_ += size;
}

Result<void> CompressedInput::rewind() {
  if (offset_ == 0) return {};
  decompressor_.reset();
  buffer_.clear();
  taken_ = 0;
  offset_ = 0;
  ended_ = false;
  error_.reset();
  return {};
}

}  // namespace teiten
