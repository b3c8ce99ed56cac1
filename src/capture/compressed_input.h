#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "capture/input.h"
#include "capture/mapped_file.h"

struct archive;

namespace teiten {

/// True if the content begins like one of the compressed formats that CompressedInput reads.
bool looks_compressed(std::span<const std::byte> beginning);

/// The decompressed content of a compressed file, as a stream: what is held in memory depends on
/// the largest `peek` and on the format's own window, not on the file.
class CompressedInput final : public Input {
 public:
  CompressedInput(std::string name, MappedFile file, std::int64_t modified_seconds);
  ~CompressedInput() override;

  const std::string& name() const override { return name_; }
  Result<std::span<const std::byte>> peek(std::size_t size) override;
  void skip(std::size_t size) override;
  std::uint64_t offset() const override { return offset_; }
  Result<void> rewind() override;
  std::int64_t modified_seconds() const override { return modified_seconds_; }

 private:
  struct Close {
    void operator()(archive* reader) const;
  };
  static std::int64_t feed(archive* reader, void* self, const void** bytes);

  void begin();
  /// Appends the next decompressed block to the buffer, or notes the end or the failure.
  void decompress_block();
  void fail(const char* reason);

  std::string name_;
  MappedFile file_;
  std::int64_t modified_seconds_;

  std::unique_ptr<archive, Close> reader_;
  std::size_t fed_ = 0;  ///< compressed bytes given to the library
  std::vector<std::byte> buffer_;
  std::size_t taken_ = 0;       ///< bytes of the buffer already skipped
  std::uint64_t offset_ = 0;    ///< decompressed offset of buffer_[taken_]
  bool ended_ = false;          ///< nothing comes after the buffer
  std::optional<Error> error_;  ///< why it ended, if it was not the end of the content
};

}  // namespace teiten
