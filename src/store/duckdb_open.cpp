#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <thread>

#include <fmt/format.h>

#include "store/duckdb_store.h"

namespace teiten {
namespace {

/// DuckDB's threads: counting gains little past this, and each takes memory.
constexpr unsigned kMaxThreads = 4;
/// DuckDB's own memory. The process as a whole is to stay below 300 MB; DuckDB's code and what it
/// does not count take up to 80 MB more.
constexpr std::uint64_t kMemoryMib = 128;

DuckDbOptions options_for(const std::string& path, StoreMode mode) {
  DuckDbOptions options;
  options.read_only = mode == StoreMode::read;
  // Beside an import's own threads, DuckDB's mostly wait for each other, and busily.
  options.threads = mode == StoreMode::write
                        ? 1
                        : std::clamp(std::thread::hardware_concurrency(), 1U, kMaxThreads);
  options.memory_mib = kMemoryMib;
  options.temp_directory = path + ".tmp";
  return options;
}

/// How long a command waits for another one's lock: counting holds it for a moment only, and
/// whoever imports or follows must not fail for that.
constexpr auto kLockPatience = std::chrono::seconds(1);
constexpr auto kLockRetry = std::chrono::milliseconds(10);

Error not_a_store(const std::string& path, std::string_view what) {
  return failure(ErrorCode::unsupported,
                 fmt::format("{} is {}, not a store of teiten: name another path", path, what));
}

/// Builds an empty store under another name and puts it in place when it is whole, so that a kill
/// leaves either no store or one that opens.
Result<void> create_store(const std::string& path, std::span<const SchemaStep> steps) {
  const auto folder = std::filesystem::path(path).parent_path();
  std::error_code ignored;
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) {
    return failure(
        ErrorCode::not_found,
        fmt::format("cannot make the store {}: there is no folder {}", path, folder.string()));
  }
  remove_abandoned(path);
  const std::string building = creation_path(path);
  {
    TEITEN_TRY(DuckDbConnection connection,
               DuckDbConnection::open(building, options_for(building, StoreMode::write)));
    TEITEN_CHECK(run_schema_steps(connection, steps, 0));
    TEITEN_CHECK(connection.execute("CHECKPOINT"));
  }
  // If another process was faster, its store is as good.
  const auto published = publish(building, path);
  if (!published.ok()) return published.error();
  return {};
}

bool is_lock_conflict(const Error& error) {
  return error.message.find("Could not set lock") != std::string::npos;
}

Error explain_open_failure(const std::string& path, const Error& error) {
  if (is_lock_conflict(error)) {
    // It may have let go between the two looks.
    const std::string holder = holder_of(path).value_or("another process");
    return failure(ErrorCode::busy,
                   fmt::format("the store {} is held by {}: wait until it has finished, or stop it",
                               path, holder));
  }
  const ErrorCode code = error.message.find("version number") != std::string::npos
                             ? ErrorCode::unsupported
                             : error.code;
  return failure(code, fmt::format("cannot open the store {}: {}", path, error.message));
}

Result<DuckDbConnection> connect(const std::string& path, StoreMode mode) {
  const auto until = std::chrono::steady_clock::now() + kLockPatience;
  while (true) {
    auto connection = DuckDbConnection::open(path, options_for(path, mode));
    if (connection.ok()) return connection;
    if (!is_lock_conflict(connection.error()) || std::chrono::steady_clock::now() >= until)
      return explain_open_failure(path, connection.error());
    std::this_thread::sleep_for(kLockRetry);
  }
}

Result<int> version_of(DuckDbConnection& connection, const std::string& path, int newest) {
  TEITEN_TRY(const std::optional<int> version, read_schema_version(connection));
  if (version && *version < 1) {
    return failure(
        ErrorCode::malformed,
        fmt::format("the store {} says it has version {}, which never was: it is damaged; "
                    "put back a copy of it",
                    path, *version));
  }
  if (!version) return not_a_store(path, "a DuckDB database of something else");
  if (*version > newest) {
    return failure(ErrorCode::unsupported,
                   fmt::format("the store {} has version {} and this program knows up to {}: use a "
                               "newer teiten",
                               path, *version, newest));
  }
  return *version;
}

/// Brings an older store up to date, after a copy beside it. The copy is complete and on disk
/// before the first change; the change is one transaction.
Result<DuckDbConnection> migrate(DuckDbConnection old, const std::string& path, int version,
                                 std::span<const SchemaStep> steps) {
  {
    DuckDbConnection closing = std::move(old);
    TEITEN_CHECK(closing.execute("CHECKPOINT"));
  }
  TEITEN_CHECK(copy_durably(path, fmt::format("{}.v{}-backup", path, version)));
  TEITEN_TRY(DuckDbConnection connection, connect(path, StoreMode::write));
  // Another process may have been faster between the two openings.
  TEITEN_TRY(const int now, version_of(connection, path, steps.back().version));
  TEITEN_CHECK(run_schema_steps(connection, steps, now));
  return connection;
}

}  // namespace

