#include "sense/sensor.h"

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "sense/spool_folder.h"

namespace teiten {
namespace {

int say(const Error& error) {
  std::fputs(fmt::format("teiten: {}\n", error.message).c_str(), stderr);
  return error.code == ErrorCode::invalid_argument ? 2 : 1;
}

/// SIGINT and SIGTERM come by a descriptor from here on.
Result<FileDescriptor> signal_descriptor() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  FileDescriptor signals;
  if (sigprocmask(SIG_BLOCK, &set, nullptr) == 0)
    signals = FileDescriptor(signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (signals.is_open()) return signals;
  return failure(ErrorCode::internal, fmt::format("signalfd: {}", std::strerror(errno)));
}

Result<User> this_user() {
  return User{"the caller", geteuid(), getegid()};
}

/// Without the monitored addresses: a journal is read by many.
std::string what_is_watched(const WatchOptions& watch) {
  std::string what = "replays " + watch.replay;
  if (!watch.interfaces.empty())
    what = fmt::format("captures on {}", fmt::join(watch.interfaces, ", "));
  if (!watch.follow.empty()) what = "follows " + watch.follow;
  if (!watch.addresses.empty())
    return what + fmt::format(", {} addresses or prefixes", watch.addresses.size());
  return what + (watch.follow.empty() ? ", its own addresses" : ", every destination");
}

Result<int> run(WatchOptions watch, KeepOptions keep, const std::string& user_name) {
  TEITEN_TRY(const User user, geteuid() == 0 ? find_user(user_name) : this_user());
  watch.user = keep.user = user;
  keep.sensor = watch.sensor;
  keep.ends = !watch.replay.empty();
  keep.watches = what_is_watched(watch);
  TEITEN_CHECK(prepare_spool_folder(keep.spool, user));
  TEITEN_TRY(watch.last_epoch, read_last_epoch(keep.spool));
  keep.last_epoch = watch.last_epoch;
  // Of sockets to collectors that have closed theirs.
  std::signal(SIGPIPE, SIG_IGN);
  int sockets[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) != 0)
    return failure(ErrorCode::internal, fmt::format("socketpair: {}", std::strerror(errno)));
  FileDescriptor keeper_end(sockets[0]);
  FileDescriptor watcher_end(sockets[1]);
  FileDescriptor log_end;
  FileDescriptor watcher_log_end;
  if (!watch.follow.empty()) {
    keep.follow = watch.follow;
    keep.user.groups = groups_of(user);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets) != 0)
      return failure(ErrorCode::internal, fmt::format("socketpair: {}", std::strerror(errno)));
    log_end = FileDescriptor(sockets[0]);
    watcher_log_end = FileDescriptor(sockets[1]);
  }
  TEITEN_TRY(const FileDescriptor signals, signal_descriptor());
  std::fflush(nullptr);
  const pid_t watcher = fork();
  if (watcher < 0)
    return failure(ErrorCode::internal, fmt::format("fork: {}", std::strerror(errno)));
  if (watcher == 0) {
    keeper_end = FileDescriptor();
    log_end = FileDescriptor();
    // Where the other one cannot keep anything, it says so, and nothing is watched.
    char ready = 0;
    if (recv(watcher_end.number(), &ready, 1, 0) != 1) _exit(1);
    int status = 1;
    try {
      status = run_watcher(watch, watcher_end.number(), watcher_log_end.number(), signals.number());
    } catch (const std::exception& error) {
      std::fprintf(stderr, "teiten: the process that captures cannot go on: %s\n", error.what());
    }
    std::fflush(nullptr);
    // Nothing that the parent registered runs twice.
    _exit(status);
  }
  watcher_end = FileDescriptor();
  watcher_log_end = FileDescriptor();
  return run_keeper(keep, keeper_end.number(), std::move(log_end), signals.number(), watcher);
}

}  // namespace

int run_sensor(WatchOptions watch, KeepOptions keep, const std::string& user) {
  const auto status = run(std::move(watch), std::move(keep), user);
  return status.ok() ? *status : say(status.error());
}

}  // namespace teiten
