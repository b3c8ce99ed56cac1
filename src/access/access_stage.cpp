#include "access/access_stage.h"

#include <algorithm>
#include <utility>

#include "access/kind.h"
#include "access/reorder.h"
#include "access/slice.h"
#include "access/tracker_pool.h"
#include "access/visits.h"
#include "base/assert.h"
#include "net/special_purpose.h"

namespace teiten {
namespace {

/// Addresses that packets were sent to, by hash: an address not in it sent no answer that anybody
/// asked for. A false positive costs a look-up, nothing else.
class SeenAddresses {
 public:
  SeenAddresses() : bits_(kBits / 64) {}
  void add(const IpAddress& address) { bits_[slot(address)] |= bit(address); }
  bool may_contain(const IpAddress& address) const {
    return (bits_[slot(address)] & bit(address)) != 0;
  }

 private:
  static constexpr std::size_t kBits = 1U << 20;
  static std::size_t slot(const IpAddress& address) {
    return static_cast<std::size_t>(address.hash() % kBits) / 64;
  }
  static std::uint64_t bit(const IpAddress& address) {
    return std::uint64_t{1} << (address.hash() % 64);
  }
  std::vector<std::uint64_t> bits_;
};

IgnoreReason reason_of_source(AddressUse use, bool keep_local) {
  switch (use) {
    case AddressUse::multicast:
    case AddressUse::broadcast:
      return IgnoreReason::invalid_source;
    case AddressUse::private_use:
    case AddressUse::shared:
      return keep_local ? IgnoreReason::none : IgnoreReason::private_source;
    case AddressUse::link_local:
      return keep_local ? IgnoreReason::none : IgnoreReason::link_local_source;
    case AddressUse::loopback:
      return keep_local ? IgnoreReason::none : IgnoreReason::loopback_source;
    case AddressUse::unspecified:
      return keep_local ? IgnoreReason::none : IgnoreReason::unspecified_source;
    default:
      return IgnoreReason::none;
  }
}

}  // namespace

struct AccessStage::State {
  SensorMap sensors;
  AccessStageOptions options;
  SliceSink slices;
  VerdictSink verdicts;
  Slice slice;
  std::uint64_t slice_packets = 0;
  SeenAddresses destinations;
  Visits visits;
  /// Everything that named sensors sent, for the quotes in ICMP errors (their senders are other
  /// hosts).
  Tracker sent;
  std::uint64_t seen_early_releases = 0;
  std::uint64_t seen_unnumbered = 0;
  TrackerPool pool;
  ReorderBuffer reorder;

  State(SensorMap map, AccessStageOptions opts, SliceSink slice_sink, VerdictSink verdict_sink)
      : sensors(std::move(map)),
        options(opts),
        slices(std::move(slice_sink)),
        verdicts(std::move(verdict_sink)),
        sent(1, opts.solicited_flows),
        pool(sensors.open() ? 1 : kTrackerPartitions, opts.threads > 1 ? opts.threads - 1 : 0,
             [this](Slice done) { slices(std::move(done)); },
             {opts.open_accesses, opts.solicited_flows, opts.tool_sources}),
        reorder(new_reorder()) {}

  ReorderBuffer new_reorder() {
    return ReorderBuffer([this](const NumberedPacket& packet, bool late) { process(packet, late); },
                         options.reorder_packets);
  }

  struct Place {
    bool known = false;
    SensorMap::Target at;
  };

  Place destination_of(const Packet& packet) {
    if (packet.sensor_label != 0) {
      SensorMap::Target at;
      at.sensor = static_cast<std::uint16_t>(packet.sensor_label - 1);
      if (packet.has_destination) {
        if (const auto found = sensors.find(packet.destination)) at.target = found->target;
      }
      return {true, at};
    }
    if (!packet.has_destination) return {sensors.open(), {}};
    const auto found = sensors.find(packet.destination);
    return found ? Place{true, *found} : Place{};
  }

