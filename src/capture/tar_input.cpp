#include "capture/tar_input.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/assert.h"
#include "capture/decompressor.h"
#include "capture/pcap_reader.h"
#include "capture/pcapng_reader.h"

namespace teiten {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{256} * 1024;

// Fields of a header: their offset and length.
constexpr std::size_t kNameBytes = 100;
constexpr std::size_t kSizeAt = 124;
constexpr std::size_t kSizeBytes = 12;
constexpr std::size_t kChecksumAt = 148;
constexpr std::size_t kChecksumBytes = 8;
constexpr std::size_t kTypeAt = 156;

unsigned value(std::byte byte) {
  return std::to_integer<unsigned>(byte);
}

/// Octal digits between blanks, or a big-endian number behind a set highest bit (GNU).
std::optional<std::uint64_t> number(std::span<const std::byte> field) {
  std::uint64_t result = 0;
  if ((value(field.front()) & 0x80U) != 0) {
    for (std::size_t i = field.size() - 8; i < field.size(); ++i)
      result = result << 8U | value(field[i]);
    return result >> 62U == 0 ? std::optional(result) : std::nullopt;
  }
  bool any = false;
  for (const std::byte byte : field) {
    const unsigned c = value(byte);
    if (c == ' ' && !any) continue;
    if (c == 0 || c == ' ') break;
    if (c < '0' || c > '7') return std::nullopt;
    result = result * 8 + (c - '0');
    any = true;
  }
  return any ? std::optional(result) : std::nullopt;
}

/// The first 100 bytes of a member's name, without control characters.
std::string name_of(std::span<const std::byte> header) {
  std::string name;
  for (std::size_t i = 0; i < kNameBytes && header[i] != std::byte{0}; ++i) {
    const unsigned c = value(header[i]);
    name += c < 0x20 || c == 0x7f ? '?' : static_cast<char>(c);
  }
  return name;
}

/// A resource fork that macOS puts beside each file.
bool is_apple_double(const std::string& name) {
  const std::size_t slash = name.rfind('/');
  return name.compare(slash == std::string::npos ? 0 : slash + 1, 2, "._") == 0;
}

}  // namespace

bool looks_like_tar(std::span<const std::byte> beginning) {
  if (beginning.size() < kTarBlockBytes || beginning.front() == std::byte{0}) return false;
  const auto written = number(beginning.subspan(kChecksumAt, kChecksumBytes));
  if (!written) return false;
  // The checksum is made as if it were blanks itself.
  std::uint64_t sum = std::uint64_t{' '} * kChecksumBytes;
  for (std::size_t i = 0; i < kTarBlockBytes; ++i) {
    if (i < kChecksumAt || i >= kChecksumAt + kChecksumBytes) sum += value(beginning[i]);
  }
  return sum == *written;
}

Result<std::span<const std::byte>> TarInput::peek(std::size_t size) {
  while (!ended_ && !part_ended_ && buffer_.size() - taken_ < size)
    TEITEN_CHECK(fill());
  if (buffer_.size() == taken_ && error_) return *error_;
  return std::span<const std::byte>(buffer_).subspan(taken_);
}

void TarInput::skip(std::size_t size) {
  TEITEN_ASSERT(size <= buffer_.size() - taken_);
  taken_ += size;
  offset_ += size;
}

Result<void> TarInput::rewind() {
  TEITEN_CHECK(archive_->rewind());
  buffer_.clear();
  taken_ = 0;
  offset_ = 0;
  left_ = 0;
  padding_ = 0;
  wanted_ = false;
  ended_ = false;
  error_.reset();
  sort_.reset();
  part_ended_ = false;
  part_name_.clear();
  left_out_ = 0;
  first_left_out_.clear();
  return {};
}

Result<bool> TarInput::next_part() {
  if (sort_ != Sort::capture || ended_) return false;
  // What the reader left of its capture.
  while (!ended_ && !part_ended_) {
    skip(buffer_.size() - taken_);
    TEITEN_CHECK(fill());
  }
  skip(buffer_.size() - taken_);
  part_ended_ = false;
  while (!ended_ && buffer_.size() == taken_)
    TEITEN_CHECK(fill());
  if (buffer_.size() > taken_) return true;
  if (error_) return *error_;
  return false;
}

