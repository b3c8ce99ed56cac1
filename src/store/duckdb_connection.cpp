#include "store/duckdb_connection.h"

#include <utility>

#include <fmt/format.h>

namespace teiten {
namespace {

struct ConfigDeleter {
  void operator()(duckdb_config config) const { duckdb_destroy_config(&config); }
};
using ConfigPointer = std::unique_ptr<std::remove_pointer_t<duckdb_config>, ConfigDeleter>;

struct StatementDeleter {
  void operator()(duckdb_prepared_statement statement) const { duckdb_destroy_prepare(&statement); }
};
using StatementPointer =
    std::unique_ptr<std::remove_pointer_t<duckdb_prepared_statement>, StatementDeleter>;

Result<ConfigPointer> make_config(const DuckDbOptions& options) {
  duckdb_config raw = nullptr;
  if (duckdb_create_config(&raw) != DuckDBSuccess)
    return failure(ErrorCode::internal, "DuckDB gave no configuration");
  ConfigPointer config(raw);
  const std::pair<const char*, std::string> settings[] = {
      {"access_mode", options.read_only ? "READ_ONLY" : "READ_WRITE"},
      {"threads", std::to_string(options.threads)},
      {"memory_limit", fmt::format("{}MiB", options.memory_mib)},
      {"temp_directory", options.temp_directory},
      // Each checkpoint rewrites the last, partly filled row group and leaves its old blocks free:
      // with DuckDB's 16 MiB of log an import's file was an eighth larger and a third slower.
      {"checkpoint_threshold", "64MiB"},
      // Of new stores. With DuckDB's 256 KiB the columns of a row group leave 7 % of their blocks
      // empty; with 64 KiB its dictionaries no longer fit and take a third more.
      {"default_block_size", "131072"},
      {"preserve_insertion_order", "false"},
      {"autoinstall_known_extensions", "false"},
      {"autoload_known_extensions", "false"},
      {"allow_community_extensions", "false"},
      // A store from elsewhere could hold a view that reads other files or the network.
      {"enable_external_access", options.attaches_files ? "true" : "false"},
  };
  for (const auto& [name, value] : settings) {
    if (duckdb_set_config(config.get(), name, value.c_str()) != DuckDBSuccess)
      return failure(ErrorCode::internal, fmt::format("DuckDB {} refused its setting {} = {}",
                                                      duckdb_library_version(), name, value));
  }
  return config;
}

bool bind(duckdb_prepared_statement statement, idx_t index, const DuckDbValue& value) {
  struct Visitor {
    duckdb_prepared_statement statement;
    idx_t index;
    duckdb_state operator()(std::int64_t v) { return duckdb_bind_int64(statement, index, v); }
    duckdb_state operator()(std::uint64_t v) { return duckdb_bind_uint64(statement, index, v); }
    duckdb_state operator()(bool v) { return duckdb_bind_boolean(statement, index, v); }
    duckdb_state operator()(std::string_view v) {
      return duckdb_bind_varchar_length(statement, index, v.data(), v.size());
    }
  };
  return std::visit(Visitor{statement, index}, value) == DuckDBSuccess;
}

}  // namespace

Error duckdb_error(duckdb_error_type type, std::string_view message) {
  const std::string_view line = message.substr(0, message.find('\n'));
  ErrorCode code = ErrorCode::internal;
  std::string_view advice;
  if (type == DUCKDB_ERROR_OUT_OF_MEMORY || line.starts_with("Out of Memory")) {
    code = ErrorCode::limit_reached;
    advice = " (ask for a shorter time or fewer dimensions)";
  } else if (line.find("No space left") != std::string_view::npos ||
             line.find("File too large") != std::string_view::npos) {
    code = ErrorCode::io_error;
    advice = " (make room and run the same command again; nothing that was committed is lost)";
  } else if (line.find("checksum") != std::string_view::npos ||
             line.find("orrupt") != std::string_view::npos) {
    code = ErrorCode::malformed;
    advice = " (the store is damaged: put back a copy of it, or import its inputs into a new one)";
  } else if (line.find("Permission denied") != std::string_view::npos) {
    code = ErrorCode::permission_denied;
  } else if (type == DUCKDB_ERROR_IO || line.starts_with("IO Error")) {
    code = ErrorCode::io_error;
  }
  return failure(code, fmt::format("DuckDB: {}{}", line, advice));
}

DuckDbRows::DuckDbRows(duckdb_result result) : result_(result), open_(true) {}

DuckDbRows::DuckDbRows(DuckDbRows&& other) noexcept
    : result_(other.result_),
      open_(std::exchange(other.open_, false)),
      chunk_(std::exchange(other.chunk_, nullptr)),
      size_(other.size_) {}

DuckDbRows::~DuckDbRows() {
  release_chunk();
  if (open_) duckdb_destroy_result(&result_);
}

void DuckDbRows::release_chunk() {
  if (chunk_ != nullptr) duckdb_destroy_data_chunk(&chunk_);
  chunk_ = nullptr;
}

bool DuckDbRows::next_chunk() {
  release_chunk();
  chunk_ = duckdb_fetch_chunk(result_);
  size_ = chunk_ == nullptr ? 0 : duckdb_data_chunk_get_size(chunk_);
  return size_ > 0;
}

duckdb_vector DuckDbRows::vector(std::size_t column) const {
  return duckdb_data_chunk_get_vector(chunk_, column);
}

bool DuckDbRows::is_null(std::size_t column, std::size_t row) const {
  std::uint64_t* validity = duckdb_vector_get_validity(vector(column));
  return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
}

std::string_view DuckDbRows::text(std::size_t column, std::size_t row) const {
  if (is_null(column, row)) return {};
  auto* strings = static_cast<duckdb_string_t*>(duckdb_vector_get_data(vector(column)));
  return {duckdb_string_t_data(&strings[row]), duckdb_string_t_length(strings[row])};
}

Result<DuckDbConnection> DuckDbConnection::open(const std::string& path,
                                                const DuckDbOptions& options) {
  TEITEN_TRY(const ConfigPointer config, make_config(options));
  DuckDbConnection connection;
  char* message = nullptr;
  if (duckdb_open_ext(path.c_str(), &connection.database_, config.get(), &message) !=
      DuckDBSuccess) {
    const Error error =
        duckdb_error(DUCKDB_ERROR_INVALID, message == nullptr ? "cannot open the file" : message);
    duckdb_free(message);
    return error;
  }
  if (duckdb_connect(connection.database_, &connection.connection_) != DuckDBSuccess)
    return failure(ErrorCode::internal, fmt::format("DuckDB gave no connection to {}", path));
  return connection;
}

DuckDbConnection::DuckDbConnection(DuckDbConnection&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)),
      connection_(std::exchange(other.connection_, nullptr)) {}

