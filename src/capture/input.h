#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/hash.h"
#include "base/result.h"

namespace teiten {

/// Bytes of one input: a plain file (memory-mapped), a compressed one (.gz .zst .xz .bz2 .lz4,
/// known by content), or standard input (`-`), which is first copied to an unnamed temporary file,
/// so that it can be identified by its content before the first batch is written. A tar archive is
/// not unpacked.
class Input {
 public:
  virtual ~Input() = default;

  /// Opens a regular file or `-`. Errors: not_found, permission_denied, io_error, unsupported (a
  /// directory), each one sentence with the path.
  static Result<std::unique_ptr<Input>> open(const std::string& path);
  /// Bytes in memory, for tests; `bytes` must outlive the input.
  static std::unique_ptr<Input> from_memory(std::string name, std::span<const std::byte> bytes);

  /// The path as given; "standard input" for `-`.
  virtual const std::string& name() const = 0;
  /// Up to `size` of the next decompressed bytes, fewer only at the end (0: at the end). The view
  /// stays valid until the next call. io_error or malformed (a damaged compressed stream), with the
  /// offset.
  virtual Result<std::span<const std::byte>> read(std::size_t size) = 0;
  /// Offset of the next byte in the decompressed content.
  virtual std::uint64_t offset() const = 0;
  /// Starts again at offset 0.
  virtual Result<void> rewind() = 0;
  /// Modification time of the file in seconds since 1970, or now for standard input: where a log
  /// without years gets its year.
  virtual std::int64_t modified_seconds() const = 0;
  /// Digest of the whole decompressed content; leaves the input at offset 0. A damaged stream is
  /// digested as far as it goes.
  virtual Result<Digest> content_digest() = 0;
};

}  // namespace teiten
