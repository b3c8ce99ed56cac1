#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "access/batch.h"
#include "app/known_records.h"
#include "base/counters.h"
#include "net/time.h"

namespace teiten {

/// What an import did. frames = packets_unsolicited + solicited + ignored + anomalies + rejected,
/// always.
struct ImportSummary {
  /// An input that the store has already.
  struct Known {
    std::string path;
    bool same_options = true;  ///< it was imported alone, with the options given now
  };
  /// A sensor's time that other imports cover too: the same packets may be counted twice.
  struct Overlap {
    std::string sensor;
    TimeRange range;  ///< from the first to the last instant in both
  };

  /// It was told to stop: whole slices are in the store, as an import that is not complete.
  bool stopped = false;
  std::size_t files_read = 0;
  std::vector<Known> already_there;
  std::vector<KnownPart> known_parts;
  std::vector<Overlap> overlaps;
  std::vector<std::string> warnings;  ///< damaged ends, limits: one sentence each
  std::uint64_t records = 0;          ///< given by the readers: frames, lines, records
  std::uint64_t lines = 0;            ///< of these, records of logs
  std::uint64_t frames = 0;           ///< packets that these stand for
  std::uint64_t packets_unsolicited = 0;
  std::uint64_t accesses = 0;
  std::uint64_t solicited = 0;
  std::uint64_t dropped = 0;
  NamedCounts ignored;
  NamedCounts anomalies;
  NamedCounts rejected;
  NamedCounts limits;
  NamedCounts packets_by_sensor;
  bool open_sensors = false;
  TimeRange range;  ///< first to last packet
  std::string region_source;

  /// Adds what a batch counted.
  void add(const Batch& batch);
};

}  // namespace teiten
