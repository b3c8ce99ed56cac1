#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "capture/input.h"

namespace teiten {

/// A plain text file that somebody else goes on writing. Shows only lines that are whole, so that
/// its end is never the middle of one; after `peek` has shown nothing, a later one shows what was
/// written since. Keeps reading the file it opened, whatever becomes of its name.
class GrowingInput final : public Input {
 public:
  /// Errors: as Input::open; unsupported for what is no regular file or is compressed.
  static Result<std::unique_ptr<GrowingInput>> open(const std::string& path);
  /// The same of a file that is open already; was_replaced() needs the name.
  static Result<std::unique_ptr<GrowingInput>> adopt(const std::string& name, FileDescriptor file);

  const std::string& name() const override { return name_; }
  Result<std::span<const std::byte>> peek(std::size_t size) override;
  void skip(std::size_t size) override;
  std::uint64_t offset() const override { return offset_; }
  Result<void> rewind() override;
  std::int64_t modified_seconds() const override;

  /// Digest of the bytes taken so far.
  Digest digest() const { return hasher_.digest(); }
  /// The file holds less than was taken, or begins otherwise: it was emptied and is written anew.
  bool was_truncated() const;
  /// The name leads to another file than the one that is open, or to none.
  bool was_replaced() const;
  /// Nobody writes any more: a last line without its end is shown too.
  void set_ended() { ended_ = true; }

 private:
  GrowingInput(std::string name, FileDescriptor file)
      : name_(std::move(name)), file_(std::move(file)) {}
  Result<bool> read_more();

  std::string name_;
  FileDescriptor file_;
  Hasher hasher_;
  std::vector<std::byte> beginning_;  ///< the file's first bytes as they were when it was opened
  std::uint64_t offset_ = 0;          ///< of the first byte of buffer_ that was not taken
  std::vector<std::byte> buffer_;     ///< read and not dropped
  std::size_t begin_ = 0;             ///< bytes of it that were taken
  std::size_t whole_ = 0;             ///< end of the last whole line in it
  bool ended_ = false;
};

/// Digest of the first so many bytes of a file; nothing where it has fewer. Errors: io_error.
Result<std::optional<Digest>> digest_of_beginning(int file, std::uint64_t bytes);

}  // namespace teiten
