#include "analyze/negative_binomial.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace teiten {
namespace {

/// The continued fraction DLMF 8.17.22, evaluated by Lentz's method; converges fast for
/// x < (a + 1) / (a + b + 2).
double beta_fraction(double a, double b, double x) {
  constexpr double kTiny = 1e-300;
  constexpr int kMaxTerms = 10'000;
  const auto away_from_zero = [](double value) { return std::abs(value) < kTiny ? kTiny : value; };
  double c = 1.0;
  double d = 1.0 / away_from_zero(1.0 - (a + b) * x / (a + 1.0));
  double result = d;
  for (int i = 1; i <= kMaxTerms; ++i) {
    const double m = i;
    const double even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
    d = 1.0 / away_from_zero(1.0 + even * d);
    c = away_from_zero(1.0 + even / c);
    result *= c * d;
    const double odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
    d = 1.0 / away_from_zero(1.0 + odd * d);
    c = away_from_zero(1.0 + odd / c);
    const double step = c * d;
    result *= step;
    if (std::abs(step - 1.0) < 1e-15) break;
  }
  return result;
}

}  // namespace

double incomplete_beta(double a, double b, double x, double complement) {
  if (x <= 0.0) return 0.0;
  if (complement <= 0.0) return 1.0;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log(complement));
  if (x < (a + 1.0) / (a + b + 2.0)) return front * beta_fraction(a, b, x) / a;
  return 1.0 - front * beta_fraction(b, a, complement) / b;
}

double NegativeBinomial::at_least(std::uint64_t x) const {
  if (x == 0) return 1.0;
  if (mean_ <= 0.0) return 0.0;
  const double whole = mean_ + size_;
  return incomplete_beta(static_cast<double>(x), size_, mean_ / whole, size_ / whole);
}

double NegativeBinomial::at_most(std::uint64_t x) const {
  if (mean_ <= 0.0) return 1.0;
  const double whole = mean_ + size_;
  return incomplete_beta(size_, static_cast<double>(x) + 1.0, size_ / whole, mean_ / whole);
}

double NegativeBinomial::probability(std::uint64_t x) const {
  if (mean_ <= 0.0) return x == 0 ? 1.0 : 0.0;
  const auto n = static_cast<double>(x);
  const double whole = mean_ + size_;
  return std::exp(std::lgamma(n + size_) - std::lgamma(size_) - std::lgamma(n + 1.0) +
                  size_ * std::log(size_ / whole) + n * std::log(mean_ / whole));
}

std::uint64_t NegativeBinomial::quantile(double p) const {
  std::uint64_t high = 1;
  while (at_most(high) < p && high < std::numeric_limits<std::uint64_t>::max() / 4)
    high *= 2;
  std::uint64_t low = 0;  // the answer is in [low, high]
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (at_most(middle) >= p) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

double normal_quantile(double p) {
  if (p > 0.5) return -normal_quantile(1.0 - p);
  // Abramowitz & Stegun 26.2.23 (4.5e-4) as a start, then Newton's steps on the exact function.
  const double t = std::sqrt(-2.0 * std::log(std::max(p, 1e-300)));
  double z = -(t - (2.515517 + t * (0.802853 + t * 0.010328)) /
                       (1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))));
  for (int i = 0; i < 3; ++i) {
    const double density = std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::acos(-1.0));
    if (density < 1e-290) break;
    z -= (normal_cdf(z) - p) / density;
  }
  return z;
}

}  // namespace teiten
