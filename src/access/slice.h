#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "access/batch.h"
#include "access/ignore_reason.h"
#include "decode/anomaly.h"

namespace teiten {

/// Counts of one sensor within one slice.
struct SensorCounts {
  std::uint64_t records = 0;
  std::uint64_t visits = 0;
  std::uint64_t solicited = 0;
  std::uint64_t dropped = 0;
  std::array<std::uint64_t, kIgnoreReasonCount> ignored{};
  std::array<std::uint64_t, kAnomalyCount> anomalies{};
  NamedCounts rejected;
  NamedCounts limits;
  std::vector<TimeRange> activity;

  bool empty() const;
  /// Takes note of traffic at `time`; times come in order, but for late packets.
  void note_activity(UtcTime time);
};

/// What one slice of an import holds before it is cut into batches: counts by sensor (index + 1; 0
/// is "reached no sensor") and the accesses closed in it.
struct Slice {
  std::uint64_t sequence = 0;
  std::vector<std::string> sensor_names;
  std::vector<SensorCounts> counts;
  TimeRange range;  ///< of the packets processed
  std::vector<Access> accesses;

  SensorCounts& of_sensor(std::uint16_t sensor) { return at(std::size_t{sensor} + 1); }
  SensorCounts& unattributed() { return at(0); }

 private:
  SensorCounts& at(std::size_t index) {
    if (counts.size() <= index) counts.resize(index + 1);
    return counts[index];
  }
};

/// The order of stored rows: total up to rows that are equal in every respect.
bool stored_before(const Access& a, const Access& b);

/// Cuts a slice into one batch a sensor; a sensor with nothing to tell gets none. Frames that
/// reached no sensor go to the only sensor, or to kUnattributed where there are several.
std::vector<Batch> cut_batches(Slice slice, std::uint64_t epoch);

}  // namespace teiten
