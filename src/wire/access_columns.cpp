#include "wire/access_columns.h"

#include <array>
#include <cstdint>

#include "wire/little_endian.h"

namespace teiten {
namespace {

struct Column {
  const char* name;
  std::size_t width;
};

/// In the order of the columns.
enum : std::size_t {
  kFirst,
  kDuration,
  kSourceHigh,
  kSourceLow,
  kService,
  kRegion,
  kSourcePort,
  kDestinationPort,
  kKind,
  kFlags,
  kTarget,
  kPackets,
  kPayload,
  kPayloadDigest,
  kTool,
  kScanner,
  kColumnCount,
};
constexpr std::array<Column, kColumnCount> kColumns = {{{"first", 8},
                                                        {"duration", 8},
                                                        {"source_high", 8},
                                                        {"source_low", 8},
                                                        {"service", 4},
                                                        {"region", 2},
                                                        {"source_port", 2},
                                                        {"destination_port", 2},
                                                        {"kind", 1},
                                                        {"flags", 1},
                                                        {"target", 4},
                                                        {"packets", 4},
                                                        {"payload", 1},
                                                        {"payload_digest", 4},
                                                        {"tool", 1},
                                                        {"scanner", 2}}};

constexpr std::uint8_t kContinues = 1;
constexpr std::uint8_t kHasRegionLabel = 2;

std::int64_t nanoseconds(UtcTime time) {
  return time.time_since_epoch().count();
}

}  // namespace

void write_access_columns(std::span<const Access> accesses, std::string& out) {
  CborWriter writer(out);
  writer.map(kColumnCount);
  std::array<std::size_t, kColumnCount> offsets{};
  for (std::size_t i = 0; i < kColumnCount; ++i) {
    writer.text(kColumns[i].name);
    offsets[i] = writer.bytes(kColumns[i].width * accesses.size());
  }
  std::array<char*, kColumnCount> at{};
  for (std::size_t i = 0; i < kColumnCount; ++i)
    at[i] = out.data() + offsets[i];
  for (std::size_t row = 0; row < accesses.size(); ++row) {
    const Access& access = accesses[row];
    const auto put = [&](std::size_t column, auto value) {
      store_little(at[column] + row * sizeof value, value);
    };
    const std::int64_t first = nanoseconds(access.first);
    put(kFirst, first);
    // Mostly 0, which costs next to nothing when compressed.
    put(kDuration, nanoseconds(access.last) - first);
    put(kSourceHigh, access.source.high());
    put(kSourceLow, access.source.low());
    put(kService, access.service.code());
    put(kRegion, access.region.code());
    put(kSourcePort, access.source_port);
    put(kDestinationPort, access.destination_port);
    put(kKind, static_cast<std::uint8_t>(access.kind));
    put(kFlags, static_cast<std::uint8_t>((access.continues ? kContinues : 0U) |
                                          (access.has_region_label ? kHasRegionLabel : 0U)));
    put(kTarget, access.target);
    put(kPackets, access.packets);
    put(kPayload, static_cast<std::uint8_t>(access.payload));
    put(kPayloadDigest, access.payload_digest);
    put(kTool, access.tool.code());
    put(kScanner, access.scanner);
  }
}

std::vector<Access> read_access_columns(CborReader& reader, std::size_t count) {
  if (reader.map(kColumnCount) != kColumnCount) reader.fail("not every column");
  std::array<const char*, kColumnCount> at{};
  for (std::size_t i = 0; i < kColumnCount; ++i) {
    reader.key(kColumns[i].name);
    const std::string_view bytes = reader.bytes();
    if (bytes.size() != kColumns[i].width * count) reader.fail("a column of another length");
    at[i] = bytes.data();
  }
  if (reader.failed()) return {};
  std::vector<Access> accesses(count);
  std::uint8_t flags_seen = 0;
  for (std::size_t row = 0; row < count; ++row) {
    Access& access = accesses[row];
    const auto get = [&]<typename T>(std::size_t column, T) {
      return load_little<T>(at[column] + row * sizeof(T));
    };
    const std::int64_t first = get(kFirst, std::int64_t{});
    // Modulo 2^64: what wraps round lies outside the batch's range and is found there.
    const auto last = static_cast<std::int64_t>(static_cast<std::uint64_t>(first) +
                                                get(kDuration, std::uint64_t{}));
    access.first = UtcTime(Duration(first));
    access.last = UtcTime(Duration(last));
    const std::uint64_t high = get(kSourceHigh, std::uint64_t{});
    access.source = IpAddress::v6(high, get(kSourceLow, std::uint64_t{}));
    const std::uint32_t service = get(kService, std::uint32_t{});
    access.service = Service::from_code(service);
    // No service has more than 24 bits: what is cut off shows as a set flag.
    flags_seen |= service >> 24 != 0 ? 0x80U : 0U;
    access.region = Region::from_code(get(kRegion, std::uint16_t{}));
    access.source_port = get(kSourcePort, std::uint16_t{});
    access.destination_port = get(kDestinationPort, std::uint16_t{});
    access.kind = static_cast<Kind>(get(kKind, std::uint8_t{}));
    const std::uint8_t flags = get(kFlags, std::uint8_t{});
    flags_seen |= flags;
    access.continues = (flags & kContinues) != 0;
    access.has_region_label = (flags & kHasRegionLabel) != 0;
    access.target = get(kTarget, std::uint32_t{});
    access.packets = get(kPackets, std::uint32_t{});
    access.payload = static_cast<PayloadClass>(get(kPayload, std::uint8_t{}));
    access.payload_digest = get(kPayloadDigest, std::uint32_t{});
    access.tool = ToolGuess::from_code(get(kTool, std::uint8_t{}));
    access.scanner = get(kScanner, std::uint16_t{});
  }
  if ((flags_seen & ~(kContinues | kHasRegionLabel)) != 0)
    reader.fail("an unknown flag, or a service of more than 24 bits");
  return accesses;
}

}  // namespace teiten
