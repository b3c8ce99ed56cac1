#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/log_reader.h"

namespace teiten {

/// One row of Dionaea's table `connections` (log_sqlite, before 0.4.0 logsql).
struct DionaeaConnection {
  std::string_view type;       ///< accept, reject, connect, listen, pending
  std::string_view transport;  ///< tcp, udp, tls
  std::optional<double> time;  ///< seconds since 1970
  std::string_view local_host, local_port, remote_host, remote_port;
  std::string_view service = {};  ///< what Dionaea calls protocol: smbd, SipSession
};

/// A connection that somebody made to the honeypot; else what dionaea_direction() says.
Rejection read_dionaea_connection(const DionaeaConnection& connection, Packet& packet);

/// Dionaea's SQLite database, read-only and as it lies there: neither a write-ahead log nor a
/// journal beside it is looked at. A database is a program of its own when it is hostile: triggers,
/// views, extensions and functions of the schema are off, memory and row sizes are bounded, and
/// rows must come in rising order of their number.
class DionaeaReader final : public LogReader {
 public:
  /// malformed where it is no database or has no such table.
  static Result<std::unique_ptr<LogReader>> open(Input& input, const LogOptions& options);
  static bool recognises(std::string_view beginning);

  /// `name` is that of the input.
  explicit DionaeaReader(std::string name);
  ~DionaeaReader() override;

  const std::vector<std::string>& sensor_names() const override { return no_names_; }
  std::string_view format() const override { return "dionaea-sqlite"; }
  std::uint64_t lines() const override { return lines_; }
  const std::optional<std::string>& warning() const override { return warning_; }

  /// Longest value or row; memory of all of SQLite.
  static constexpr int kMaxValueBytes = 1 << 20;
  static constexpr std::int64_t kMaxMemoryBytes = std::int64_t{64} << 20;
  /// Steps of SQLite's machine from one row to the next; a whole database needs dozens.
  static constexpr int kMaxStepsToRow = 100'000'000;

 private:
  Result<bool> read(LogLine& line) override;
  struct Database;

  std::unique_ptr<Database> database_;
  std::string name_;
  std::vector<std::string> no_names_;
  std::optional<std::string> warning_;
  std::string raw_;  ///< of the row rejected last, as text
  std::uint64_t lines_ = 0;
};

}  // namespace teiten
