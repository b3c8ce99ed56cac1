#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace teiten {

/// Makes a folder that only its owner may enter (mode 0700), if there is none.
Result<void> make_private_folder(const std::string& path);

/// Puts a file of mode 0600 in the place of `path`: after a kill or a power cut either the old
/// content is there or the new one, whole. Written by root into somebody's folder it belongs to the
/// folder's owner, who could not read it otherwise.
Result<void> write_private_file(const std::string& path, std::string_view content);

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
