#include "access/tracker_pool.h"

#include <optional>
#include <thread>

#include "base/assert.h"
#include "base/bounded_queue.h"

namespace teiten {
namespace {

/// Packets handed over at once: large enough that the queue's lock does not show.
constexpr std::size_t kChunkPackets = 1024;
constexpr std::size_t kMaxQueuedChunks = 16;
/// Slices waiting for the sink: bounds the accesses in memory when the store is slower than the
/// trackers.
constexpr std::size_t kMaxQueuedSlices = 2;

/// What the trackers of one worker add to a slice.
struct Part {
  std::vector<Access> accesses;
  std::vector<std::uint64_t> solicited;  ///< by sensor
  std::uint64_t early_closed = 0;
  std::uint64_t attempts_overflowed = 0;
  std::uint64_t forgotten_flows = 0;
  std::uint64_t forgotten_tool_sources = 0;
};

/// Trackers of some of the partitions, and what they counted since the last cut.
class Group {
 public:
  Group(std::size_t partitions, std::size_t total_partitions, const TrackerLimits& limits) {
    for (std::size_t i = 0; i < partitions; ++i) {
      trackers_.emplace_back(limits.open_accesses / total_partitions,
                             limits.solicited_flows / total_partitions, numbers_.get(),
                             limits.tool_sources / total_partitions);
    }
  }

  Verdict run(const TrackerWork& work, std::size_t tracker) {
    if (work.outbound) {
      trackers_[tracker].outbound(work.packet, work.sensor);
      return {};
    }
    Observation observation;
    observation.packet = &work.packet;
    observation.sensor = work.sensor;
    observation.target = work.target;
    observation.source_is_monitored = work.source_is_monitored;
    observation.wants_tool = work.wants_tool;
    const Verdict verdict = trackers_[tracker].inbound(observation);
    if (verdict.fate == Verdict::Fate::solicited) {
      if (solicited_.size() <= work.sensor) solicited_.resize(std::size_t{work.sensor} + 1);
      solicited_[work.sensor] += work.packet.packets;
    }
    return verdict;
  }

  Part cut(SliceEnd end) {
    Part part;
    part.solicited.swap(solicited_);
    std::size_t closed = 0;
    for (Tracker& tracker : trackers_) {
      if (end == SliceEnd::last) tracker.close_all();
      if (end == SliceEnd::closed) tracker.close_accesses();
      if (end == SliceEnd::settled) tracker.settle();
      closed += tracker.closed();
    }
    part.accesses.reserve(closed);
    for (Tracker& tracker : trackers_) {
      tracker.append_closed(part.accesses);
      part.early_closed += tracker.early_closed();
      part.attempts_overflowed += tracker.attempts_overflowed();
      part.forgotten_flows += tracker.forgotten_flows();
      part.forgotten_tool_sources += tracker.forgotten_tool_sources();
    }
    return part;
  }

 private:
  std::unique_ptr<std::uint64_t> numbers_ = std::make_unique<std::uint64_t>(0);
  std::vector<Tracker> trackers_;
  std::vector<std::uint64_t> solicited_;
};

void add_part(Slice& slice, Part part) {
  if (slice.accesses.empty()) {
    slice.accesses = std::move(part.accesses);
  } else {
    slice.accesses.insert(slice.accesses.end(), part.accesses.begin(), part.accesses.end());
  }
  for (std::size_t sensor = 0; sensor < part.solicited.size(); ++sensor) {
    if (part.solicited[sensor] > 0)
      slice.of_sensor(static_cast<std::uint16_t>(sensor)).solicited += part.solicited[sensor];
  }
}

struct Chunk {
  std::vector<TrackerWork> work;
  std::optional<SliceEnd> cut;
};

struct Worker {
  explicit Worker(Group trackers)
      : group(std::move(trackers)), in(kMaxQueuedChunks), out(kMaxQueuedSlices) {}
  Group group;
  Chunk filling;
  BoundedQueue<Chunk> in;
  BoundedQueue<Part> out;
  std::thread thread;
};

}  // namespace

struct TrackerPool::State {
  std::size_t partitions;
  SliceSink sink;
  std::vector<std::unique_ptr<Worker>> workers;
  std::optional<Group> alone;
  BoundedQueue<Slice> slices{kMaxQueuedSlices};
  std::thread collector;
  /// Running totals of the limits, so that each slice carries only what is new.
  Part seen;

