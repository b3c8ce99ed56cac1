#include "base/private_file.h"

#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "base/system_error.h"

namespace teiten {
namespace {

/// A new file. What lies there was left by a killed process that had this one's number, or planted.
FileDescriptor create_anew(const std::string& path) {
  constexpr int kTries = 3;
  for (int i = 0; i < kTries; ++i) {
    FileDescriptor fd(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (fd.is_open() || errno != EEXIST) return fd;
    if (::unlink(path.c_str()) != 0) break;
  }
  return {};
}

Result<void> fill(int fd, std::string_view content, const std::string& folder,
                  const std::string& path) {
  // The umask may have left less.
  if (::fchmod(fd, 0600) != 0) return system_error(errno, "protect", path);
  struct stat status {};
  if (::geteuid() == 0 && ::stat(folder.c_str(), &status) == 0) {
    // Without it the folder's owner reports that the file cannot be read.
    [[maybe_unused]] const int ignored = ::fchown(fd, status.st_uid, status.st_gid);
  }
  while (!content.empty()) {
    const ssize_t put = ::write(fd, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return system_error(errno, "write", path);
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  if (::fsync(fd) != 0) return system_error(errno, "sync", path);
  return {};
}

}  // namespace

Result<void> write_private_file(const std::string& path, std::string_view content) {
  const auto parent = std::filesystem::path(path).parent_path();
  const std::string folder = parent.empty() ? "." : parent.string();
  const std::string partial = fmt::format("{}.{}.partial", path, ::getpid());
  const FileDescriptor fd = create_anew(partial);
  if (!fd.is_open()) return system_error(errno, "create", partial);
  auto done = fill(fd.number(), content, folder, partial);
  if (done.ok() && ::rename(partial.c_str(), path.c_str()) != 0)
    done = system_error(errno, "create", path);
  if (!done.ok()) {
    ::unlink(partial.c_str());
    return done;
  }
  const FileDescriptor above(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!above.is_open() || ::fsync(above.number()) != 0)
    return system_error(errno, "sync the folder", folder);
  return {};
}

}  // namespace teiten
