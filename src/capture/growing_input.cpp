#include "capture/growing_input.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/assert.h"
#include "capture/decompressor.h"

namespace teiten {
namespace {

/// Read at once. A line that is longer is shown in pieces: readers know it as too long.
constexpr std::size_t kReadBytes = std::size_t{1} << 20;
/// Enough for the time in a log's first line.
constexpr std::size_t kBeginningBytes = 256;

}  // namespace

Result<std::unique_ptr<GrowingInput>> GrowingInput::open(const std::string& path) {
  // Also for its errors, which are the same.
  TEITEN_TRY(const auto input, Input::open(path));
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!file.is_open()) {
    return failure(ErrorCode::io_error,
                   fmt::format("{}: cannot be opened: {}", path, std::strerror(errno)));
  }
  return adopt(path, std::move(file));
}

Result<std::unique_ptr<GrowingInput>> GrowingInput::adopt(const std::string& name,
                                                          FileDescriptor file) {
  struct stat status {};
  const bool regular = ::fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode);
  auto growing = std::unique_ptr<GrowingInput>(new GrowingInput(name, std::move(file)));
  TEITEN_TRY(const bool any, growing->read_more());
  if (!regular || (any && looks_compressed(growing->buffer_))) {
    return failure(ErrorCode::unsupported,
                   fmt::format("{}: only a plain text file can be followed", name));
  }
  return growing;
}

Result<bool> GrowingInput::read_more() {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(begin_));
  whole_ -= begin_;
  begin_ = 0;
  const std::size_t held = buffer_.size();
  buffer_.resize(held + kReadBytes);
  ssize_t got = 0;
  do {
    got = ::pread(file_.number(), buffer_.data() + held, kReadBytes,
                  static_cast<off_t>(offset_ + held));
  } while (got < 0 && errno == EINTR);
  buffer_.resize(held + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  if (got < 0) {
    return failure(ErrorCode::io_error,
                   fmt::format("{}: cannot be read: {}", name_, std::strerror(errno)));
  }
  const auto last = std::find(buffer_.rbegin(), buffer_.rend(), std::byte{'\n'});
  whole_ = static_cast<std::size_t>(buffer_.rend() - last);
  if (ended_ || (whole_ == 0 && buffer_.size() >= kReadBytes)) whole_ = buffer_.size();
  return got > 0;
}

Result<std::span<const std::byte>> GrowingInput::peek(std::size_t size) {
  while (whole_ - begin_ < std::max<std::size_t>(size, 1)) {
    TEITEN_TRY(const bool more, read_more());
    if (!more) break;
  }
  return std::span<const std::byte>(buffer_).subspan(begin_, whole_ - begin_);
}

void GrowingInput::skip(std::size_t size) {
  TEITEN_ASSERT(size <= whole_ - begin_);
  hasher_.update(std::span(buffer_).subspan(begin_, size));
  const std::size_t remembered =
      std::min(size, kBeginningBytes - std::min(beginning_.size(), kBeginningBytes));
  if (offset_ == beginning_.size()) {
    const auto from = buffer_.begin() + static_cast<std::ptrdiff_t>(begin_);
    beginning_.insert(beginning_.end(), from, from + static_cast<std::ptrdiff_t>(remembered));
  }
  begin_ += size;
  offset_ += size;
}

Result<void> GrowingInput::rewind() {
  buffer_.clear();
  begin_ = whole_ = 0;
  offset_ = 0;
  hasher_ = Hasher();
  return {};
}

std::int64_t GrowingInput::modified_seconds() const {
  struct stat status {};
  return ::fstat(file_.number(), &status) == 0 ? status.st_mtime : 0;
}

bool GrowingInput::was_truncated() const {
  struct stat status {};
  if (::fstat(file_.number(), &status) != 0) return false;
  if (static_cast<std::uint64_t>(status.st_size) < offset_) return true;
  std::array<std::byte, kBeginningBytes> now{};
  const ssize_t got = ::pread(file_.number(), now.data(), beginning_.size(), 0);
  return got != static_cast<ssize_t>(beginning_.size()) ||
         !std::equal(beginning_.begin(), beginning_.end(), now.begin());
}

bool GrowingInput::was_replaced() const {
  struct stat own {};
  struct stat named {};
  if (::fstat(file_.number(), &own) != 0) return true;
  if (::stat(name_.c_str(), &named) != 0) return true;
  return own.st_ino != named.st_ino || own.st_dev != named.st_dev;
}

Result<std::optional<Digest>> digest_of_beginning(int file, std::uint64_t bytes) {
  Hasher hasher;
  std::vector<std::byte> part(kReadBytes);
  for (std::uint64_t offset = 0; offset < bytes;) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(kReadBytes, bytes - offset));
    const ssize_t got = ::pread(file, part.data(), wanted, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0)
      return failure(ErrorCode::io_error, fmt::format("cannot be read: {}", std::strerror(errno)));
    if (got == 0) return std::optional<Digest>();
    hasher.update(std::span(part).first(static_cast<std::size_t>(got)));
    offset += static_cast<std::uint64_t>(got);
  }
  return std::optional(hasher.digest());
}

}  // namespace teiten
