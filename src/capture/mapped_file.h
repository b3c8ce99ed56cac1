#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace teiten {

/// A regular file mapped for reading from front to back, as many times as wanted.
class MappedFile {
 public:
  /// Nothing, no file behind it.
  MappedFile() = default;
  /// Takes over an open regular file. `name` is for messages. Errors: io_error.
  static Result<MappedFile> map(FileDescriptor file, const std::string& name);
  /// Bytes that somebody else keeps, seen through the same interface.
  static MappedFile of_memory(std::span<const std::byte> bytes);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  /// The size the file had when it was opened.
  std::size_t size() const { return bytes_.size(); }
  /// The bytes [offset, offset + size); the caller stays within size(). Pages more than a window
  /// before `offset` are given back, so that what is held in memory does not grow with the file.
  /// io_error if the file has become shorter than it was.
  Result<std::span<const std::byte>> view(std::size_t offset, std::size_t size,
                                          const std::string& name);

 private:
  Result<void> look_after(std::size_t offset, std::size_t end, const std::string& name);
  void unmap();

  FileDescriptor file_;
  std::span<const std::byte> bytes_;
  std::size_t checked_from_ = 0;  ///< the stretch that the last look at the file's size covers
  std::size_t checked_to_ = 0;
  std::size_t held_from_ = 0;  ///< pages before it are given back
};

}  // namespace teiten
