#include "access/tracker.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "access/kind.h"

namespace teiten {
namespace {

/// Stands for the local port of an ICMP query, so that request and reply have one key.
constexpr std::uint16_t kIcmpQuery = 0xffff;

bool is_syn(const Packet& packet) {
  return packet.is_tcp() && packet.has_flags &&
         (packet.tcp_flags & (tcp_flag::kSyn | tcp_flag::kAck | tcp_flag::kRst)) == tcp_flag::kSyn;
}

std::uint16_t icmp_type_and_code(const Packet& packet) {
  if (!packet.has_icmp_type) return kIcmpQuery;
  return static_cast<std::uint16_t>((packet.icmp_type << 8) | packet.icmp_code);
}

/// The key of an access: ICMP has type and code in place of the local port, the echo identifier in
/// place of the remote one.
FlowKey access_key(const Observation& observation) {
  const Packet& packet = *observation.packet;
  FlowKey key;
  key.remote = packet.source;
  key.local = packet.destination;
  key.sensor = observation.sensor;
  key.protocol = packet.protocol;
  key.remote_port = packet.source_port;
  key.local_port = packet.is_icmp() ? icmp_type_and_code(packet) : packet.destination_port;
  return key;
}

/// The key under which an answer to what a monitored address asked is expected.
FlowKey reply_key(const Observation& observation) {
  FlowKey key = access_key(observation);
  if (observation.packet->is_icmp()) key.local_port = kIcmpQuery;
  return key;
}

Timeout solicited_timeout(std::uint8_t protocol) {
  if (protocol == protocol::kTcp) return Timeout::solicited_tcp;
  if (protocol == protocol::kIcmp || protocol == protocol::kIcmpV6) return Timeout::solicited_icmp;
  return Timeout::solicited;
}

/// The flow that the packet quoted by an ICMP error belongs to, as outbound() keeps it.
FlowKey quoted_key(const Packet& packet, std::uint16_t sensor) {
  FlowKey key;
  key.remote = packet.quoted_destination;
  key.local = packet.quoted_source;
  key.sensor = sensor;
  key.protocol = packet.quoted_protocol;
  const bool icmp = key.protocol == protocol::kIcmp || key.protocol == protocol::kIcmpV6;
  key.remote_port = icmp ? packet.quoted_source_port : packet.quoted_destination_port;
  key.local_port = icmp ? kIcmpQuery : packet.quoted_source_port;
  return key;
}

/// Type and code of an echo request, as an access has them in place of the local port.
std::uint16_t echo_request_of(std::uint8_t protocol_number) {
  return protocol_number == protocol::kIcmpV6 ? 128 << 8 : 8 << 8;
}

/// Type and code of the request that an ICMP reply answers.
std::uint16_t request_type_of(const Packet& reply) {
  if (reply.icmp_type == 0 || reply.icmp_type == 129) return echo_request_of(reply.protocol);
  return static_cast<std::uint16_t>((reply.icmp_type - 1) << 8);
}

/// TTLs that systems begin with: 64 for Unix, 128 for Windows; routers and raw-socket tools take
/// 255.
constexpr std::uint8_t kUnixTtl = 64;
constexpr std::uint8_t kWindowsTtl = 128;
/// RFC 6298 §5.5: the wait doubles. Linux sends six retransmissions, Windows fewer.
constexpr std::uint8_t kMaxDoublings = 6;
/// `confirmed`: two gaps that fit. Of gaps spread evenly over 130 s one fits once in 60, two once
/// in 4,000.
constexpr std::uint8_t kConfirmingGaps = 2;

/// Whether a SYN can be a system's own: every connect() names its MSS (RFC 9293 §3.7.1).
bool may_connect(const Packet& packet) {
  return packet.has_ttl && packet.ttl <= kWindowsTtl &&
         !(packet.has_options && packet.options == 0);
}

bool fits(Duration gap, Duration expected) {
  constexpr Duration kLeast = std::chrono::milliseconds(500);
  const Duration tolerance = std::max(kLeast, expected / 5);
  return gap >= expected - tolerance && gap <= expected + tolerance;
}

void note_retransmission(Flow& flow, UtcTime time) {
  using namespace std::chrono_literals;
  const Duration gap = time - flow.last_syn;
  flow.last_syn = time;
  if (flow.retransmission == Retransmission::irregular) return;
  if (flow.syn_gaps == 0) {
    flow.retransmission = fits(gap, 3s)   ? Retransmission::from_3s
                          : fits(gap, 1s) ? Retransmission::from_1s
                                          : Retransmission::irregular;
  } else {
    const Duration first = flow.retransmission == Retransmission::from_3s ? 3s : 1s;
    if (flow.syn_gaps > kMaxDoublings || !fits(gap, first * (1 << flow.syn_gaps)))
      flow.retransmission = Retransmission::irregular;
  }
  ++flow.syn_gaps;
}

bool connects(const Flow& flow) {
  return flow.may_connect && (flow.retransmission == Retransmission::from_3s ||
                              flow.retransmission == Retransmission::from_1s);
}

ToolGuess connect_tool(const Flow& flow) {
  return {flow.ttl > kUnixTtl ? Tool::connect_windows : Tool::connect_linux,
          flow.syn_gaps >= kConfirmingGaps};
}

}  // namespace

Tracker::Tracker(std::size_t max_open, std::size_t max_solicited, std::uint64_t* numbers,
                 std::size_t max_tool_sources)
    : max_open_(max_open),
      max_solicited_(max_solicited),
      tools_(max_tool_sources),
      shared_numbers_(numbers) {}

Verdict Tracker::inbound(const Observation& observation) {
  const Packet& packet = *observation.packet;
  expire(packet.time);
  const FlowKey key = access_key(observation);
  const std::uint64_t hash = key.hash();
  std::uint32_t index = flows_.find(key, hash);
  if (index != kNoFlow && flows_[index].solicited()) {
    flows_.touch(index, packet.time);
    return {Verdict::Fate::solicited, 0};
  }
  if (is_icmp_reply(packet)) {
    const FlowKey reply = reply_key(observation);
    const std::uint32_t query = flows_.find(reply, reply.hash());
    if (query != kNoFlow && flows_[query].solicited()) {
      flows_.touch(query, packet.time);
      return {Verdict::Fate::solicited, 0};
    }
  }
  if (observation.source_is_monitored && answers_open_access(observation)) {
    return {Verdict::Fate::solicited, 0};
  }
  if (index == kNoFlow) return start_access(observation, key, hash);
  const std::uint32_t attempt = attempt_of(index, packet);
  if (attempt == kNoFlow) {
    make_room_for_attempt(index);
    return start_access(observation, key, hash);
  }
  Flow& flow = flows_[attempt];
  add_packet(flow, packet);
  flows_.touch(attempt, packet.time);
  return {Verdict::Fate::unsolicited, flow.number,
          observation.wants_tool ? tool_of(flow) : ToolGuess{}};
}

/// The tool of an access: what its header shows, or else what its retransmissions do. A program
/// that leaves retransmissions to the system is no ZMap and no Nmap, even where 16 bits look like
/// it.
ToolGuess Tracker::tool_of(const Flow& flow) const {
  if (!flow.has_isn) return {};
  const ToolGuess guess = tools_.judge(flow.access.source, flow.marks);
  const bool weak = guess.tool == Tool::none ||
                    (!guess.confirmed && (guess.tool == Tool::zmap || guess.tool == Tool::nmap));
  return weak && connects(flow) ? connect_tool(flow) : guess;
}

/// Counts one more packet in the row of its quarter of an hour.
void Tracker::add_packet(Flow& flow, const Packet& packet) {
  if (flow.has_isn && is_syn(packet)) note_retransmission(flow, packet.time);
  Access& row = flow.access;
  const auto note_payload = [&](Access& of) {
    if (of.payload != PayloadClass::none) return;
    of.payload = packet.payload;
    of.payload_digest = packet.payload_digest;
  };
  const UtcTime time = packet.time;
  if (row.packets == 0) {
    // settle() has written what was before.
    row.first = row.last = time;
    row.packets = packet.packets;
    row.payload = packet.payload;
    row.payload_digest = packet.payload_digest;
    return;
  }
  using Quarter = std::chrono::duration<std::int64_t, std::ratio<900>>;
  static_assert(Quarter(1) == kRowQuarter);
  const auto quarter = std::chrono::floor<Quarter>(time);
  const auto rows_quarter = std::chrono::floor<Quarter>(row.first);
  // What a row's count cannot hold begins another.
  const bool full = packet.packets > std::numeric_limits<std::uint32_t>::max() - row.packets;
  if (quarter != rows_quarter || full) {
    Access part = row;
    part.continues = true;
    part.first = part.last = time;
    part.packets = packet.packets;
    note_payload(part);
    // A late packet (reorder.h) may belong to a quarter that is over: it gets a row of its own.
    if (quarter >= rows_quarter) std::swap(part, row);
    part.tool = tool_of(flow);
    closed_.push_back(part);
    return;
  }
  note_payload(row);
  row.packets += packet.packets;
  row.first = std::min(row.first, time);
  row.last = std::max(row.last, time);
}

/// The attempt that the packet belongs to, or kNoFlow for a new one.
std::uint32_t Tracker::attempt_of(std::uint32_t newest, const Packet& packet) {
  // A packet that is later than reorder.h can mend lies before the flow's last one: near it counts
  // the same, hours before it is another attempt.
  const auto within = [&](const Flow& flow) {
    return std::chrono::abs(packet.time - flow.last) <= duration_of(flow.timeout);
  };
  if (!is_syn(packet) || !packet.has_sequence) return within(flows_[newest]) ? newest : kNoFlow;
  for (std::uint32_t at = newest; at != kNoFlow; at = flows_[at].older) {
    const Flow& flow = flows_[at];
    if (flow.has_isn && flow.isn == packet.sequence && within(flow)) return at;
  }
  return kNoFlow;
}

Verdict Tracker::start_access(const Observation& observation, const FlowKey& key,
                              std::uint64_t hash) {
  const Packet& packet = *observation.packet;
  if (open_ >= max_open_) {
    const std::uint32_t with_isn = flows_.oldest(Timeout::attempt_with_isn);
    const std::uint32_t without = flows_.oldest(Timeout::attempt);
    const bool first = without == kNoFlow ||
                       (with_isn != kNoFlow && flows_[with_isn].last <= flows_[without].last);
    close(first ? with_isn : without);
    ++early_closed_;
  }
  const bool has_isn = is_syn(packet) && packet.has_sequence;
  const std::uint32_t index =
      flows_.insert(key, hash, has_isn ? Timeout::attempt_with_isn : Timeout::attempt, packet.time);
  Flow& flow = flows_[index];
  flow.number = ++(shared_numbers_ != nullptr ? *shared_numbers_ : own_numbers_);
  flow.has_isn = has_isn;
  flow.isn = packet.sequence;
  Access& access = flow.access;
  access.first = access.last = packet.time;
  access.source = packet.source;
  access.kind = kind_of(packet);
  access.service = service_of(packet, access.kind);
  access.source_port = packet.source_port;
  access.destination_port = packet.is_icmp() ? icmp_type_and_code(packet) : packet.destination_port;
  access.sensor = observation.sensor;
  access.target = observation.target;
  access.has_region_label = packet.has_region;
  access.region = packet.region_label;
  access.packets = packet.packets;
  access.payload = packet.payload;
  access.payload_digest = packet.payload_digest;
  if (has_isn) {
    flow.marks = tools_.note(packet);
    flow.last_syn = packet.time;
    flow.ttl = packet.ttl;
    flow.may_connect = may_connect(packet);
  }
  ++open_;
  return {Verdict::Fate::unsolicited, flow.number,
          observation.wants_tool ? tool_of(flow) : ToolGuess{}};
}

void Tracker::make_room_for_attempt(std::uint32_t newest) {
  std::size_t count = 1;
  std::uint32_t last = newest;
  for (; flows_[last].older != kNoFlow; last = flows_[last].older)
    ++count;
  if (count < kMaxAttemptsPerTuple) return;
  close(last);
  ++attempts_overflowed_;
}

/// In an open map whoever sent a packet that became an access asked for the answer: look for that
/// access.
bool Tracker::answers_open_access(const Observation& observation) {
  const Packet& packet = *observation.packet;
  FlowKey key;
  key.sensor = observation.sensor;
  if (is_icmp_error(packet)) {
    if (!packet.has_quoted || packet.quoted_source != packet.destination) return false;
    key = quoted_key(packet, observation.sensor);
    std::swap(key.remote, key.local);
    std::swap(key.remote_port, key.local_port);
    if (key.remote_port == kIcmpQuery) {
      key.remote_port = packet.quoted_source_port;
      key.local_port = echo_request_of(packet.quoted_protocol);
    }
  } else {
    key.remote = packet.destination;
    key.local = packet.source;
    key.protocol = packet.protocol;
    key.remote_port = packet.destination_port;
    key.local_port = packet.source_port;
    if (packet.is_icmp()) {
      if (!is_icmp_reply(packet)) return false;
      key.remote_port = packet.source_port;
      key.local_port = request_type_of(packet);
    }
  }
  const std::uint32_t index = flows_.find(key, key.hash());
  return index != kNoFlow && !flows_[index].solicited();
}

void Tracker::outbound(const Packet& packet, std::uint16_t sensor, Remember remember) {
  expire(packet.time);
  if (packet.fragment == FragmentPosition::later) return;
  if (remember == Remember::questions && (is_icmp_error(packet) || is_icmp_reply(packet))) return;
  FlowKey key;
  key.remote = packet.destination;
  key.local = packet.source;
  key.sensor = sensor;
  key.protocol = packet.protocol;
  key.remote_port = packet.is_icmp() ? packet.source_port : packet.destination_port;
  key.local_port = packet.is_icmp() ? kIcmpQuery : packet.source_port;
  const std::uint64_t hash = key.hash();
  const std::uint32_t index = flows_.find(key, hash);
  if (index != kNoFlow) {
    // An open access on this 5-tuple came first: this packet is the answer to it, not a question.
    if (flows_[index].solicited()) flows_.touch(index, packet.time);
    return;
  }
  if (remember == Remember::questions && packet.is_tcp() && packet.has_flags) {
    const bool syn_ack =
        (packet.tcp_flags & (tcp_flag::kSyn | tcp_flag::kAck)) == (tcp_flag::kSyn | tcp_flag::kAck);
    if (syn_ack || (packet.tcp_flags & tcp_flag::kRst) != 0) return;
  }
  if (solicited_ >= max_solicited_) forget_a_flow();
  flows_.insert(key, hash, solicited_timeout(packet.protocol), packet.time);
  ++solicited_;
}

void Tracker::forget_a_flow() {
  // TCP flows are held longest: a flood of them must not push out the short-lived ones.
  for (const Timeout list : {Timeout::solicited_tcp, Timeout::solicited, Timeout::solicited_icmp}) {
    const std::uint32_t oldest = flows_.oldest(list);
    if (oldest == kNoFlow) continue;
    close(oldest);
    ++forgotten_flows_;
    return;
  }
}

bool Tracker::sent_quoted(const Packet& packet, std::uint16_t sensor) {
  if (!packet.has_quoted || packet.quoted_source != packet.destination) return false;
  expire(packet.time);
  const FlowKey key = quoted_key(packet, sensor);
  const std::uint32_t index = flows_.find(key, key.hash());
  return index != kNoFlow && flows_[index].solicited();
}

void Tracker::expire(UtcTime now) {
  for (std::size_t list = 0; list < kTimeoutCount; ++list) {
    const auto timeout = static_cast<Timeout>(list);
    const Duration limit = duration_of(timeout);
    for (std::uint32_t at = flows_.oldest(timeout); at != kNoFlow && now - flows_[at].last > limit;
         at = flows_.oldest(timeout)) {
      close(at);
    }
  }
}

void Tracker::close(std::uint32_t index) {
  const Flow& flow = flows_[index];
  if (flow.solicited()) {
    --solicited_;
  } else {
    if (flow.access.packets > 0) write_row(flow);
    --open_;
  }
  flows_.erase(index);
}

void Tracker::write_row(const Flow& flow) {
  closed_.push_back(flow.access);
  closed_.back().tool = tool_of(flow);
}

void Tracker::settle() {
  for (const Timeout list : {Timeout::attempt_with_isn, Timeout::attempt}) {
    for (std::uint32_t at = flows_.oldest(list); at != kNoFlow; at = flows_[at].next) {
      Access& row = flows_[at].access;
      if (row.packets == 0) continue;
      write_row(flows_[at]);
      row.continues = true;
      row.packets = 0;
    }
  }
}

void Tracker::close_all() {
  for (std::size_t list = 0; list < kTimeoutCount; ++list)
    close_list(static_cast<Timeout>(list));
}

void Tracker::close_accesses() {
  close_list(Timeout::attempt_with_isn);
  close_list(Timeout::attempt);
}

void Tracker::close_list(Timeout timeout) {
  for (std::uint32_t at = flows_.oldest(timeout); at != kNoFlow; at = flows_.oldest(timeout))
    close(at);
}

void Tracker::append_closed(std::vector<Access>& accesses) {
  accesses.insert(accesses.end(), closed_.begin(), closed_.end());
  closed_.clear();
}

}  // namespace teiten