DuckDbConnection::~DuckDbConnection() {
  if (connection_ != nullptr) duckdb_disconnect(&connection_);
  if (database_ != nullptr) duckdb_close(&database_);
}

Result<void> DuckDbConnection::execute(const std::string& sql) {
  duckdb_result result{};
  const bool ok = duckdb_query(connection_, sql.c_str(), &result) == DuckDBSuccess;
  const DuckDbRows rows(result);
  if (ok) return {};
  const char* message = duckdb_result_error(&result);
  return duckdb_error(duckdb_result_error_type(&result), message == nullptr ? "" : message);
}

Result<DuckDbRows> DuckDbConnection::query(const std::string& sql,
                                           std::initializer_list<DuckDbValue> values) {
  duckdb_prepared_statement raw = nullptr;
  const bool prepared = duckdb_prepare(connection_, sql.c_str(), &raw) == DuckDBSuccess;
  const StatementPointer statement(raw);
  if (!prepared) {
    const char* message = raw == nullptr ? nullptr : duckdb_prepare_error(raw);
    return duckdb_error(DUCKDB_ERROR_INVALID, message == nullptr ? "" : message);
  }
  idx_t index = 0;
  for (const DuckDbValue& value : values) {
    if (!bind(statement.get(), ++index, value))
      return failure(ErrorCode::internal, fmt::format("DuckDB took no value {} of {}", index, sql));
  }
  duckdb_result result{};
  const bool ok = duckdb_execute_prepared(statement.get(), &result) == DuckDBSuccess;
  DuckDbRows rows(result);
  if (ok) return rows;
  const char* message = duckdb_result_error(&result);
  return duckdb_error(duckdb_result_error_type(&result), message == nullptr ? "" : message);
}

Result<DuckDbTransaction> DuckDbTransaction::begin(DuckDbConnection& connection) {
  TEITEN_CHECK(connection.execute("BEGIN TRANSACTION"));
  return DuckDbTransaction(connection);
}

DuckDbTransaction::DuckDbTransaction(DuckDbTransaction&& other) noexcept
    : connection_(std::exchange(other.connection_, nullptr)) {}

DuckDbTransaction::~DuckDbTransaction() {
  // Nothing can be done about a rollback that fails: the transaction is not committed either way.
  if (connection_ != nullptr) (void)connection_->execute("ROLLBACK");
}

Result<void> DuckDbTransaction::commit() {
  DuckDbConnection* connection = std::exchange(connection_, nullptr);
  auto committed = connection->execute("COMMIT");
  if (!committed.ok()) (void)connection->execute("ROLLBACK");
  return committed;
}

}  // namespace teiten
