#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <duckdb.h>

#include "base/result.h"

namespace teiten {

/// How a DuckDB file is opened.
struct DuckDbOptions {
  bool read_only = false;
  unsigned threads = 1;
  std::uint64_t memory_mib = 128;
  std::string temp_directory;  ///< where DuckDB puts what does not fit into memory
  /// Statements may attach other files. Only for a connection of our own that holds no store: a
  /// view of one from elsewhere could read them.
  bool attaches_files = false;
};

/// One chunk after another of a statement's rows. Columns are read as the C types that DuckDB
/// stores (int64_t for TIMESTAMP and TIMESTAMP_NS); the statement must cast to what the reader
/// expects.
class DuckDbRows {
 public:
  explicit DuckDbRows(duckdb_result result);
  ~DuckDbRows();
  DuckDbRows(DuckDbRows&& other) noexcept;
  DuckDbRows& operator=(DuckDbRows&&) = delete;
  DuckDbRows(const DuckDbRows&) = delete;
  DuckDbRows& operator=(const DuckDbRows&) = delete;

  /// Moves on to the next chunk; false at the end.
  bool next_chunk();
  /// Rows in the current chunk.
  std::size_t size() const { return size_; }
  /// Values of a column of the current chunk. `T` must be the column's type; values that are NULL
  /// are undefined.
  template <typename T>
  const T* column(std::size_t index) const {
    return static_cast<const T*>(duckdb_vector_get_data(vector(index)));
  }
  bool is_null(std::size_t column, std::size_t row) const;
  /// A VARCHAR value of the current chunk; valid until the next one.
  std::string_view text(std::size_t column, std::size_t row) const;

 private:
  duckdb_vector vector(std::size_t column) const;
  void release_chunk();

  duckdb_result result_{};
  bool open_ = false;
  duckdb_data_chunk chunk_ = nullptr;
  std::size_t size_ = 0;
};

/// A value for a `?` of a statement.
using DuckDbValue = std::variant<std::int64_t, std::uint64_t, bool, std::string_view>;

/// An open DuckDB file and one connection to it: the C API with Result instead of states and with
/// destructors. Nothing is ever loaded or installed from the network or from elsewhere on the disk.
/// Not safe for several threads.
class DuckDbConnection {
 public:
  /// Opens the file, creating it if missing and not read-only. Errors: as error_of().
  static Result<DuckDbConnection> open(const std::string& path, const DuckDbOptions& options);
  ~DuckDbConnection();
  DuckDbConnection(DuckDbConnection&& other) noexcept;
  DuckDbConnection& operator=(DuckDbConnection&&) = delete;
  DuckDbConnection(const DuckDbConnection&) = delete;
  DuckDbConnection& operator=(const DuckDbConnection&) = delete;

  /// Runs one or more statements without values.
  Result<void> execute(const std::string& sql);
  /// Runs one statement with a value for each `?`.
  Result<DuckDbRows> query(const std::string& sql, std::initializer_list<DuckDbValue> values = {});
  duckdb_database db() const { return database_; }
  duckdb_connection handle() const { return connection_; }

 private:
  DuckDbConnection() = default;

  duckdb_database database_ = nullptr;
  duckdb_connection connection_ = nullptr;
};

/// BEGIN; rolls back when it goes out of scope without a commit().
class DuckDbTransaction {
 public:
  static Result<DuckDbTransaction> begin(DuckDbConnection& connection);
  ~DuckDbTransaction();
  DuckDbTransaction(DuckDbTransaction&& other) noexcept;
  DuckDbTransaction& operator=(DuckDbTransaction&&) = delete;
  DuckDbTransaction(const DuckDbTransaction&) = delete;
  DuckDbTransaction& operator=(const DuckDbTransaction&) = delete;
  /// After ok, what was written survives a kill and a power cut (DuckDB syncs its log).
  Result<void> commit();

 private:
  explicit DuckDbTransaction(DuckDbConnection& connection) : connection_(&connection) {}
  DuckDbConnection* connection_;
};

/// DuckDB's message as one sentence, with the code it deserves: limit_reached (memory),
/// permission_denied, io_error (disk), else internal.
Error duckdb_error(duckdb_error_type type, std::string_view message);

}  // namespace teiten
