#pragma once

#include <cstdint>
#include <optional>
#include <span>

namespace teiten {

/// What one sensor counted, and the days it counted over: nominal (local days of the period) or
/// observed (coverage), as the caller chose.
struct SensorObservation {
  double count = 0;
  double days = 0;
};

/// Least observed sensor-days that a rate per day may rest on: six hours of one sensor. A log of
/// one line has been observed for a microsecond.
inline constexpr double kMinRateDays = 0.25;

/// Count per sensor and day: the ratio of the sums, not the mean of the sensors' ratios, which
/// would give a sensor that watched for an hour the weight of one that watched all month
/// (METHODS §9). Nothing where nobody watched.
std::optional<double> rate_of(std::span<const SensorObservation> sensors);
std::optional<double> rate_of(std::uint64_t count, double sensor_days);

/// `value` to `decimals` places (0–9), halves upward, as the printed reports round: 912.5 is 913.
/// For what a person reads; numbers in files stay as they are.
double round_half_up(double value, int decimals);

}  // namespace teiten
