#include "wire/spool_segment.h"

#include <algorithm>
#include <cerrno>

#include <unistd.h>

#include "wire/batch_codec.h"
#include "wire/crc32c.h"
#include "wire/little_endian.h"

namespace teiten {
namespace {

// Segment header: magic, version (4), 4 zero bytes, number (8), 4 zero bytes, CRC (4).
constexpr std::string_view kSegmentMagic = "TTNSPOOL";
constexpr std::uint32_t kSegmentVersion = 1;
// Record header: magic, content's length (4), epoch, sequence, stamp (8 each), content's CRC (4),
// CRC of all that (4).
constexpr std::string_view kRecordMagic = "TTNb";
/// Of a record whose content begins with a note.
constexpr std::string_view kNotedMagic = "TTNn";
constexpr std::string_view kAnyMagic = "TTN";
constexpr std::size_t kNoteBytes = sizeof(SpoolNote);
constexpr std::size_t kScanBytes = std::size_t{64} << 10;

template <typename T>
void append(std::string& out, T value) {
  char bytes[sizeof value];
  store_little(bytes, value);
  out.append(bytes, sizeof value);
}

/// Whether the last four bytes are the CRC of the others.
bool is_sealed(std::string_view header) {
  const std::size_t covered = header.size() - sizeof(std::uint32_t);
  return load_little<std::uint32_t>(header.data() + covered) == crc32c(header.substr(0, covered));
}

bool is_record_header(std::string_view header) {
  if (header.size() != kRecordHeaderBytes || !is_sealed(header)) return false;
  const auto length = load_little<std::uint32_t>(header.data() + 4);
  if (header.starts_with(kNotedMagic))
    return length >= kNoteBytes && length <= kMaxBatchBytes + kNoteBytes;
  return header.starts_with(kRecordMagic) && length <= kMaxBatchBytes;
}

}  // namespace

std::string segment_header(std::uint64_t segment) {
  std::string header(kSegmentMagic);
  append(header, kSegmentVersion);
  append(header, std::uint32_t{0});
  append(header, segment);
  append(header, std::uint32_t{0});
  append(header, crc32c(header));
  return header;
}

std::size_t segment_record_bytes(const SpooledBatch& batch) {
  return kRecordHeaderBytes + (batch.note ? kNoteBytes : 0) + batch.bytes.size();
}

std::string segment_record(const SpooledBatch& batch, std::int64_t stamp) {
  std::string content;
  if (batch.note) {
    for (const std::uint64_t number : *batch.note)
      append(content, number);
  }
  content += batch.bytes;
  std::string record;
  record.reserve(kRecordHeaderBytes + content.size());
  record += batch.note ? kNotedMagic : kRecordMagic;
  append(record, static_cast<std::uint32_t>(content.size()));
  append(record, batch.epoch);
  append(record, batch.sequence);
  append(record, stamp);
  append(record, crc32c(content));
  append(record, crc32c(record));
  record += content;
  return record;
}

std::string SegmentReader::read(std::uint64_t offset, std::size_t most) const {
  if (offset >= size_) return {};
  std::string bytes(static_cast<std::size_t>(std::min<std::uint64_t>(most, size_ - offset)), '\0');
  std::size_t have = 0;
  while (have < bytes.size()) {
    const ssize_t got =
        ::pread(file_, bytes.data() + have, bytes.size() - have, static_cast<off_t>(offset + have));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

bool SegmentReader::is_segment(std::uint64_t segment) const {
  return read(0, kSegmentHeaderBytes) == segment_header(segment);
}

SegmentItem SegmentReader::item_at(std::uint64_t offset) const {
  SegmentItem item;
  item.begin = offset;
  item.end = size_;
  if (offset >= size_) return item;
  const std::string header = read(offset, kRecordHeaderBytes);
  if (!is_record_header(header)) return past_damage(offset);
  const auto length = load_little<std::uint32_t>(header.data() + 4);
  item.epoch = load_little<std::uint64_t>(header.data() + 8);
  item.sequence = load_little<std::uint64_t>(header.data() + 16);
  item.stamp = load_little<std::int64_t>(header.data() + 24);
  const std::uint64_t content = offset + kRecordHeaderBytes;
  if (length > size_ - content) {
    item.kind = SegmentItem::Kind::torn_tail;
    return item;
  }
  item.end = content + length;
  item.content = read(content, length);
  const bool sound = item.content.size() == length &&
                     crc32c(item.content) == load_little<std::uint32_t>(header.data() + 32);
  item.kind = sound ? SegmentItem::Kind::record : SegmentItem::Kind::damaged_content;
  if (!sound) item.content.clear();
  if (sound && header.starts_with(kNotedMagic)) {
    item.note.emplace();
    for (std::size_t i = 0; i < item.note->size(); ++i)
      (*item.note)[i] = load_little<std::uint64_t>(item.content.data() + 8 * i);
    item.content.erase(0, kNoteBytes);
  }
  return item;
}

SegmentItem SegmentReader::past_damage(std::uint64_t offset) const {
  SegmentItem item;
  item.begin = offset;
  item.end = size_;
  // What was never written shows as zeros: the file's new length reached the disk, its bytes did
  // not. So does a header that was cut.
  bool blank = true;
  for (std::uint64_t at = offset; at < size_;) {
    const std::string bytes = read(at, kScanBytes);
    if (bytes.empty()) break;
    blank = blank && bytes.find_first_not_of('\0') == std::string::npos;
    for (std::size_t found = bytes.find(kAnyMagic); found != std::string::npos;
         found = bytes.find(kAnyMagic, found + 1)) {
      if (at + found > offset && is_record_header(read(at + found, kRecordHeaderBytes))) {
        item.kind = SegmentItem::Kind::damaged;
        item.end = at + found;
        return item;
      }
    }
    // A magic that the next piece ends begins in this one.
    if (bytes.size() < kScanBytes) break;
    at += bytes.size() - (kAnyMagic.size() - 1);
  }
  const bool cut = size_ - offset < kRecordHeaderBytes;
  item.kind = blank || cut ? SegmentItem::Kind::torn_tail : SegmentItem::Kind::damaged;
  return item;
}

}  // namespace teiten
