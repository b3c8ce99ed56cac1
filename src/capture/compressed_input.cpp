#include "capture/compressed_input.h"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include "base/assert.h"

namespace teiten {
namespace {

using namespace std::string_view_literals;

/// Compressed bytes handed over at a time.
constexpr std::size_t kFeedBytes = std::size_t{1} << 16;

}  // namespace

bool looks_compressed(std::span<const std::byte> beginning) {
  const std::string_view text(reinterpret_cast<const char*>(beginning.data()), beginning.size());
  constexpr std::array kMagics = {
      "\x1f\x8b"sv,          // gzip, RFC 1952 §2.3.1
      "\x1f\x9d"sv,          // compress (.Z)
      "\x28\xb5\x2f\xfd"sv,  // Zstandard, RFC 8878 §3.1.1
      "\xfd\x37zXZ\0"sv,     // xz file format §2.1.1.1
      "BZh"sv,               // bzip2
      "\x04\x22\x4d\x18"sv,  // LZ4 frame
      "\x02\x21\x4c\x18"sv,  // LZ4 legacy frame
  };
  if (std::any_of(kMagics.begin(), kMagics.end(),
                  [&](std::string_view magic) { return text.starts_with(magic); })) {
    return true;
  }
  // A skippable frame (184D2A50 to 184D2A5F, RFC 8878 §3.1.2) may precede Zstandard and LZ4 frames.
  return text.size() >= 4 && (static_cast<unsigned char>(text[0]) & 0xf0U) == 0x50 &&
         text.substr(1, 3) == "\x2a\x4d\x18"sv;
}

void CompressedInput::Close::operator()(archive* reader) const {
  archive_read_free(reader);
}

CompressedInput::CompressedInput(std::string name, MappedFile file, std::int64_t modified_seconds)
    : name_(std::move(name)), file_(std::move(file)), modified_seconds_(modified_seconds) {
  begin();
}

CompressedInput::~CompressedInput() = default;

std::int64_t CompressedInput::feed(archive* reader, void* self, const void** bytes) {
  auto& input = *static_cast<CompressedInput*>(self);
  const std::size_t size = std::min(kFeedBytes, input.file_.size() - input.fed_);
  auto view = input.file_.view(input.fed_, size, input.name_);
  if (!view) {
    input.error_ = view.error();
    archive_set_error(reader, EIO, "%s", view.error().message.c_str());
    return ARCHIVE_FATAL;
  }
  input.fed_ += size;
  *bytes = view->data();
  return static_cast<std::int64_t>(size);
}

void CompressedInput::begin() {
  buffer_.clear();
  taken_ = 0;
  offset_ = 0;
  fed_ = 0;
  ended_ = false;
  error_.reset();
  reader_.reset(archive_read_new());
  TEITEN_ASSERT(reader_ != nullptr);
  archive* reader = reader_.get();
  archive_read_support_filter_gzip(reader);
  archive_read_support_filter_compress(reader);
  archive_read_support_filter_zstd(reader);
  archive_read_support_filter_xz(reader);
  archive_read_support_filter_bzip2(reader);
  archive_read_support_filter_lz4(reader);
  archive_read_support_format_raw(reader);
  archive_read_support_format_empty(reader);
  if (archive_read_open(reader, this, nullptr, &feed, nullptr) != ARCHIVE_OK) {
    fail(archive_error_string(reader));
    return;
  }
  archive_entry* entry = nullptr;
  const int status = archive_read_next_header(reader, &entry);
  if (status == ARCHIVE_EOF) {
    ended_ = true;
  } else if (status < ARCHIVE_WARN) {
    fail(archive_error_string(reader));
  }
}

void CompressedInput::fail(const char* reason) {
  ended_ = true;
  if (error_) return;  // the file itself could not be read
  const std::uint64_t good = offset_ + (buffer_.size() - taken_);
  error_ = failure(ErrorCode::malformed,
                   fmt::format("{}: the compressed data are damaged or cut short after byte {} of "
                               "their content ({})",
                               name_, good, reason != nullptr ? reason : "no reason given"));
}

void CompressedInput::decompress_block() {
  const void* block = nullptr;
  std::size_t size = 0;
  la_int64_t position = 0;
  const int status = archive_read_data_block(reader_.get(), &block, &size, &position);
  if (status == ARCHIVE_EOF) {
    ended_ = true;
  } else if (status < ARCHIVE_WARN) {
    fail(archive_error_string(reader_.get()));
  } else if (size > 0) {
    buffer_.erase(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    const auto* bytes = static_cast<const std::byte*>(block);
    buffer_.insert(buffer_.end(), bytes, bytes + size);
  }
}

Result<std::span<const std::byte>> CompressedInput::peek(std::size_t size) {
  while (!ended_ && buffer_.size() - taken_ < size)
    decompress_block();
  if (buffer_.size() == taken_ && error_) return *error_;
  return std::span<const std::byte>(buffer_).subspan(taken_);
}

void CompressedInput::skip(std::size_t size) {
  TEITEN_ASSERT(size <= buffer_.size() - taken_);
  taken_ += size;
  offset_ += size;
}

Result<void> CompressedInput::rewind() {
  if (offset_ > 0) begin();
  return {};
}

}  // namespace teiten
