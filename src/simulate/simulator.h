#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "enrich/geo.h"
#include "simulate/scenario.h"

namespace teiten {

/// Packets expected on one day, which are held in memory until they are sorted: 40 million of them
/// take 1.4 GB.
inline constexpr double kMaxPacketsPerDay = 4e7;

struct SimulateOptions {
  std::uint64_t seed = 1;
  /// Multiplies every family's visits; > 0. The calibration holds for 1.
  double scale = 1.0;
  std::string pcap_path;                    ///< always written
  std::optional<std::string> truth_path;    ///< JSON, see simulate/truth.h
  std::optional<std::string> sensors_path;  ///< TOML that `import --sensors` reads
};

struct SimulateSummary {
  std::string scenario;
  TimeRange range;
  std::uint64_t packets = 0;
  std::uint64_t accesses = 0;
  std::uint64_t source_days = 0;  ///< by the local day of the packet
  std::uint64_t pcap_bytes = 0;
  std::size_t sensors = 0;
  std::string geo_source;  ///< database that the sources' addresses come from
};

/// Writes a capture of the scenario and its truth. The same scenario, seed, scale and geolocation
/// database give the same bytes on every machine. Memory is bounded by one day's packets and one
/// month's distinct sources. A file is there whole or not at all.
Result<SimulateSummary> simulate(const Scenario& scenario, const GeoDatabases& geo,
                                 const SimulateOptions& options);

/// What `teiten simulate` is asked for.
struct SimulateRequest {
  std::string scenario;      ///< a built-in name or the path of a TOML file
  std::vector<GeoFile> geo;  ///< none: the default database
  SimulateOptions options;
};

Result<SimulateSummary> run_simulation(const SimulateRequest& request);

}  // namespace teiten
