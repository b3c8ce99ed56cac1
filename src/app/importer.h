#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "access/record_source.h"
#include "access/sensors.h"
#include "app/import_summary.h"
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
  /// Set from a signal handler: import_files() commits the slices that are whole and returns.
  const std::atomic<bool>* stop = nullptr;
  /// Called now and then with bytes read and bytes in all; may be empty.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

/// Reads the inputs in time order, and writes batches to `store`. An input whose content the store
/// has already is left out. Killed at any instant and run again, the store is as if it had run
/// once.
Result<ImportSummary> import_files(const ImportRequest& request, Store& store);

}  // namespace teiten
