#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"

namespace teiten {

/// What lies at the path of a store.
enum class StoreFileKind {
  missing,
  duckdb,   ///< a file with DuckDB's mark
  foreign,  ///< any other regular file, an empty one included
};

/// Looks at the path without opening the database. Errors: permission_denied, unsupported (a
/// directory or device), malformed (a log of changes whose main file is gone).
Result<StoreFileKind> look_at(const std::string& path);

/// A file is open once at most within this process: POSIX drops all of a process's locks on a file
/// when any of its descriptors is closed, so a second opening would undo the first one's lock.
class StoreFileClaim {
 public:
  /// busy if this process has the file open already.
  static Result<StoreFileClaim> take(const std::string& path);
  ~StoreFileClaim();
  StoreFileClaim(StoreFileClaim&& other) noexcept;
  StoreFileClaim& operator=(StoreFileClaim&&) = delete;
  StoreFileClaim(const StoreFileClaim&) = delete;
  StoreFileClaim& operator=(const StoreFileClaim&) = delete;

 private:
  StoreFileClaim(std::uint64_t device, std::uint64_t inode) : device_(device), inode_(inode) {}
  std::uint64_t device_;
  std::uint64_t inode_;
  bool held_ = true;
};

/// "process 1234 (teiten)": who holds a lock on the file that opening it would need; nothing if
/// nobody does. Only to be called while this process does not have the file open.
std::optional<std::string> holder_of(const std::string& path);

/// Puts a finished file in the place of a store that is not there yet, and syncs the folder. False
/// if another process was faster (the file is removed then).
Result<bool> publish(const std::string& finished, const std::string& path);

/// Copies a file, syncs it, and puts it in the place of `to` at once: `to` is never half a copy.
/// Holds a lock on `from` meanwhile (busy if it cannot be had).
Result<void> copy_durably(const std::string& from, const std::string& to);

/// After it, a file that was created, renamed or removed beside `path` is so for good.
Result<void> sync_folder_of(const std::string& path);

/// Removes what a killed creation left beside the store: `path`.creating-PID of processes that are
/// gone.
void remove_abandoned(const std::string& path);
/// Where a store is built before it is published.
std::string creation_path(const std::string& path);

}  // namespace teiten
