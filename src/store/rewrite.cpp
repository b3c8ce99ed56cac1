#include "store/rewrite.h"

#include <cerrno>
#include <chrono>
#include <filesystem>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "base/system_error.h"
#include "store/duckdb_connection.h"
#include "store/store_file.h"

namespace teiten {
namespace {

constexpr std::uint64_t kMemoryMib = 128;
/// Whoever opened the old file just before it lost its name finds it locked for so long, and tries
/// again with the new one.
constexpr auto kHoldOld = std::chrono::milliseconds(200);

std::string literal(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted + "'";
}

/// The new file belongs to whom the old one did, and is on the disk.
Result<void> settle_like(const std::string& old, const std::string& fresh) {
  struct stat status {};
  const FileDescriptor fd(::open(fresh.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd.is_open() || ::stat(old.c_str(), &status) != 0) return system_error(errno, "open", fresh);
  if (::fchmod(fd.number(), status.st_mode & 07777) != 0)
    return system_error(errno, "protect", fresh);
  if (::geteuid() == 0 && ::fchown(fd.number(), status.st_uid, status.st_gid) != 0)
    return system_error(errno, "protect", fresh);
  if (::fsync(fd.number()) != 0) return system_error(errno, "sync", fresh);
  return {};
}

/// Writes what the log of changes holds into the file, so that this alone is the store.
Result<void> settle(const std::string& path) {
  DuckDbOptions options;
  options.memory_mib = kMemoryMib;
  options.temp_directory = path + ".tmp";
  TEITEN_TRY(DuckDbConnection connection, DuckDbConnection::open(path, options));
  return connection.execute("CHECKPOINT");
}

Result<void> copy_and_replace(const std::string& path, const std::string& fresh) {
  TEITEN_CHECK(settle(path));
  DuckDbOptions options;
  options.memory_mib = kMemoryMib;
  options.temp_directory = fresh + ".tmp";
  options.attaches_files = true;
  TEITEN_TRY(DuckDbConnection connection, DuckDbConnection::open(":memory:", options));
  // Rows stay in the order of their batches and times: queries skip what lies outside their range.
  TEITEN_CHECK(connection.execute("SET preserve_insertion_order = true"));
  TEITEN_CHECK(connection.execute(fmt::format("ATTACH {} AS old (READ_ONLY)", literal(path))));
  TEITEN_CHECK(connection.execute(fmt::format("ATTACH {} AS fresh", literal(fresh))));
  TEITEN_CHECK(connection.execute("COPY FROM DATABASE old TO fresh"));
  TEITEN_CHECK(connection.execute("CHECKPOINT fresh"));
  TEITEN_CHECK(connection.execute("DETACH fresh"));
  TEITEN_CHECK(settle_like(path, fresh));
  if (::rename(fresh.c_str(), path.c_str()) != 0) return system_error(errno, "replace", path);
  std::this_thread::sleep_for(kHoldOld);
  return {};
}

}  // namespace

Result<void> rewrite_store(const std::string& path) {
  TEITEN_TRY(const StoreFileClaim claim, StoreFileClaim::take(path));
  remove_abandoned(path);
  const std::string fresh = creation_path(path);
  auto done = copy_and_replace(path, fresh);
  std::error_code ignored;
  for (const char* const rest : {"", ".wal", ".tmp"})
    std::filesystem::remove_all(fresh + rest, ignored);
  if (!done.ok() && done.error().message.find("lock") != std::string::npos) {
    return failure(ErrorCode::busy,
                   fmt::format("the store {} is held by {}: try again when it has finished", path,
                               holder_of(path).value_or("another process")));
  }
  if (!done.ok()) return done;
  return sync_folder_of(path);
}

}  // namespace teiten
