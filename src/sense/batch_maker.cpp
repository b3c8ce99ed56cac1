#include "sense/batch_maker.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"
namespace teiten {
namespace {

AccessStageOptions stage_options(const BatchMakerOptions& options) {
  AccessStageOptions stage;
  stage.keep_local = options.keep_local;
  // Slices end where batches do.
  stage.slice_packets = std::numeric_limits<std::uint64_t>::max();
  stage.open_accesses = kSensorOpenAccesses;
  stage.solicited_flows = kSensorSolicitedFlows;
  stage.tool_sources = kSensorToolSources;
  stage.reorder_packets = std::size_t{2} * kMaxBatchFrames;
  return stage;
}

}  // namespace

/// A sensor's map without addresses would be open. A host that has no address yet is watched by
/// one that no packet is sent to.
std::vector<Prefix> BatchMaker::or_nothing(std::vector<Prefix> addresses) {
  if (addresses.empty()) addresses.emplace_back(IpAddress(), 128);
  return addresses;
}

Result<std::unique_ptr<BatchMaker>> BatchMaker::create(BatchMakerOptions options,
                                                       const std::vector<Prefix>& addresses,
                                                       Instant start, Sink sink) {
  std::vector<Prefix> watched = options.any_address ? addresses : or_nothing(addresses);
  TEITEN_TRY(auto sensors, SensorMap::create({{options.sensor, watched}}));
  return std::unique_ptr<BatchMaker>(new BatchMaker(std::move(options), std::move(sensors),
                                                    std::move(watched), start, std::move(sink)));
}

BatchMaker::BatchMaker(BatchMakerOptions options, SensorMap sensors, std::vector<Prefix> addresses,
                       Instant start, Sink sink)
    : options_(std::move(options)),
      addresses_(std::move(addresses)),
      clock_(start, options_.last_epoch),
      sink_(std::move(sink)),
      stage_(std::move(sensors), stage_options(options_),
             [this](Slice slice) { slice_ = std::move(slice); }),
      watched_from_(start.wall) {}

bool BatchMaker::is_own_upload(const Packet& packet) const {
  return packet.is_tcp() && packet.has_ports &&
         std::find(collectors_.begin(), collectors_.end(),
                   Endpoint{packet.source, packet.source_port}) != collectors_.end();
}

void BatchMaker::add(const Frame& frame, Instant at) {
  Seen seen;
  seen.decoded = decode(frame, seen.packet);
  seen.has_time = frame.has_time;
  seen.packet.time = frame.time;
  if (over_ && frame.has_time && frame.time >= over_->wall) {
    early_.push_back(seen);
  } else {
    count(seen, at);
  }
}

void BatchMaker::count(Seen seen, Instant at) {
  ++frames_;
  if (seen.has_time) seen.packet.time = clock_.place(seen.packet.time, at);
  switch (seen.decoded.kind) {
    case FrameKind::packet:
      if (!seen.has_time) {
        stage_.add_ignored(IgnoreReason::no_time);
      } else if (is_own_upload(seen.packet)) {
        stage_.add_ignored(IgnoreReason::own_upload);
      } else {
        stage_.add_packet(seen.packet);
      }
      break;
    case FrameKind::not_ip:
      stage_.add_ignored(IgnoreReason::not_ip);
      break;
    case FrameKind::anomaly:
      stage_.add_anomaly(seen.decoded.anomaly);
      break;
  }
}

void BatchMaker::add(const Record& record, Instant at) {
  ++frames_;
  if (record.what != Record::What::packet) return feed(stage_, record, 0);
  const UtcTime time = record.packet.time;
  if (time > at.wall + kMostAheadLine)
    return stage_.add_rejected(to_string(Rejection::future_time));
  if (time < at.wall - kOldestLine) return stage_.add_rejected(kStaleTime);
  // Stamps may lack the fraction of their second.
  if (time + std::chrono::seconds(1) < watched_from_)
    add_count(limits_, kCaughtUpPackets, record.packet.packets);
  Packet packet = record.packet;
  // The log may name sensors of its own; what it tells is this one's.
  if (packet.sensor_label != 0) packet.sensor_label = 1;
  stage_.add_packet(packet);
}

void BatchMaker::resume(Instant at) {
  clock_.skip_to(at);
  watched_from_ = at.wall;
}

void BatchMaker::tick(Instant at) {
  const BatchClock::Step step = clock_.step(at);
  if (step == BatchClock::Step::backward) {
    if (over_) end_batch(*over_);
    stage_.restart(stage_.sensors());
    hand_out(at);
    clock_.begin_epoch(at);
    return;
  }
  if (step == BatchClock::Step::forward) {
    if (over_) end_batch(*over_);
    end_batch(at);
    return;
  }
  if (!over_) {
    if (clock_.age(at) < options_.batch_length && frames_ < kMaxBatchFrames) return;
    over_ = at;
  }
  if (at.running - over_->running >= options_.hand_over || early_.size() >= kMaxBatchFrames)
    end_batch(*over_);
}

/// Hands out the open batch, which ended at `at`, and begins the next with what it has already.
void BatchMaker::end_batch(Instant at) {
  stage_.settle();
  hand_out(at);
  over_.reset();
  for (const Seen& seen : std::exchange(early_, {})) {
    const Instant then{seen.packet.time, at.running};
    count(seen, then);
  }
}

Duration BatchMaker::due_in(Instant at) const {
  const Duration left = over_ ? options_.hand_over - (at.running - over_->running)
                              : options_.batch_length - clock_.age(at);
  return std::max<Duration>(left, Duration::zero());
}

Result<void> BatchMaker::set_addresses(const std::vector<Prefix>& addresses, Instant at) {
  std::vector<Prefix> watched = or_nothing(addresses);
  if (watched == addresses_) return {};
  TEITEN_TRY(auto sensors, SensorMap::create({{options_.sensor, watched}}));
  addresses_ = std::move(watched);
  if (over_) end_batch(*over_);
  stage_.restart(std::move(sensors));
  hand_out(at);
  clock_.begin_epoch(at);
  return {};
}

void BatchMaker::finish(Instant at) {
  if (over_) end_batch(*over_);
  stage_.finish();
  hand_out(at);
}

/// Hands out the slice that the stage has just ended.
void BatchMaker::hand_out(Instant at) {
  frames_ = 0;
  std::vector<Batch> batches = cut_batches(std::exchange(slice_, {}), clock_.epoch());
  TEITEN_ASSERT(batches.size() <= 1);
  Batch batch;
  if (batches.empty()) {
    batch.sensor = options_.sensor;
    batch.rule_version = kRuleSetVersion;
    batch.visits = 0;
  } else {
    batch = std::move(batches.front());
  }
  const BatchStamp stamp = clock_.end(at);
  batch.live = true;
  batch.epoch = stamp.epoch;
  batch.sequence = stamp.sequence;
  batch.range = stamp.range;
  add_counts(batch.limits, limits_);
  const NamedCounts told = std::exchange(limits_, {});
  if (sink_(batch)) return;
  // Told again, with this batch's own loss.
  limits_ = told;
  add_count(limits_, kUnkeptBatches);
  stage_.add_dropped(batch.frames + batch.dropped);
}

}  // namespace teiten
