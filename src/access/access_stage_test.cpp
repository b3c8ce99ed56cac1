#include "access/access_stage.h"

#include <gtest/gtest.h>

#include "access/access_stage_run.h"

namespace teiten {
namespace {

using namespace testing;
using namespace tcp_flag;

TEST(AccessStage, WithoutSensorsWhoAskedFirstDecides) {
  const std::vector<Packet> packets = {
      tcp(0, "198.51.100.1", 1024, "192.0.2.1", 80, kSyn, 5),
      tcp(1, "192.0.2.1", 80, "198.51.100.1", 1024, kSyn | kAck, 6),
      tcp(2, "198.51.100.1", 1024, "192.0.2.1", 80, kAck, 6),
      icmp(3, "198.51.100.1", "192.0.2.9", 8, 0, 4),
      icmp(4, "192.0.2.9", "198.51.100.1", 0, 0, 4),
      udp(5, "10.0.0.5", 5000, "203.0.113.1", 53),
      udp(6, "203.0.113.1", 53, "10.0.0.5", 5000),
      udp(7, "203.0.113.1", 53, "10.0.0.5", 5001),
  };
  const Outcome outcome = run(packets, 1, {});
  EXPECT_EQ(outcome.solicited, 3U);
  EXPECT_EQ(outcome.accesses.size(), 3U);
  EXPECT_EQ(outcome.unsolicited, 4U);
  EXPECT_EQ(outcome.ignored, (NamedCounts{{"private_source", 1}}));
}

TEST(AccessStage, ReasonsAreNamed) {
  std::vector<Packet> packets = {
      udp(0, "198.51.100.1", 1, "224.0.0.251", 5353),
      udp(1, "198.51.100.1", 1, "255.255.255.255", 67),
      udp(2, "169.254.7.7", 1, "192.0.2.1", 53),
      udp(3, "127.0.0.1", 1, "192.0.2.1", 53),
      udp(4, "0.0.0.0", 1, "192.0.2.1", 53),
      udp(5, "100.64.0.1", 1, "192.0.2.1", 53),
      udp(6, "224.0.0.1", 1, "192.0.2.1", 53),
      udp(7, "198.51.100.1", 1, "192.0.2.77", 53),
      udp(8, "2001:db8::1", 1, "ff02::1", 53),
  };
  Packet later = packet(9, "198.51.100.1", "192.0.2.1", 17);
  later.fragment = FragmentPosition::later;
  packets.push_back(later);
  const Outcome outcome = run(packets, 1, {parse_sensor("a=192.0.2.1").value()});
  EXPECT_EQ(outcome.ignored, (NamedCounts{{"multicast", 2},
                                          {"broadcast", 1},
                                          {"link_local_source", 1},
                                          {"loopback_source", 1},
                                          {"unspecified_source", 1},
                                          {"private_source", 1},
                                          {"invalid_source", 1},
                                          {"to_others", 1},
                                          {"fragment", 1}}));
  EXPECT_TRUE(outcome.accesses.empty());
}

TEST(AccessStage, ActivityIsSplitAtSilences) {
  const std::vector<Packet> packets = {
      udp(0, "198.51.100.1", 1, "192.0.2.1", 53),
      udp(3600, "198.51.100.1", 1, "192.0.2.1", 53),
      udp(25'201, "198.51.100.1", 1, "192.0.2.1", 53),
      udp(26'000, "198.51.100.1", 1, "192.0.2.1", 53),
  };
  const Outcome outcome = run(packets, 1, {parse_sensor("a=192.0.2.1").value()});
  ASSERT_EQ(outcome.batches.size(), 1U);
  // The second comes an hour after the first; the last within one of the third.
  EXPECT_EQ(outcome.batches[0].visits, 3U);
  const auto& activity = outcome.batches[0].activity;
  ASSERT_EQ(activity.size(), 2U);
  EXPECT_EQ(activity[0].from, at(0));
  EXPECT_EQ(activity[1].from, at(25'201));
}

/// A stage of one sensor that watches `addresses`, as a live sensor has it.
class LiveStage : public ::testing::Test {
 protected:
  static SensorMap map(const char* spec) {
    return SensorMap::create({parse_sensor(spec).value()}).value();
  }
  static AccessStageOptions small() {
    AccessStageOptions options;
    options.open_accesses = 16;
    options.solicited_flows = 16;
    return options;
  }

  std::vector<Batch> batches_;
  AccessStage stage_{map("a=192.0.2.1"), small(), [this](Slice slice) {
                       for (Batch& batch : cut_batches(std::move(slice), 0))
                         batches_.push_back(std::move(batch));
                     }};
};

TEST_F(LiveStage, ARestartClosesAccessesAndKeepsWhatWasAskedFor) {
  stage_.add_packet(tcp(0, "192.0.2.1", 5000, "203.0.113.1", 80, kSyn, 1));
  stage_.add_packet(tcp(1, "198.51.100.1", 1024, "192.0.2.1", 23, kSyn, 5));
  stage_.restart(map("a=192.0.2.1,192.0.2.2"));
  ASSERT_EQ(batches_.size(), 1U);
  EXPECT_EQ(batches_[0].accesses.size(), 1U);
  // An hour earlier: the clock was set back. In order among themselves, so none of them is late.
  stage_.add_packet(tcp(-3600, "203.0.113.1", 80, "192.0.2.1", 5000, kSyn | kAck, 9));
  stage_.add_packet(tcp(-3599, "198.51.100.1", 1024, "192.0.2.1", 23, kSyn, 5));
  stage_.add_packet(tcp(-3598, "198.51.100.1", 1024, "192.0.2.2", 23, kSyn, 5));
  stage_.finish();
  ASSERT_EQ(batches_.size(), 2U);
  EXPECT_EQ(batches_[1].solicited, 1U);
  ASSERT_EQ(batches_[1].accesses.size(), 2U);
  EXPECT_FALSE(batches_[1].accesses[0].continues);
  EXPECT_FALSE(batches_[1].limits.contains(kLatePackets));
}

TEST_F(LiveStage, AnswersMayBeExpectedWithoutAPacket) {
  stage_.expect_answers(tcp(0, "192.0.2.1", 5000, "203.0.113.1", 80, kAck, 1));
  stage_.expect_answers(tcp(0, "192.0.2.9", 5001, "203.0.113.1", 80, kAck, 1));  // not ours
  stage_.add_packet(tcp(1, "203.0.113.1", 80, "192.0.2.1", 5000, kAck, 9));
  stage_.add_packet(tcp(1, "203.0.113.1", 80, "192.0.2.1", 5001, kAck, 9));
  stage_.finish();
  ASSERT_EQ(batches_.size(), 1U);
  EXPECT_EQ(batches_[0].frames, 2U);
  EXPECT_EQ(batches_[0].solicited, 1U);
  EXPECT_EQ(batches_[0].packets_unsolicited, 1U);
}

TEST_F(LiveStage, RemembersNoMoreThanItMay) {
  // Of one source, so in one of the trackers: each holds a sixteenth, which is one access.
  for (std::uint16_t port = 1; port <= 5; ++port)
    stage_.add_packet(tcp(port, "198.51.100.1", 1024, "192.0.2.1", port, kSyn, port));
  stage_.finish();
  ASSERT_EQ(batches_.size(), 1U);
  EXPECT_EQ(batches_[0].accesses.size(), 5U);
  EXPECT_EQ(batches_[0].limits, (NamedCounts{{"open_accesses", 4}}));
}

}  // namespace
}  // namespace teiten
