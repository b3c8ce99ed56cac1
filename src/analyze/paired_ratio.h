#pragma once

#include <cstddef>
#include <optional>
#include <span>

#include "analyze/bootstrap.h"
#include "analyze/rates.h"

namespace teiten {

/// One sensor in two periods.
struct SensorPair {
  SensorObservation before;
  SensorObservation after;
};

/// Sensors below which a ratio has no interval: two have one degree of freedom, whose 95 % quantile
/// of 12.7 excludes nothing.
inline constexpr std::size_t kMinPairedSensors = 3;

/// A band around 1 inside which two levels count as the same (METHODS §8).
struct SteadyBand {
  double low = 0.90;
  double high = 1.11;
};
/// For what fewer than 30 sources a day ask for.
inline constexpr SteadyBand kWideBand{0.75, 1.33};

/// After ÷ before over sensors that watched in both: each sensor is compared with itself, and the
/// sensors are the sample. ln of the ratio (½ added to each count, so that none is empty) is taken
/// as normal over sensors: mean ± t·sd/√S with S − 1 degrees of freedom (METHODS §9).
struct PairedRatio {
  std::size_t sensors = 0;
  double ratio = 1;       ///< geometric mean of the sensors' ratios
  double rate_ratio = 1;  ///< ratio of the rates (sums ÷ days) of the same sensors
  double log_error = 0;   ///< of ln ratio
  double before = 0;      ///< rate per sensor-day of these sensors
  double after = 0;

  /// `level` of 0.95 gives the 95 % interval.
  Interval interval(double level) const;
  /// Two-sided p of "the ratio is 1".
  double p_changed() const;
  /// p of two one-sided tests that the ratio lies outside the band: below 0.05 exactly where the
  /// 90 % interval lies inside.
  double p_outside(const SteadyBand& band) const;
};

/// Nothing with fewer than kMinPairedSensors that watched in both periods.
std::optional<PairedRatio> paired_ratio(std::span<const SensorPair> sensors);

}  // namespace teiten
