#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace teiten {

/// Makes a folder that only its owner may enter (mode 0700), if there is none.
Result<void> make_private_folder(const std::string& path);

/// The whole of a small file. limit_reached past `most` bytes.
Result<std::string> read_small_file(const std::string& path, std::size_t most);

/// Who holds a lock on a fleet's folder writes a small file or two.
inline constexpr auto kLockPatience = std::chrono::seconds(10);

/// A lock between processes on what a folder holds.
class FolderLock {
 public:
  /// busy if another process holds it for longer than `patience`; 0: does not wait.
  static Result<FolderLock> take(const std::string& folder,
                                 std::chrono::milliseconds patience = kLockPatience);

 private:
  explicit FolderLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

}  // namespace teiten
