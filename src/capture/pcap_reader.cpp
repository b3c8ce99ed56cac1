#include "capture/pcap_reader.h"

#include <chrono>
#include <utility>

#include <fmt/format.h>

namespace teiten {
namespace {

constexpr std::size_t kFileHeaderBytes = 24;
constexpr std::uint32_t kMicrosecondMagic = 0xa1b2c3d4;
constexpr std::uint32_t kNanosecondMagic = 0xa1b23c4d;
constexpr std::uint32_t kModifiedMagic = 0xa1b2cd34;

}  // namespace

std::optional<PcapMagic> PcapReader::recognise(std::span<const std::byte> beginning) {
  if (beginning.size() < kMagicBytes) return std::nullopt;
  for (const ByteOrder order : {ByteOrder::native, ByteOrder::swapped}) {
    switch (load32(beginning.data(), order)) {
      case kMicrosecondMagic:
        return PcapMagic{order, 1000, 16};
      case kNanosecondMagic:
        return PcapMagic{order, 1, 16};
      case kModifiedMagic:
        return PcapMagic{order, 1000, 24};
      default:
        break;
    }
  }
  return std::nullopt;
}

Result<std::unique_ptr<CaptureReader>> PcapReader::open(Input& input, const PcapMagic& magic) {
  std::unique_ptr<PcapReader> reader(new PcapReader(input, magic));
  TEITEN_CHECK(reader->read_file_header());
  return std::unique_ptr<CaptureReader>(std::move(reader));
}

Result<void> PcapReader::read_file_header() {
  if (!window_.need(kFileHeaderBytes)) {
    if (auto end = end_at(0, "file header"); !end) return end.error();
    return {};
  }
  const std::byte* header = window_.data();
  const std::uint16_t major = load16(header + 4, magic_.order);
  const std::uint16_t minor = load16(header + 6, magic_.order);
  // 543.0 was written by DG/UX. Nothing but 2.4 has been written since 1998.
  if (major != 2 && !(major == 543 && minor == 0)) {
    return failure(ErrorCode::unsupported,
                   fmt::format("{}: pcap version {}.{} is unknown (2.4 is the current one)", name(),
                               major, minor));
  }
  // Before version 2.3 a record gave its two lengths in the other order; some programs that wrote
  // 2.3 had it either way. What was captured is never longer than what was on the wire.
  lengths_may_be_swapped_ = major == 543 || minor <= 3;
  // The upper half tells the length of a frame check sequence, not the link type.
  link_ = static_cast<LinkType>(load32(header + 20, magic_.order) & 0xffffU);
  window_.take(kFileHeaderBytes);
  return {};
}

Result<bool> PcapReader::next(Frame& frame) {
  if (ended_) return false;
  const std::uint32_t header_bytes = magic_.record_header_bytes;
  const std::uint64_t from = window_.offset();
  if (!window_.need(header_bytes)) return end_at(from, "frame");
  const std::byte* record = window_.data();
  const std::uint32_t seconds = load32(record, magic_.order);
  const std::uint32_t fraction = load32(record + 4, magic_.order);
  std::uint32_t captured = load32(record + 8, magic_.order);
  std::uint32_t original = load32(record + 12, magic_.order);
  if (lengths_may_be_swapped_ && captured > original) std::swap(captured, original);
  if (captured > kMaxFrameBytes) {
    return damaged_at(
        from, fmt::format("a frame of {} bytes, where {} is the most", captured, kMaxFrameBytes));
  }
  if (!window_.need(header_bytes + captured)) return end_at(from, "frame");
  // At most 2^32 seconds and 2^32 microseconds: no overflow. A fraction of a second or more, which
  // only a broken writer leaves, is carried over.
  const std::int64_t nanoseconds =
      std::int64_t{seconds} * 1'000'000'000 + std::int64_t{fraction} * magic_.unit_nanoseconds;
  frame.time = UtcTime(std::chrono::nanoseconds(nanoseconds));
  frame.has_time = true;
  frame.link = link_;
  frame.data = {window_.data() + header_bytes, captured};
  frame.original_length = original;
  window_.take(header_bytes + captured);
  ++frames_;
  return true;
}

}  // namespace teiten
