#include <filesystem>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/command.h"
#include "store/lend.h"
#include "store/store.h"
#include "store/store_file.h"

namespace teiten {
namespace {

namespace fs = std::filesystem;

struct Options {
  std::string store = default_store();
  std::string file;
  bool replace = false;
};

Result<void> check_different(const Options& options) {
  std::error_code error;
  if (!fs::equivalent(options.file, options.store, error)) return {};
  return failure(ErrorCode::invalid_argument,
                 fmt::format("{} is the store itself: name another file", options.file));
}

/// Writes everything into the main file, so that it alone is the store, and closes it.
Result<void> settle(const std::string& path) {
  TEITEN_TRY(const auto store, Store::open(path, StoreMode::write, StoreLoan::none));
  return store->checkpoint();
}

/// A file that is to be replaced must be a store too: a slip of the pen costs nothing else.
Result<StoreFileKind> look_at_target(const std::string& path) {
  TEITEN_TRY(const StoreFileKind kind, look_at(path));
  if (kind != StoreFileKind::foreign) return kind;
  return failure(ErrorCode::invalid_argument,
                 fmt::format("{} is there and no store: name another file", path));
}

Result<std::uintmax_t> backup(const Options& options) {
  TEITEN_CHECK(check_different(options));
  TEITEN_TRY(const StoreFileKind there, look_at(options.store));
  if (there != StoreFileKind::duckdb)
    return failure(ErrorCode::not_found, fmt::format("no store at {}", options.store));
  TEITEN_TRY(const StoreFileKind target, look_at_target(options.file));
  if (target == StoreFileKind::duckdb &&
      (fs::exists(options.file + ".wal") || fs::exists(control_socket_path(options.file)) ||
       holder_of(options.file))) {
    return failure(ErrorCode::busy,
                   fmt::format("{} is a store in use, no backup: name another file", options.file));
  }
  if (target == StoreFileKind::duckdb && !options.replace) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{} is there already: --replace takes its place", options.file));
  }
  TEITEN_TRY(const std::optional<Loan> loan, Loan::ask(options.store, StoreMode::write));
  TEITEN_CHECK(settle(options.store));
  TEITEN_CHECK(copy_durably(options.store, options.file));
  return fs::file_size(options.file);
}

Result<std::uintmax_t> restore(const Options& options) {
  TEITEN_CHECK(check_different(options));
  if (fs::exists(options.file + ".wal")) {
    return failure(
        ErrorCode::invalid_argument,
        fmt::format("{0} has a log of changes beside it ({0}.wal): it is a store in use, "
                    "no backup; make one with teiten backup",
                    options.file));
  }
  {
    // That it opens and knows its version tells that it is whole enough to stand in.
    TEITEN_TRY(const auto source, Store::open(options.file, StoreMode::read, StoreLoan::none));
    TEITEN_TRY(const auto batches, source->batches());
    (void)batches;
  }
  TEITEN_TRY(const StoreFileKind target, look_at_target(options.store));
  TEITEN_TRY(const std::optional<Loan> loan, Loan::ask(options.store, StoreMode::write));
  if (target == StoreFileKind::duckdb) {
    if (!options.replace) {
      return failure(ErrorCode::invalid_argument,
                     fmt::format("there is a store at {} already: --replace puts the backup in its "
                                 "place",
                                 options.store));
    }
    // A log of changes left beside it would be taken for the backup's.
    TEITEN_CHECK(settle(options.store));
    if (fs::exists(options.store + ".wal"))
      return failure(ErrorCode::busy, fmt::format("{}.wal does not go away", options.store));
  }
  TEITEN_CHECK(copy_durably(options.file, options.store));
  return fs::file_size(options.store);
}

}  // namespace

void add_backup(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("backup", "Copy a store, also while a collector runs");
  command->add_option("FILE", options->file, "The copy")->required();
  command->add_flag("--replace", options->replace, "Also where there is an older copy: it is lost");
  command->add_option("--store", options->store, "The store")->capture_default_str();
  command->footer(
      "The collector's folder (STORE.fleet: its CA, the sensors) is no part of it.\n"
      "Example: teiten backup /backup/teiten.db");
  command->callback([options, &status] {
    const auto bytes = backup(*options);
    if (bytes.ok())
      fmt::print("{} bytes of {} are in {}\n", grouped(*bytes), options->store, options->file);
    status = bytes.ok() ? kDone : fail(bytes.error());
  });
}

void add_restore(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("restore", "Put a backup in the place of a store");
  command->add_option("FILE", options->file, "What teiten backup wrote")->required();
  command->add_option("--store", options->store, "The store")->capture_default_str();
  command->add_flag("--replace", options->replace, "Also where there is a store: it is lost");
  command->callback([options, &status] {
    const auto bytes = restore(*options);
    if (bytes.ok())
      fmt::print("{} bytes of {} are in {}\n", grouped(*bytes), options->file, options->store);
    status = bytes.ok() ? kDone : fail(bytes.error());
  });
}

}  // namespace teiten
