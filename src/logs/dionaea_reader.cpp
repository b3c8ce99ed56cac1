#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <mutex>

#include <fcntl.h>
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "logs/dionaea_sqlite.h"
#include "logs/formats.h"

namespace teiten {
namespace {

constexpr std::string_view kMagic{"SQLite format 3\0", 16};
constexpr int kStepsBetweenLooks = 100'000;

constexpr const char* kQuery =
    "SELECT rowid, connection_type, connection_transport, connection_timestamp, local_host, "
    "local_port, remote_host, remote_port, connection_protocol FROM main.connections ORDER BY "
    "rowid";

/// True if the file itself, not what a decompressor makes of it, is a database.
bool is_plain_database(const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  char begin[kMagic.size()] = {};
  return file.is_open() && ::pread(file.number(), begin, sizeof begin, 0) == sizeof begin &&
         std::string_view(begin, sizeof begin) == kMagic;
}

/// A path inside a URI: letters, digits and what no URI gives a meaning to; the rest as %XX.
std::string as_uri(const std::string& path) {
  std::string uri = "file:";
  for (const char c : path) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '/' || c == '.' || c == '-' || c == '_';
    uri += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri + "?mode=ro&immutable=1";
}

/// A file that vanishes with this object, if it was made by create().
class TemporaryFile {
 public:
  TemporaryFile() = default;
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!path_.empty()) ::unlink(path_.c_str());
  }
  const std::string& path() const { return path_; }

  /// Copies what is left of the input.
  Result<void> create(Input& input) {
    const char* folder = std::getenv("TMPDIR");
    path_ =
        fmt::format("{}/teiten-XXXXXX", folder == nullptr || *folder == '\0' ? "/var/tmp" : folder);
    const FileDescriptor file(::mkostemp(path_.data(), O_CLOEXEC));
    if (!file.is_open()) {
      const std::string place = std::exchange(path_, std::string());
      return failure(ErrorCode::io_error,
                     fmt::format("{}: cannot create a temporary file at {}: {}", input.name(),
                                 place, std::strerror(errno)));
    }
    while (true) {
      TEITEN_TRY(auto bytes, input.read(std::size_t{1} << 20));
      if (bytes.empty()) return {};
      while (!bytes.empty()) {
        const ssize_t written = ::write(file.number(), bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) {
          return failure(ErrorCode::io_error,
                         fmt::format("{}: cannot copy it to a temporary file: {}", input.name(),
                                     std::strerror(errno)));
        }
        bytes = bytes.subspan(static_cast<std::size_t>(written));
      }
    }
  }

 private:
  std::string path_;
};

std::string_view text_at(sqlite3_stmt* statement, int column) {
  const unsigned char* text = sqlite3_column_text(statement, column);
  if (text == nullptr) return {};
  return {reinterpret_cast<const char*>(text),
          static_cast<std::size_t>(sqlite3_column_bytes(statement, column))};
}

}  // namespace

struct DionaeaReader::Database {
  sqlite3* connection = nullptr;
  sqlite3_stmt* rows = nullptr;
  int looks_left = 0;
  std::optional<std::int64_t> last_row;

  Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    sqlite3_finalize(rows);
    sqlite3_close(connection);
  }

  /// Called by SQLite: non-zero ends a search that finds no row.
  static int count_steps(void* self) { return --static_cast<Database*>(self)->looks_left <= 0; }
  void start_row() { looks_left = kMaxStepsToRow / kStepsBetweenLooks; }

  int open(const std::string& path);
  void restrict();
};

int DionaeaReader::Database::open(const std::string& path) {
  sqlite3_hard_heap_limit64(kMaxMemoryBytes);
  const int status =
      sqlite3_open_v2(as_uri(path).c_str(), &connection,
                      SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, "unix-none");
  if (status != SQLITE_OK) return status;
  restrict();
  start_row();
  sqlite3_progress_handler(connection, kStepsBetweenLooks, count_steps, this);
  return sqlite3_prepare_v2(connection, kQuery, -1, &rows, nullptr);
}

