#include "access/access_stage.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <tuple>

#include <gtest/gtest.h>

#include "access/slice.h"
#include "access/test_packets.h"

namespace teiten {
namespace {

using namespace testing;
using namespace tcp_flag;

struct Outcome {
  std::vector<Access> accesses;
  std::uint64_t frames = 0;
  std::uint64_t unsolicited = 0;
  std::uint64_t solicited = 0;
  NamedCounts ignored;
  NamedCounts limits;
  std::vector<Batch> batches;
};

Outcome run(const std::vector<Packet>& packets, std::size_t threads, std::vector<SensorSpec> specs,
            std::uint64_t slice_packets = 1000) {
  Outcome outcome;
  AccessStageOptions options;
  options.threads = threads;
  options.slice_packets = slice_packets;
  AccessStage stage(
      SensorMap::create(std::move(specs)).value(), options, [&](std::vector<Batch> batches) {
        for (Batch& batch : batches) {
          std::uint64_t packets_in_rows = 0;
          for (const Access& access : batch.accesses)
            packets_in_rows += access.packets;
          EXPECT_EQ(batch.packets_unsolicited, packets_in_rows);
          EXPECT_EQ(batch.frames,
                    batch.packets_unsolicited + batch.solicited + total_of(batch.ignored));
          outcome.frames += batch.frames;
          outcome.unsolicited += batch.packets_unsolicited;
          outcome.solicited += batch.solicited;
          add_counts(outcome.ignored, batch.ignored);
          add_counts(outcome.limits, batch.limits);
          outcome.accesses.insert(outcome.accesses.end(), batch.accesses.begin(),
                                  batch.accesses.end());
          outcome.batches.push_back(std::move(batch));
        }
      });
  for (const Packet& p : packets)
    stage.add_packet(p);
  stage.finish();
  EXPECT_EQ(outcome.frames, packets.size()) << "every packet is accounted for";
  std::sort(outcome.accesses.begin(), outcome.accesses.end(), stored_before);
  return outcome;
}

auto row(const Access& a) {
  return std::tuple(a.first, a.last, a.source, a.service, a.source_port, a.destination_port,
                    a.sensor, a.target, a.kind, a.packets, a.continues, to_string(a.tool),
                    a.payload);
}

void expect_same(const Outcome& a, const Outcome& b) {
  EXPECT_EQ(a.unsolicited, b.unsolicited);
  EXPECT_EQ(a.solicited, b.solicited);
  EXPECT_EQ(a.ignored, b.ignored);
  ASSERT_EQ(a.accesses.size(), b.accesses.size());
  for (std::size_t i = 0; i < a.accesses.size(); ++i) {
    ASSERT_EQ(row(a.accesses[i]), row(b.accesses[i])) << "row " << i;
  }
}

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
  return packets;
}

std::vector<SensorSpec> two_sensors() {
  return {parse_sensor("a=192.0.2.1,192.0.2.2").value(), parse_sensor("b=192.0.2.128/26").value()};
}

/// The definition written down once more, as plainly as possible: sort, then look through
/// everything before.
class Naive {
 public:
  explicit Naive(std::vector<Packet> packets) : packets_(std::move(packets)) {
    std::sort(packets_.begin(), packets_.end(),
              [](const Packet& a, const Packet& b) { return a.time < b.time; });
  }

  Outcome run() {
    for (const Packet& p : packets_)
      one(p);
    for (Attempt& attempt : attempts_) {
      outcome_.accesses[attempt.row].tool =
          tool_of(attempt, attempt.last + std::chrono::seconds(attempt.with_isn ? 130 : 25));
    }
    std::sort(outcome_.accesses.begin(), outcome_.accesses.end(), stored_before);
    return outcome_;
  }

