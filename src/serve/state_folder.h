#pragma once

#include <string>
#include <utility>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace teiten {

/// Makes a folder that only its owner may enter (mode 0700), if there is none.
Result<void> make_private_folder(const std::string& path);

/// The whole of a small file. limit_reached past `most` bytes.
Result<std::string> read_small_file(const std::string& path, std::size_t most);

/// A lock between processes on what a folder holds; waits for it.
class FolderLock {
 public:
  static Result<FolderLock> take(const std::string& folder);

 private:
  explicit FolderLock(FileDescriptor file) : file_(std::move(file)) {}
  FileDescriptor file_;
};

}  // namespace teiten
