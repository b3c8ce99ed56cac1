#pragma once

#include <optional>
#include <span>

#include "analyze/rates.h"

namespace teiten {

struct Interval {
  double low = 0;
  double high = 0;
};

/// Fewer sensors than this give no interval. Measured on log-normal sensors (log-sd 0.5): the mean
/// width is 0.9 of the rate with ten sensors, 2.2 with five and 17 with four, which tells nobody
/// anything.
inline constexpr std::size_t kMinIntervalSensors = 5;
/// Resamples (METHODS §9: 999, so that 2.5 % and 97.5 % fall on order statistics).
inline constexpr int kBootstrapReplicates = 999;

/// 95 % interval of the rate over sensors: studentised bootstrap that resamples whole sensors
/// (METHODS §9: of the intervals tried it covers best with ten sensors, 93.9 % of a nominal 95 %).
/// The standard error is that of a ratio of sums; that of a resample counts as at least 0.3 of the
/// whole's. The low end is never below 0. Always the same
/// answer for the same input: the seed is fixed and the generator is our own. Nothing for fewer
/// than kMinIntervalSensors sensors or where all sensors count alike (no spread to resample).
std::optional<Interval> rate_interval(std::span<const SensorObservation> sensors);

}  // namespace teiten