void TarInput::end(const char* why) {
  ended_ = true;
  if (why == nullptr && left_out_ > 0) {
    error_ = failure(ErrorCode::malformed,
                     fmt::format("{}: {} of the archive's files {} not read: {}{}; unpack the "
                                 "archive and name its files",
                                 name(), left_out_, left_out_ == 1 ? "was" : "were",
                                 left_out_ == 1 ? "" : "the first, ", first_left_out_));
  }
  if (why != nullptr) {
    error_ = failure(ErrorCode::malformed,
                     fmt::format("{}: {} at byte {}", name(), why, archive_->offset()));
  }
}

Result<void> TarInput::next_member() {
  TEITEN_TRY(const auto bytes, archive_->read(kTarBlockBytes));
  const bool zero =
      std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
  if (zero) {
    end(nullptr);
    return {};
  }
  const auto size = looks_like_tar(bytes) ? number(bytes.subspan(kSizeAt, kSizeBytes))
                                          : std::optional<std::uint64_t>();
  if (!size) {
    end("the archive is damaged");
    return {};
  }
  const unsigned type = value(bytes[kTypeAt]);
  // Links have a size in some archives, but no content.
  const bool link = type == '1' || type == '2';
  left_ = link ? 0 : *size;
  padding_ = (kTarBlockBytes - left_ % kTarBlockBytes) % kTarBlockBytes;
  const std::string member = name_of(bytes);
  wanted_ = (type == '0' || type == 0 || type == '7') && !is_apple_double(member);
  return wanted_ && left_ > 0 ? judge_member(member) : Result<void>();
}

Result<void> TarInput::judge_member(const std::string& member) {
  TEITEN_TRY(auto beginning, archive_->peek(PcapngReader::kMagicBytes));
  beginning =
      beginning.first(static_cast<std::size_t>(std::min<std::uint64_t>(left_, beginning.size())));
  Sort sort = Sort::log;
  if (looks_compressed(beginning.first(std::min(kCompressionMagicBytes, beginning.size())))) {
    sort = Sort::compressed;
  } else if (PcapReader::recognise(beginning) || PcapngReader::recognise(beginning)) {
    sort = Sort::capture;
  }
  if (!sort_ && sort != Sort::compressed) sort_ = sort;
  wanted_ = sort == sort_;
  if (wanted_) {
    if (sort == Sort::capture) part_name_ = member;
    return {};
  }
  if (left_out_++ == 0) {
    first_left_out_ = fmt::format("{}, {}", member,
                                  sort == Sort::compressed ? "is compressed itself"
                                  : sort == Sort::capture  ? "is a capture among logs"
                                                           : "is no capture as the others are");
  }
  return {};
}

Result<void> TarInput::copy() {
  const std::uint64_t all = left_ + padding_;
  TEITEN_TRY(const auto bytes,
             archive_->read(static_cast<std::size_t>(std::min<std::uint64_t>(kChunkBytes, all))));
  if (bytes.empty()) {
    // Programs that write an archive as it comes may leave out the last padding.
    end(left_ > 0 ? "the archive ends within a file" : nullptr);
    return {};
  }
  const auto content =
      bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
  if (wanted_) buffer_.insert(buffer_.end(), content.begin(), content.end());
  const bool last = !content.empty() && content.size() == left_;
  if (wanted_ && last && sort_ == Sort::capture) part_ended_ = true;
  if (wanted_ && last && sort_ == Sort::log && content.back() != std::byte{'\n'})
    buffer_.push_back(std::byte{'\n'});
  left_ -= content.size();
  padding_ -= bytes.size() - content.size();
  return {};
}

Result<void> TarInput::fill() {
  buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(taken_));
  taken_ = 0;
  auto done = left_ + padding_ > 0 ? copy() : next_member();
  if (done.ok() || done.error().code != ErrorCode::malformed) return done;
  ended_ = true;
  error_ = done.error();
  return {};
}

}  // namespace teiten