 private:
  struct Attempt {
    Access access;
    Packet opener;
    UtcTime last;
    bool with_isn;
    std::size_t row;
    std::vector<double> syn_seconds;
  };
  struct Question {
    Packet packet;
    UtcTime last;
  };
  static bool nmap_pair(const Packet& a, const Packet& b) {
    return ((a.sequence ^ b.sequence) >> 16) == ((a.sequence ^ b.sequence) & 0xffff);
  }
  static bool unicornscan_pair(const Packet& a, const Packet& b) {
    const auto key = [](const Packet& p) {
      return p.sequence ^ p.destination.v4_bits() ^ (p.destination_port * 65536U + p.source_port);
    };
    const auto swapped_key = [](const Packet& p) {
      std::uint32_t swapped = 0;
      for (const int shift : {0, 8, 16, 24})
        swapped = swapped << 8 | ((p.destination.v4_bits() >> shift) & 255);
      return p.sequence ^ swapped ^ (p.destination_port * 65536U + p.source_port);
    };
    return key(a) == key(b) || swapped_key(a) == swapped_key(b);
  }

  /// What docs/kinds.md says of tools, from all first SYNs of the source up to `until`.
  ToolGuess tool_of(const Attempt& attempt, UtcTime until) const {
    if (!attempt.with_isn) return {};
    double all = 0;
    std::map<Tool, double> fit;
    std::set<Tool> own;
    double pairs = 0;
    const Packet* before = nullptr;
    std::optional<std::uint16_t> masscan_id;
    std::optional<std::uint32_t> nmap_difference;
    for (const Attempt& other : attempts_) {
      const Packet& p = other.opener;
      if (!other.with_isn || p.source != attempt.opener.source || p.time > until) continue;
      const bool self = &other == &attempt;
      const std::uint32_t to = p.destination.v4_bits();
      std::set<Tool> marks;
      if (p.sequence == to) marks.insert(Tool::mirai);
      if (p.window == 1024 && p.tcp_header == 20 &&
          p.ip_id == ((to ^ p.destination_port ^ p.sequence) & 0xffff))
        marks.insert(Tool::masscan);
      if (p.ip_id == 54321) marks.insert(Tool::zmap);
      const bool copy = before != nullptr && before->sequence == p.sequence;
      const bool copied_relation = marks.count(Tool::masscan) > 0 && masscan_id == p.ip_id;
      if (!copied_relation && (!copy || marks.count(Tool::mirai) > 0)) {
        ++all;
        for (const Tool tool : marks)
          ++fit[tool];
        if (marks.count(Tool::masscan) > 0) masscan_id = p.ip_id;
        if (before != nullptr && !copy) {
          const std::uint32_t difference = before->sequence ^ p.sequence;
          if (nmap_pair(*before, p)) marks.insert(Tool::nmap);
          if (unicornscan_pair(*before, p)) marks.insert(Tool::unicornscan);
          const bool again = marks.count(Tool::nmap) > 0 && nmap_difference == difference &&
                             marks.count(Tool::unicornscan) == 0;
          if (!again) {
            ++pairs;
            if (marks.count(Tool::nmap) > 0) nmap_difference = difference;
            for (const Tool tool : {Tool::nmap, Tool::unicornscan})
              fit[tool] += marks.count(tool) > 0 ? 1 : 0;
          }
        }
        before = &p;
      }
      if (self) own = marks;
    }
    const auto sure = [&](Tool tool, double of) { return fit[tool] >= 2 && fit[tool] / of >= 0.9; };
    ToolGuess guess;
    for (const Tool tool : {Tool::nmap, Tool::unicornscan, Tool::zmap, Tool::masscan, Tool::mirai})
      if (own.count(tool) > 0) guess = {tool, false};
    if (sure(Tool::nmap, pairs)) guess = {Tool::nmap, true};
    if (sure(Tool::unicornscan, pairs)) guess = {Tool::unicornscan, true};
    for (const Tool tool : {Tool::zmap, Tool::masscan, Tool::mirai})
      if (own.count(tool) > 0 && sure(tool, all)) guess = {tool, true};
    const bool weak = guess.tool == Tool::none ||
                      (!guess.confirmed && (guess.tool == Tool::zmap || guess.tool == Tool::nmap));
    return weak && connect_gaps(attempt) > 0
               ? ToolGuess{Tool::connect_windows, connect_gaps(attempt) > 1}
               : guess;
  }
  /// Gaps between the SYNs if all of them double from 1 s or 3 s, else 0.
  static std::size_t connect_gaps(const Attempt& attempt) {
    if (attempt.opener.options == 0) return 0;
    for (const double first : {1.0, 3.0}) {
      std::size_t fitting = 0;
      double expected = first;
      for (std::size_t i = 1; i < attempt.syn_seconds.size(); ++i, expected *= 2) {
        const double gap = attempt.syn_seconds[i] - attempt.syn_seconds[i - 1];
        fitting += std::abs(gap - expected) <= std::max(0.5, expected / 5) ? 1 : 0;
      }
      if (fitting + 1 == attempt.syn_seconds.size()) return fitting;
    }
    return 0;
  }

