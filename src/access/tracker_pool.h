#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "access/slice.h"
#include "access/tracker.h"

namespace teiten {

/// One packet on its way to the tracker of its remote address.
struct TrackerWork {
  Packet packet;
  std::uint32_t target = 0;
  std::uint16_t sensor = 0;
  bool outbound = false;
  bool source_is_monitored = false;
  bool wants_tool = false;
};

/// Partitions of the remote addresses: fixed, so that limits and answers do not depend on the
/// threads.
inline constexpr std::size_t kTrackerPartitions = 16;

/// What a slice holds of the accesses that are open where it ends.
enum class SliceEnd : std::uint8_t {
  ordinary,  ///< nothing
  settled,   ///< a row with their packets so far; they go on in another (Access::continues)
  closed,    ///< all: they are closed; what was asked for stays known
  last,      ///< all: they are closed, and nothing comes any more
};

/// What all trackers together may hold.
struct TrackerLimits {
  std::size_t open_accesses = kMaxOpenAccesses;
  std::size_t solicited_flows = kMaxSolicitedFlows;
  std::size_t tool_sources = kMaxToolSources;
};

/// The trackers of all partitions, run by the caller (no workers) or by worker threads with a
/// bounded queue each.
class TrackerPool {
 public:
  /// Gets each finished slice, in order; on a thread of the pool if there are workers.
  using SliceSink = std::function<void(Slice)>;

  TrackerPool(std::size_t partitions, std::size_t workers, SliceSink sink,
              TrackerLimits limits = {});
  ~TrackerPool();
  TrackerPool(const TrackerPool&) = delete;
  TrackerPool& operator=(const TrackerPool&) = delete;

  /// Without workers: at once. `work.packet`'s remote address chooses the partition.
  Verdict run(const TrackerWork& work);
  /// With workers: later.
  void submit(const TrackerWork& work);
  bool has_workers() const;
  /// Ends a slice: what is closed by now is added to it and it goes to the sink.
  void cut(Slice slice, SliceEnd end);
  /// Waits until every slice was given to the sink. No more work after that.
  void finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace teiten
