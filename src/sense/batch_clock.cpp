#include "sense/batch_clock.h"

#include <algorithm>
#include <ctime>

namespace teiten {
namespace {

/// Stored times have microseconds.
constexpr auto kTick = std::chrono::microseconds(1);

UtcTime floored(UtcTime time) {
  return std::chrono::floor<std::chrono::microseconds>(time);
}

Duration read_clock(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::uint64_t epoch_at(UtcTime time) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(to_microseconds(time), 0));
}

}  // namespace

Instant read_clocks() {
  return {UtcTime(read_clock(CLOCK_REALTIME)), read_clock(CLOCK_MONOTONIC)};
}

BatchClock::BatchClock(Instant start, std::uint64_t last_epoch)
    : begun_(start),
      from_(floored(start.wall)),
      newest_(from_),
      epoch_(std::max(epoch_at(start.wall), last_epoch + 1)) {}

BatchClock::Step BatchClock::step(Instant at) const {
  const Duration drift = (at.wall - begun_.wall) - (at.running - begun_.running);
  if (drift > kClockTolerance) return Step::forward;
  if (drift < -kClockTolerance) return Step::backward;
  return Step::none;
}

UtcTime BatchClock::place(UtcTime time, Instant at) {
  // Frames come while others are read: `at` may be a little old.
  const UtcTime latest = std::max(from_, floored(at.wall + kClockTolerance));
  const UtcTime placed = std::clamp(floored(time), from_, latest);
  newest_ = std::max(newest_, placed);
  return placed;
}

BatchStamp BatchClock::end(Instant at) {
  const bool stepped = step(at) != Step::none;
  // By the clock as it was when the batch began.
  const UtcTime watched_to = stepped ? begun_.wall + age(at) : at.wall;
  const UtcTime to = std::max({floored(watched_to), newest_ + kTick, from_ + kTick});
  const BatchStamp stamp{epoch_, sequence_++, {from_, to}};
  from_ = stepped ? std::max(floored(at.wall), to) : to;
  newest_ = from_;
  begun_ = at;
  return stamp;
}

void BatchClock::begin_epoch(Instant at) {
  epoch_ = std::max(epoch_at(at.wall), epoch_ + 1);
  sequence_ = 0;
  begun_ = at;
  from_ = floored(at.wall);
  newest_ = from_;
}

void BatchClock::skip_to(Instant at) {
  // The wall clock was set back meanwhile.
  if (floored(at.wall) < from_) return begin_epoch(at);
  begun_ = at;
  from_ = floored(at.wall);
  newest_ = from_;
}

}  // namespace teiten