  static double seconds_between(UtcTime a, UtcTime b) {
    return static_cast<double>((b - a).count()) / 1e9;
  }
  static bool monitored(const IpAddress& a) {
    const std::string text = a.to_string();
    return text == "192.0.2.1" || text == "192.0.2.2" || text == "192.0.2.130";
  }
  static std::pair<std::uint16_t, std::uint32_t> place(const IpAddress& a) {
    const std::string text = a.to_string();
    if (text == "192.0.2.130") return {1, 2};
    return {0, text == "192.0.2.2" ? 1 : 0};
  }
  static bool syn(const Packet& p) { return p.is_tcp() && p.tcp_flags == kSyn; }
  static bool reply(const Packet& p) {
    return p.protocol == 1 && (p.icmp_type == 0 || p.icmp_type == 14);
  }

  static bool same_tuple(const Packet& a, const Packet& b) {
    return a.source == b.source && a.destination == b.destination && a.protocol == b.protocol &&
           a.source_port == b.source_port && a.destination_port == b.destination_port &&
           a.icmp_type == b.icmp_type && a.icmp_code == b.icmp_code;
  }
  /// `answer` could be the answer to `question`.
  static bool answers(const Packet& answer, const Packet& question) {
    if (answer.source != question.destination || answer.destination != question.source ||
        answer.protocol != question.protocol) {
      return false;
    }
    if (answer.protocol == 1) return reply(answer) && answer.source_port == question.source_port;
    return answer.source_port == question.destination_port &&
           answer.destination_port == question.source_port;
  }
  static double patience(const Packet& question) {
    if (question.protocol == 6) return 7440;
    return question.protocol == 1 ? 60 : 300;
  }

  bool is_answer(const Packet& p) {
    bool found = false;
    for (Question& question : asked_) {
      if (answers(p, question.packet) &&
          seconds_between(question.last, p.time) <= patience(question.packet)) {
        question.last = p.time;
        found = true;
      }
    }
    return found;
  }
  bool quotes_what_was_sent(const Packet& p) {
    for (const Question& sent : sent_) {
      const bool same = p.quoted_source == sent.packet.source &&
                        p.quoted_destination == sent.packet.destination &&
                        p.quoted_protocol == sent.packet.protocol &&
                        p.quoted_source_port == sent.packet.source_port &&
                        p.quoted_destination_port == sent.packet.destination_port;
      if (same && seconds_between(sent.last, p.time) <= patience(sent.packet)) return true;
    }
    return false;
  }

  void ask(const Packet& p) {
    remember(sent_, p);
    if (reply(p) || (p.protocol == 1 && p.icmp_type == 3)) return;
    for (Question& question : asked_) {
      const bool same =
          question.packet.source == p.source && question.packet.destination == p.destination &&
          question.packet.protocol == p.protocol && question.packet.source_port == p.source_port &&
          question.packet.destination_port == p.destination_port;
      if (same && seconds_between(question.last, p.time) <= patience(p)) {
        question.last = p.time;
        return;
      }
    }
    for (const Attempt& attempt : attempts_) {
      const Packet& opener = attempt.opener;
      const bool reverse = p.protocol != 1 && opener.source == p.destination &&
                           opener.destination == p.source && opener.protocol == p.protocol &&
                           opener.source_port == p.destination_port &&
                           opener.destination_port == p.source_port;
      if (reverse && open_at(attempt, p.time)) return;
    }
    if (p.is_tcp() && (p.tcp_flags == (kSyn | kAck) || p.tcp_flags == kRst)) return;
    asked_.push_back({p, p.time});
  }
  static void remember(std::vector<Question>& into, const Packet& p) {
    for (Question& known : into) {
      if (same_tuple(known.packet, p) && seconds_between(known.last, p.time) <= patience(p)) {
        known.last = p.time;
        return;
      }
    }
    into.push_back({p, p.time});
  }
  static bool open_at(const Attempt& attempt, UtcTime now) {
    return seconds_between(attempt.last, now) <= (attempt.with_isn ? 130 : 25);
  }

