#include <algorithm>
#include <map>
#include <random>

#include <gtest/gtest.h>

#include "access/access_stage_run.h"
#include "access/naive_access_stage.h"
#include "access/reorder.h"

namespace teiten {
namespace {

using namespace testing;
using namespace tcp_flag;

/// Makes the header look like a tool's, by the source: one of them is true to one tool, another
/// changes its tools, a third is a system that now and then looks like one by chance.
void sign(Packet& p, std::mt19937& random) {
  p.has_ttl = p.has_options = true;
  p.ttl = 100;
  p.tcp_header = 24;
  p.options = tcp_options({2});
  p.ip_id = static_cast<std::uint16_t>(1 + random() % 1000);
  const std::uint32_t to = p.destination.v4_bits();
  const auto port = std::uint32_t{p.destination_port};
  const std::string from = p.source.to_string();
  unsigned style = 9;
  if (from == "198.51.100.1") style = 1;
  if (from == "198.51.100.2") style = static_cast<unsigned>(random() % 6);
  if (from == "203.0.113.5") style = random() % 20 == 0 ? static_cast<unsigned>(random() % 6) : 9;
  if (from == "203.0.113.77") style = random() % 12 == 0 ? 9 : 4;
  switch (style) {
    case 0:
      p.sequence = to;
      break;
    case 1:
      p.sequence = static_cast<std::uint32_t>(random());
      p.window = 1024;
      p.tcp_header = 20;
      p.ip_id = static_cast<std::uint16_t>((to ^ port ^ p.sequence) & 0xffff);
      break;
    case 2:
      p.ip_id = 54321;
      p.sequence = static_cast<std::uint32_t>(random());
      break;
    case 3:
      p.sequence = (static_cast<std::uint32_t>(random() % 4) * 0x10001U) ^ 0x12345678U;
      break;
    case 4:
      p.sequence = 0xcafef00dU ^ to ^ ((port << 16) + p.source_port);
      break;
    case 5:
      p.sequence = static_cast<std::uint32_t>(random());
      break;
    default:
      break;
  }
}

/// A small world, so that tuples, sequence numbers and directions collide often. All times differ.
std::vector<Packet> random_packets(unsigned seed, std::size_t count) {
  std::mt19937 random(seed);
  const auto pick = [&](std::initializer_list<const char*> of) {
    return *(of.begin() + random() % of.size());
  };
  std::vector<Packet> packets;
  double now = 0;
  for (std::size_t i = 0; i < count; ++i) {
    now += 0.001 + static_cast<double>(random() % 20'000) / 1000;
    const bool outgoing = random() % 5 == 0;
    const char* far =
        pick({"198.51.100.1", "198.51.100.2", "203.0.113.5", "10.0.0.9", "203.0.113.77"});
    const char* near = pick({"192.0.2.1", "192.0.2.2", "192.0.2.130", "192.0.2.200"});
    const char* from = outgoing ? near : far;
    const char* to = outgoing ? far : near;
    const auto port_a = static_cast<std::uint16_t>(1024 + random() % 3);
    const auto port_b = static_cast<std::uint16_t>(80 + random() % 2);
    switch (random() % 5) {
      case 0:
      case 1: {
        const std::uint8_t flags[] = {
            kSyn, kSyn, kSyn, kAck, static_cast<std::uint8_t>(kSyn | kAck), kRst};
        packets.push_back(tcp(now, from, outgoing ? port_b : port_a, to, outgoing ? port_a : port_b,
                              flags[random() % 6], static_cast<std::uint32_t>(random() % 2)));
        sign(packets.back(), random);
        if (random() % 8 == 0) {
          // Again after 3 s, perhaps after 9 s too, as Windows does.
          packets.push_back(packets.back());
          packets.back().time += std::chrono::milliseconds(2900);
          if (random() % 2 == 0) packets.push_back(packets.back());
          if (random() % 2 == 0) packets.back().time += std::chrono::milliseconds(6001);
        }
        break;
      }
      case 2:
        packets.push_back(
            udp(now, from, outgoing ? port_b : port_a, to, outgoing ? port_a : port_b));
        packets.back().payload = static_cast<PayloadClass>(random() % 2);
        break;
      case 3: {
        const std::uint8_t types[] = {8, 0, 13, 14};
        packets.push_back(
            icmp(now, from, to, types[random() % 4], 0, static_cast<std::uint16_t>(random() % 2)));
        break;
      }
      default: {
        Packet error = icmp(now, from, to, 3, 3);
        error.has_quoted = true;
        error.quoted_source = address(to);
        error.quoted_destination = address(pick({"198.51.100.1", "203.0.113.5"}));
        error.quoted_protocol = protocol::kUdp;
        error.quoted_source_port = port_b;
        error.quoted_destination_port = port_a;
        packets.push_back(error);
      }
    }
  }
  // Flow records stand for several packets each.
  for (Packet& packet : packets)
    packet.packets = random() % 6 == 0 ? static_cast<std::uint32_t>(2 + random() % 900) : 1;
  return packets;
}
TEST(AccessStage, StreamingEqualsSortAndScan) {
  std::map<std::string, std::size_t> tools;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    const auto packets = random_packets(seed, 3000);
    const Outcome outcome = run(packets, 1, two_sensors());
    expect_same(outcome, Naive(packets).run());
    for (const Access& access : outcome.accesses)
      ++tools[to_string(access.tool)];
  }
  for (const char* tool : {"mirai?", "masscan", "masscan?", "zmap?", "unicornscan", "unicornscan?",
                           "nmap?", "connect_windows", "connect_windows?", "none"}) {
    EXPECT_GT(tools[tool], 0U) << tool << " is not among what is compared";
  }
}

TEST(AccessStage, OneThreadEqualsMany) {
  const auto packets = random_packets(99, 30'000);
  const Outcome one = run(packets, 1, two_sensors());
  for (const std::size_t threads : {2U, 3U, 5U, 40U}) {
    const Outcome many = run(packets, threads, two_sensors());
    expect_same(one, many);
    ASSERT_EQ(one.batches.size(), many.batches.size());
    for (std::size_t i = 0; i < one.batches.size(); ++i) {
      EXPECT_EQ(one.batches[i].sensor, many.batches[i].sensor);
      EXPECT_EQ(one.batches[i].sequence, many.batches[i].sequence);
      EXPECT_EQ(one.batches[i].accesses.size(), many.batches[i].accesses.size());
    }
  }
  expect_same(run(packets, 1, {}), run(packets, 4, {}));
}

TEST(AccessStage, OrderWithinAnHourDoesNotMatter) {
  const auto packets = random_packets(7, 5000);
  const Outcome sorted = run(packets, 1, two_sensors());
  std::mt19937 random(3);
  std::vector<std::pair<std::int64_t, std::size_t>> order;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    order.emplace_back(packets[i].time.time_since_epoch().count() +
                           static_cast<std::int64_t>(random() % 3599) * 1'000'000'000,
                       i);
  }
  std::sort(order.begin(), order.end());
  std::vector<Packet> shuffled;
  for (const auto& [key, i] : order)
    shuffled.push_back(packets[i]);
  const Outcome unsorted = run(shuffled, 2, two_sensors());
  expect_same(sorted, unsorted);
  EXPECT_TRUE(unsorted.limits.empty());
}

TEST(AccessStage, SizeOfBatchesDoesNotMatter) {
  const auto packets = random_packets(8, 5000);
  const Outcome large = run(packets, 1, two_sensors(), 1'000'000);
  expect_same(large, run(packets, 1, two_sensors(), 1));
  expect_same(large, run(packets, 2, two_sensors(), 37));
}

/// What goes on after a settled slice is in a row that continues: joined again, nothing differs.
TEST(AccessStage, SettlingChangesRowsOnly) {
  const auto packets = random_packets(11, 5000);
  std::vector<Packet> sorted = packets;
  std::stable_sort(sorted.begin(), sorted.end(), processed_before);
  const Outcome whole = run(sorted, 1, two_sensors());
  Outcome pieces;
  std::size_t slices = 0;
  AccessStage stage(SensorMap::create(two_sensors()).value(), {}, [&](Slice slice) {
    ++slices;
    for (const Batch& batch : cut_batches(std::move(slice), 0)) {
      pieces.solicited += batch.solicited;
      pieces.accesses.insert(pieces.accesses.end(), batch.accesses.begin(), batch.accesses.end());
    }
  });
  std::uint64_t given = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    stage.add_packet(sorted[i]);
    if (i % 7 != 0) continue;
    stage.settle();
    given = i + 1;
  }
  stage.finish();
  EXPECT_GT(slices, 700U);
  EXPECT_GT(given, 4000U);
  const auto counts = [](const Outcome& outcome) {
    std::map<std::tuple<IpAddress, Service, std::uint16_t>, std::pair<std::uint64_t, std::uint64_t>>
        sums;
    for (const Access& access : outcome.accesses) {
      EXPECT_GT(access.packets, 0U);
      auto& [packets_sum, attempts] = sums[{access.source, access.service, access.sensor}];
      packets_sum += access.packets;
      attempts += access.continues ? 0 : 1;
    }
    return sums;
  };
  EXPECT_EQ(counts(pieces), counts(whole));
  EXPECT_EQ(pieces.solicited, whole.solicited);
  EXPECT_GT(pieces.accesses.size(), whole.accesses.size()) << "some were open where a slice ended";
}

}  // namespace
}  // namespace teiten