Result<std::unique_ptr<Store>> DuckDbStore::open(const std::string& path, StoreMode mode,
                                                 std::span<const SchemaStep> steps, StoreLoan how) {
  // First of all: also where nobody has the file open right now, the collector must know that it
  // cannot.
  std::optional<Loan> loan;
  if (how == StoreLoan::ask) {
    TEITEN_TRY(std::optional<Loan> lent, Loan::ask(path, mode));
    if (lent) loan.emplace(*std::move(lent));
  }
  TEITEN_TRY(StoreFileKind kind, look_at(path));
  if (kind == StoreFileKind::missing) {
    if (mode == StoreMode::read) {
      return failure(ErrorCode::not_found,
                     fmt::format("no store at {}: make one with teiten import FILE --store {}, or "
                                 "name another with --store",
                                 path, path));
    }
    TEITEN_CHECK(create_store(path, steps));
    kind = StoreFileKind::duckdb;
  }
  if (kind == StoreFileKind::foreign) return not_a_store(path, "another kind of file");

  TEITEN_TRY(StoreFileClaim claim, StoreFileClaim::take(path));
  TEITEN_TRY(DuckDbConnection connection, connect(path, mode));
  const int newest = steps.back().version;
  TEITEN_TRY(const int version, version_of(connection, path, newest));
  if (version < newest && mode == StoreMode::read) {
    return failure(ErrorCode::unsupported,
                   fmt::format("the store {} has the older version {}: open it once with a command "
                               "that writes (teiten import); it is brought to version {} then, "
                               "after a copy beside it",
                               path, version, newest));
  }
  if (version < newest) {
    TEITEN_TRY(DuckDbConnection migrated, migrate(std::move(connection), path, version, steps));
    return finish_open(std::move(loan), path, mode, std::move(claim), std::move(migrated));
  }
  return finish_open(std::move(loan), path, mode, std::move(claim), std::move(connection));
}

Result<std::unique_ptr<Store>> DuckDbStore::finish_open(std::optional<Loan> loan,
                                                        const std::string& path, StoreMode mode,
                                                        StoreFileClaim claim,
                                                        DuckDbConnection connection) {
  std::unique_ptr<DuckDbStore> store(
      new DuckDbStore(std::move(loan), path, mode, std::move(claim), std::move(connection)));
  TEITEN_CHECK(store->load_names());
  return std::unique_ptr<Store>(std::move(store));
}

Result<std::unique_ptr<Store>> Store::open(const std::string& location, StoreMode mode,
                                           StoreLoan loan) {
  if (location.starts_with("clickhouse://")) {
    return failure(
        ErrorCode::unsupported,
        fmt::format("{}: this version keeps stores in DuckDB files only; name a path", location));
  }
  if (location.empty())
    return failure(ErrorCode::invalid_argument, "the name of the store is empty: name a path");
  return DuckDbStore::open(location, mode, schema_steps(), loan);
}

}  // namespace teiten
