#include "analyze/paired_ratio.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "analyze/student_t.h"

namespace teiten {
namespace {

/// ½ added to a count.
double log_rate(const SensorObservation& seen) {
  return std::log((seen.count + 0.5) / seen.days);
}

/// `distance` in standard errors; endless where all sensors agree exactly.
double standardised(double distance, double error) {
  if (error > 0) return distance / error;
  if (distance == 0) return 0;
  return std::copysign(std::numeric_limits<double>::infinity(), distance);
}

}  // namespace

Interval PairedRatio::interval(double level) const {
  const double freedom = static_cast<double>(sensors) - 1;
  const double spread = std::exp(student_quantile((1 - level) / 2, freedom) * log_error);
  return {ratio / spread, ratio * spread};
}

double PairedRatio::p_changed() const {
  const double t = std::abs(standardised(std::log(ratio), log_error));
  return 2 * student_upper_tail(t, static_cast<double>(sensors) - 1);
}

double PairedRatio::p_outside(const SteadyBand& band) const {
  const double freedom = static_cast<double>(sensors) - 1;
  const double above_low = standardised(std::log(ratio / band.low), log_error);
  const double below_high = standardised(std::log(band.high / ratio), log_error);
  return student_upper_tail(std::min(above_low, below_high), freedom);
}

std::optional<PairedRatio> paired_ratio(std::span<const SensorPair> sensors) {
  std::vector<double> logs;
  SensorObservation before;
  SensorObservation after;
  for (const SensorPair& pair : sensors) {
    if (pair.before.days <= 0 || pair.after.days <= 0) continue;
    logs.push_back(log_rate(pair.after) - log_rate(pair.before));
    before.count += pair.before.count;
    before.days += pair.before.days;
    after.count += pair.after.count;
    after.days += pair.after.days;
  }
  if (logs.size() < kMinPairedSensors || before.count <= 0) return std::nullopt;
  const double n = static_cast<double>(logs.size());
  double mean = 0;
  for (const double value : logs)
    mean += value / n;
  double squares = 0;
  for (const double value : logs)
    squares += (value - mean) * (value - mean);
  PairedRatio result;
  result.sensors = logs.size();
  result.ratio = std::exp(mean);
  result.log_error = std::sqrt(squares / (n - 1) / n);
  result.before = before.count / before.days;
  result.after = after.count / after.days;
  result.rate_ratio = result.after / result.before;
  return result;
}

}  // namespace teiten
