#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "wire/spool.h"

namespace teiten {

/// A segment file: a header, then records one after another (docs/wire.md).
inline constexpr std::size_t kSegmentHeaderBytes = 32;
inline constexpr std::size_t kRecordHeaderBytes = 40;

std::string segment_header(std::uint64_t segment);
/// A record's header and content. `stamp` is when it was spooled, seconds since 1970.
std::string segment_record(const SpooledBatch& batch, std::int64_t stamp);
/// How long it is.
std::size_t segment_record_bytes(const SpooledBatch& batch);

/// What stands at a place of a segment.
struct SegmentItem {
  enum class Kind : std::uint8_t {
    record,
    damaged_content,  ///< its identity is sound, its content is not
    damaged,          ///< nobody can tell what it was
    torn_tail,        ///< what a write that never ended left; behind it is nothing
    end,
  };
  Kind kind = Kind::end;
  std::uint64_t begin = 0;  ///< offset in the file
  std::uint64_t end = 0;    ///< where to go on
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::int64_t stamp = 0;
  std::optional<SpoolNote> note;
  std::string content;
};

/// Reads a segment whose bytes may be anything. Each content is at most kMaxBatchBytes; what is
/// damaged is stepped over up to the next header that is sound.
class SegmentReader {
 public:
  /// Reads the first `size` bytes of `file`, which the caller keeps open.
  SegmentReader(int file, std::uint64_t size) : file_(file), size_(size) {}
  /// Whether the file begins with the header of this segment.
  bool is_segment(std::uint64_t segment) const;
  /// The item at `offset`: kSegmentHeaderBytes, or the end of another item.
  SegmentItem item_at(std::uint64_t offset) const;

 private:
  /// `most` bytes at `offset`, fewer at the end of the file or where they cannot be read.
  std::string read(std::uint64_t offset, std::size_t most) const;
  SegmentItem past_damage(std::uint64_t offset) const;
  int file_;
  std::uint64_t size_;
};

}  // namespace teiten
