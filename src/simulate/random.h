#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>

namespace teiten {

/// Pseudo-random numbers that are the same on every machine: xoshiro256** (Blackman and Vigna 2018)
/// keyed through splitmix64, and distributions made of integer and of + − × ÷ only. The standard
/// library's distributions and the C library's exp and log differ between implementations.
class Random {
 public:
  /// One independent stream for each key: (seed, purpose, day, sensor, …).
  explicit Random(std::initializer_list<std::uint64_t> key);

  std::uint64_t next();
  /// Uniform in [0, bound); `bound` > 0.
  std::uint64_t below(std::uint64_t bound);
  /// Uniform in [from, to].
  std::int64_t between(std::int64_t from, std::int64_t to);
  /// Uniform in [0, 1), 53 bits.
  double uniform();
  bool chance(double probability) { return uniform() < probability; }
  /// Trials up to the first success, 1, 2, …; `mean` ≥ 1.
  std::uint32_t geometric(double mean);
  /// `mean` ≥ 0, up to kMaxPoissonMean.
  std::uint32_t poisson(double mean);
  /// A factor with mean 1 and about `sigma` as the standard deviation of its logarithm.
  double lognormal(double sigma);
  /// Exponential waiting time with the given mean, in the same unit.
  double exponential(double mean);

 private:
  std::array<std::uint64_t, 4> state_{};
};

/// A fixed mix of 64 bits (splitmix64's), for what must stay the same in every version.
std::uint64_t stable_mix(std::uint64_t value);

/// Largest mean poisson() accepts: a family's visits to one sensor in one day.
inline constexpr double kMaxPoissonMean = 1e6;

/// e^x for |x| ≤ 700 by repeated squaring of a Taylor polynomial: reproducible, relative error
/// below 1e-8 (below 1e-11 for |x| ≤ 1).
double reproducible_exp(double x);

}  // namespace teiten
