#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analyze/coverage.h"
#include "base/result.h"
#include "net/time.h"
#include "store/store.h"

namespace teiten {

/// From this local day on (days since 1970-01-01) a sensor monitored other addresses: a new epoch
/// of it, which only itself can be compared with (METHODS §9).
struct SensorChange {
  std::string sensor;
  std::int64_t day = 0;
  friend bool operator==(const SensorChange&, const SensorChange&) = default;
};

/// Days with packets that an address must have for its beginning or end to be read from them.
inline constexpr std::size_t kLeastTargetDays = 7;
/// Chance below which a silence of an address is no chance; that of coverage.
inline constexpr double kTargetSilenceChance = 1e-6;
/// Share of a sensor's addresses that must begin or end on one day for it to be a change.
inline constexpr double kChangedTargetShare = 0.1;
/// Sensors with more addresses are not looked at: one address is little of them, and a row an
/// address and day would not be.
inline constexpr std::size_t kMaxComparedTargets = 256;

/// What one monitored address of a sensor saw: local days with a packet, ascending.
struct TargetDays {
  std::vector<std::int64_t> days;
};

/// Days on which at least a tenth of the addresses began or ended, after the first of the sensor's
/// `observed` days (ascending). An address began on its first day with a packet if, at the rate at
/// which it had days with a packet from then on, the silence before had a chance below 10⁻⁶; it
/// ended in the same way.
std::vector<std::int64_t> changed_days(std::span<const TargetDays> targets,
                                       std::span<const std::int64_t> observed);

/// Changes of all sensors within `range`, as far as the numbers of their addresses
/// (Access::target) tell: by sensor, then day. Each import has an epoch of its own, and that is no
/// change. A sensor whose one address was replaced by another under the same number is not seen.
Result<std::vector<SensorChange>> sensor_changes(Store& store,
                                                 std::span<const SensorCoverage> coverage,
                                                 TimeRange range, const TimeZone& zone);

}  // namespace teiten