  void add_limits(Slice& slice, const Part& totals) {
    NamedCounts& limits = slice.unattributed().limits;
    add_count(limits, "open_accesses", totals.early_closed - seen.early_closed);
    add_count(limits, "attempts_per_tuple", totals.attempts_overflowed - seen.attempts_overflowed);
    add_count(limits, "solicited_flows", totals.forgotten_flows - seen.forgotten_flows);
    add_count(limits, "tool_sources", totals.forgotten_tool_sources - seen.forgotten_tool_sources);
    seen.early_closed = totals.early_closed;
    seen.attempts_overflowed = totals.attempts_overflowed;
    seen.forgotten_flows = totals.forgotten_flows;
    seen.forgotten_tool_sources = totals.forgotten_tool_sources;
  }

  std::size_t partition_of(const TrackerWork& work) const {
    if (partitions == 1) return 0;
    const IpAddress& remote = work.outbound ? work.packet.destination : work.packet.source;
    return static_cast<std::size_t>(remote.hash() >> 32) % partitions;
  }

  void run_worker(Worker& worker) const {
    while (auto chunk = worker.in.pop()) {
      for (const TrackerWork& work : chunk->work)
        worker.group.run(work, partition_of(work) / workers.size());
      if (chunk->cut && !worker.out.push(worker.group.cut(*chunk->cut))) return;
    }
  }

  void collect() {
    while (auto slice = slices.pop()) {
      Part totals;
      for (auto& worker : workers) {
        auto part = worker->out.pop();
        if (!part) return;
        totals.early_closed += part->early_closed;
        totals.attempts_overflowed += part->attempts_overflowed;
        totals.forgotten_flows += part->forgotten_flows;
        totals.forgotten_tool_sources += part->forgotten_tool_sources;
        add_part(*slice, std::move(*part));
      }
      add_limits(*slice, totals);
      sink(std::move(*slice));
    }
  }
};

TrackerPool::TrackerPool(std::size_t partitions, std::size_t workers, SliceSink sink,
                         TrackerLimits limits)
    : state_(std::make_unique<State>()) {
  state_->partitions = partitions;
  state_->sink = std::move(sink);
  if (workers == 0) {
    state_->alone.emplace(partitions, partitions, limits);
    return;
  }
  if (workers > partitions) workers = partitions;
  for (std::size_t i = 0; i < workers; ++i) {
    const std::size_t own = (partitions + workers - 1 - i) / workers;
    state_->workers.push_back(std::make_unique<Worker>(Group(own, partitions, limits)));
  }
  for (auto& worker : state_->workers) {
    worker->thread = std::thread([this, &worker = *worker] { state_->run_worker(worker); });
  }
  state_->collector = std::thread([this] { state_->collect(); });
}

TrackerPool::~TrackerPool() {
  finish();
}

bool TrackerPool::has_workers() const {
  return !state_->workers.empty();
}

Verdict TrackerPool::run(const TrackerWork& work) {
  TEITEN_ASSERT(state_->alone.has_value());
  return state_->alone->run(work, state_->partition_of(work));
}

void TrackerPool::submit(const TrackerWork& work) {
  Worker& worker = *state_->workers[state_->partition_of(work) % state_->workers.size()];
  worker.filling.work.push_back(work);
  if (worker.filling.work.size() < kChunkPackets) return;
  worker.in.push(std::move(worker.filling));
  worker.filling = {};
  worker.filling.work.reserve(kChunkPackets);
}

void TrackerPool::cut(Slice slice, SliceEnd end) {
  if (state_->alone) {
    Part part = state_->alone->cut(end);
    state_->add_limits(slice, part);
    add_part(slice, std::move(part));
    state_->sink(std::move(slice));
    return;
  }
  for (auto& worker : state_->workers) {
    worker->filling.cut = end;
    worker->in.push(std::move(worker->filling));
    worker->filling = {};
  }
  state_->slices.push(std::move(slice));
}

void TrackerPool::finish() {
  if (state_->workers.empty()) return;
  for (auto& worker : state_->workers)
    worker->in.close();
  state_->slices.close();
  for (auto& worker : state_->workers) {
    if (worker->thread.joinable()) worker->thread.join();
  }
  if (state_->collector.joinable()) state_->collector.join();
}

}  // namespace teiten
