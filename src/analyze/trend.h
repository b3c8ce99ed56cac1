#pragma once

#include <optional>
#include <span>

namespace teiten {

/// Words for six months (METHODS §8). Anything that does not pass the rule is `undecided`: then
/// only numbers are printed.
enum class Trend { undecided, slow_decrease, slow_increase, decrease, increase };

/// Σ over pairs i < j of sign(x_j − x_i).
int mann_kendall_s(std::span<const double> values);

/// Median over pairs of the slope of ln(x) per step. Values must be positive.
double log_slope(std::span<const double> values);

/// What six monthly means say, with the numbers that decided it.
struct TrendFinding {
  Trend trend = Trend::undecided;
  int s = 0;                  ///< Mann–Kendall
  double p_value = 1;         ///< exact, two-sided, n = 6 without ties
  double monthly_change = 0;  ///< exp(slope) − 1
  double total_change = 0;    ///< exp(5 × slope) − 1: first to sixth month
};

inline constexpr std::size_t kTrendMonths = 6;
/// |S| from which six values reject "no trend" at 5 %: exact p = 12/720 = 0.0167.
inline constexpr int kTrendCriticalS = 13;
/// Slope thresholds a month, and the least change over the six months (METHODS §8).
inline constexpr double kTrendSlow = 0.02;
inline constexpr double kTrendFast = 0.10;
inline constexpr double kTrendLeastTotal = 0.10;

/// The rule for six monthly rates per sensor and day. Nothing unless there are exactly six, all
/// positive.
std::optional<TrendFinding> six_month_trend(std::span<const double> monthly_rates);

}  // namespace teiten
