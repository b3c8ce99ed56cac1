#include "analyze/student_t.h"

#include <cmath>
#include <initializer_list>

namespace teiten {
namespace {

/// Continued fraction of the incomplete beta function (Lentz; DLMF 8.17.22), for x below the mean.
double beta_fraction(double a, double b, double x) {
  constexpr int kMaxSteps = 500;
  constexpr double kTiny = 1e-300;
  constexpr double kExact = 1e-15;
  double c = 1;
  double d = 1 - (a + b) * x / (a + 1);
  d = 1 / (std::abs(d) < kTiny ? kTiny : d);
  double value = d;
  for (int m = 1; m <= kMaxSteps; ++m) {
    const double k = m;
    const double even = k * (b - k) * x / ((a + 2 * k - 1) * (a + 2 * k));
    const double odd = -(a + k) * (a + b + k) * x / ((a + 2 * k) * (a + 2 * k + 1));
    for (const double term : {even, odd}) {
      d = 1 + term * d;
      c = 1 + term / c;
      d = 1 / (std::abs(d) < kTiny ? kTiny : d);
      c = std::abs(c) < kTiny ? kTiny : c;
      value *= c * d;
    }
    if (std::abs(c * d - 1) < kExact) break;
  }
  return value;
}

double incomplete_beta(double a, double b, double x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const double front = std::exp(std::lgamma(a + b) - std::lgamma(a) - std::lgamma(b) +
                                a * std::log(x) + b * std::log1p(-x));
  if (x < (a + 1) / (a + b + 2)) return front * beta_fraction(a, b, x) / a;
  return 1 - front * beta_fraction(b, a, 1 - x) / b;
}

}  // namespace

double student_upper_tail(double t, double freedom) {
  if (std::isinf(t)) return t > 0 ? 0 : 1;
  const double half = incomplete_beta(freedom / 2, 0.5, freedom / (freedom + t * t)) / 2;
  return t >= 0 ? half : 1 - half;
}

double student_quantile(double tail, double freedom) {
  if (tail > 0.5) return -student_quantile(1 - tail, freedom);
  double low = 0;
  double high = 1;
  while (student_upper_tail(high, freedom) > tail)
    high *= 2;
  for (int i = 0; i < 200 && high - low > 1e-13 * high; ++i) {
    const double middle = (low + high) / 2;
    (student_upper_tail(middle, freedom) > tail ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace teiten
