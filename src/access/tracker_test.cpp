#include "access/tracker.h"

#include <gtest/gtest.h>

#include "access/test_packets.h"

namespace teiten {
namespace {

using namespace testing;
using namespace tcp_flag;

constexpr const char* kScanner = "198.51.100.7";
constexpr const char* kSensor = "192.0.2.1";

std::vector<Access> taken(Tracker& tracker) {
  std::vector<Access> accesses;
  tracker.append_closed(accesses);
  return accesses;
}

class TrackerTest : public ::testing::Test {
 protected:
  Verdict in(const Packet& p) {
    Observation observation;
    observation.packet = &p;
    return tracker.inbound(observation);
  }
  void out(const Packet& p) { tracker.outbound(p, 0); }
  std::vector<Access> all() {
    tracker.close_all();
    return taken(tracker);
  }
  Packet syn(double seconds, std::uint32_t isn, std::uint16_t port = 40000) {
    return tcp(seconds, kScanner, port, kSensor, 445, kSyn, isn);
  }
  Tracker tracker;
};

TEST_F(TrackerTest, RetransmittedSynIsOneAccess) {
  in(syn(0, 77));
  in(syn(3, 77));
  in(syn(9, 77));
  const auto accesses = all();
  ASSERT_EQ(accesses.size(), 1U);
  EXPECT_EQ(accesses[0].packets, 3U);
  EXPECT_EQ(accesses[0].first, at(0));
  EXPECT_EQ(accesses[0].last, at(9));
  EXPECT_EQ(accesses[0].service.to_string(), "445/tcp");
  EXPECT_EQ(accesses[0].kind, Kind::scan);
}

TEST_F(TrackerTest, AnotherSequenceNumberIsAnotherAccess) {
  EXPECT_EQ(in(syn(0, 77)).access, 1U);
  EXPECT_EQ(in(syn(1, 78)).access, 2U);
  EXPECT_EQ(in(syn(3, 77)).access, 1U) << "a retransmission goes with its own attempt";
  EXPECT_EQ(all().size(), 2U);
}

TEST_F(TrackerTest, WhateverFollowsBelongsToTheNewestAttempt) {
  in(syn(0, 77));
  EXPECT_EQ(in(tcp(0.1, kScanner, 40000, kSensor, 445, kAck, 78)).access, 1U);
  EXPECT_EQ(in(tcp(0.2, kScanner, 40000, kSensor, 445, kRst, 78)).access, 1U);
  EXPECT_EQ(all().at(0).packets, 3U);
}

TEST_F(TrackerTest, TimeoutsAre130SecondsWithSequenceAnd25Without) {
  EXPECT_EQ(in(syn(0, 77)).access, 1U);
  EXPECT_EQ(in(syn(130, 77)).access, 1U);
  EXPECT_EQ(in(syn(260.001, 77)).access, 2U);
  EXPECT_EQ(in(udp(300, kScanner, 500, kSensor, 1434)).access, 3U);
  EXPECT_EQ(in(udp(325, kScanner, 500, kSensor, 1434)).access, 3U);
  EXPECT_EQ(in(udp(350.001, kScanner, 500, kSensor, 1434)).access, 4U);
  Packet logged = syn(400, 0);
  logged.has_sequence = false;
  EXPECT_EQ(in(logged).access, 5U);
  logged.time = at(424);
  EXPECT_EQ(in(logged).access, 5U);
}

TEST_F(TrackerTest, RowsEndWithTheQuarterOfAnHour) {
  in(syn(898, 77));
  in(syn(899.5, 77));
  in(syn(900, 77));
  in(syn(906, 77));
  const auto rows = all();
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_FALSE(rows[0].continues);
  EXPECT_EQ(rows[0].packets, 2U);
  EXPECT_EQ(rows[0].last, at(899.5));
  EXPECT_TRUE(rows[1].continues);
  EXPECT_EQ(rows[1].packets, 2U);
  EXPECT_EQ(rows[1].first, at(900));
}

TEST_F(TrackerTest, IcmpHasTypeAndIdentifierInPlaceOfPorts) {
  EXPECT_EQ(in(icmp(0, kScanner, kSensor, 8, 0, 512)).access, 1U);
  EXPECT_EQ(in(icmp(1, kScanner, kSensor, 8, 0, 512)).access, 1U);
  EXPECT_EQ(in(icmp(2, kScanner, kSensor, 8, 0, 513)).access, 2U);
  EXPECT_EQ(in(icmp(3, kScanner, kSensor, 13, 0, 512)).access, 3U);
  EXPECT_EQ(all().at(0).service.to_string(), "8/icmp");
}

TEST_F(TrackerTest, AnswersToWhatTheSensorAskedAreSolicited) {
  out(tcp(0, kSensor, 50000, kScanner, 80, kSyn, 1));
  EXPECT_EQ(in(tcp(0.1, kScanner, 80, kSensor, 50000, kSyn | kAck, 9)).fate,
            Verdict::Fate::solicited);
  EXPECT_EQ(in(tcp(7000, kScanner, 80, kSensor, 50000, kAck, 10)).fate, Verdict::Fate::solicited);
  EXPECT_EQ(in(tcp(7000, kScanner, 80, kSensor, 50001, kSyn | kAck, 9)).fate,
            Verdict::Fate::unsolicited);
  out(udp(7001, kSensor, 5353, kScanner, 53));
  EXPECT_EQ(in(udp(7002, kScanner, 53, kSensor, 5353)).fate, Verdict::Fate::solicited);
  EXPECT_EQ(in(udp(7400, kScanner, 53, kSensor, 5353)).fate, Verdict::Fate::unsolicited)
      << "5 minutes have passed";
  out(icmp(8000, kSensor, kScanner, 8, 0, 3));
  EXPECT_EQ(in(icmp(8001, kScanner, kSensor, 0, 0, 3)).fate, Verdict::Fate::solicited);
  EXPECT_EQ(in(icmp(8001, kScanner, kSensor, 0, 0, 4)).fate, Verdict::Fate::unsolicited);
}

TEST_F(TrackerTest, TheSensorsOwnAnswersAskForNothing) {
  in(syn(0, 77));
  out(tcp(0.1, kSensor, 445, kScanner, 40000, kSyn | kAck, 5));
  out(tcp(0.2, kSensor, 445, kScanner, 40000, kAck, 6));
  EXPECT_EQ(in(tcp(0.3, kScanner, 40000, kSensor, 445, kAck, 78)).fate, Verdict::Fate::unsolicited);
  out(tcp(1, kSensor, 23, kScanner, 41000, kRst | kAck, 0));
  EXPECT_EQ(in(tcp(2, kScanner, 41000, kSensor, 23, kSyn, 5)).fate, Verdict::Fate::unsolicited);
  out(icmp(3, kSensor, kScanner, 3, 3));
  EXPECT_EQ(in(udp(4, kScanner, 9, kSensor, 9)).fate, Verdict::Fate::unsolicited);
}

TEST_F(TrackerTest, ErrorAboutASentPacketIsRecognised) {
  tracker.outbound(udp(0, kSensor, 5353, "203.0.113.9", 53), 0, Tracker::Remember::all);
  Packet error = icmp(1, "198.51.100.254", kSensor, 11);
  error.has_quoted = true;
  error.quoted_protocol = protocol::kUdp;
  error.quoted_source = address(kSensor);
  error.quoted_destination = address("203.0.113.9");
  error.quoted_source_port = 5353;
  error.quoted_destination_port = 53;
  EXPECT_TRUE(tracker.sent_quoted(error, 0));
  error.quoted_destination_port = 54;
  EXPECT_FALSE(tracker.sent_quoted(error, 0));
}

TEST(TrackerLimits, OldestAccessIsClosedEarlyAndCounted) {
  Tracker tracker(2, 2);
  for (int i = 0; i < 3; ++i) {
    const Packet p = udp(i, kScanner, static_cast<std::uint16_t>(100 + i), kSensor, 53);
    Observation observation;
    observation.packet = &p;
    tracker.inbound(observation);
  }
  EXPECT_EQ(tracker.early_closed(), 1U);
  const auto closed = taken(tracker);
  ASSERT_EQ(closed.size(), 1U);
  EXPECT_EQ(closed[0].source_port, 100);
  for (int i = 0; i < 3; ++i) {
    tracker.outbound(udp(i, kSensor, static_cast<std::uint16_t>(200 + i), kScanner, 53), 0);
  }
  EXPECT_EQ(tracker.forgotten_flows(), 1U);
}

TEST_F(TrackerTest, AttemptsOnOneTupleAreBounded) {
  for (std::uint32_t i = 0; i < 20; ++i)
    in(syn(i * 0.01, i));
  EXPECT_EQ(tracker.attempts_overflowed(), 12U);
  EXPECT_EQ(all().size(), 20U);
}

/// The tool of an access whose SYNs come at these seconds.
std::string tool_of_syns(std::initializer_list<double> seconds, std::uint8_t ttl,
                         TcpOptionCode options = tcp_options({2, 1, 1, 4})) {
  Tracker tracker;
  for (const double second : seconds) {
    Packet p = tcp(second, kScanner, 40000, kSensor, 445, kSyn, 77);
    p.has_ttl = p.has_options = true;
    p.ttl = ttl;
    p.options = options;
    Observation observation;
    observation.packet = &p;
    tracker.inbound(observation);
  }
  tracker.close_all();
  const auto accesses = taken(tracker);
  EXPECT_EQ(accesses.size(), 1U);
  return to_string(accesses.at(0).tool);
}

TEST(TrackerTool, ConnectShowsByItsRetransmissions) {
  EXPECT_EQ(tool_of_syns({0}, 113), "none");
  EXPECT_EQ(tool_of_syns({0, 3}, 113), "connect_windows?");
  EXPECT_EQ(tool_of_syns({0, 3.1, 8.9}, 113), "connect_windows");
  EXPECT_EQ(tool_of_syns({0, 3, 9, 21, 45, 93}, 51), "connect_linux");
  EXPECT_EQ(tool_of_syns({0, 1, 3, 7, 15, 31, 63}, 64), "connect_linux");
  EXPECT_EQ(tool_of_syns({0, 1.5, 3.5}, 65), "connect_windows");
}

TEST(TrackerTool, OtherGapsAreNoConnect) {
  EXPECT_EQ(tool_of_syns({0, 1.51}, 113), "none");
  EXPECT_EQ(tool_of_syns({0, 3, 6}, 113), "none") << "does not double";
  EXPECT_EQ(tool_of_syns({0, 3, 9, 9.5}, 113), "none");
  EXPECT_EQ(tool_of_syns({0, 3, 9}, 129), "none") << "no system begins there";
  EXPECT_EQ(tool_of_syns({0, 3, 9}, 113, 0), "none") << "no system leaves its MSS out";
}

TEST(TrackerTool, ContinuedRowsHaveWhatWasKnown) {
  Tracker tracker;
  for (const double second : {897.0, 900.0, 906.0}) {
    Packet p = tcp(second, kScanner, 40000, kSensor, 445, kSyn, 77);
    p.has_ttl = true;
    p.ttl = 113;
    Observation observation;
    observation.packet = &p;
    tracker.inbound(observation);
  }
  tracker.close_all();
  const auto accesses = taken(tracker);
  ASSERT_EQ(accesses.size(), 2U);
  EXPECT_EQ(to_string(accesses[0].tool), "connect_windows?");
  EXPECT_EQ(to_string(accesses[1].tool), "connect_windows");
  EXPECT_TRUE(accesses[1].continues);
}

TEST_F(TrackerTest, TheFirstPayloadCounts) {
  Packet empty = udp(0, kScanner, 40000, kSensor, 53);
  Packet query = udp(1, kScanner, 40000, kSensor, 53);
  query.payload = PayloadClass::dns_query;
  query.payload_digest = 5;
  Packet later = udp(2, kScanner, 40000, kSensor, 53);
  later.payload = PayloadClass::other;
  later.payload_digest = 6;
  for (const Packet& p : {empty, query, later})
    in(p);
  const auto accesses = all();
  ASSERT_EQ(accesses.size(), 1U);
  EXPECT_EQ(accesses[0].payload, PayloadClass::dns_query);
  EXPECT_EQ(accesses[0].payload_digest, 5U);
}

TEST_F(TrackerTest, ARecordOfManyPacketsWeighsThemAll) {
  Packet flow = syn(0, 77);
  flow.packets = 1000;
  in(flow);
  flow.time = at(3);
  flow.packets = 24;
  in(flow);
  const auto accesses = all();
  ASSERT_EQ(accesses.size(), 1U);
  EXPECT_EQ(accesses[0].packets, 1024U);
}

TEST_F(TrackerTest, WhatARowCannotHoldBeginsAnother) {
  Packet flow = syn(0, 77);
  flow.packets = 4'294'967'295;
  in(flow);
  flow.time = at(3);
  flow.packets = 10;
  in(flow);
  flow.time = at(4);
  in(flow);
  const auto accesses = all();
  ASSERT_EQ(accesses.size(), 2U);
  EXPECT_EQ(accesses[0].packets, 4'294'967'295U);
  EXPECT_FALSE(accesses[0].continues);
  EXPECT_EQ(accesses[1].packets, 20U);
  EXPECT_TRUE(accesses[1].continues) << "it is no new access";
}

}  // namespace
}  // namespace teiten
