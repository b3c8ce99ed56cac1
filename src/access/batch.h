#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "access/access.h"
#include "base/counters.h"

namespace teiten {

/// Name of the batch owner for frames that reached no sensor (packets to others, undecodable frames
/// of a capture with several sensors). It has statistics only: no accesses, no coverage.
inline constexpr const char* kUnattributed = "-";

/// What one sensor observed in [from, to): the only thing that is ever written to a store.
/// Identity: (sensor, epoch, sequence). Conservation, per batch:
/// frames = packets_unsolicited + solicited + Σ ignored + Σ anomalies + Σ rejected, and
/// packets_unsolicited = Σ accesses.packets. A frame counts in the batch in which its fate is
/// known.
struct Batch {
  std::string sensor;
  /// A change of addresses starts a new epoch; for imports it is derived from the content of the
  /// input.
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  TimeRange range;
  /// A sensor's own report: it watched all of `range`. Otherwise `range` is what an input happened
  /// to span, and silence in it may mean that nobody watched.
  bool live = false;

  /// Packets; a record of the input that is none weighs one.
  std::uint64_t frames = 0;
  /// Frames, lines and other records of the input: fewer than `frames` where one stands for several
  /// packets. A record counts in the batch that was open when its turn came. 0: a program before
  /// this count.
  std::uint64_t records = 0;
  std::uint64_t packets_unsolicited = 0;
  std::uint64_t solicited = 0;
  std::uint64_t dropped = 0;  ///< lost before capture, as the capturing program tells
  NamedCounts ignored;        ///< reason → packets
  NamedCounts anomalies;      ///< name → frames
  NamedCounts rejected;       ///< reason → records
  NamedCounts limits;         ///< named limit → how often it was reached

  /// How often a source came to this sensor anew (visits.h): what silence is judged by. Nothing: a
  /// program before this count.
  std::optional<std::uint64_t> visits;
  /// Stretches with traffic at this sensor, split where nothing came for kSilence or longer.
  std::vector<TimeRange> activity;
  /// How the regions of this batch were found: "geo-whois-asn-country 2026-06-17", "labels of the
  /// input".
  std::string region_source;
  /// kRuleSetVersion of the program that made the batch; 0 before there was one.
  std::uint16_t rule_version = 0;
  /// Organisations of the known scanners among the sources, as Access::scanner numbers them.
  std::vector<std::string> scanners;

  std::vector<Access> accesses;
};

/// Silences shorter than this never count as a gap in coverage.
inline constexpr auto kSilence = std::chrono::hours(6);

}  // namespace teiten
