#include "app/stop_signal.h"

#include <csignal>

namespace teiten {
namespace {

std::atomic<bool> stop_requested{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may set it");

extern "C" void request_stop(int number) {
  stop_requested.store(true);
  std::signal(number, SIG_DFL);
}

}  // namespace

StopSignal::StopSignal() {
  stop_requested.store(false);
  std::signal(SIGINT, request_stop);
  std::signal(SIGTERM, request_stop);
}

StopSignal::~StopSignal() {
  std::signal(SIGINT, SIG_DFL);
  std::signal(SIGTERM, SIG_DFL);
}

const std::atomic<bool>& StopSignal::requested() {
  return stop_requested;
}

}  // namespace teiten
