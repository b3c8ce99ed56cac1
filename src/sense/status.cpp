#include "sense/status.h"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "net/time.h"

namespace teiten {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMaxQuestionBytes = 64;
constexpr std::size_t kMaxAnswerBytes = 1U << 20;
constexpr int kQuestionMilliseconds = 250;
constexpr int kAnswerMilliseconds = 5000;

Result<sockaddr_un> socket_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{}: too long a path for a socket (most: {} bytes); give a shorter "
                               "--spool",
                               path, sizeof address.sun_path - 1));
  }
  std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
  return address;
}

std::string instant(std::int64_t microseconds) {
  return microseconds == 0 ? "" : format_utc(from_microseconds(microseconds));
}

/// Waits for the socket until the time is over.
class Patience {
 public:
  explicit Patience(int milliseconds)
      : end_(std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds)) {}
  bool wait(int socket, short events) const {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(end_ - std::chrono::steady_clock::now());
    pollfd wait{socket, events, 0};
    return left.count() > 0 && poll(&wait, 1, static_cast<int>(left.count())) > 0;
  }

 private:
  std::chrono::steady_clock::time_point end_;
};

/// What comes until the other side ends, a line feed (if `line`), or patience does.
std::string read_some(int socket, std::size_t most, int milliseconds, bool line) {
  std::string text;
  std::array<char, 4096> part;
  const Patience patience(milliseconds);
  while (text.size() < most && patience.wait(socket, POLLIN)) {
    const ssize_t size =
        recv(socket, part.data(), std::min(part.size(), most - text.size()), MSG_DONTWAIT);
    if (size <= 0) break;
    text.append(part.data(), static_cast<std::size_t>(size));
    if (line && text.find('\n') != std::string::npos) break;
  }
  return text;
}

void write_all(int socket, std::string_view text, int milliseconds) {
  const Patience patience(milliseconds);
  while (!text.empty()) {
    const ssize_t size = send(socket, text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size > 0) {
      text.remove_prefix(static_cast<std::size_t>(size));
      continue;
    }
    if (size < 0 && errno != EAGAIN) return;
    if (!patience.wait(socket, POLLOUT)) return;
  }
}

}  // namespace

