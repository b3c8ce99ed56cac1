#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "access/access_stage_run.h"

namespace teiten::testing {

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
  static bool syn(const Packet& p) { return p.is_tcp() && p.tcp_flags == tcp_flag::kSyn; }
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
    if (p.is_tcp() &&
        (p.tcp_flags == (tcp_flag::kSyn | tcp_flag::kAck) || p.tcp_flags == tcp_flag::kRst))
      return;
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
      add_count(outcome_.ignored, "own", p.packets);
      return;
    }
    if (!monitored(p.destination)) {
      add_count(outcome_.ignored, "to_others", p.packets);
      return;
    }
    if (p.source.to_string() == "10.0.0.9") {
      add_count(outcome_.ignored, "private_source", p.packets);
      return;
    }
    if (p.protocol == 1 && p.icmp_type == 3 ? quotes_what_was_sent(p) : is_answer(p)) {
      outcome_.solicited += p.packets;
      return;
    }
    outcome_.unsolicited += p.packets;
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
      outcome_.accesses[attempt.row].packets += p.packets;
      if (outcome_.accesses[attempt.row].payload == PayloadClass::none)
        outcome_.accesses[attempt.row].payload = p.payload;
      outcome_.accesses[attempt.row].last = p.time;
      return;
    }
    Access access;
    access.first = access.last = p.time;
    access.source = p.source;
    access.source_port = p.source_port;
    access.packets = p.packets;
    std::tie(access.sensor, access.target) = place(p.destination);
    if (p.protocol == 1) {
      access.destination_port = static_cast<std::uint16_t>(p.icmp_type * 256 + p.icmp_code);
      access.service = Service(1, p.icmp_type);
      access.kind = p.icmp_type == 8    ? Kind::ping
                    : p.icmp_type == 13 ? Kind::scan
                                        : Kind::backscatter;
    } else {
      access.destination_port = p.destination_port;
      const bool answer = p.is_tcp() && (p.tcp_flags == (tcp_flag::kSyn | tcp_flag::kAck) ||
                                         p.tcp_flags == tcp_flag::kRst);
      access.service = Service(p.protocol, answer ? p.source_port : p.destination_port);
      access.kind = answer                                        ? Kind::backscatter
                    : p.is_tcp() && p.tcp_flags == tcp_flag::kAck ? Kind::ack_scan
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

}  // namespace teiten::testing
