#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "access/sensors.h"
#include "app/known_records.h"
#include "app/record_source.h"
#include "base/counters.h"
#include "enrich/geo.h"
#include "enrich/scanners.h"
#include "store/store.h"

namespace teiten {

/// What `teiten import` is asked to do.
struct ImportRequest {
  std::vector<std::string> files;
  std::vector<SensorSpec> sensors;
  std::vector<GeoFile> geo;
  std::vector<std::string> scanners;  ///< files of known scanners besides the built-in list
  SourceOptions source;
  /// File that gets every rejected record; none if empty.
  std::string rejects;
  bool keep_local = false;
  std::size_t threads = 1;
  std::uint64_t slice_packets = kSlicePackets;
  /// Called now and then with bytes read and bytes in all; may be empty.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

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
};

/// Reads the inputs in time order, and writes batches to `store`. An input whose content the store
/// has already is left out. Killed at any instant and run again, the store is as if it had run
/// once.
Result<ImportSummary> import_files(const ImportRequest& request, Store& store);

}  // namespace teiten
