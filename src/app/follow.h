#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <string>

#include "app/importer.h"

namespace teiten {

struct FollowRequest {
  /// `files` are the names that a logger writes to; they need not be there yet.
  ImportRequest import;
  std::string store;
  /// How often the files are looked at and what came is committed.
  std::chrono::milliseconds interval = std::chrono::seconds(5);
  /// Set from a signal handler: what was read is committed, and follow_files() returns.
  const std::atomic<bool>* stop = nullptr;
  /// Gets one sentence where the user should know: a file that is missing, a store that is busy.
  std::function<void(const std::string&)> note;
};

/// Reads growing logs into a store until it is told to stop: through rotation (another file takes
/// the name), truncation and, after a restart, compression of what was rotated. Every commit holds
/// whole lines, with the position in the file, in one transaction: killed at any instant and
/// started again, it goes on there; an attempt that is open at that moment counts as a second
/// access afterwards. The store is open only while something is written, so that others can read
/// it between. Errors: what import_files() has, and unsupported for a file that is no plain text.
Result<ImportSummary> follow_files(const FollowRequest& request);

}  // namespace teiten
