#include "store/store_file.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "base/system_error.h"

namespace teiten {
namespace {

namespace fs = std::filesystem;

using FileIdentity = std::pair<std::uint64_t, std::uint64_t>;

struct OpenFiles {
  std::mutex mutex;
  std::set<FileIdentity> files;
};

OpenFiles& open_files() {
  static OpenFiles files;
  return files;
}

/// The lock that DuckDB takes on the whole file.
struct flock whole_file(short type) {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  return lock;
}

Result<void> copy_bytes(const FileDescriptor& from, const FileDescriptor& to,
                        const std::string& name) {
  constexpr std::size_t kBufferBytes = 1 << 20;
  std::vector<char> buffer(kBufferBytes);
  for (;;) {
    const ssize_t got = ::read(from.number(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(errno, "copy", name);
    if (got == 0) break;
    for (ssize_t done = 0; done < got;) {
      const ssize_t put =
          ::write(to.number(), buffer.data() + done, static_cast<std::size_t>(got - done));
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) return system_error(errno, "write a copy of", name);
      done += put;
    }
  }
  if (::fsync(to.number()) != 0) return system_error(errno, "sync a copy of", name);
  return {};
}

}  // namespace

Result<StoreFileKind> look_at(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) {
    if (errno != ENOENT) return system_error(errno, "open the store", path);
    if (::access((path + ".wal").c_str(), F_OK) == 0) {
      return failure(ErrorCode::malformed,
                     fmt::format("{0} is missing, but its log {0}.wal is there: bring {0} back, or "
                                 "move the log away to start an empty store",
                                 path));
    }
    return StoreFileKind::missing;
  }
  if (!S_ISREG(status.st_mode)) {
    return failure(ErrorCode::unsupported,
                   fmt::format("{} is {}, not a store: name a file", path,
                               S_ISDIR(status.st_mode) ? "a folder" : "no regular file"));
  }
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return system_error(errno, "open the store", path);
  // DuckDB's main header: an 8-byte checksum, then its mark.
  constexpr std::size_t kMarkOffset = 8;
  char header[12] = {};
  const ssize_t got = ::pread(fd.number(), header, sizeof header, 0);
  if (got < 0) return system_error(errno, "read the store", path);
  const bool marked = got == sizeof header && std::memcmp(header + kMarkOffset, "DUCK", 4) == 0;
  return marked ? StoreFileKind::duckdb : StoreFileKind::foreign;
}

Result<StoreFileClaim> StoreFileClaim::take(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return system_error(errno, "open the store", path);
  const std::lock_guard lock(open_files().mutex);
  if (!open_files().files.emplace(status.st_dev, status.st_ino).second) {
    return failure(ErrorCode::busy,
                   fmt::format("{} is open already in this process ({})", path, ::getpid()));
  }
  return StoreFileClaim(status.st_dev, status.st_ino);
}

StoreFileClaim::StoreFileClaim(StoreFileClaim&& other) noexcept
    : device_(other.device_), inode_(other.inode_), held_(std::exchange(other.held_, false)) {}

StoreFileClaim::~StoreFileClaim() {
  if (!held_) return;
  const std::lock_guard lock(open_files().mutex);
  open_files().files.erase({device_, inode_});
}

std::optional<std::string> holder_of(const std::string& path) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return std::nullopt;
  struct flock lock = whole_file(F_WRLCK);
  if (::fcntl(fd.number(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return std::nullopt;
  // A holder outside this process's namespace or machine has no number here.
  if (lock.l_pid <= 0) return "another process";
  std::string name;
  std::ifstream comm(fmt::format("/proc/{}/comm", lock.l_pid));
  std::getline(comm, name);
  return name.empty() ? fmt::format("process {}", lock.l_pid)
                      : fmt::format("process {} ({})", lock.l_pid, name);
}

std::string creation_path(const std::string& path) {
  return fmt::format("{}.creating-{}", path, ::getpid());
}

Result<void> sync_folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  const std::string name = folder.empty() ? "." : folder.string();
  const FileDescriptor fd(::open(name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd.is_open() || ::fsync(fd.number()) != 0)
    return system_error(errno, "sync the folder", name);
  return {};
}

void remove_abandoned(const std::string& path) {
  const fs::path whole(path);
  const std::string prefix = whole.filename().string() + ".creating-";
  std::error_code ignored;
  const fs::path folder = whole.parent_path().empty() ? fs::path(".") : whole.parent_path();
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with(prefix)) continue;
    pid_t pid = 0;
    std::from_chars(name.data() + prefix.size(), name.data() + name.size(), pid);
    const bool gone = pid > 0 && (pid == ::getpid() || (::kill(pid, 0) != 0 && errno == ESRCH));
    if (gone) fs::remove_all(entry.path(), ignored);
  }
}

Result<bool> publish(const std::string& finished, const std::string& path) {
  // Neither call replaces a store that came into being meanwhile. Some file systems know only one.
  int result = ::renameat2(AT_FDCWD, finished.c_str(), AT_FDCWD, path.c_str(), RENAME_NOREPLACE);
  if (result != 0 && errno != EEXIST) {
    result = ::link(finished.c_str(), path.c_str());
    if (result != 0 && errno != EEXIST) return system_error(errno, "create", path);
  }
  if (::unlink(finished.c_str()) != 0 && errno != ENOENT)
    return system_error(errno, "remove", finished);
  TEITEN_CHECK(sync_folder_of(path));
  return result == 0;
}

Result<void> copy_durably(const std::string& from, const std::string& to) {
  const FileDescriptor source(::open(from.c_str(), O_RDWR | O_CLOEXEC));
  if (!source.is_open()) return system_error(errno, "copy", from);
  struct flock lock = whole_file(F_WRLCK);
  if (::fcntl(source.number(), F_SETLK, &lock) != 0)
    return failure(ErrorCode::busy, fmt::format("{} is held by another process", from));
  const std::string partial = to + ".partial";
  {
    const FileDescriptor target(
        ::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!target.is_open()) return system_error(errno, "create", partial);
    TEITEN_CHECK(copy_bytes(source, target, from));
  }
  if (::rename(partial.c_str(), to.c_str()) != 0) return system_error(errno, "create", to);
  return sync_folder_of(to);
}

}  // namespace teiten