  void one(const Packet& p) {
    if (monitored(p.source)) {
      ask(p);
      add_count(outcome_.ignored, "own");
      return;
    }
    if (!monitored(p.destination)) {
      add_count(outcome_.ignored, "to_others");
      return;
    }
    if (p.source.to_string() == "10.0.0.9") {
      add_count(outcome_.ignored, "private_source");
      return;
    }
    if (p.protocol == 1 && p.icmp_type == 3 ? quotes_what_was_sent(p) : is_answer(p)) {
      ++outcome_.solicited;
      return;
    }
    ++outcome_.unsolicited;
    for (std::size_t i = attempts_.size(); i-- > 0;) {
      Attempt& attempt = attempts_[i];
      if (!same_tuple(attempt.opener, p)) continue;
      if (syn(p)) {
        if (!attempt.with_isn || attempt.opener.sequence != p.sequence || !open_at(attempt, p.time))
          continue;
      } else {
        // Only the newest attempt on the tuple that is still open can take what follows.
        if (!open_at(attempt, p.time)) continue;
      }
      attempt.last = p.time;
      if (attempt.with_isn && syn(p)) attempt.syn_seconds.push_back(seconds_between(at(0), p.time));
      // 1,183,248,000 is a multiple of 900: quarters of an hour since then are quarters of an hour.
      const auto quarter = [](UtcTime t) { return t.time_since_epoch().count() / 900'000'000'000; };
      if (quarter(outcome_.accesses[attempt.row].first) != quarter(p.time)) {
        Access next = outcome_.accesses[attempt.row];
        next.first = p.time;
        next.packets = 0;
        next.continues = true;
        outcome_.accesses[attempt.row].tool = tool_of(attempt, p.time);
        outcome_.accesses.push_back(next);
        attempt.row = outcome_.accesses.size() - 1;
      }
      ++outcome_.accesses[attempt.row].packets;
      if (outcome_.accesses[attempt.row].payload == PayloadClass::none)
        outcome_.accesses[attempt.row].payload = p.payload;
      outcome_.accesses[attempt.row].last = p.time;
      return;
    }
    Access access;
    access.first = access.last = p.time;
    access.source = p.source;
    access.source_port = p.source_port;
    access.packets = 1;
    std::tie(access.sensor, access.target) = place(p.destination);
    if (p.protocol == 1) {
      access.destination_port = static_cast<std::uint16_t>(p.icmp_type * 256 + p.icmp_code);
      access.service = Service(1, p.icmp_type);
      access.kind = p.icmp_type == 8    ? Kind::ping
                    : p.icmp_type == 13 ? Kind::scan
                                        : Kind::backscatter;
    } else {
      access.destination_port = p.destination_port;
      const bool answer = p.is_tcp() && (p.tcp_flags == (kSyn | kAck) || p.tcp_flags == kRst);
      access.service = Service(p.protocol, answer ? p.source_port : p.destination_port);
      access.kind = answer                              ? Kind::backscatter
                    : p.is_tcp() && p.tcp_flags == kAck ? Kind::ack_scan
                                                        : Kind::scan;
      access.payload = p.payload;
    }
    outcome_.accesses.push_back(access);
    attempts_.push_back({access,
                         p,
                         p.time,
                         syn(p),
                         outcome_.accesses.size() - 1,
                         {seconds_between(at(0), p.time)}});
  }

  std::vector<Packet> packets_;
  std::vector<Question> asked_;
  std::vector<Question> sent_;
  std::vector<Attempt> attempts_;
  Outcome outcome_;
};

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
  const auto& activity = outcome.batches[0].activity;
  ASSERT_EQ(activity.size(), 2U);
  EXPECT_EQ(activity[0].from, at(0));
  EXPECT_EQ(activity[1].from, at(25'201));
}

}  // namespace
}  // namespace teiten
