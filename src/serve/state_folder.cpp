#include "serve/state_folder.h"

#include <cerrno>
#include <filesystem>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/system_error.h"

namespace teiten {
namespace {

std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

void give_to_owner_of(const std::string& folder, int fd) {
  struct stat status {};
  if (::geteuid() != 0 || ::stat(folder.c_str(), &status) != 0) return;
  // Without it the collector reports that it cannot read the file.
  [[maybe_unused]] const int ignored = ::fchown(fd, status.st_uid, status.st_gid);
}

}  // namespace

Result<void> make_private_folder(const std::string& path) {
  if (::mkdir(path.c_str(), 0700) != 0) {
    if (errno != EEXIST) return system_error(errno, "make the folder", path);
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) return system_error(errno, "look at the folder", path);
    if (!S_ISDIR(status.st_mode))
      return failure(ErrorCode::invalid_argument, fmt::format("{} is no folder", path));
    return {};
  }
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.is_open()) give_to_owner_of(folder_of(path), fd.number());
  const FileDescriptor above(::open(folder_of(path).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!above.is_open() || ::fsync(above.number()) != 0)
    return system_error(errno, "sync the folder above", path);
  return {};
}

Result<std::string> read_small_file(const std::string& path, std::size_t most) {
  const FileDescriptor fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd.is_open()) return system_error(errno, "open", path);
  std::string content;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(fd.number(), buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(errno, "read", path);
    if (got == 0) return content;
    content.append(buffer, static_cast<std::size_t>(got));
    if (content.size() > most) {
      return failure(
          ErrorCode::limit_reached,
          fmt::format("{} is longer than {} bytes: it is no file of teiten's", path, most));
    }
  }
}

Result<FolderLock> FolderLock::take(const std::string& folder, std::chrono::milliseconds patience) {
  constexpr auto kPause = std::chrono::milliseconds(20);
  const std::string path = folder + "/lock";
  FileDescriptor fd(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd.is_open()) return system_error(errno, "open", path);
  give_to_owner_of(folder, fd.number());
  const auto until = std::chrono::steady_clock::now() + patience;
  while (::flock(fd.number(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return system_error(errno, "lock", path);
    if (std::chrono::steady_clock::now() >= until) {
      return failure(ErrorCode::busy, fmt::format("another process holds {}: try again when that "
                                                  "teiten command has finished",
                                                  path));
    }
    std::this_thread::sleep_for(kPause);
  }
  return FolderLock(std::move(fd));
}

}  // namespace teiten