void DionaeaReader::Database::restrict() {
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, kMaxValueBytes);
  sqlite3_limit(connection, SQLITE_LIMIT_COLUMN, 200);
  sqlite3_limit(connection, SQLITE_LIMIT_EXPR_DEPTH, 20);
  sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0);
  sqlite3_limit(connection, SQLITE_LIMIT_WORKER_THREADS, 0);
  sqlite3_exec(connection, "PRAGMA cell_size_check=ON; PRAGMA mmap_size=0; PRAGMA query_only=ON",
               nullptr, nullptr, nullptr);
}

DionaeaReader::DionaeaReader(std::string name)
    : database_(std::make_unique<Database>()), name_(std::move(name)) {}
DionaeaReader::~DionaeaReader() = default;

Result<std::unique_ptr<LogReader>> DionaeaReader::open(Input& input,
                                                       const LogOptions& /*options*/) {
  auto reader = std::make_unique<DionaeaReader>(input.name());
  TemporaryFile copy;
  std::string path = input.name();
  if (!is_plain_database(path)) {
    TEITEN_CHECK(copy.create(input));
    path = copy.path();
  }
  // An absolute path cannot be taken for a scheme or an authority.
  char* absolute = ::realpath(path.c_str(), nullptr);
  if (absolute != nullptr) path = absolute;
  std::free(absolute);
  if (reader->database_->open(path) != SQLITE_OK) {
    return failure(ErrorCode::malformed,
                   fmt::format("{}: a SQLite database, but not one of Dionaea's: {}", input.name(),
                               sqlite3_errmsg(reader->database_->connection)));
  }
  return std::unique_ptr<LogReader>(std::move(reader));
}

Result<bool> DionaeaReader::read(LogLine& line) {
  if (warning_) return false;
  Database& database = *database_;
  database.start_row();
  const int status = sqlite3_step(database.rows);
  if (status == SQLITE_DONE) return false;
  const std::int64_t row = status == SQLITE_ROW ? sqlite3_column_int64(database.rows, 0) : 0;
  if (status != SQLITE_ROW || (database.last_row && row <= *database.last_row)) {
    // A tree whose branches meet again would give its rows for ever.
    warning_ = fmt::format(
        "{}: the database is damaged after row {}: {}", name_, lines_,
        status == SQLITE_ROW ? "rows out of order" : sqlite3_errmsg(database.connection));
    return false;
  }
  database.last_row = row;
  line.number = line.line = ++lines_;
  DionaeaConnection connection;
  connection.type = text_at(database.rows, 1);
  connection.transport = text_at(database.rows, 2);
  const int kind = sqlite3_column_type(database.rows, 3);
  if (kind == SQLITE_INTEGER || kind == SQLITE_FLOAT) {
    connection.time = sqlite3_column_double(database.rows, 3);
  }
  connection.local_host = text_at(database.rows, 4);
  connection.local_port = text_at(database.rows, 5);
  connection.remote_host = text_at(database.rows, 6);
  connection.remote_port = text_at(database.rows, 7);
  connection.service = text_at(database.rows, 8);
  line.rejection = read_dionaea_connection(connection, line.packet);
  if (line.rejection != Rejection::none) {
    raw_ = fmt::format("{} {} {} {}:{} <- {}:{}", connection.type, connection.transport,
                       text_at(database.rows, 3).substr(0, 64), connection.local_host.substr(0, 64),
                       connection.local_port.substr(0, 64), connection.remote_host.substr(0, 64),
                       connection.remote_port.substr(0, 64));
    line.raw = std::string_view(raw_).substr(0, kMaxRawBytes);
  }
  return true;
}

bool DionaeaReader::recognises(std::string_view beginning) {
  return beginning.starts_with(kMagic);
}

LogFormat dionaea_sqlite_format() {
  LogFormat format;
  format.name = "dionaea-sqlite";
  format.title = "Dionaea's SQLite database (log_sqlite)";
  format.recognises = [](const LogBeginning& beginning) {
    return DionaeaReader::recognises(beginning.text);
  };
  format.open = DionaeaReader::open;
  return format;
}

}  // namespace teiten
