#include "sense/spool_folder.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <limits>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "base/private_file.h"

namespace teiten {
namespace {

namespace fs = std::filesystem;

Error io_failure(const std::string& path, std::string_view what) {
  const ErrorCode code = errno == EACCES ? ErrorCode::permission_denied : ErrorCode::io_error;
  return failure(code, fmt::format("{}: cannot {}: {}", path, what, std::strerror(errno)));
}

/// A folder that is no link: what root gives away must be what is named.
Result<FileDescriptor> open_folder(const std::string& folder) {
  FileDescriptor file(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (file.is_open()) return file;
  return io_failure(folder, "open the spool folder (it must be a folder, and no link)");
}

Result<void> give_to(const std::string& folder, const User& user) {
  TEITEN_TRY(const FileDescriptor file, open_folder(folder));
  if (fchown(file.number(), user.id, user.group) == 0) return {};
  return io_failure(folder, "give the spool folder to " + user.name);
}

std::string epoch_path(const std::string& folder) {
  return folder + "/epoch";
}

}  // namespace

Result<void> prepare_spool_folder(const std::string& folder, const User& user) {
  struct stat status {};
  if (lstat(folder.c_str(), &status) == 0 && S_ISLNK(status.st_mode)) {
    return failure(ErrorCode::invalid_argument,
                   folder + ": is a link; name the folder itself by --spool");
  }
  if (stat(folder.c_str(), &status) == 0) {
    if (!S_ISDIR(status.st_mode)) {
      return failure(ErrorCode::invalid_argument,
                     folder + ": is no folder; name another by --spool");
    }
    // One that root has just made, or its service manager.
    std::error_code error;
    if (geteuid() != 0 || status.st_uid != 0 || !fs::is_empty(folder, error)) return {};
    return give_to(folder, user);
  }
  std::error_code error;
  const fs::path parent = fs::path(folder).parent_path();
  if (!parent.empty() && !fs::create_directories(parent, error) && error) {
    errno = error.value();
    return io_failure(parent.string(), "make the folder of the spool folder");
  }
  if (mkdir(folder.c_str(), 0700) != 0) return io_failure(folder, "make the spool folder");
  return geteuid() == 0 ? give_to(folder, user) : Result<void>();
}

Result<std::uint64_t> read_last_epoch(const std::string& folder) {
  const std::string path = epoch_path(folder);
  // Root reads what an unprivileged user has written.
  const FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file.is_open()) {
    if (errno == ENOENT) return std::uint64_t{0};
    return io_failure(path, "read");
  }
  std::array<char, 32> bytes{};
  const ssize_t size = read(file.number(), bytes.data(), bytes.size());
  if (size < 0) return io_failure(path, "read");
  std::uint64_t epoch = 0;
  const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + size, epoch);
  // An epoch is a time in microseconds: half of what 64 bits hold lies 290,000 years ahead.
  if (error != std::errc() || end == bytes.data() + size || *end != '\n' ||
      epoch > std::numeric_limits<std::uint64_t>::max() / 2) {
    return failure(ErrorCode::malformed,
                   fmt::format("{}: is no number of an epoch; if the clock is right, remove the "
                               "file",
                               path));
  }
  return epoch;
}

Result<void> write_last_epoch(const std::string& folder, std::uint64_t epoch) {
  return write_private_file(epoch_path(folder), fmt::format("{}\n", epoch));
}

Result<void> write_credentials(const std::string& folder, const Bundle& bundle,
                               UploadOptions& options) {
  const std::string tls = folder + "/tls";
  if (mkdir(tls.c_str(), 0700) != 0 && errno != EEXIST) return io_failure(tls, "make the folder");
  options.ca_file = tls + "/ca.pem";
  options.certificate_file = tls + "/certificate.pem";
  options.key_file = tls + "/key.pem";
  TEITEN_CHECK(write_private_file(options.ca_file, bundle.ca));
  TEITEN_CHECK(write_private_file(options.certificate_file, bundle.certificate));
  return write_private_file(options.key_file, bundle.key);
}

Result<void> keep_refused(const std::string& folder, const SpooledBatch& batch) {
  const std::string refused = folder + "/refused";
  if (mkdir(refused.c_str(), 0700) != 0 && errno != EEXIST)
    return io_failure(refused, "make the folder");
  std::vector<std::string> kept;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(refused, error))
    kept.push_back(entry.path().string());
  std::sort(kept.begin(), kept.end());
  for (std::size_t i = 0; i + kMaxRefusedBatches <= kept.size(); ++i)
    fs::remove(kept[i], error);
  // Both numbers with as many digits as 64 bits have: names sort as the batches came.
  return write_private_file(
      fmt::format("{}/{:020}-{:020}.batch", refused, batch.epoch, batch.sequence), batch.bytes);
}

}  // namespace teiten
