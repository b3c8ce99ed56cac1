#include "sense/batch_maker.h"

#include <gtest/gtest.h>

#include "wire/batch_codec.h"

namespace teiten {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t kSyn = 0x02;
constexpr std::uint8_t kAck = 0x10;

/// An Ethernet frame with IPv4 and the first 20 bytes of TCP; checksums are 0, nobody looks.
std::vector<std::byte> tcp_frame(const char* from, std::uint16_t from_port, const char* to,
                                 std::uint16_t to_port, std::uint8_t flags) {
  std::vector<std::byte> bytes(14 + 20 + 20);
  const auto put = [&bytes](std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i)
      bytes[at + i] = static_cast<std::byte>(value >> (8 * (size - 1 - i)));
  };
  put(12, 0x0800, 2);
  put(14, 0x45, 1);
  put(16, 40, 2);
  put(22, 64, 1);
  put(23, 6, 1);
  put(26, IpAddress::parse(from)->v4_bits(), 4);
  put(30, IpAddress::parse(to)->v4_bits(), 4);
  put(34, from_port, 2);
  put(36, to_port, 2);
  put(38, 1000 + from_port, 4);
  put(46, 0x50, 1);
  put(47, flags, 1);
  return bytes;
}

/// 2024-05-07T00:00:00Z.
UtcTime wall(Duration after) {
  return UtcTime(1'715'040'000s) + after;
}

class Maker : public ::testing::Test {
 protected:
  void SetUp() override { start({"192.0.2.7"}); }

  void start(const std::vector<const char*>& addresses, std::uint64_t last_epoch = 0) {
    BatchMakerOptions options;
    options.sensor = "home";
    options.last_epoch = last_epoch;
    options.hand_over = hand_over_;
    options.any_address = any_address_;
    auto made =
        BatchMaker::create(options, prefixes(addresses), at(0s), [this](const Batch& batch) {
          // Whatever a batch holds, the collector takes it.
          const auto decoded = decode_batch(encode_batch(batch));
          EXPECT_TRUE(decoded.ok()) << decoded.error().message;
          if (keeps_) batches_.push_back(batch);
          return keeps_;
        });
    ASSERT_TRUE(made.ok());
    maker_ = std::move(*made);
  }

  static std::vector<Prefix> prefixes(const std::vector<const char*>& addresses) {
    std::vector<Prefix> all;
    for (const char* address : addresses)
      all.push_back(*Prefix::parse(address));
    return all;
  }

  /// Both clocks, with the wall's set by `step_`.
  Instant at(Duration after) const { return {wall(after + step_), 77s + after}; }

  void give(Duration after, const std::vector<std::byte>& bytes) {
    Frame frame;
    frame.time = wall(after + step_);
    frame.data = bytes;
    frame.original_length = static_cast<std::uint32_t>(bytes.size());
    maker_->tick(at(after));
    maker_->add(frame, at(after));
  }
  void syn(Duration after, const char* from, std::uint16_t port, const char* to = "192.0.2.7") {
    give(after, tcp_frame(from, 40000, to, port, kSyn));
  }

  Duration step_{};
  std::chrono::nanoseconds hand_over_{0};
  bool keeps_ = true;
  bool any_address_ = false;
  std::vector<Batch> batches_;
  std::unique_ptr<BatchMaker> maker_;
};

TEST_F(Maker, WhatCameIsInTheBatchOfItsTime) {
  syn(1s, "198.51.100.9", 23);
  syn(2s, "198.51.100.9", 1433);
  syn(6s, "198.51.100.10", 23);
  maker_->finish(at(7s));
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ(batches_[0].sensor, "home");
  EXPECT_EQ(batches_[0].epoch, 1'715'040'000'000'000U);
  EXPECT_EQ(batches_[0].sequence, 0U);
  EXPECT_EQ(batches_[0].frames, 2U);
  EXPECT_EQ(batches_[0].packets_unsolicited, 2U);
  EXPECT_EQ(batches_[0].range.from, wall(0s));
  EXPECT_EQ(batches_[0].range.to, wall(6s));  // when it was looked at again
  ASSERT_EQ(batches_[1].accesses.size(), 1U);
  EXPECT_EQ(batches_[1].accesses[0].service, Service(protocol::kTcp, 23));
  EXPECT_EQ(batches_[1].sequence, 1U);
  EXPECT_EQ((batches_[1].range), (TimeRange{wall(6s), wall(7s)}));
}

// Batches of 5 s, frames read up to 200 ms late: 4.9 s is read at 5.1 s, after one of 5.05 s.
TEST_F(Maker, ABatchWaitsForFramesOfItsTime) {
  hand_over_ = 200ms;
  start({"192.0.2.7"});
  const auto read = [this](Duration stamped, Duration when, std::uint16_t port) {
    const auto bytes = tcp_frame("198.51.100.9", 40000, "192.0.2.7", port, kSyn);
    Frame frame;
    frame.time = wall(stamped);
    frame.data = bytes;
    frame.original_length = static_cast<std::uint32_t>(bytes.size());
    maker_->tick(at(when));
    maker_->add(frame, at(when));
  };
  maker_->tick(at(5s));
  EXPECT_TRUE(batches_.empty());
  EXPECT_EQ(maker_->due_in(at(5s)), Duration(200ms));
  read(5050ms, 5060ms, 2);
  read(4900ms, 5100ms, 1);
  maker_->tick(at(5200ms));
  ASSERT_EQ(batches_.size(), 1U);
  EXPECT_EQ(maker_->due_in(at(5200ms)), Duration(4800ms));
  read(5210ms, 5300ms, 3);
  maker_->finish(at(6s));
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ((batches_[0].range), (TimeRange{wall(0s), wall(5s)}));
  ASSERT_EQ(batches_[0].accesses.size(), 1U);
  EXPECT_EQ(batches_[0].accesses[0].destination_port, 1);
  EXPECT_EQ((batches_[1].range), (TimeRange{wall(5s), wall(6s)}));
  ASSERT_EQ(batches_[1].accesses.size(), 2U);
  EXPECT_EQ(batches_[1].accesses[0].destination_port, 2);
  EXPECT_EQ(batches_[1].accesses[0].first, wall(5050ms));
  EXPECT_EQ(batches_[1].frames, 2U);
}

TEST_F(Maker, AHeartbeatIsABatchWithoutPackets) {
  maker_->tick(at(4s));
  EXPECT_TRUE(batches_.empty());
  EXPECT_EQ(maker_->due_in(at(4s)), Duration(1s));
  maker_->tick(at(5s));
  maker_->tick(at(10s));
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ(batches_[1].sensor, "home");
  EXPECT_EQ(batches_[1].frames, 0U);
  EXPECT_EQ(batches_[1].sequence, 1U);
  EXPECT_EQ((batches_[1].range), (TimeRange{wall(5s), wall(10s)}));
}

TEST_F(Maker, AnswersToOwnTrafficAreNoAccesses) {
  give(1s, tcp_frame("192.0.2.7", 50000, "203.0.113.5", 80, kSyn));
  give(2s, tcp_frame("203.0.113.5", 80, "192.0.2.7", 50000, kSyn | kAck));
  maker_->tick(at(5s));
  // Known in later batches too.
  give(6s, tcp_frame("203.0.113.5", 80, "192.0.2.7", 50000, kAck));
  maker_->finish(at(7s));
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ(batches_[0].solicited, 1U);
  EXPECT_EQ(batches_[0].ignored.at("own"), 1U);
  EXPECT_EQ(batches_[1].solicited, 1U);
  EXPECT_TRUE(batches_[0].accesses.empty() && batches_[1].accesses.empty());
}

TEST_F(Maker, AnswersInConnectionsThatWereOpenBeforeAreNone) {
  Packet sent;
  sent.time = wall(0s);
  sent.source = *IpAddress::parse("192.0.2.7");
  sent.destination = *IpAddress::parse("203.0.113.5");
  sent.source_port = 50000;
  sent.destination_port = 80;
  sent.protocol = protocol::kTcp;
  sent.has_destination = sent.has_ports = sent.has_flags = true;
  sent.tcp_flags = kAck;
  maker_->expect_answers(sent);
  give(1s, tcp_frame("203.0.113.5", 80, "192.0.2.7", 50000, kAck));
  give(1s, tcp_frame("203.0.113.5", 80, "192.0.2.7", 50001, kAck));  // another one
  maker_->finish(at(2s));
  ASSERT_EQ(batches_.size(), 1U);
  EXPECT_EQ(batches_[0].frames, 2U);  // what was expected is no frame
  EXPECT_EQ(batches_[0].solicited, 1U);
  ASSERT_EQ(batches_[0].accesses.size(), 1U);
  EXPECT_EQ(batches_[0].accesses[0].kind, Kind::backscatter);  // from a server's port
}

TEST_F(Maker, TheCollectorIsNoSource) {
  maker_->set_collectors({{*IpAddress::parse("203.0.113.5"), 8443}});
  give(1s, tcp_frame("203.0.113.5", 8443, "192.0.2.7", 50000, kAck));
  give(1s, tcp_frame("203.0.113.5", 8444, "192.0.2.7", 50000, kAck));
  give(1s, tcp_frame("203.0.113.6", 8443, "192.0.2.7", 50000, kAck));
  maker_->finish(at(2s));
  ASSERT_EQ(batches_.size(), 1U);
  EXPECT_EQ(batches_[0].ignored.at("own_upload"), 1U);
  EXPECT_EQ(batches_[0].packets_unsolicited, 2U);
}

TEST_F(Maker, OtherAddressesBeginAnEpoch) {
  syn(1s, "198.51.100.9", 23);
  give(1s, tcp_frame("192.0.2.7", 50000, "203.0.113.5", 80, kSyn));
  ASSERT_TRUE(maker_->set_addresses(prefixes({"192.0.2.7"}), at(2s)).ok());
  EXPECT_TRUE(batches_.empty());  // the same ones
  ASSERT_TRUE(maker_->set_addresses(prefixes({"192.0.2.7", "192.0.2.8"}), at(2s)).ok());
  syn(3s, "198.51.100.9", 23, "192.0.2.8");
  // A retransmission: of what was an access of the old epoch, so one of the new.
  syn(3s, "198.51.100.9", 23);
  // Asked for before.
  give(3s, tcp_frame("203.0.113.5", 80, "192.0.2.7", 50000, kSyn | kAck));
  maker_->finish(at(4s));
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ((batches_[0].range), (TimeRange{wall(0s), wall(2s)}));
  EXPECT_EQ(batches_[0].packets_unsolicited, 1U);
  EXPECT_EQ(batches_[1].epoch, 1'715'040'002'000'000U);
  EXPECT_EQ(batches_[1].sequence, 0U);
  EXPECT_EQ((batches_[1].range), (TimeRange{wall(2s), wall(4s)}));
  EXPECT_EQ(batches_[1].packets_unsolicited, 2U);
  EXPECT_EQ(batches_[1].solicited, 1U);
  for (const Access& access : batches_[1].accesses)
    EXPECT_FALSE(access.continues);
}

TEST_F(Maker, WithoutAnAddressNothingIsMonitored) {
  start({});
  syn(1s, "198.51.100.9", 23);
  maker_->finish(at(2s));
  ASSERT_EQ(batches_.size(), 1U);
  EXPECT_EQ(batches_[0].ignored.at("to_others"), 1U);
  EXPECT_EQ(batches_[0].packets_unsolicited, 0U);
}

TEST_F(Maker, AfterTheClockWasSetBackCountingGoesOn) {
  syn(1s, "198.51.100.9", 23);
  step_ = -2h;
  syn(2s, "198.51.100.10", 23);
  syn(3s, "198.51.100.11", 23);
  maker_->finish(at(4s));
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ((batches_[0].range), (TimeRange{wall(0s), wall(2s)}));
  EXPECT_EQ(batches_[1].epoch, 1'715'040'000'000'001U);
  EXPECT_EQ((batches_[1].range), (TimeRange{wall(-2h + 2s), wall(-2h + 4s)}));
  EXPECT_EQ(batches_[1].packets_unsolicited, 2U);
  EXPECT_FALSE(batches_[1].limits.contains("late_packets"));
}

TEST_F(Maker, AfterTheClockWasSetAheadTheTimeBetweenIsNotCovered) {
  syn(1s, "198.51.100.9", 23);
  step_ = 3h;
  syn(2s, "198.51.100.10", 23);
  maker_->finish(at(4s));
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ((batches_[0].range), (TimeRange{wall(0s), wall(2s)}));
  EXPECT_EQ((batches_[1].range), (TimeRange{wall(3h + 2s), wall(3h + 4s)}));
  EXPECT_EQ(batches_[1].epoch, batches_[0].epoch);
}

TEST_F(Maker, ABatchIsNotLargerThanItsBound) {
  const auto frame = tcp_frame("198.51.100.9", 40000, "192.0.2.7", 23, kSyn);
  for (std::uint64_t i = 0; i < kMaxBatchFrames + 5; ++i)
    give(1s, frame);
  maker_->finish(at(2s));
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ(batches_[0].frames, 8'192U);
  EXPECT_EQ(batches_[1].frames, 5U);
  ASSERT_EQ(batches_[1].accesses.size(), 1U);
  EXPECT_TRUE(batches_[1].accesses[0].continues);
}

TEST_F(Maker, WhatCannotBeKeptCountsAsDropped) {
  keeps_ = false;
  syn(1s, "198.51.100.9", 23);
  maker_->add_dropped(4);
  maker_->tick(at(5s));
  maker_->tick(at(10s));
  keeps_ = true;
  syn(11s, "198.51.100.10", 23);
  maker_->add_limit(kSpoolDiscarded, 3);
  maker_->finish(at(12s));
  ASSERT_EQ(batches_.size(), 1U);
  EXPECT_EQ(batches_[0].sequence, 2U);
  EXPECT_EQ(batches_[0].dropped, 5U);
  EXPECT_EQ(batches_[0].limits.at("unkept_batches"), 2U);
  EXPECT_EQ(batches_[0].limits.at("spool_discarded_batches"), 3U);
  // Nothing is claimed of the time in which what came was lost.
  EXPECT_EQ(batches_[0].range.from, wall(10s));
}

TEST_F(Maker, EveryFrameIsAccountedFor) {
  const std::vector<std::byte> arp = [] {
    auto bytes = tcp_frame("198.51.100.9", 1, "192.0.2.7", 2, kSyn);
    bytes[13] = std::byte{0x06};
    return bytes;
  }();
  give(1s, arp);
  give(1s, std::vector<std::byte>(10));
  give(1s, std::vector<std::byte>(arp.begin(), arp.begin() + 20));
  syn(1s, "10.0.0.1", 23);
  maker_->finish(at(2s));
  ASSERT_EQ(batches_.size(), 1U);
  EXPECT_EQ(batches_[0].frames, 4U);
  EXPECT_EQ(batches_[0].ignored.at("not_ip"), 2U);
  EXPECT_EQ(batches_[0].ignored.at("private_source"), 1U);
  EXPECT_EQ(batches_[0].anomalies.at("truncated_link_header"), 1U);
}

/// A line of a log that says it came at `time`.
Record line_of(UtcTime time, std::uint16_t port, std::uint32_t packets = 1) {
  Record record;
  record.packet.time = time;
  record.packet.source = *IpAddress::parse("198.51.100.9");
  record.packet.destination = *IpAddress::parse("192.0.2.7");
  record.packet.has_destination = true;
  record.packet.protocol = protocol::kTcp;
  record.packet.has_ports = true;
  record.packet.source_port = 40000;
  record.packet.destination_port = port;
  record.packet.packets = packets;
  return record;
}

class LogMaker : public Maker {
 protected:
  void SetUp() override {
    any_address_ = true;
    start({});
  }
  void line(Duration when, Duration stamped, std::uint16_t port) {
    maker_->tick(at(when));
    maker_->add(line_of(wall(stamped), port), at(when));
  }
};

TEST_F(LogMaker, LinesKeepTheirTimeWithinBounds) {
  line(2s, 1s, 1);
  line(2s, -10min, 2);
  line(2s, -22h, 3);
  line(2s, 9min, 4);
  line(2s, 11min, 5);
  line(2s, -24h, 6);
  maker_->finish(at(3s));
  ASSERT_EQ(batches_.size(), 1U);
  const Batch& batch = batches_[0];
  EXPECT_EQ(batch.packets_unsolicited, 4U);
  EXPECT_EQ(batch.accesses[0].first, wall(-22h));
  EXPECT_EQ(batch.rejected, (NamedCounts{{"future_time", 1}, {"stale_time", 1}}));
  // Two of them came before anybody watched.
  EXPECT_EQ(batch.limits.at(kCaughtUpPackets), 2U);
  EXPECT_EQ((batch.range), (TimeRange{wall(0s), wall(3s)}));
}

TEST_F(LogMaker, AnyDestinationAndAnySensorThatALogNamesIsThisOne) {
  Record named = line_of(wall(1s), 23);
  named.packet.sensor_label = 7;
  maker_->add(named, at(1s));
  Record elsewhere = line_of(wall(1s), 24);
  elsewhere.packet.destination = *IpAddress::parse("203.0.113.77");
  maker_->add(elsewhere, at(1s));
  maker_->finish(at(2s));
  ASSERT_EQ(batches_.size(), 1U);
  EXPECT_EQ(batches_[0].sensor, "home");
  EXPECT_EQ(batches_[0].packets_unsolicited, 2U);
}

TEST_F(LogMaker, WhatNobodyWatchedIsInNoBatch) {
  line(1s, 1s, 1);
  maker_->pause(at(2s));
  maker_->resume(at(60s));
  line(61s, 61s, 2);
  // The clock is set back: another epoch, of any address too.
  step_ = -1h;
  maker_->tick(at(62s));
  line(63s, -1h + 63s, 3);
  maker_->finish(at(64s));
  ASSERT_EQ(batches_.size(), 3U);
  EXPECT_EQ((batches_[0].range), (TimeRange{wall(0s), wall(2s)}));
  EXPECT_EQ((batches_[1].range), (TimeRange{wall(60s), wall(62s)}));
  EXPECT_EQ(batches_[1].sequence, 1U);
  EXPECT_EQ(batches_[1].epoch, batches_[0].epoch);
  EXPECT_GT(batches_[2].epoch, batches_[1].epoch);
  EXPECT_EQ(batches_[2].packets_unsolicited, 1U);
}

}  // namespace
}  // namespace teiten
