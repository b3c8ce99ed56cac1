#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/decompressor.h"
#include "capture/input.h"
#include "capture/mapped_file.h"

namespace teiten {

/// A file whose content is longer than kUnpackedFreeBytes and more than kMaxUnpackedRatio times the
/// file is taken for a decompression bomb. Logs and captures reach 10 to 100; what gzip can make of
/// zeros is 1,032, other formats have hardly a bound.
inline constexpr std::uint64_t kMaxUnpackedRatio = 1000;
inline constexpr std::uint64_t kUnpackedFreeBytes = std::uint64_t{1} << 30;

/// The decompressed content of a compressed file, as a stream: what is held in memory depends on
/// the largest `peek` and on the format's own window, not on the file.
class CompressedInput final : public Input {
 public:
  CompressedInput(std::string name, MappedFile file, std::int64_t modified_seconds);

  const std::string& name() const override { return name_; }
  Result<std::span<const std::byte>> peek(std::size_t size) override;
  void skip(std::size_t size) override;
  std::uint64_t offset() const override { return offset_; }
  Result<void> rewind() override;
  std::int64_t modified_seconds() const override { return modified_seconds_; }

 private:
  /// Decompresses more into the buffer, or notes the end and, if it came too early, why.
  void fill();
  /// Ends at the limits above.
  void check_ratio();

  std::string name_;
  MappedFile file_;
  std::int64_t modified_seconds_;

  std::unique_ptr<Decompressor> decompressor_;  ///< null before the first byte is asked for
  std::vector<std::byte> buffer_;
  std::size_t taken_ = 0;       ///< bytes of the buffer already skipped
  std::uint64_t offset_ = 0;    ///< decompressed offset of buffer_[taken_]
  bool ended_ = false;          ///< nothing comes after the buffer
  std::optional<Error> error_;  ///< why it ended, if that was not the end of the content
};

}  // namespace teiten
