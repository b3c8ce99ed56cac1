#include "store/duckdb_compact.h"

#include <cstdint>
#include <string>

namespace teiten {
namespace {

struct FileUse {
  std::int64_t block_bytes = 0;
  std::int64_t total_blocks = 0;
  std::int64_t free_blocks = 0;
};

/// Rewriting costs as much as importing the same rows once more, so a large file must have more to
/// gain. What one import leaves free is a few megabytes, however large the store is.
constexpr std::int64_t kSmallFileBytes = 256 << 20;
constexpr std::int64_t kSmallFileFreePercent = 5;
constexpr std::int64_t kLargeFileFreePercent = 25;
/// The first rewriting fills the free blocks in front, the second one moves the rest down.
constexpr int kMaxRewritings = 2;

Result<FileUse> file_use(DuckDbConnection& connection) {
  FileUse use;
  TEITEN_TRY(DuckDbRows rows,
             connection.query("SELECT block_size, total_blocks, free_blocks FROM "
                              "pragma_database_size() WHERE database_name = current_database()"));
  if (rows.next_chunk()) {
    use.block_bytes = rows.column<std::int64_t>(0)[0];
    use.total_blocks = rows.column<std::int64_t>(1)[0];
    use.free_blocks = rows.column<std::int64_t>(2)[0];
  }
  return use;
}

bool worthwhile(const FileUse& use) {
  const bool small = use.total_blocks * use.block_bytes <= kSmallFileBytes;
  const std::int64_t percent = small ? kSmallFileFreePercent : kLargeFileFreePercent;
  return use.free_blocks * 100 > use.total_blocks * percent;
}

/// Statement that makes an empty table like `access` under another name; empty if it cannot be
/// told.
Result<std::string> definition_of_copy(DuckDbConnection& connection) {
  TEITEN_TRY(DuckDbRows rows,
             connection.query("SELECT sql FROM duckdb_tables() WHERE table_name = 'access' AND "
                              "schema_name = 'main' AND database_name = current_database()"));
  constexpr std::string_view kStart = "CREATE TABLE access(";
  if (!rows.next_chunk() || !rows.text(0, 0).starts_with(kStart)) return std::string();
  return "CREATE TABLE access_packed(" + std::string(rows.text(0, 0).substr(kStart.size()));
}

Result<void> rewrite_accesses(DuckDbConnection& connection, const std::string& definition) {
  TEITEN_TRY(DuckDbTransaction transaction, DuckDbTransaction::begin(connection));
  TEITEN_CHECK(connection.execute(definition));
  TEITEN_CHECK(connection.execute("INSERT INTO access_packed SELECT * FROM access"));
  TEITEN_CHECK(connection.execute("DROP TABLE access"));
  TEITEN_CHECK(connection.execute("ALTER TABLE access_packed RENAME TO access"));
  TEITEN_CHECK(transaction.commit());
  return connection.execute("CHECKPOINT");
}

}  // namespace

Result<void> checkpoint_and_compact(DuckDbConnection& connection) {
  TEITEN_CHECK(connection.execute("CHECKPOINT"));
  TEITEN_TRY(FileUse use, file_use(connection));
  if (!worthwhile(use)) return {};
  TEITEN_TRY(const std::string definition, definition_of_copy(connection));
  if (definition.empty()) return {};
  // Rows stay in the order of their batches and times: queries skip what lies outside their range.
  TEITEN_CHECK(connection.execute("SET preserve_insertion_order = true"));
  Result<void> done;
  for (int round = 0; round < kMaxRewritings && done.ok() && worthwhile(use); ++round) {
    done = rewrite_accesses(connection, definition);
    const auto now = file_use(connection);
    if (!now.ok()) return now.error();
    use = *now;
  }
  TEITEN_CHECK(connection.execute("SET preserve_insertion_order = false"));
  return done;
}

}  // namespace teiten
