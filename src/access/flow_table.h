#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "access/access.h"
#include "access/tool_memory.h"
#include "base/hash.h"
#include "net/ip_address.h"

namespace teiten {

/// One conversation seen from a monitored address. For ICMP queries the echo identifier stands in
/// remote_port; see tracker.cpp for local_port.
struct FlowKey {
  IpAddress remote;
  IpAddress local;
  std::uint16_t sensor = 0;  ///< tells apart the sensors of a log that has no destinations
  std::uint16_t remote_port = 0;
  std::uint16_t local_port = 0;
  std::uint8_t protocol = 0;
  friend bool operator==(const FlowKey&, const FlowKey&) = default;
  std::uint64_t hash() const {
    const std::uint64_t ports = (static_cast<std::uint64_t>(remote_port) << 48) |
                                (static_cast<std::uint64_t>(local_port) << 32) |
                                (static_cast<std::uint64_t>(sensor) << 8) | protocol;
    return mix64(remote.hash() + 0x9e3779b97f4a7c15ULL * (ports ^ local.hash()));
  }
};

/// How long a silent flow is remembered; each class has a list of its own, ordered by last packet.
enum class Timeout : std::uint8_t {
  attempt_with_isn,
  attempt,
  solicited_tcp,
  solicited,
  solicited_icmp
};
inline constexpr std::size_t kTimeoutCount = 5;
/// METHODS §1.4 for attempts; RFC 5382 REQ-5, RFC 4787 REQ-5 and RFC 5508 REQ-1 for answers.
Duration duration_of(Timeout timeout);

/// How the SYNs of an attempt follow each other: doubling from 3 s (RFC 1122 §4.2.3.1; Windows to
/// 2012, Linux to 3.0) or from 1 s (RFC 6298 §2), or otherwise.
enum class Retransmission : std::uint8_t { none, from_3s, from_1s, irregular };

struct Flow {
  FlowKey key;
  Access access;  ///< only for attempts
  UtcTime last{};
  std::uint64_t number = 0;  ///< of the access
  std::uint32_t isn = 0;
  std::uint32_t older = 0;  ///< earlier attempt on the same key, or kNoFlow
  std::uint32_t previous = 0;
  std::uint32_t next = 0;
  Timeout timeout = Timeout::attempt;
  bool has_isn = false;
  bool may_connect = false;  ///< its SYN could be a system's own: connect_tool()
  ToolMarks marks;           ///< of its first SYN
  Retransmission retransmission = Retransmission::none;
  std::uint8_t syn_gaps = 0;  ///< between its SYNs so far
  std::uint8_t ttl = 0;       ///< of its first SYN
  UtcTime last_syn{};
  bool solicited() const { return timeout >= Timeout::solicited_tcp; }
};
inline constexpr std::uint32_t kNoFlow = 0xffffffff;

/// Flows by key, and by timeout class in order of their last packet. Indices stay valid until
/// erased. Open addressing over 32-bit indices into a slab: one cache line a look-up.
class FlowTable {
 public:
  FlowTable();

  Flow& operator[](std::uint32_t index) { return chunks_[index >> kChunkBits][index & kChunkMask]; }
  /// The newest flow with this key, or kNoFlow.
  std::uint32_t find(const FlowKey& key, std::uint64_t hash);
  /// Adds a flow; one with the same key becomes its `older`. The flow is at the end of its list.
  std::uint32_t insert(const FlowKey& key, std::uint64_t hash, Timeout timeout, UtcTime now);
  /// Moves the flow to the end of its list.
  void touch(std::uint32_t index, UtcTime now);
  void erase(std::uint32_t index);
  /// The flow of this class that has been silent longest, or kNoFlow.
  std::uint32_t oldest(Timeout timeout) const { return heads_[static_cast<std::size_t>(timeout)]; }
  std::size_t size() const { return size_; }

 private:
  static constexpr std::uint32_t kChunkBits = 10;
  static constexpr std::uint32_t kChunkMask = (1U << kChunkBits) - 1;
  struct Slot {
    std::uint32_t index = kNoFlow;
    std::uint32_t hash = 0;  ///< its lower half: also says which slot is the entry's own
  };
  std::size_t slot_of(const FlowKey& key, std::uint64_t hash);
  void grow();
  void remove_slot(std::size_t slot);
  void link(std::uint32_t index);
  void unlink(std::uint32_t index);

  std::vector<std::unique_ptr<Flow[]>> chunks_;
  std::vector<std::uint32_t> free_;
  std::vector<Slot> slots_;
  std::size_t used_slots_ = 0;
  std::size_t size_ = 0;
  std::array<std::uint32_t, kTimeoutCount> heads_{};
  std::array<std::uint32_t, kTimeoutCount> tails_{};
};

}  // namespace teiten
