#include "capture/spool.h"

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <memory>

#include <fcntl.h>
#include <fmt/format.h>

namespace teiten {
namespace {

constexpr std::size_t kCopyBytes = std::size_t{1} << 18;

std::string spool_directory() {
  const char* directory = std::getenv("TMPDIR");
  return directory != nullptr && *directory != '\0' ? directory : "/var/tmp";
}

/// A file without a name; file systems that cannot do that get one that is unlinked at once.
Result<FileDescriptor> unnamed_file(const std::string& directory, const std::string& name) {
  FileDescriptor file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (!file.is_open()) {
    std::string path = directory + "/teiten-XXXXXX";
    file = FileDescriptor(::mkostemp(path.data(), O_CLOEXEC));
    if (file.is_open()) ::unlink(path.c_str());
  }
  if (!file.is_open()) {
    return failure(ErrorCode::io_error,
                   fmt::format("{}: cannot make a temporary file in {}: {}; set TMPDIR to a "
                               "directory that can be written to",
                               name, directory, std::strerror(errno)));
  }
  return file;
}

bool write_all(int file, const std::byte* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t written = ::write(file, bytes, size);
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    bytes += written;
    size -= static_cast<std::size_t>(written);
  }
  return true;
}

}  // namespace

Result<FileDescriptor> spool_to_unnamed_file(int source, const std::string& name) {
  const std::string directory = spool_directory();
  TEITEN_TRY(FileDescriptor file, unnamed_file(directory, name));
  const auto buffer = std::make_unique<std::byte[]>(kCopyBytes);
  while (true) {
    const ssize_t count = ::read(source, buffer.get(), kCopyBytes);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return failure(ErrorCode::io_error,
                     fmt::format("{}: cannot be read: {}", name, std::strerror(errno)));
    }
    if (count == 0) return file;
    if (!write_all(file.number(), buffer.get(), static_cast<std::size_t>(count))) {
      return failure(
          ErrorCode::io_error,
          fmt::format("{}: its temporary copy in {} cannot be written: {}; set TMPDIR to "
                      "a directory with more room",
                      name, directory, std::strerror(errno)));
    }
  }
}

}  // namespace teiten
