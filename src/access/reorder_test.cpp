#include "access/reorder.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "access/test_packets.h"

namespace teiten {
namespace {

using namespace testing;

struct Collected {
  std::vector<std::uint64_t> ids;
  std::vector<UtcTime> times;
  std::size_t late = 0;
  ReorderBuffer::Sink sink() {
    return [this](const NumberedPacket& packet, bool is_late) {
      ids.push_back(packet.id);
      times.push_back(packet.packet.time);
      late += is_late ? 1 : 0;
    };
  }
};

NumberedPacket numbered(double seconds, std::uint64_t id) {
  return {udp(seconds, "198.51.100.1", static_cast<std::uint16_t>(id), "192.0.2.1", 53), id};
}

TEST(Reorder, UpToAnHourBehindComesOutInOrder) {
  std::mt19937 random(1);
  std::vector<NumberedPacket> packets;
  // Four days, one packet every 40 s, each displaced by up to 3,599 s.
  for (std::uint64_t i = 0; i < 8000; ++i)
    packets.push_back(numbered(static_cast<double>(i) * 40, i));
  std::vector<std::pair<double, std::size_t>> order;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    order.emplace_back(static_cast<double>(i) * 40 + static_cast<double>(random() % 3599), i);
  }
  std::sort(order.begin(), order.end());
  Collected collected;
  ReorderBuffer buffer(collected.sink());
  for (const auto& [key, i] : order)
    buffer.push(packets[i]);
  buffer.flush();
  ASSERT_EQ(collected.ids.size(), 8000U);
  EXPECT_TRUE(std::is_sorted(collected.ids.begin(), collected.ids.end()));
  EXPECT_EQ(collected.late, 0U);
}

TEST(Reorder, LaterThanTheWindowStillComesOut) {
  Collected collected;
  ReorderBuffer buffer(collected.sink());
  buffer.push(numbered(0, 0));
  buffer.push(numbered(10'000, 1));
  buffer.push(numbered(20'000, 2));
  buffer.push(numbered(5'000, 3));
  buffer.flush();
  EXPECT_EQ(collected.ids.size(), 4U);
  EXPECT_EQ(collected.late, 1U);
}

// Newest first, and steps of every size around the window and the ring: each comes out once.
TEST(Reorder, NothingIsLostInAnyOrder) {
  std::vector<std::vector<double>> orders = {{10'000, 6'399, 5'904}, {10'000, 6'400, 5'904}};
  orders.emplace_back();
  for (int i = 0; i < 600; ++i)
    orders.back().push_back(100'000 - 20 * i);
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    double time = 1'000'000;
    orders.emplace_back();
    for (int i = 0; i < 200; ++i) {
      const int steps[] = {-1, -20, -3'599, -3'601, -4'095, -4'096, -9'000, 1, 3'600, 5'000};
      time += steps[random() % std::size(steps)];
      orders.back().push_back(time);
    }
  }
  for (const std::vector<double>& order : orders) {
    Collected collected;
    ReorderBuffer buffer(collected.sink());
    for (std::size_t i = 0; i < order.size(); ++i)
      buffer.push(numbered(order[i], i));
    buffer.flush();
    ASSERT_EQ(buffer.size(), 0U);
    std::sort(collected.ids.begin(), collected.ids.end());
    ASSERT_EQ(collected.ids.size(), order.size()) << order[0] << ", " << order[1];
    for (std::size_t i = 0; i < order.size(); ++i)
      ASSERT_EQ(collected.ids[i], i);
  }
}

TEST(Reorder, FirstPacketMayBeTheNewest) {
  Collected collected;
  ReorderBuffer buffer(collected.sink());
  buffer.push(numbered(3'000, 0));
  buffer.push(numbered(1, 1));
  buffer.push(numbered(1'500'000, 2));
  buffer.push(numbered(0, 3));
  buffer.flush();
  EXPECT_EQ(collected.ids, (std::vector<std::uint64_t>{1, 0, 3, 2}));
  EXPECT_EQ(collected.late, 1U);
}

TEST(Reorder, FullBufferReleasesTheOldestAndSaysSo) {
  Collected collected;
  ReorderBuffer buffer(collected.sink());
  for (std::uint64_t i = 0; i < kMaxReorderPackets + 5; ++i)
    buffer.push(numbered(static_cast<double>(i) * 1e-3, i));
  EXPECT_GE(buffer.early_releases(), 1U);
  EXPECT_LE(buffer.size(), kMaxReorderPackets);
  buffer.flush();
  EXPECT_EQ(collected.ids.size(), kMaxReorderPackets + 5);
  EXPECT_TRUE(std::is_sorted(collected.times.begin(), collected.times.end()));
}

TEST(Reorder, QuestionGoesBeforeAnswerAtOneTime) {
  Collected collected;
  ReorderBuffer buffer(collected.sink());
  buffer.push(
      {tcp(5, "192.0.2.1", 80, "198.51.100.1", 1024, tcp_flag::kSyn | tcp_flag::kAck, 1), 1});
  buffer.push({tcp(5, "198.51.100.1", 1024, "192.0.2.1", 80, tcp_flag::kSyn, 1), 0});
  buffer.flush();
  EXPECT_EQ(collected.ids, (std::vector<std::uint64_t>{0, 1}));
}

}  // namespace
}  // namespace teiten
