#include "analyze/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace teiten {
namespace {

/// SplitMix64: 64 well-mixed bits a step, the same on every machine.
class Generator {
 public:
  /// 0 … n−1; n < 2^32. The product's high half, whose bias is below n / 2^32.
  std::size_t below(std::size_t n) {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    return static_cast<std::size_t>(((z >> 32) * static_cast<std::uint64_t>(n)) >> 32);
  }

 private:
  std::uint64_t state_ = 0x74656974656eULL;  // any fixed number
};

struct RatioEstimate {
  double rate = 0;
  double error = 0;  ///< standard error, linearised: residuals count − rate × days
};

RatioEstimate estimate(std::span<const SensorObservation> sensors) {
  double count = 0;
  double days = 0;
  for (const SensorObservation& sensor : sensors) {
    count += sensor.count;
    days += sensor.days;
  }
  if (days <= 0) return {};
  const double rate = count / days;
  double squares = 0;
  for (const SensorObservation& sensor : sensors) {
    const double residual = sensor.count - rate * sensor.days;
    squares += residual * residual;
  }
  const double n = static_cast<double>(sensors.size());
  return {rate, std::sqrt(squares * n / (n - 1)) / days};
}

/// Smaller spreads than this share of the rate are rounding noise of equal sensors.
constexpr double kNoSpread = 1e-9;

/// The standard error of a resample is taken as at least this share of the whole's. Where few
/// sensors see most of the traffic, a resample without them looks almost free of error, and its
/// quotient throws the interval far out (of nine sensors, three with four times the traffic of the
/// others: an upper end of nine times the rate). Measured on ten log-normal sensors, 3,000 trials:
/// coverage stays (log-sd 0.5: 94 % with and without; 1.0: 91 %), the mean width falls from 3.1 to
/// 2.0 of the rate at log-sd 1.0; at shares of 0.5 and more coverage begins to fall.
constexpr double kLeastErrorShare = 0.3;

}  // namespace

std::optional<Interval> rate_interval(std::span<const SensorObservation> sensors) {
  std::vector<SensorObservation> observed;
  for (const SensorObservation& sensor : sensors) {
    if (sensor.days > 0) observed.push_back(sensor);
  }
  if (observed.size() < kMinIntervalSensors) return std::nullopt;
  const RatioEstimate whole = estimate(observed);
  if (whole.error <= kNoSpread * whole.rate || whole.error <= 0) return std::nullopt;

  Generator random;
  std::vector<double> t;
  std::vector<SensorObservation> resample(observed.size());
  for (int replicate = 0; replicate < kBootstrapReplicates; ++replicate) {
    for (SensorObservation& sensor : resample)
      sensor = observed[random.below(observed.size())];
    const RatioEstimate again = estimate(resample);
    t.push_back((again.rate - whole.rate) / std::max(again.error, kLeastErrorShare * whole.error));
  }
  std::sort(t.begin(), t.end());
  // The k-th of n order statistics estimates the quantile k / (n + 1).
  const auto order_statistic = [&t](double p) {
    const auto k = static_cast<std::size_t>(p * static_cast<double>(t.size() + 1));
    return t[std::clamp<std::size_t>(k, 1, t.size()) - 1];
  };
  const double low = whole.rate - order_statistic(0.975) * whole.error;
  const double high = whole.rate - order_statistic(0.025) * whole.error;
  return Interval{std::max(0.0, low), high};
}

}  // namespace teiten
