#include "capture/pcapng_reader.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "capture/pcapng_options.h"

namespace teiten {
namespace {

// Block types and option codes of draft-ietf-opsawg-pcapng §4 and its appendix.
constexpr std::uint32_t kSectionHeaderBlock = 0x0a0d0d0a;
constexpr std::uint32_t kInterfaceDescriptionBlock = 1;
constexpr std::uint32_t kPacketBlock = 2;
constexpr std::uint32_t kSimplePacketBlock = 3;
constexpr std::uint32_t kInterfaceStatisticsBlock = 5;
constexpr std::uint32_t kEnhancedPacketBlock = 6;
constexpr std::uint16_t kTimeResolutionOption = 9;
constexpr std::uint16_t kTimeOffsetOption = 14;
constexpr std::uint16_t kInterfaceDropsOption = 5;
constexpr std::uint16_t kSystemDropsOption = 7;

constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
/// Type and length before a block's body, the length once more after it.
constexpr std::uint32_t kBlockStartBytes = 8;
constexpr std::uint32_t kBlockEndBytes = 4;
constexpr std::uint32_t kMinBlockBytes = kBlockStartBytes + kBlockEndBytes;
/// Byte-order magic, version and section length.
constexpr std::uint32_t kMinSectionBytes = kMinBlockBytes + 16;
constexpr std::size_t kInterfaceHeaderBytes = 8;
constexpr std::size_t kStatisticsHeaderBytes = 12;
constexpr std::size_t kPacketHeaderBytes = 20;
constexpr std::size_t kSimplePacketHeaderBytes = 4;

std::uint64_t add_saturating(std::uint64_t a, std::uint64_t b) {
  return a > std::numeric_limits<std::uint64_t>::max() - b
             ? std::numeric_limits<std::uint64_t>::max()
             : a + b;
}

std::optional<ByteOrder> byte_order_of(const std::byte* magic) {
  for (const ByteOrder order : {ByteOrder::native, ByteOrder::swapped}) {
    if (load32(magic, order) == kByteOrderMagic) return order;
  }
  return std::nullopt;
}

/// The clock that an interface's options describe; walks them to their end.
PcapngClock clock_of(PcapngOptions& options, ByteOrder order) {
  std::uint8_t resolution = PcapngClock::kDefaultResolution;
  std::int64_t offset_seconds = 0;
  bool sizes_right = true;
  while (options.next()) {
    const auto value = options.value();
    if (options.code() == kTimeResolutionOption) {
      if (value.size() == sizeof resolution)
        resolution = static_cast<std::uint8_t>(value[0]);
      else
        sizes_right = false;
    } else if (options.code() == kTimeOffsetOption) {
      if (value.size() == sizeof offset_seconds)
        offset_seconds = static_cast<std::int64_t>(load64(value.data(), order));
      else
        sizes_right = false;
    }
  }
  return sizes_right ? PcapngClock(resolution, offset_seconds) : PcapngClock::unknown();
}

}  // namespace

bool PcapngReader::recognise(std::span<const std::byte> beginning) {
  return beginning.size() >= kMagicBytes &&
         load32(beginning.data(), ByteOrder::native) == kSectionHeaderBlock &&
         byte_order_of(beginning.data() + kBlockStartBytes).has_value();
}

Result<std::unique_ptr<CaptureReader>> PcapngReader::open(Input& input) {
  std::unique_ptr<PcapngReader> reader(new PcapngReader(input));
  TEITEN_CHECK(reader->check_version());
  return std::unique_ptr<CaptureReader>(std::move(reader));
}

Result<void> PcapngReader::check_version() {
  constexpr std::size_t kMajorVersionAt = 12;
  constexpr std::size_t kVersionEnd = 16;
  // A file that ends before its version is one cut short: `next` says so.
  if (!window_.need(kVersionEnd)) return {};
  const std::byte* section = window_.data();
  const ByteOrder order = byte_order_of(section + kBlockStartBytes).value_or(ByteOrder::native);
  const std::uint16_t major = load16(section + kMajorVersionAt, order);
  if (major == 1) return {};
  return failure(ErrorCode::unsupported,
                 fmt::format("{}: pcapng version {}.{} is unknown (1.0 is the current one)", name(),
                             major, load16(section + kMajorVersionAt + 2, order)));
}

Result<bool> PcapngReader::next(Frame& frame) {
  while (!ended_) {
    Block block;
    TEITEN_TRY(bool more, read_block_start(block));
    if (!more) return false;
    switch (block.type) {
      case kEnhancedPacketBlock:
      case kPacketBlock:
        return read_packet(block, frame);
      case kSimplePacketBlock:
        return read_simple_packet(block, frame);
      case kSectionHeaderBlock: {
        TEITEN_CHECK(read_section(block));
        break;
      }
      case kInterfaceDescriptionBlock: {
        TEITEN_CHECK(read_interface(block));
        break;
      }
      case kInterfaceStatisticsBlock: {
        TEITEN_CHECK(read_statistics(block));
        break;
      }
      default:
        TEITEN_CHECK(pass_block(block));
    }
  }
  return false;
}

Result<bool> PcapngReader::read_block_start(Block& block) {
  block.from = window_.offset();
  if (!window_.need(kBlockStartBytes)) return end_at(block.from, "block");
  // The type of a section header reads the same in both byte orders.
  block.type = load32(window_.data(), order_);
  if (block.type == kSectionHeaderBlock) {
    TEITEN_TRY(const bool known, read_byte_order(block.from));
    if (!known) return false;
  }
  block.length = load32(window_.data() + 4, order_);
  if (block.length < kMinBlockBytes || block.length % 4 != 0 || block.length > kMaxBlockBytes) {
    return damaged_at(block.from, fmt::format("a block of {} bytes, where a multiple of 4 from {} "
                                              "to {} is possible",
                                              block.length, kMinBlockBytes, kMaxBlockBytes));
  }
  return true;
}

Result<bool> PcapngReader::read_byte_order(std::uint64_t from) {
  if (!window_.need(kMagicBytes)) return end_at(from, "section header");
  const auto order = byte_order_of(window_.data() + kBlockStartBytes);
  if (!order) return damaged_at(from, "a section header without its byte-order magic");
  order_ = *order;
  return true;
}

Result<bool> PcapngReader::load_block(Block& block) {
  if (block.length > kMaxParsedBlockBytes) {
    return damaged_at(
        block.from, fmt::format("a block of type {} of {} bytes, where {} is the most", block.type,
                                block.length, kMaxParsedBlockBytes));
  }
  if (!window_.need(block.length)) return end_at(block.from, "block");
  const std::byte* bytes = window_.data();
  const std::uint32_t again = load32(bytes + block.length - kBlockEndBytes, order_);
  if (again != block.length) {
    return damaged_at(block.from, fmt::format("a block that gives its length as {} and then as {}",
                                              block.length, again));
  }
  block.body = {bytes + kBlockStartBytes, block.length - kMinBlockBytes};
  return true;
}

Result<bool> PcapngReader::pass_block(const Block& block) {
  if (!window_.pass(block.length - kBlockEndBytes) || !window_.need(kBlockEndBytes))
    return end_at(block.from, "block");
  const std::uint32_t again = load32(window_.data(), order_);
  if (again != block.length) {
    return damaged_at(block.from, fmt::format("a block that gives its length as {} and then as {}",
                                              block.length, again));
  }
  window_.take(kBlockEndBytes);
  return true;
}

Result<bool> PcapngReader::read_section(const Block& block) {
  if (block.length < kMinSectionBytes)
    return damaged_at(block.from, fmt::format("a section header of {} bytes", block.length));
  constexpr std::size_t kVersionEnd = 16;
  if (!window_.need(kVersionEnd)) return end_at(block.from, "section header");
  const std::uint16_t major = load16(window_.data() + 12, order_);
  if (major != 1)
    return damaged_at(block.from, fmt::format("a section of the unknown version {}", major));
  dropped_before_ = add_saturating(dropped_before_, dropped_in_section());
  interfaces_.clear();
  return pass_block(block);
}

Result<bool> PcapngReader::read_interface(Block& block) {
  TEITEN_TRY(const bool whole, load_block(block));
  if (!whole) return false;
  if (block.body.size() < kInterfaceHeaderBytes)
    return damaged_at(block.from, "an interface description that is too short");
  if (interfaces_.size() == kMaxInterfaces) {
    return damaged_at(block.from,
                      fmt::format("more than {} interfaces in a section", kMaxInterfaces));
  }
  PcapngOptions options(block.body.subspan(kInterfaceHeaderBytes), order_);
  const PcapngClock clock = clock_of(options, order_);
  if (options.damaged())
    return damaged_at(block.from, "an interface description whose options do not fit into it");
  PcapngInterface& interface = interfaces_.emplace_back();
  interface.link = static_cast<LinkType>(load16(block.body.data(), order_));
  interface.snap_length = load32(block.body.data() + 4, order_);
  interface.clock = clock;
  window_.take(block.length);
  return true;
}

Result<bool> PcapngReader::read_statistics(Block& block) {
  TEITEN_TRY(const bool whole, load_block(block));
  if (!whole) return false;
  if (block.body.size() < kStatisticsHeaderBytes)
    return damaged_at(block.from, "interface statistics that are too short");
  std::uint64_t dropped = 0;
  PcapngOptions options(block.body.subspan(kStatisticsHeaderBytes), order_);
  while (options.next()) {
    const bool counts_drops =
        options.code() == kInterfaceDropsOption || options.code() == kSystemDropsOption;
    if (counts_drops && options.value().size() == 8)
      dropped = add_saturating(dropped, load64(options.value().data(), order_));
  }
  if (options.damaged())
    return damaged_at(block.from, "interface statistics whose options do not fit into them");
  // Each block counts from the beginning of the capture: the newest one holds. Statistics of an
  // interface that nobody described are of no frame's interface.
  const std::uint32_t number = load32(block.body.data(), order_);
  if (number < interfaces_.size()) interfaces_[number].dropped = dropped;
  window_.take(block.length);
  return true;
}

Result<bool> PcapngReader::read_packet(Block& block, Frame& frame) {
  TEITEN_TRY(const bool whole, load_block(block));
  if (!whole) return false;
  if (block.body.size() < kPacketHeaderBytes)
    return damaged_at(block.from, "a packet block that is too short");
  const std::byte* body = block.body.data();
  // The obsolete block has 16 bits for the interface and 16 for a drop count.
  const std::uint32_t number =
      block.type == kPacketBlock ? load16(body, order_) : load32(body, order_);
  if (number >= interfaces_.size()) {
    return damaged_at(block.from, fmt::format("a frame of interface {}, where the section has {}",
                                              number, interfaces_.size()));
  }
  const PcapngInterface& interface = interfaces_[number];
  const std::uint64_t count =
      std::uint64_t{load32(body + 4, order_)} << 32 | load32(body + 8, order_);
  const auto time = interface.clock.time_of(count);
  frame.has_time = time.has_value();
  frame.time = time.value_or(UtcTime{});
  frame.link = interface.link;
  frame.original_length = load32(body + 16, order_);
  return give(block, kPacketHeaderBytes, load32(body + 12, order_), frame);
}

Result<bool> PcapngReader::read_simple_packet(Block& block, Frame& frame) {
  TEITEN_TRY(const bool whole, load_block(block));
  if (!whole) return false;
  if (block.body.size() < kSimplePacketHeaderBytes)
    return damaged_at(block.from, "a packet block that is too short");
  if (interfaces_.empty())
    return damaged_at(block.from, "a simple packet block before the first interface");
  // It belongs to the section's first interface and was cut where that one cuts.
  const PcapngInterface& interface = interfaces_.front();
  const std::uint32_t original = load32(block.body.data(), order_);
  const std::uint32_t captured =
      interface.snap_length == 0 ? original : std::min(original, interface.snap_length);
  frame.has_time = false;
  frame.time = UtcTime{};
  frame.link = interface.link;
  frame.original_length = original;
  return give(block, kSimplePacketHeaderBytes, captured, frame);
}

Result<bool> PcapngReader::give(const Block& block, std::size_t header_bytes,
                                std::uint32_t captured, Frame& frame) {
  if (captured > kMaxFrameBytes) {
    return damaged_at(block.from, fmt::format("a frame of {} bytes, where {} is the most", captured,
                                              kMaxFrameBytes));
  }
  if (captured > block.body.size() - header_bytes) {
    return damaged_at(block.from,
                      fmt::format("a frame of {} bytes in a block of {}", captured, block.length));
  }
  frame.data = block.body.subspan(header_bytes, captured);
  window_.take(block.length);
  ++frames_;
  return true;
}

std::uint64_t PcapngReader::dropped_in_section() const {
  std::uint64_t sum = 0;
  for (const PcapngInterface& interface : interfaces_)
    sum = add_saturating(sum, interface.dropped);
  return sum;
}

std::uint64_t PcapngReader::dropped() const {
  return add_saturating(dropped_before_, dropped_in_section());
}

}  // namespace teiten
