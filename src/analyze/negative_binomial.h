#pragma once

#include <cstdint>

namespace teiten {

/// Counts that scatter more than chance alone (Poisson) would make them: a Poisson whose rate is
/// itself Gamma distributed. Mean `mean` ≥ 0, variance mean + mean²/size; size > 0, and a large one
/// is nearly Poisson.
class NegativeBinomial {
 public:
  NegativeBinomial(double mean, double size) : mean_(mean), size_(size) {}

  double mean() const { return mean_; }
  double variance() const { return mean_ + mean_ * mean_ / size_; }
  /// P(X ≤ x).
  double at_most(std::uint64_t x) const;
  /// P(X ≥ x), with its relative accuracy kept where it is small.
  double at_least(std::uint64_t x) const;
  /// P(X = x).
  double probability(std::uint64_t x) const;
  /// Smallest x with P(X ≤ x) ≥ p, for 0 < p < 1.
  std::uint64_t quantile(double p) const;

 private:
  double mean_;
  double size_;
};

/// I_x(a, b), the regularised incomplete beta function (DLMF 8.17.2), for a, b > 0 and
/// 0 ≤ x ≤ 1. `complement` is 1 − x, given apart so that it is exact where x is nearly 1.
double incomplete_beta(double a, double b, double x, double complement);

/// Standard normal: P(Z ≤ z) and its inverse for 0 < p < 1.
double normal_cdf(double z);
double normal_quantile(double p);

}  // namespace teiten
