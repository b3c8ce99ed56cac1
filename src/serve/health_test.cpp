#include "serve/health.h"

#include <gtest/gtest.h>

namespace teiten {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const UtcTime kStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

/// A batch of ten seconds that begins so long after kStart.
BatchSummary batch_at(Duration begin, std::uint64_t packets, std::uint64_t dropped = 0) {
  BatchSummary batch;
  batch.range = {kStart + begin, kStart + begin + seconds(10)};
  batch.frames = batch.packets = packets;
  batch.visits = packets;
  batch.dropped = dropped;
  if (packets > 0) batch.last_packet = kStart + begin;
  return batch;
}

Arrival arrival_at(Duration time) {
  Arrival arrival;
  arrival.at = kStart + time;
  return arrival;
}

/// Batches that follow each other and arrive two seconds after their end.
void feed(Health& health, Duration from, Duration to, std::uint64_t packets,
          std::uint64_t dropped = 0) {
  for (Duration at = from; at < to; at += seconds(10))
    health.note("tokyo", arrival_at(at + seconds(12)), batch_at(at, packets, dropped));
}

SensorHealth only(const Health& health, Duration now) {
  const auto all = health.all(kStart + now);
  EXPECT_EQ(all.size(), 1U);
  return all.at(0);
}

TEST(Health, ASensorThatSendsIsOk) {
  Health health({}, kStart);
  feed(health, seconds(0), hours(1), 3);
  const SensorHealth tokyo = only(health, hours(1) + seconds(2));
  EXPECT_EQ(tokyo.state, SensorState::ok);
  EXPECT_EQ(tokyo.sensor, "tokyo");
  EXPECT_EQ(tokyo.batches, 360U);
  EXPECT_EQ(tokyo.packets, 1080U);
  EXPECT_DOUBLE_EQ(tokyo.lag_seconds, 2);
  EXPECT_DOUBLE_EQ(tokyo.coverage, 1);
  // 1,080 in 3,590 s: the silence after the last packet, ten seconds, is left out.
  EXPECT_NEAR(tokyo.visits_per_day, 25991.6, 1);
}

TEST(Health, DownAfterFiveOfItsIntervalsAndAMinuteAtLeast) {
  Health health({}, kStart);
  feed(health, seconds(0), minutes(10), 1);
  EXPECT_EQ(only(health, minutes(11)).state, SensorState::ok);
  const SensorHealth late = only(health, minutes(11) + seconds(4));
  EXPECT_EQ(late.state, SensorState::down);
  EXPECT_EQ(late.reason, "no batch for 62 s");
  Health patient({seconds(600)}, kStart);
  feed(patient, seconds(0), minutes(10), 1);
  EXPECT_EQ(only(patient, minutes(20)).state, SensorState::ok);
  EXPECT_EQ(only(patient, minutes(21)).state, SensorState::down);
}

TEST(Health, NobodyIsDownForTheTimeWithoutACollector) {
  Health first({}, kStart);
  feed(first, seconds(0), minutes(10), 1);
  Health second({}, kStart + hours(5));
  ASSERT_TRUE(second.restore(first.saved()).ok());
  EXPECT_EQ(only(second, hours(5) + seconds(30)).state, SensorState::ok);
  EXPECT_EQ(only(second, hours(5) + seconds(90)).state, SensorState::down);
  EXPECT_EQ(only(second, hours(5)).packets, 60U);
}

TEST(Health, BlindAfterSixHoursWithoutAPacket) {
  Health health({}, kStart);
  feed(health, seconds(0), hours(2), 1);
  feed(health, hours(2), hours(8) - seconds(20), 0);
  EXPECT_EQ(only(health, hours(8)).state, SensorState::ok);
  feed(health, hours(8) - seconds(20), hours(8), 0);
  const SensorHealth tokyo = only(health, hours(8));
  EXPECT_EQ(tokyo.state, SensorState::blind);
  EXPECT_EQ(tokyo.reason, "batches come, but no packet for 6 h");
  feed(health, hours(8), hours(8) + seconds(10), 1);
  EXPECT_EQ(only(health, hours(8) + seconds(10)).state, SensorState::ok);
}

TEST(Health, AQuietSensorMayBeSilentForLonger) {
  // ln(10^6) = 13.8155: at 10 visits a day that is 1.381551 days = 119,366.0 s.
  EXPECT_EQ(longest_usual_silence(10).count(), 119366);
  EXPECT_EQ(longest_usual_silence(1000).count(), 6 * 3600);
  EXPECT_EQ(longest_usual_silence(0).count(), 6 * 3600);
}

TEST(Health, SaturatedWhileItLosesPackets) {
  Health health({}, kStart);
  feed(health, seconds(0), minutes(10), 99, 1);
  EXPECT_EQ(only(health, minutes(10)).state, SensorState::saturated);
  EXPECT_DOUBLE_EQ(only(health, minutes(10)).loss, 0.01);
  feed(health, minutes(10), minutes(80), 99, 0);
  EXPECT_EQ(only(health, minutes(80)).state, SensorState::ok);
}

TEST(Health, CoverageCountsHolesAndABatchOnce) {
  Health health({}, kStart);
  feed(health, seconds(0), hours(3), 1);
  feed(health, hours(4), hours(6), 1);
  feed(health, hours(4), hours(6), 1);  // sent again
  const SensorHealth tokyo = only(health, hours(6));
  EXPECT_NEAR(tokyo.coverage, 5.0 / 6, 0.001);
  EXPECT_EQ(tokyo.packets, 1800U);
  EXPECT_EQ(tokyo.batches, 2520U);
  feed(health, hours(3), hours(4), 1);  // what the spool held back
  EXPECT_NEAR(only(health, hours(6)).coverage, 1, 0.001);
}

TEST(Health, WhatTheHeadersSay) {
  Health health({}, kStart);
  Arrival arrival = arrival_at(seconds(20));
  arrival.sensor_time = kStart + seconds(17);
  arrival.version = "1.2";
  arrival.spool_bytes = 30;
  arrival.spool_limit_bytes = 120;
  health.note("tokyo", arrival, batch_at(seconds(0), 1));
  const SensorHealth tokyo = only(health, seconds(20));
  EXPECT_DOUBLE_EQ(tokyo.clock_offset_seconds, -3);
  EXPECT_EQ(tokyo.version, "1.2");
  EXPECT_DOUBLE_EQ(tokyo.spool_fill, 0.25);
}

TEST(Health, AWrongClockIsNoSilence) {
  Health health({}, kStart);
  const TimeRange ahead{kStart + hours(9000), kStart + hours(9000) + seconds(10)};
  health.note_kept_aside("tokyo", arrival_at(seconds(5)), ahead, "kept aside: of next year");
  const SensorHealth tokyo = only(health, seconds(50));
  EXPECT_EQ(tokyo.state, SensorState::clock);
  EXPECT_EQ(tokyo.reason, "its last batch was kept aside: of next year");
  EXPECT_EQ(tokyo.kept_aside, 1U);
  EXPECT_EQ(tokyo.batches, 0U);
  Health again({}, kStart);
  ASSERT_TRUE(again.restore(health.saved()).ok());
  EXPECT_EQ(only(again, seconds(50)).state, SensorState::clock);
  EXPECT_EQ(only(again, seconds(66)).state, SensorState::down);
  EXPECT_EQ(only(again, seconds(66)).reason,
            "no batch for 61 s; the last one was kept aside: of next year");
  health.note("tokyo", arrival_at(seconds(20)), batch_at(seconds(10), 1));
  EXPECT_EQ(only(health, seconds(50)).state, SensorState::ok);
}

TEST(Health, NobodyIsDownForTheTimeOfALoan) {
  Health health({}, kStart);
  feed(health, seconds(0), minutes(10), 1);
  health.note("osaka", arrival_at(minutes(2)), batch_at(minutes(1), 1));
  health.note_pause(kStart + minutes(10), kStart + minutes(12));
  health.note_pause(kStart + minutes(10), kStart + minutes(20));
  const auto at = [&](Duration now) {
    const auto all = health.all(kStart + now);
    return std::pair(all.at(0).state, all.at(1).state);
  };
  // Osaka was down before.
  EXPECT_EQ(at(minutes(20)), std::pair(SensorState::down, SensorState::ok));
  EXPECT_EQ(at(minutes(21)), std::pair(SensorState::down, SensorState::ok));
  EXPECT_EQ(at(minutes(21) + seconds(4)), std::pair(SensorState::down, SensorState::down));
}

TEST(Health, ConflictsAreShownForADay) {
  Health health({}, kStart);
  feed(health, seconds(0), minutes(10), 1);
  health.note_conflicting("tokyo", kStart + minutes(5));
  EXPECT_EQ(only(health, minutes(10)).state, SensorState::conflict);
  EXPECT_EQ(only(health, minutes(10)).conflicting, 1U);
  feed(health, hours(24), hours(24) + minutes(6), 1);
  EXPECT_EQ(only(health, hours(24) + minutes(6)).state, SensorState::ok);
}

TEST(Health, ADamagedSaveChangesNothing) {
  Health health({}, kStart);
  feed(health, seconds(0), minutes(1), 1);
  for (const char* text : {"", "{}", "{\"sensors\": {\"x\": {}}}", "{\"sensors\": 3}"})
    EXPECT_FALSE(health.restore(text).ok()) << text;
  EXPECT_EQ(only(health, minutes(1)).batches, 6U);
}

}  // namespace
}  // namespace teiten
