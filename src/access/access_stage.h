#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "access/ignore_reason.h"
#include "access/reorder.h"
#include "access/sensors.h"
#include "access/slice.h"
#include "access/tool_memory.h"
#include "access/tracker.h"
#include "decode/anomaly.h"
#include "decode/packet.h"

namespace teiten {

/// Packets after which an import's batches are cut. Fewer accesses than DuckDB's row group of
/// 122,880 rows: a transaction of more writes row groups at once, which the next checkpoint writes
/// again and leaves as holes in the file.
inline constexpr std::uint64_t kSlicePackets = 100'000;

struct AccessStageOptions {
  /// Private, link-local, loopback and unspecified sources count too.
  bool keep_local = false;
  /// 1: everything on the caller's thread. More: packets are spread over threads by source; the
  /// answer is the same.
  std::size_t threads = 1;
  std::uint64_t slice_packets = kSlicePackets;
  /// What is remembered and held back at most (tracker.h, tool_memory.h, reorder.h): an import can
  /// have much, a sensor on a small machine cannot.
  std::size_t open_accesses = kMaxOpenAccesses;
  std::size_t solicited_flows = kMaxSolicitedFlows;
  std::size_t tool_sources = kMaxToolSources;
  std::size_t reorder_packets = kMaxReorderPackets;
};

/// What became of one record, for `teiten inspect`.
struct RecordVerdict {
  enum class Fate : std::uint8_t { unsolicited, solicited, ignored, anomaly, rejected };
  Fate fate = Fate::unsolicited;
  IgnoreReason reason = IgnoreReason::none;
  std::uint64_t access = 0;  ///< unsolicited: number of its access
  bool has_sensor = false;
  std::uint16_t sensor = 0;  ///< index into sensors().names()
  std::uint32_t target = 0;
  ToolGuess tool{};  ///< unsolicited: of its access, as far as is known by now
};

/// Packet → access: puts packets in order, decides whose they are and whether they were asked for,
/// tracks attempts, and cuts the result into slices. The batches that cut_batches() makes of them
/// depend on the packets alone: not on their order within kReorderWindow, nor on the number of
/// threads.
class AccessStage {
 public:
  /// Gets each slice, in order of sequence. Called from one thread at a time, which is not the
  /// caller's if threads > 1.
  using SliceSink = std::function<void(Slice)>;
  /// Gets the verdict on each packet, in processing order. Only with one thread.
  using VerdictSink = std::function<void(std::uint64_t id, const RecordVerdict&)>;

  AccessStage(SensorMap sensors, AccessStageOptions options, SliceSink slices,
              VerdictSink verdicts = {});
  ~AccessStage();
  AccessStage(const AccessStage&) = delete;
  AccessStage& operator=(const AccessStage&) = delete;

  /// `packet.sensor_label` minus 1 is an index into sensors().names(): see SensorMap::sensor_named.
  void add_packet(const Packet& packet, std::uint64_t id = 0);
  /// A frame that is no packet, and a line that is none: counted, no verdict.
  void add_ignored(IgnoreReason reason);
  void add_anomaly(Anomaly anomaly);
  void add_rejected(std::string_view reason);
  /// Frames that the capturing program lost.
  void add_dropped(std::uint64_t frames);
  /// Ends a slice here that holds everything given so far, for input that goes on: packets held
  /// back for their order are released (what comes later and is older is late), and an access that
  /// is open has its packets in a row of this slice and goes on in another.
  void settle();
  /// Ends a slice here, closes every access, and goes on with other addresses of the same sensors
  /// or after the clock was set: later packets may have any time. What was asked for stays known.
  /// Only with one thread, and named addresses after named ones.
  void restart(SensorMap sensors);
  /// The sensor's monitored address has sent such a packet before the input began (a connection
  /// that is open already): answers to it are solicited. Nothing is counted.
  void expect_answers(const Packet& sent);
  /// Ends the input: every access is closed and the last slice handed out before it returns.
  void finish();

  SensorMap& sensors();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace teiten
