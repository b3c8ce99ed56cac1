#pragma once

#include <span>
#include <string>
#include <vector>

#include "net/time.h"
#include "store/store.h"

namespace teiten {

/// A stretch inside a sensor's life in which nobody seems to have watched.
struct CoverageGap {
  TimeRange range;
  bool inferred = true;  ///< from silence; false between two reports of a live sensor
};

/// When one sensor watched.
struct SensorCoverage {
  std::string sensor;
  TimeRange life;  ///< first to last packet or report, [from, to)
  std::vector<CoverageGap> gaps;
  std::uint64_t packets = 0;  ///< unsolicited packets, all time
  /// Observed time within `range`, in days (86,400 s): life minus gaps.
  double observed_days(TimeRange range) const;
  /// Share of `range` observed, 0–1.
  double uptime(TimeRange range) const;
};

/// Coverage of every sensor of the store. A live sensor reports when it watched: what lies between
/// its reports is a gap, however short, and its silence is none. Elsewhere a silence counts as a
/// gap where it lasts kSilence or longer and a Poisson process at the sensor's own rate of visits
/// (visits.h) would be silent that long with probability < 1e-6 (METHODS §9).
Result<std::vector<SensorCoverage>> coverage(Store& store);
/// The same from batch headers.
std::vector<SensorCoverage> coverage_of(std::span<const StoredBatch> batches);

/// The denominators of every rate over `range`.
struct Exposure {
  std::uint64_t sensors = 0;       ///< sensors with any observed time in the range
  double nominal_sensor_days = 0;  ///< those sensors × local days of the range (TALOT2's 10 × 31)
  double observed_sensor_days = 0;
};
Exposure exposure(std::span<const SensorCoverage> coverage, TimeRange range, const TimeZone& zone);

}  // namespace teiten
