#pragma once

#include <cstddef>
#include <span>

namespace teiten {

/// Mann–Kendall test of a series in which neighbours resemble each other (Hamed and Rao 1998).
struct WeeklyTrend {
  int s = 0;
  double z = 0;        ///< with continuity correction
  double p_value = 1;  ///< two-sided
  double slope = 0;    ///< Theil–Sen of ln value per step
  double factor = 1;   ///< what the variance was multiplied by, at least 1
};

/// Values must be positive; at least 8, else p = 1. The variance n(n−1)(2n+5)/18 (less for ties) is
/// multiplied by 1 + 2/(n(n−1)(n−2)) Σ (n−i)(n−i−1)(n−i−2) ρᵢ over the autocorrelations of the
/// ranks of the detrended logarithms beyond ±1.96/√n; lags to 10·log₁₀ n and a factor of at least 1
/// (METHODS §8: without these bounds a series with chance negative correlations is called a trend).
WeeklyTrend weekly_trend(std::span<const double> values);

}  // namespace teiten
