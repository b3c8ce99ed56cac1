#pragma once

#include <optional>
#include <string>

#include <sys/types.h>

#include "base/file_descriptor.h"
#include "sense/bundle.h"
#include "sense/confine.h"
#include "wire/spool.h"

namespace teiten {

/// What the process that spools and sends is asked to do.
struct KeepOptions {
  std::string sensor;
  std::string version;  ///< of the program
  std::string spool;    ///< folder
  SpoolLimits limits;
  std::optional<Bundle> bundle;  ///< none: batches are spooled and not sent
  std::string proxy;
  std::uint64_t bytes_per_second = 0;
  std::uint64_t last_epoch = 0;
  /// The input ends by itself, and the sensor with it, once everything is sent.
  bool ends = false;
  std::string watches;  ///< what the watcher does, for the journal
  std::string follow;   ///< a log that the watcher cannot open itself; empty: none
  User user;
};

/// Gives up every privilege but its own files and the network, writes a byte to `socket` once it is
/// ready, and keeps what that gives (channel.h) until the other process, `watcher`, has ended.
/// `log_socket`: its end for the files of a followed log. The exit status; what went wrong was said
/// on standard error.
int run_keeper(const KeepOptions& options, int socket, FileDescriptor log_socket, int signals,
               pid_t watcher);

}  // namespace teiten
