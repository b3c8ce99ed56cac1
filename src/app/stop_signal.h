#pragma once

#include <atomic>

namespace teiten {

/// While it lives, SIGINT and SIGTERM set requested() and nothing else; a second one ends the
/// program. One at a time.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;

  static const std::atomic<bool>& requested();
};

}  // namespace teiten