  void remember_sent(const Packet& packet, std::uint16_t sensor) {
    if (!sensors.open()) sent.outbound(packet, sensor, Tracker::Remember::all);
    TrackerWork work;
    work.packet = packet;
    work.sensor = sensor;
    work.outbound = true;
    if (pool.has_workers()) {
      pool.submit(work);
    } else {
      pool.run(work);
    }
  }

  /// The reason to leave the packet out, before anything is known of flows.
  IgnoreReason reason_of(const Packet& packet, const Place& place) {
    if (packet.has_destination) {
      const AddressUse use = use_of(packet.destination);
      if (use == AddressUse::multicast) return IgnoreReason::multicast;
      if (use == AddressUse::broadcast) return IgnoreReason::broadcast;
    }
    if (!place.known) return IgnoreReason::to_others;
    if (const auto reason = reason_of_source(use_of(packet.source), options.keep_local);
        reason != IgnoreReason::none) {
      return reason;
    }
    return packet.fragment == FragmentPosition::later ? IgnoreReason::fragment : IgnoreReason::none;
  }

  void process(const NumberedPacket& numbered, bool late) {
    const Packet& packet = numbered.packet;
    note_packet(packet, late);
    RecordVerdict verdict;
    const AddressUse to = packet.has_destination ? use_of(packet.destination) : AddressUse::global;
    const bool unicast = to != AddressUse::multicast && to != AddressUse::broadcast;
    const Place place = unicast ? destination_of(packet) : Place{};
    const bool own = note_own(packet, place, unicast, verdict);
    if (!own) judge(packet, place, verdict);
    const bool attributed = verdict.has_sensor;
    SensorCounts& counts = attributed ? slice.of_sensor(verdict.sensor) : slice.unattributed();
    ++counts.records;
    if (attributed) counts.note_activity(packet.time);
    if (attributed && verdict.fate != RecordVerdict::Fate::ignored &&
        visits.begins(verdict.sensor, packet.source, packet.time))
      ++counts.visits;
    if (verdict.fate == RecordVerdict::Fate::ignored)
      counts.ignored[static_cast<std::size_t>(verdict.reason)] += packet.packets;
    if (verdicts) verdicts(numbered.id, verdict);
    if (++slice_packets >= options.slice_packets) cut(SliceEnd::ordinary);
  }

  void note_packet(const Packet& packet, bool late) {
    const UtcTime time = packet.time;
    if (slice_packets == 0) slice.range = {time, time};
    slice.range.from = std::min(slice.range.from, time);
    slice.range.to = std::max(slice.range.to, time + std::chrono::microseconds(1));
    if (late) add_count(slice.unattributed().limits, kLatePackets, packet.packets);
  }

  /// A packet from a monitored address: remembers it; true if it is nothing else (its destination
  /// is not monitored).
  bool note_own(const Packet& packet, const Place& place, bool unicast, RecordVerdict& verdict) {
    if (sensors.open()) {
      if (!packet.has_destination || packet.sensor_label != 0) return false;
      const bool outgoing = packet.link_outgoing;
      const bool unseen = outgoing || reason_of_source(use_of(packet.source), options.keep_local) !=
                                          IgnoreReason::none;
      // Such a packet makes no access that would show that its source asked: remember it here.
      if (unseen && unicast) remember_sent(packet, 0);
      if (!outgoing) return false;
      verdict = {RecordVerdict::Fate::ignored, IgnoreReason::own, 0, true, 0, 0};
      return true;
    }
    const auto source =
        sensors.monitors(packet.source) ? sensors.find(packet.source) : std::nullopt;
    if (!source) return false;
    if (unicast) remember_sent(packet, source->sensor);
    if (place.known) return false;
    verdict = {
        RecordVerdict::Fate::ignored, IgnoreReason::own, 0, true, source->sensor, source->target};
    return true;
  }

