#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "wire/spool.h"

namespace teiten {

/// What a running sensor tells of itself; counts are since its start.
struct SensorStatus {
  std::string sensor;
  std::string version;
  std::uint64_t uptime_seconds = 0;
  std::uint64_t frames = 0;
  std::uint64_t packets_unsolicited = 0;
  std::uint64_t dropped = 0;
  std::uint64_t epoch = 0;      ///< of the latest batch; 0: there is none yet
  std::int64_t watched_to = 0;  ///< end of the latest batch, µs since 1970
  std::uint64_t batches = 0;
  std::uint64_t unkept = 0;  ///< batches that could not be spooled
  std::uint64_t acknowledged = 0;
  std::uint64_t refused = 0;
  std::uint64_t failures = 0;           ///< attempts to send that failed
  std::int64_t last_acknowledged = 0;   ///< µs since 1970; 0: never
  std::string last_error;               ///< of spool and upload
  std::vector<std::string> collectors;  ///< empty: --no-upload
  SpoolStatus spool;
};

std::string status_json(const SensorStatus& status);
/// Prometheus text exposition, with help and unit for each.
std::string status_metrics(const SensorStatus& status);
/// For a person, of status_json(). Errors: malformed.
Result<std::string> status_text(const std::string& json);

/// The name of the socket in the spool folder.
std::string status_socket_path(const std::string& spool);

/// Answers on the status socket: one question ("status" or "metrics") a connection.
class StatusSocket {
 public:
  /// Errors: invalid_argument (the path is too long for a socket), io_error.
  static Result<StatusSocket> open(const std::string& spool);
  int descriptor() const { return socket_.number(); }
  /// Answers one connection that waits; takes no longer than a second, whoever asks.
  void answer(const std::function<SensorStatus()>& status) const;

 private:
  explicit StatusSocket(FileDescriptor socket) : socket_(std::move(socket)) {}
  FileDescriptor socket_;
};

/// What the sensor with this spool answers. Errors: not_found (it is not running),
/// permission_denied, io_error.
Result<std::string> ask_sensor(const std::string& spool, const std::string& question);

}  // namespace teiten
