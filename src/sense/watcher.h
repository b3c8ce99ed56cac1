#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "access/record_source.h"
#include "net/ip_address.h"
#include "sense/confine.h"

namespace teiten {

/// What the process that meets hostile packets is asked to do.
struct WatchOptions {
  std::string sensor;
  /// What is watched: interfaces, or else a capture file.
  std::vector<std::string> interfaces;
  std::string replay;
  std::string follow;    ///< or else a log that grows
  SourceOptions source;  ///< how it is read
  /// Monitored addresses; none: those of the interfaces, as they change; of a log, every one.
  std::vector<Prefix> addresses;
  std::chrono::nanoseconds batch_length = std::chrono::seconds(5);
  std::uint32_t buffer_bytes = 8U << 20;  ///< of the kernel's, an interface
  bool keep_local = false;
  std::uint64_t last_epoch = 0;  ///< greatest that this sensor has used
  User user;
};

/// Gives up every privilege, and every system call but those on what is open.
Result<void> confine_watcher(const User& user);

/// Opens what it watches, gives up every privilege, and sends batches to `socket` (channel.h) until
/// `signals` (a signalfd) gives one, the file ends, or the other side says no more. `log_socket`
/// gives a followed log's files (log_channel.h). The exit status; what went wrong was said on
/// standard error.
int run_watcher(const WatchOptions& options, int socket, int log_socket, int signals);

}  // namespace teiten