std::string status_json(const SensorStatus& status) {
  Json json;
  json["sensor"] = status.sensor;
  json["version"] = status.version;
  json["uptime_seconds"] = status.uptime_seconds;
  json["frames"] = status.frames;
  json["packets_unsolicited"] = status.packets_unsolicited;
  json["dropped"] = status.dropped;
  json["epoch"] = status.epoch;
  json["watched_to"] = instant(status.watched_to);
  json["batches"] = status.batches;
  json["batches_unkept"] = status.unkept;
  json["batches_acknowledged"] = status.acknowledged;
  json["batches_refused"] = status.refused;
  json["upload_failures"] = status.failures;
  json["last_acknowledged"] = instant(status.last_acknowledged);
  json["last_error"] = status.last_error;
  json["collectors"] = status.collectors;
  json["spool"]["batches"] = status.spool.batches;
  json["spool"]["bytes"] = status.spool.bytes;
  json["spool"]["limit_bytes"] = status.spool.limit_bytes;
  json["spool"]["discarded_batches"] = status.spool.discarded_batches;
  json["spool"]["damaged_records"] = status.spool.damaged_records;
  // What a library says in an error need not be UTF-8.
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string status_metrics(const SensorStatus& status) {
  std::string text;
  const auto add = [&text](std::string_view name, std::string_view type, std::string_view help,
                           double value) {
    text += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n{0} {3}\n", name, help, type, value);
  };
  const auto number = [](std::uint64_t value) { return static_cast<double>(value); };
  add("teiten_sensor_uptime_seconds", "gauge", "Seconds since the sensor was started.",
      number(status.uptime_seconds));
  add("teiten_sensor_frames_total", "counter", "Frames captured.", number(status.frames));
  add("teiten_sensor_unsolicited_packets_total", "counter", "Packets that nobody asked for.",
      number(status.packets_unsolicited));
  add("teiten_sensor_dropped_total", "counter", "Frames lost before they were looked at or kept.",
      number(status.dropped));
  add("teiten_sensor_watched_to_timestamp_seconds", "gauge",
      "End of the latest batch, in seconds since 1970.",
      static_cast<double>(status.watched_to) / 1e6);
  add("teiten_sensor_batches_total", "counter", "Batches made.", number(status.batches));
  add("teiten_sensor_batches_unkept_total", "counter", "Batches that could not be spooled.",
      number(status.unkept));
  add("teiten_sensor_batches_acknowledged_total", "counter",
      "Batches that the collector has acknowledged.", number(status.acknowledged));
  add("teiten_sensor_batches_refused_total", "counter",
      "Batches that the collector will never take; they are kept aside.", number(status.refused));
  add("teiten_sensor_upload_failures_total", "counter", "Attempts to send that failed.",
      number(status.failures));
  add("teiten_sensor_last_acknowledged_timestamp_seconds", "gauge",
      "When the collector last acknowledged, in seconds since 1970; 0 for never.",
      static_cast<double>(status.last_acknowledged) / 1e6);
  add("teiten_sensor_spool_batches", "gauge", "Batches that wait for their acknowledgement.",
      number(status.spool.batches));
  add("teiten_sensor_spool_bytes", "gauge", "Bytes of the batches that wait.",
      number(status.spool.bytes));
  add("teiten_sensor_spool_limit_bytes", "gauge", "Bytes that may wait.",
      number(status.spool.limit_bytes));
  add("teiten_sensor_spool_discarded_batches_total", "counter",
      "Batches pushed out of the spool before they were sent.",
      number(status.spool.discarded_batches));
  return text;
}

Result<std::string> status_text(const std::string& json) {
  const Json status = Json::parse(json, nullptr, false);
  if (!status.is_object())
    return failure(ErrorCode::malformed,
                   "the sensor's answer is no status; is it another version?");
  std::string text;
  const auto add = [&text](const std::string& name, const Json& value) {
    const std::string shown = value.is_string() ? value.get<std::string>() : value.dump();
    const bool none = shown.empty() || shown == "[]";
    text += fmt::format("{:<26} {}\n", name, none ? std::string_view("-") : shown);
  };
  for (const auto& [name, value] : status.items()) {
    if (!value.is_object()) {
      add(name, value);
      continue;
    }
    for (const auto& [inner, inner_value] : value.items())
      add(name + "_" + inner, inner_value);
  }
  return text;
}

std::string status_socket_path(const std::string& spool) {
  return spool + "/status.sock";
}

Result<StatusSocket> StatusSocket::open(const std::string& spool) {
  const std::string path = status_socket_path(spool);
  TEITEN_TRY(const sockaddr_un address, socket_address(path));
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  unlink(path.c_str());  // of a sensor that was killed: the spool's lock tells that none runs
  if (!socket.is_open() ||
      bind(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), 0660) != 0 || listen(socket.number(), 8) != 0) {
    return failure(ErrorCode::io_error, fmt::format("{}: cannot make the status socket: {}", path,
                                                    std::strerror(errno)));
  }
  return StatusSocket(std::move(socket));
}

void StatusSocket::answer(const std::function<SensorStatus()>& status) const {
  const FileDescriptor asking(accept4(socket_.number(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!asking.is_open()) return;
  const std::string question =
      read_some(asking.number(), kMaxQuestionBytes, kQuestionMilliseconds, true);
  if (question == "status\n")
    write_all(asking.number(), status_json(status()), kQuestionMilliseconds);
  if (question == "metrics\n")
    write_all(asking.number(), status_metrics(status()), kQuestionMilliseconds);
}

Result<std::string> ask_sensor(const std::string& spool, const std::string& question) {
  const std::string path = status_socket_path(spool);
  TEITEN_TRY(const sockaddr_un address, socket_address(path));
  const FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open() ||
      connect(socket.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const ErrorCode code = errno == EACCES ? ErrorCode::permission_denied : ErrorCode::not_found;
    return failure(code, fmt::format("{}: no sensor answers here: {}; --spool names its folder",
                                     path, std::strerror(errno)));
  }
  write_all(socket.number(), question + "\n", kAnswerMilliseconds);
  std::string answer = read_some(socket.number(), kMaxAnswerBytes, kAnswerMilliseconds, false);
  if (answer.empty())
    return failure(ErrorCode::io_error, fmt::format("{}: the sensor does not answer", path));
  return answer;
}

}  // namespace teiten
