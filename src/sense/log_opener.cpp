#include "sense/log_opener.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include "capture/rotations.h"
#include "sense/log_channel.h"

namespace teiten {
namespace {

/// A file for reading, and no pipe or device that could make somebody wait.
Result<FileDescriptor> open_regular(const std::string& path, struct stat& status) {
  FileDescriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (!file.is_open()) {
    const int reason = errno;
    const ErrorCode code = reason == ENOENT                      ? ErrorCode::not_found
                           : reason == EACCES || reason == EPERM ? ErrorCode::permission_denied
                                                                 : ErrorCode::io_error;
    return failure(code, fmt::format("{}: cannot be opened: {}", path, std::strerror(reason)));
  }
  if (fstat(file.number(), &status) != 0 || !S_ISREG(status.st_mode))
    return failure(ErrorCode::unsupported,
                   fmt::format("{}: only a plain text file can be followed", path));
  return file;
}

}  // namespace

Result<void> LogOpener::check() const {
  struct stat status {};
  const auto file = open_regular(path_, status);
  if (file.ok() || file.error().code == ErrorCode::not_found) return {};
  if (file.error().code != ErrorCode::permission_denied) return file.error();
  return failure(ErrorCode::permission_denied,
                 file.error().message +
                     "; let the sensor's user read it (most logs: put it into the group adm)");
}

void LogOpener::begin(const std::optional<SpoolNote>& note) {
  LogMessage message;
  message.kind = LogMessage::Kind::position;
  if (note) message.body.assign(reinterpret_cast<const char*>(note->data()), sizeof *note);
  send_log_message(socket_.number(), message);
}

void LogOpener::take_questions() {
  while (true) {
    const auto message = receive_log_message(socket_.number());
    // Its end shows on the other socket.
    if (!message.ok() || !*message) return;
    if ((*message)->kind == LogMessage::Kind::look) asked_ = true;
  }
}

void LogOpener::tell_rotated() {
  for (const std::string& path : rotations_of(path_)) {
    struct stat status {};
    auto file = open_regular(path, status);
    if (!file.ok()) continue;
    send_log_message(socket_.number(), {LogMessage::Kind::rotated, path, std::move(*file)});
  }
}

void LogOpener::tell_named() {
  struct stat status {};
  auto file = open_regular(path_, status);
  missing_ = file.ok() ? "" : file.error().message;
  if (!file.ok()) {
    if (!told_gone_) told_gone_ = send_log_message(socket_.number(), {LogMessage::Kind::gone});
    told_.reset();
    return;
  }
  const Identity identity{status.st_dev, status.st_ino};
  if (told_ == identity) return;
  if (!send_log_message(socket_.number(), {LogMessage::Kind::named, path_, std::move(*file)}))
    return;
  told_ = identity;
  told_gone_ = false;
}

void LogOpener::look() {
  take_questions();
  if (asked_) {
    asked_ = false;
    answered_ = true;
    told_.reset();
    told_gone_ = false;
    tell_rotated();
  }
  if (answered_) tell_named();
}

}  // namespace teiten
