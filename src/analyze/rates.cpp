#include "analyze/rates.h"

#include <cmath>
#include <limits>

namespace teiten {

std::optional<double> rate_of(std::span<const SensorObservation> sensors) {
  double count = 0;
  double days = 0;
  for (const SensorObservation& sensor : sensors) {
    count += sensor.count;
    days += sensor.days;
  }
  if (days <= 0) return std::nullopt;
  return count / days;
}

std::optional<double> rate_of(std::uint64_t count, double sensor_days) {
  if (sensor_days <= 0) return std::nullopt;
  return static_cast<double>(count) / sensor_days;
}

double round_half_up(double value, int decimals) {
  const double scale = std::pow(10.0, decimals);
  // A decimal half such as 1.005 has no exact binary form and may lie just below; a few units in
  // the last place decide it as a reader of the decimal would.
  const double scaled = std::abs(value) * scale;
  const double nudged = scaled * (1.0 + 4.0 * std::numeric_limits<double>::epsilon());
  const double rounded = std::floor(nudged + 0.5) / scale;
  return rounded == 0 ? 0.0 : std::copysign(rounded, value);
}

}  // namespace teiten
