#pragma once

#include "sense/keeper.h"
#include "sense/watcher.h"

namespace teiten {

/// Runs a sensor in two processes, until a signal or the end of its input: one captures and decodes
/// and can do nothing else, the other keeps and sends what that one makes. If either dies, the
/// other ends. The exit status; what went wrong was said on standard error. To be called before the
/// program has threads. What `watch` and `keep` share (user, epoch, sensor) is filled in.
int run_sensor(WatchOptions watch, KeepOptions keep, const std::string& user);

}  // namespace teiten
