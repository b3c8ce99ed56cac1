#include "access/reorder.h"

#include <algorithm>
#include <tuple>

#include "access/kind.h"

namespace teiten {
namespace {

using std::chrono::floor;
using std::chrono::seconds;

constexpr std::int64_t kWindowSeconds = seconds(kReorderWindow).count();
/// Emptied vectors kept for reuse.
constexpr std::size_t kMaxSpare = 64;

/// 0 asks, 1 cannot be told, 2 answers: coarse clocks give both one time.
int role(const Packet& packet) {
  if (packet.is_tcp() && packet.has_flags) {
    const bool ack = (packet.tcp_flags & tcp_flag::kAck) != 0;
    if ((packet.tcp_flags & tcp_flag::kRst) != 0) return 2;
    if ((packet.tcp_flags & tcp_flag::kSyn) != 0) return ack ? 2 : 0;
    return 1;
  }
  if (packet.is_icmp()) return is_icmp_reply(packet) || is_icmp_error(packet) ? 2 : 0;
  if (packet.is_udp()) return packet.destination_port < packet.source_port ? 0 : 1;
  return 1;
}

auto content(const Packet& p) {
  return std::tuple(role(p), p.source, p.destination, p.protocol, p.source_port, p.destination_port,
                    p.sequence, p.acknowledgement, p.tcp_flags, p.has_flags, p.icmp_type,
                    p.icmp_code, p.fragment, p.sensor_label, p.region_label, p.quoted_source,
                    p.quoted_destination, p.quoted_source_port, p.quoted_destination_port,
                    p.quoted_protocol, p.ip_id, p.window, p.ttl, p.has_ttl, p.options, p.mss,
                    p.tcp_header, p.payload, p.payload_digest, p.packets);
}

}  // namespace

bool processed_before(const Packet& a, const Packet& b) {
  if (a.time != b.time) return a.time < b.time;
  return content(a) < content(b);
}

ReorderBuffer::ReorderBuffer(Sink sink, std::size_t max_packets)
    : sink_(std::move(sink)), max_packets_(max_packets), slots_(kSlots) {}

void ReorderBuffer::push(const NumberedPacket& packet) {
  const std::int64_t second = floor<seconds>(packet.packet.time).time_since_epoch().count();
  if (released_any_ && packet.packet.time < released_) {
    sink_(packet, true);
    return;
  }
  if (!any_) {
    any_ = true;
    oldest_ = newest_ = second;
  } else if (second > newest_) {
    release_until(second - kWindowSeconds);
    newest_ = second;
  }
  // Older than the ring can hold, though nothing newer was given out.
  if (newest_ - second >= static_cast<std::int64_t>(kSlots)) {
    released_any_ = true;
    released_ = std::max(released_, packet.packet.time);
    sink_(packet, false);
    return;
  }
  oldest_ = std::min(oldest_, second);
  auto& slot = slots_[static_cast<std::size_t>(second) % kSlots];
  if (slot.capacity() == 0 && !spare_.empty()) {
    slot = std::move(spare_.back());
    spare_.pop_back();
  }
  slot.push_back(packet);
  if (++size_ > max_packets_) {
    ++early_releases_;
    while (slots_[static_cast<std::size_t>(oldest_) % kSlots].empty())
      ++oldest_;
    release_second(oldest_);
  }
}

void ReorderBuffer::release_second(std::int64_t second) {
  auto& slot = slots_[static_cast<std::size_t>(second) % kSlots];
  if (slot.empty()) return;
  const auto before = [](const NumberedPacket& a, const NumberedPacket& b) {
    return processed_before(a.packet, b.packet);
  };
  if (!std::is_sorted(slot.begin(), slot.end(), before))
    std::stable_sort(slot.begin(), slot.end(), before);
  std::vector<NumberedPacket> items = std::move(slot);
  slot = {};
  size_ -= items.size();
  released_any_ = true;
  released_ = std::max(released_, items.back().packet.time);
  for (const NumberedPacket& item : items)
    sink_(item, false);
  if (spare_.size() < kMaxSpare) {
    items.clear();
    spare_.push_back(std::move(items));
  }
}

void ReorderBuffer::release_until(std::int64_t second) {
  // Whatever is held lies within kSlots seconds of the newest one.
  const std::int64_t end = std::min(second, newest_ + 1);
  for (; oldest_ < end; ++oldest_)
    release_second(oldest_);
  oldest_ = std::max(oldest_, second);
}

void ReorderBuffer::flush() {
  if (any_) release_until(newest_ + 1);
  any_ = false;
}

}  // namespace teiten
