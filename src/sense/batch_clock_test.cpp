#include "sense/batch_clock.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

using namespace std::chrono_literals;

/// 2024-05-07T00:00:00Z is second 1,715,040,000 (date -d); running clocks begin anywhere.
constexpr std::int64_t kSecond = 1'715'040'000;
constexpr std::uint64_t kEpoch = 1'715'040'000'000'000;

UtcTime wall(Duration after) {
  return UtcTime(std::chrono::seconds(kSecond)) + after;
}
Instant both(Duration after) {
  return {wall(after), 1000s + after};
}
Instant apart(Duration wall_after, Duration running_after) {
  return {wall(wall_after), 1000s + running_after};
}

TEST(BatchClock, BatchesFollowEachOther) {
  BatchClock clock(both(0s), 0);
  const BatchStamp first = clock.end(both(5s));
  EXPECT_EQ(first.epoch, kEpoch);
  EXPECT_EQ(first.sequence, 0U);
  EXPECT_EQ(first.range, (TimeRange{wall(0s), wall(5s)}));
  const BatchStamp second = clock.end(both(10s));
  EXPECT_EQ(second.epoch, kEpoch);
  EXPECT_EQ(second.sequence, 1U);
  EXPECT_EQ(second.range, (TimeRange{wall(5s), wall(10s)}));
}

TEST(BatchClock, EpochsIncreaseThoughTheClockWasWrong) {
  // Another start, at a time before the last one: a machine without a battery.
  BatchClock clock(both(0s), kEpoch + 77);
  EXPECT_EQ(clock.epoch(), kEpoch + 78);
  clock.begin_epoch(both(1s));
  EXPECT_EQ(clock.epoch(), kEpoch + 1'000'000);
  clock.begin_epoch(both(1s));
  EXPECT_EQ(clock.epoch(), kEpoch + 1'000'001);
  EXPECT_EQ(clock.end(both(2s)).sequence, 0U);
}

TEST(BatchClock, SlewingIsNoStep) {
  BatchClock clock(both(0s), 0);
  EXPECT_EQ(clock.step(apart(5s + 900ms, 5s)), BatchClock::Step::none);
  EXPECT_EQ(clock.step(apart(5s - 900ms, 5s)), BatchClock::Step::none);
  // What it drifted by in one batch is not carried into the next.
  for (int i = 1; i <= 10; ++i) {
    EXPECT_EQ(clock.step(apart(i * 5900ms, i * 5s)), BatchClock::Step::none);
    EXPECT_EQ(clock.end(apart(i * 5900ms, i * 5s)).range.to, wall(i * 5900ms));
  }
}

TEST(BatchClock, AForwardStepClaimsNoTimeThatNobodyWatched) {
  BatchClock clock(both(0s), 0);
  // Three seconds passed; the clock was set an hour ahead meanwhile.
  const Instant after = apart(1h + 3s, 3s);
  EXPECT_EQ(clock.step(after), BatchClock::Step::forward);
  EXPECT_EQ(clock.end(after).range, (TimeRange{wall(0s), wall(3s)}));
  const BatchStamp next = clock.end(apart(1h + 8s, 8s));
  EXPECT_EQ(next.epoch, kEpoch);
  EXPECT_EQ(next.sequence, 1U);
  EXPECT_EQ(next.range, (TimeRange{wall(1h + 3s), wall(1h + 8s)}));
}

TEST(BatchClock, SuspensionIsTimeThatNobodyWatched) {
  // CLOCK_MONOTONIC stands still while the machine sleeps.
  BatchClock clock(both(0s), 0);
  EXPECT_EQ(clock.step(apart(8h, 2s)), BatchClock::Step::forward);
  EXPECT_EQ(clock.end(apart(8h, 2s)).range.to, wall(2s));
}

TEST(BatchClock, ABackwardStepBeginsAnEpochAtTheNewTime) {
  BatchClock clock(both(0s), 0);
  const Instant after = apart(-2h + 3s, 3s);
  EXPECT_EQ(clock.step(after), BatchClock::Step::backward);
  EXPECT_EQ(clock.end(after).range, (TimeRange{wall(0s), wall(3s)}));
  clock.begin_epoch(after);
  const BatchStamp next = clock.end(apart(-2h + 8s, 8s));
  EXPECT_EQ(next.epoch, kEpoch + 1);
  EXPECT_EQ(next.sequence, 0U);
  EXPECT_EQ(next.range, (TimeRange{wall(-2h + 3s), wall(-2h + 8s)}));
}

TEST(BatchClock, WhatNobodyWatchedLiesBetweenTwoBatches) {
  BatchClock clock(both(0s), 0);
  clock.end(both(5s));
  clock.skip_to(both(65s));
  const BatchStamp next = clock.end(both(70s));
  EXPECT_EQ(next.epoch, kEpoch);
  EXPECT_EQ(next.sequence, 1U);
  EXPECT_EQ(next.range, (TimeRange{wall(65s), wall(70s)}));
  // Set back while nobody watched.
  clock.skip_to(apart(-1h, 80s));
  EXPECT_EQ(clock.end(apart(-1h + 5s, 85s)).epoch, kEpoch + 1);
}

TEST(BatchClock, SmallBackwardCorrectionsLeaveRangesInOrder) {
  BatchClock clock(both(0s), 0);
  clock.end(both(5s));
  // Half a second back, a tenth later.
  const BatchStamp next = clock.end(apart(4600ms, 5100ms));
  EXPECT_EQ(next.range, (TimeRange{wall(5s), wall(5s + 1us)}));
}

TEST(BatchClock, FramesLieInTheirBatch) {
  BatchClock clock(both(0s), 0);
  clock.end(both(5s));
  // The kernel held it back: 80 ms before the batch began.
  EXPECT_EQ(clock.place(wall(4920ms), both(5020ms)), wall(5s));
  EXPECT_EQ(clock.place(wall(5010ms) + 999ns, both(5020ms)), wall(5010ms));
  // Just set ahead, while frames were read.
  EXPECT_EQ(clock.place(wall(9h), both(5020ms)), wall(6020ms));
  EXPECT_EQ(clock.end(both(5500ms)).range, (TimeRange{wall(5s), wall(6020ms) + 1us}));
}

}  // namespace
}  // namespace teiten
