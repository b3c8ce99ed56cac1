#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>

#include "base/hash.h"
#include "base/result.h"

namespace teiten {

/// Digests of an input's decompressed content.
struct ContentDigests {
  Digest whole;
  std::uint64_t bytes = 0;  ///< of the whole content
  bool ends_line = true;    ///< its last byte is a line feed, or there is none
  /// Of the first so many bytes: the lengths asked for, without those that the content has not.
  std::map<std::uint64_t, Digest> beginnings;
};

/// Bytes of one input: a plain file (memory-mapped), a compressed one (.gz .zst .xz .bz2 .lz4 .Z,
/// known by content), or standard input (`-`) or a named pipe, which is first copied to an unnamed
/// temporary file, so that it can be identified by its content before the first batch is written.
/// Of a tar archive, compressed or not, the logs are read one after another as one, the captures as
/// parts (tar_input.h).
///
/// A file that somebody shortens while it is being read gives an io_error as soon as that is seen,
/// which is at least once every kInputWindowBytes. Between two looks the kernel answers an access
/// beyond the new end with SIGBUS, which ends the program: the price of mapping, paid only by a
/// file that shrinks under the reader (give a copy, or `-`, where that can happen). A file that
/// grows is read up to the size it had when it was opened.
class Input {
 public:
  virtual ~Input() = default;

  /// Opens a regular file, a named pipe or `-`. Errors: not_found, permission_denied, io_error,
  /// unsupported (a directory, a device), each one sentence with the path.
  static Result<std::unique_ptr<Input>> open(const std::string& path);
  /// Bytes in memory, plain or compressed, for tests; `bytes` must outlive the input.
  static std::unique_ptr<Input> from_memory(std::string name, std::span<const std::byte> bytes);

  /// The path as given; "standard input" for `-`.
  virtual const std::string& name() const = 0;
  /// The next decompressed bytes without taking them: at least `size` of them, and what else is at
  /// hand; fewer only before the end or before damage, none at the end. The view stays valid until
  /// the next call. io_error or malformed (a damaged compressed stream), with the offset, once the
  /// bytes before the damage are taken.
  virtual Result<std::span<const std::byte>> peek(std::size_t size) = 0;
  /// Takes `size` bytes, which the last `peek` has shown.
  virtual void skip(std::size_t size) = 0;
  /// `peek` and `skip` in one: up to `size` of the next decompressed bytes, fewer only at the end
  /// or before damage (0: at the end). The view stays valid until the next call.
  Result<std::span<const std::byte>> read(std::size_t size);
  /// Offset of the next byte in the decompressed content.
  virtual std::uint64_t offset() const = 0;
  /// Starts again at offset 0.
  virtual Result<void> rewind() = 0;
  /// Moves past the end of the captures of an archive that was shown last, to the next one,
  /// whatever of it is not taken yet; false if none follows. Everything else is one part. malformed
  /// where the archive is damaged, or holds what was not read.
  virtual Result<bool> next_part() { return false; }
  /// The name in its archive of the capture that was shown last; empty for everything else.
  virtual std::string part_name() const { return {}; }
  /// Nothing from this offset of a plain file on is shown: what was written to it since it was
  /// looked at is another import's. The offset must not be behind what was taken.
  virtual void end_at(std::uint64_t) {}
  /// Modification time of the file in seconds since 1970, or now for standard input: where a log
  /// without years gets its year.
  virtual std::int64_t modified_seconds() const = 0;
  /// Digests of the whole decompressed content and of its beginnings of `lengths` bytes
  /// (ascending); leaves the input at offset 0. A damaged stream is digested as far as it goes.
  Result<ContentDigests> content_digests(std::span<const std::uint64_t> lengths = {});
};

/// How far ahead a plain file is mapped and looked after at a time: large enough that the system
/// calls don't show, small enough that the pages held don't either.
inline constexpr std::size_t kInputWindowBytes = std::size_t{1} << 20;

}  // namespace teiten
