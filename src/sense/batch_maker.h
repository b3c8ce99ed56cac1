#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "access/access_stage.h"
#include "access/record_source.h"
#include "capture/frame.h"
#include "decode/decode.h"
#include "sense/batch_clock.h"

namespace teiten {

/// Frames after which a batch is ended before its time: bounds what is held in memory, what a batch
/// can hold (wire/batch_codec.h), and how long no frame is read while a batch is worked through
/// (40 ms on a shared core); the kernel's buffer holds what comes meanwhile.
inline constexpr std::uint64_t kMaxBatchFrames = 8'192;
/// What a sensor remembers at most, in 64 MiB together with everything else.
inline constexpr std::size_t kSensorOpenAccesses = 1U << 16;
inline constexpr std::size_t kSensorSolicitedFlows = 1U << 15;
inline constexpr std::size_t kSensorToolSources = 1U << 14;
/// Limits that a sensor adds to those of the access stage: batches that could not be kept (their
/// packets count as dropped), and batches that the full spool pushed out before they were sent.
inline constexpr const char* kUnkeptBatches = "unkept_batches";
inline constexpr const char* kSpoolDiscarded = "spool_discarded_batches";
/// Of a log: packets of the time before the sensor watched, read when it was started again. No
/// coverage belongs to them.
inline constexpr const char* kCaughtUpPackets = "caught_up_packets";
/// A log's line counts if its time lies within these bounds of the present: further back a batch
/// may not reach (wire/batch_check.h), and what lies ahead has the wrong zone.
inline constexpr std::chrono::hours kOldestLine{23};
inline constexpr std::chrono::minutes kMostAheadLine{10};
/// Why a line outside them is rejected; what is ahead has the name that an import gives it.
inline constexpr const char* kStaleTime = "stale_time";

/// Where batches are sent to.
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

struct BatchMakerOptions {
  std::string sensor;
  std::chrono::nanoseconds batch_length = std::chrono::seconds(5);
  /// How late a frame may be read. So long an ended batch waits for frames of its own time; what is
  /// later already goes into the next one. A batch that was handed out then holds all of its time.
  std::chrono::nanoseconds hand_over{0};
  bool keep_local = false;
  /// Where no addresses are named, every destination is this sensor's: of a log. Else none is.
  bool any_address = false;
  /// The greatest epoch that this sensor has ever used.
  std::uint64_t last_epoch = 0;
};

/// Frames → batches of one sensor, by clocks that are passed in: reads nothing and writes nothing.
class BatchMaker {
 public:
  /// Takes a batch; false if it could not be kept. Then its packets count as dropped in the next.
  using Sink = std::function<bool(const Batch&)>;

  /// Errors (invalid_argument): a bad name, overlapping prefixes.
  static Result<std::unique_ptr<BatchMaker>> create(BatchMakerOptions options,
                                                    const std::vector<Prefix>& addresses,
                                                    Instant start, Sink sink);

  /// A frame that was just read; the open batch must not be over (tick()).
  void add(const Frame& frame, Instant at);
  /// The same of a log's record, which keeps its own time.
  void add(const Record& record, Instant at);
  /// Ends the open batch if it is old or full or the clock was set; after the clock was set back a
  /// new epoch begins.
  void tick(Instant at);
  /// Another set of monitored addresses: a new epoch begins, if it is another.
  Result<void> set_addresses(const std::vector<Prefix>& addresses, Instant at);
  /// What these send is this sensor's own traffic.
  void set_collectors(std::vector<Endpoint> collectors) { collectors_ = std::move(collectors); }
  /// A connection that was open before: answers to it are no accesses.
  void expect_answers(const Packet& sent) { stage_.expect_answers(sent); }
  /// Frames, or packets of batches, that were lost.
  void add_dropped(std::uint64_t packets) { stage_.add_dropped(packets); }
  /// A named limit that was reached outside.
  void add_limit(const char* name, std::uint64_t times) { add_count(limits_, name, times); }
  /// Ends the open batch here: nobody watches until resume(), and nothing else may be called.
  void pause(Instant at) { end_batch(at); }
  void resume(Instant at);
  /// When the open batch will be over.
  Duration due_in(Instant at) const;
  /// Ends the open batch, the last.
  void finish(Instant at);

 private:
  BatchMaker(BatchMakerOptions options, SensorMap sensors, std::vector<Prefix> addresses,
             Instant start, Sink sink);
  static std::vector<Prefix> or_nothing(std::vector<Prefix> addresses);
  /// A frame, decoded.
  struct Seen {
    Packet packet;
    Decoded decoded;
    bool has_time = false;
  };
  bool is_own_upload(const Packet& packet) const;
  void count(Seen seen, Instant at);
  void end_batch(Instant at);
  void hand_out(Instant at);

  BatchMakerOptions options_;
  std::vector<Prefix> addresses_;
  BatchClock clock_;
  Sink sink_;
  Slice slice_;  ///< the one that the stage has ended last
  AccessStage stage_;
  std::vector<Endpoint> collectors_;
  NamedCounts limits_;
  UtcTime watched_from_;         ///< since when nothing was missed
  std::uint64_t frames_ = 0;     ///< in the open batch
  std::optional<Instant> over_;  ///< when the open batch ended, while it waits for late frames
  std::vector<Seen> early_;      ///< of the next batch
};

}  // namespace teiten
