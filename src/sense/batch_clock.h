#pragma once

#include <chrono>
#include <cstdint>

#include "net/time.h"

namespace teiten {

/// One instant by two clocks: the wall's, which somebody may set, and one that only runs while the
/// machine does (CLOCK_MONOTONIC: not in suspension).
struct Instant {
  UtcTime wall{};
  Duration running{};
};
/// The machine's clocks.
Instant read_clocks();

/// Wall and running clock may drift apart so far within a batch; more is a step of the wall clock
/// (or a suspension). NTP slews by 0.05 %.
inline constexpr auto kClockTolerance = std::chrono::seconds(1);

/// What a batch is called and covers.
struct BatchStamp {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  TimeRange range;
};

/// Gives batches their epochs, sequence numbers and ranges. Epochs are unique and increase,
/// whatever the wall clock does; ranges of an epoch follow each other without overlap and hold only
/// time that somebody watched.
class BatchClock {
 public:
  enum class Step : std::uint8_t { none, forward, backward };

  /// `last_epoch`: the greatest that was ever given.
  BatchClock(Instant start, std::uint64_t last_epoch);

  /// Whether the wall clock was set since the open batch began.
  Step step(Instant at) const;
  /// How long the open batch has run.
  Duration age(Instant at) const { return at.running - begun_.running; }
  /// The time of a frame that is being read, moved into the open batch: the kernel hands frames
  /// over late.
  UtcTime place(UtcTime time, Instant at);
  /// Ends the open batch; the next begins where it ends, or, if the clock was set, now.
  BatchStamp end(Instant at);
  /// The next batch is the first of a new epoch. Precondition: no frame was placed since end().
  void begin_epoch(Instant at);
  /// Nobody watched from the end of the last batch up to now. Precondition: as begin_epoch().
  void skip_to(Instant at);
  std::uint64_t epoch() const { return epoch_; }

 private:
  Instant begun_;   ///< when the open batch began, by both clocks
  UtcTime from_;    ///< where its range begins
  UtcTime newest_;  ///< newest time placed in it
  std::uint64_t epoch_;
  std::uint64_t sequence_ = 0;
};

}  // namespace teiten
