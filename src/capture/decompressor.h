#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "capture/mapped_file.h"

namespace teiten {

/// The bytes of a compressed file, taken piece by piece.
class CompressedBytes {
 public:
  /// Both are referred to, not copied.
  CompressedBytes(MappedFile& file, const std::string& name) : file_(&file), name_(&name) {}

  /// The next piece, empty at the end; valid until the next call. Errors: io_error.
  Result<std::span<const std::byte>> next();

 private:
  MappedFile* file_;
  const std::string* name_;
  std::size_t given_ = 0;
};

/// One pass over a compressed stream.
class Decompressor {
 public:
  virtual ~Decompressor() = default;
  /// Appends the next decompressed bytes to `content`; false at the end, when it appends none.
  /// malformed, with a reason alone as its message, where the stream is damaged or cut short: what
  /// could be decompressed before the damage is appended all the same. io_error as it came.
  virtual Result<bool> append_to(std::vector<std::byte>& content) = 0;
};

/// True if the content begins like one of the formats that make_decompressor knows.
bool looks_compressed(std::span<const std::byte> beginning);
/// Bytes that looks_compressed needs.
inline constexpr std::size_t kCompressionMagicBytes = 6;

/// Decompresses gzip by zlib, which gives every byte before a cut, and the others by libarchive,
/// which keeps back up to one of its blocks then (128 KiB; an LZ4 file's own block, up to 4 MiB).
std::unique_ptr<Decompressor> make_decompressor(std::span<const std::byte> beginning,
                                                CompressedBytes source);

/// The two behind it.
std::unique_ptr<Decompressor> make_gzip_decompressor(CompressedBytes source);
std::unique_ptr<Decompressor> make_archive_decompressor(CompressedBytes source);

}  // namespace teiten
