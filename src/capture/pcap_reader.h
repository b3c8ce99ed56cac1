#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "capture/byte_order.h"
#include "capture/file_reader.h"

namespace teiten {

/// What the first four bytes of a pcap file say (draft-ietf-opsawg-pcap §4).
struct PcapMagic {
  ByteOrder order = ByteOrder::native;
  /// How long one unit of a record's second time field is.
  std::uint32_t unit_nanoseconds = 1000;
  /// Bytes of a record's header: 24 in the "modified" format of A. Kuznetzov's patched libpcap
  /// (magic a1b2cd34), which adds an interface index, a protocol and a packet type.
  std::uint32_t record_header_bytes = 16;
};

/// Reads pcap files: microseconds, nanoseconds and the modified format, in both byte orders.
class PcapReader final : public FileReader {
 public:
  /// Bytes that `recognise` needs.
  static constexpr std::size_t kMagicBytes = 4;
  /// Nothing if the content is no pcap file.
  static std::optional<PcapMagic> recognise(std::span<const std::byte> beginning);
  /// Reads the file header. Errors: unsupported (a version that nobody ever wrote).
  static Result<std::unique_ptr<CaptureReader>> open(Input& input, const PcapMagic& magic);

  Result<bool> next(Frame& frame) override;
  std::string_view format() const override { return "pcap"; }
  std::uint64_t dropped() const override { return 0; }

 private:
  PcapReader(Input& input, const PcapMagic& magic) : FileReader(input), magic_(magic) {}
  Result<void> read_file_header();

  PcapMagic magic_;
  LinkType link_ = LinkType::null;
  bool lengths_may_be_swapped_ = false;
};

}  // namespace teiten
