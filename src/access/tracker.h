#pragma once

#include <cstdint>
#include <vector>

#include "access/access.h"
#include "access/flow_table.h"
#include "decode/packet.h"

namespace teiten {

/// What became of one packet to a monitored address.
struct Verdict {
  enum class Fate : std::uint8_t { unsolicited, solicited };
  Fate fate = Fate::unsolicited;
  std::uint64_t access = 0;  ///< number of its access, from 1, if unsolicited
  ToolGuess tool{};          ///< of its access as far as is known by now, if it was asked for
};

/// A packet to a monitored address.
struct Observation {
  const Packet* packet = nullptr;
  std::uint16_t sensor = 0;
  std::uint32_t target = 0;
  /// Open maps: the source is an address that packets were sent to, so it may be answering one of
  /// them.
  bool source_is_monitored = false;
  bool wants_tool = false;  ///< fill Verdict::tool
};

/// Attempts and answered flows held at once by one tracker.
inline constexpr std::size_t kMaxOpenAccesses = 1U << 19;
inline constexpr std::size_t kMaxSolicitedFlows = 1U << 18;
/// Attempts open at once on one 5-tuple: a flood that changes its sequence number with each SYN.
inline constexpr std::size_t kMaxAttemptsPerTuple = 8;

/// Packets → accesses, and the filter of what a monitored address asked for itself. Takes packets
/// in processing order (reorder.h). All packets of one remote address go to one tracker; several
/// trackers that each have some of the remote addresses together give what one gives.
class Tracker {
 public:
  /// `max_open`, `max_solicited` and `max_tool_sources` bound memory: see kMaxOpenAccesses.
  /// Accesses are numbered by counting `numbers` up, which several trackers of one thread may
  /// share; without it from 1.
  explicit Tracker(std::size_t max_open = kMaxOpenAccesses,
                   std::size_t max_solicited = kMaxSolicitedFlows, std::uint64_t* numbers = nullptr,
                   std::size_t max_tool_sources = kMaxToolSources);

  /// A packet to a monitored address.
  Verdict inbound(const Observation& observation);
  /// What of a monitored address's own packets is remembered.
  enum class Remember : std::uint8_t {
    questions,  ///< what asks for an answer: not what answers an open access, no SYN+ACK, RST or
                ///< ICMP error
    all,        ///< for sent_quoted(): whatever it sent can be quoted
  };
  /// A packet from a monitored address of `sensor`: its answers are solicited.
  void outbound(const Packet& packet, std::uint16_t sensor,
                Remember remember = Remember::questions);
  /// Whether the packet that an ICMP error quotes was sent by the monitored address the error came
  /// to.
  bool sent_quoted(const Packet& packet, std::uint16_t sensor);

  /// Closes every access and forgets every flow; at the end of the input.
  void close_all();
  /// Closes every access.
  void close_accesses();
  /// Writes a row for every open access that has packets in none; it goes on in another row.
  void settle();
  /// How many accesses were closed since the last append_closed().
  std::size_t closed() const { return closed_.size(); }
  /// Adds these at the end of `accesses`, in the order of closing.
  void append_closed(std::vector<Access>& accesses);

  std::uint64_t early_closed() const { return early_closed_; }
  std::uint64_t attempts_overflowed() const { return attempts_overflowed_; }
  std::uint64_t forgotten_flows() const { return forgotten_flows_; }
  std::uint64_t forgotten_tool_sources() const { return tools_.forgotten(); }

 private:
  bool answers_open_access(const Observation& observation);
  std::uint32_t attempt_of(std::uint32_t newest, const Packet& packet);
  Verdict start_access(const Observation& observation, const FlowKey& key, std::uint64_t hash);
  void add_packet(Flow& flow, const Packet& packet);
  ToolGuess tool_of(const Flow& flow) const;
  void expire(UtcTime now);
  void forget_a_flow();
  void close(std::uint32_t index);
  void close_list(Timeout timeout);
  void write_row(const Flow& flow);
  void make_room_for_attempt(std::uint32_t newest);

  std::size_t max_open_;
  std::size_t max_solicited_;
  FlowTable flows_;
  ToolMemory tools_;
  std::size_t open_ = 0;
  std::size_t solicited_ = 0;
  std::uint64_t own_numbers_ = 0;
  std::uint64_t* shared_numbers_;
  std::uint64_t early_closed_ = 0;
  std::uint64_t attempts_overflowed_ = 0;
  std::uint64_t forgotten_flows_ = 0;
  std::vector<Access> closed_;
};

}  // namespace teiten