  void judge(const Packet& packet, const Place& place, RecordVerdict& verdict) {
    verdict.has_sensor = place.known;
    verdict.sensor = place.at.sensor;
    verdict.target = place.at.target;
    verdict.reason = reason_of(packet, place);
    if (verdict.reason != IgnoreReason::none) {
      verdict.fate = RecordVerdict::Fate::ignored;
      return;
    }
    if (!sensors.open() && is_icmp_error(packet) && sent.sent_quoted(packet, place.at.sensor)) {
      verdict.fate = RecordVerdict::Fate::solicited;
      slice.of_sensor(place.at.sensor).solicited += packet.packets;
      return;
    }
    TrackerWork work;
    work.packet = packet;
    work.sensor = place.at.sensor;
    work.target = place.at.target;
    work.wants_tool = static_cast<bool>(verdicts);
    if (sensors.open() && packet.has_destination && packet.sensor_label == 0) {
      work.source_is_monitored = destinations.may_contain(packet.source);
      destinations.add(packet.destination);
    }
    if (pool.has_workers()) {
      pool.submit(work);
      return;
    }
    const Verdict result = pool.run(work);
    verdict.fate = result.fate == Verdict::Fate::solicited ? RecordVerdict::Fate::solicited
                                                           : RecordVerdict::Fate::unsolicited;
    verdict.access = result.access;
    verdict.tool = result.tool;
  }

  void cut(SliceEnd end) {
    NamedCounts& limits = slice.unattributed().limits;
    add_count(limits, "reorder_packets", reorder.early_releases() - seen_early_releases);
    seen_early_releases = reorder.early_releases();
    add_count(limits, "numbered_targets", sensors.unnumbered() - seen_unnumbered);
    seen_unnumbered = sensors.unnumbered();
    slice.sensor_names = sensors.names();
    Slice next;
    next.sequence = slice.sequence + 1;
    pool.cut(std::exchange(slice, std::move(next)), end);
    slice_packets = 0;
  }
};

AccessStage::AccessStage(SensorMap sensors, AccessStageOptions options, SliceSink slices,
                         VerdictSink verdicts)
    : state_(std::make_unique<State>(std::move(sensors), options, std::move(slices),
                                     std::move(verdicts))) {}

AccessStage::~AccessStage() = default;

void AccessStage::add_packet(const Packet& packet, std::uint64_t id) {
  state_->reorder.push({packet, id});
}

void AccessStage::add_ignored(IgnoreReason reason) {
  SensorCounts& counts = state_->slice.unattributed();
  ++counts.records;
  ++counts.ignored[static_cast<std::size_t>(reason)];
}

void AccessStage::add_anomaly(Anomaly anomaly) {
  SensorCounts& counts = state_->slice.unattributed();
  ++counts.records;
  ++counts.anomalies[static_cast<std::size_t>(anomaly)];
}

void AccessStage::add_rejected(std::string_view reason) {
  SensorCounts& counts = state_->slice.unattributed();
  ++counts.records;
  add_count(counts.rejected, reason);
}

void AccessStage::add_dropped(std::uint64_t frames) {
  state_->slice.unattributed().dropped += frames;
}

void AccessStage::settle() {
  state_->reorder.flush();
  state_->cut(SliceEnd::settled);
}

void AccessStage::restart(SensorMap sensors) {
  TEITEN_ASSERT(!state_->pool.has_workers() && sensors.open() == state_->sensors.open());
  state_->reorder.flush();
  state_->cut(SliceEnd::closed);
  state_->reorder = state_->new_reorder();
  state_->seen_early_releases = 0;
  state_->sensors = std::move(sensors);
  state_->seen_unnumbered = 0;
}

void AccessStage::expect_answers(const Packet& sent) {
  if (const auto from = state_->sensors.find(sent.source))
    state_->remember_sent(sent, from->sensor);
}

void AccessStage::finish() {
  state_->reorder.flush();
  state_->cut(SliceEnd::last);
  state_->pool.finish();
}

SensorMap& AccessStage::sensors() {
  return state_->sensors;
}

}  // namespace teiten
