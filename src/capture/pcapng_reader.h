#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "capture/byte_order.h"
#include "capture/file_reader.h"
#include "capture/pcapng_interface.h"

namespace teiten {

/// A longer block is taken for damage. Wireshark reads blocks up to this size, to leave room for
/// the largest frames of any bus; it is passed over, not held in memory.
inline constexpr std::uint32_t kMaxBlockBytes = std::uint32_t{1} << 27;
/// A longer block is not looked into: what libpcap allows for a frame or a description with all
/// its options. A compressed file's reader holds one such block at most.
inline constexpr std::uint32_t kMaxParsedBlockBytes = std::uint32_t{1} << 24;
/// Interfaces of one section: as many as the obsolete packet block can name.
inline constexpr std::size_t kMaxInterfaces = 65'536;

/// Reads pcapng files (draft-ietf-opsawg-pcapng): any number of sections, each in its own byte
/// order with its own interfaces. Blocks that hold no frame are passed over by their length.
class PcapngReader final : public FileReader {
 public:
  /// Bytes that `recognise` needs.
  static constexpr std::size_t kMagicBytes = 12;
  static bool recognise(std::span<const std::byte> beginning);
  /// Errors: unsupported (a later major version).
  static Result<std::unique_ptr<CaptureReader>> open(Input& input);

  Result<bool> next(Frame& frame) override;
  std::string_view format() const override { return "pcapng"; }
  std::uint64_t dropped() const override;

 private:
  /// A block that lies whole in the window, without its type and lengths.
  struct Block {
    std::uint64_t from = 0;
    std::uint32_t type = 0;
    std::uint32_t length = 0;
    std::span<const std::byte> body;
  };

  explicit PcapngReader(Input& input) : FileReader(input) {}

  Result<void> check_version();
  /// Type and length of the block at the window; false at the end or at damage.
  Result<bool> read_block_start(Block& block);
  Result<bool> read_byte_order(std::uint64_t from);
  Result<bool> load_block(Block& block);
  Result<bool> pass_block(const Block& block);
  Result<bool> read_section(const Block& block);
  Result<bool> read_interface(Block& block);
  Result<bool> read_statistics(Block& block);
  Result<bool> read_packet(Block& block, Frame& frame);
  Result<bool> read_simple_packet(Block& block, Frame& frame);
  Result<bool> give(const Block& block, std::size_t header_bytes, std::uint32_t captured,
                    Frame& frame);
  std::uint64_t dropped_in_section() const;

  ByteOrder order_ = ByteOrder::native;
  std::vector<PcapngInterface> interfaces_;
  std::uint64_t dropped_before_ = 0;  ///< in the sections that are over
};

}  // namespace teiten
