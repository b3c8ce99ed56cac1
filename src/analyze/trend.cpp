#include "analyze/trend.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <vector>

namespace teiten {
namespace {

/// How many of the 720 orders of six values have k inversions, k = 0 … 15 (S = 15 − 2k).
constexpr std::array kInversions = {1, 5, 14, 29, 49, 71, 90, 101, 101, 90, 71, 49, 29, 14, 5, 1};

double exact_p(int s) {
  int as_extreme = 0;
  for (std::size_t k = 0; k < kInversions.size(); ++k) {
    if (std::abs(15 - 2 * static_cast<int>(k)) >= std::abs(s)) as_extreme += kInversions[k];
  }
  return as_extreme / 720.0;
}

Trend trend_by(int s, double monthly_change, double total_change) {
  const double monthly = std::abs(monthly_change);
  if (std::abs(s) < kTrendCriticalS || monthly < kTrendSlow) return Trend::undecided;
  if (std::abs(total_change) < kTrendLeastTotal) return Trend::undecided;
  const bool down = monthly_change < 0;
  if (down != (s < 0)) return Trend::undecided;
  if (monthly < kTrendFast) return down ? Trend::slow_decrease : Trend::slow_increase;
  return down ? Trend::decrease : Trend::increase;
}

}  // namespace

int mann_kendall_s(std::span<const double> values) {
  int s = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j)
      s += (values[j] > values[i] ? 1 : 0) - (values[j] < values[i] ? 1 : 0);
  }
  return s;
}

double log_slope(std::span<const double> values) {
  std::vector<double> slopes;
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = i + 1; j < values.size(); ++j)
      slopes.push_back(std::log(values[j] / values[i]) / static_cast<double>(j - i));
  }
  if (slopes.empty()) return 0;
  std::sort(slopes.begin(), slopes.end());
  const std::size_t middle = slopes.size() / 2;
  if (slopes.size() % 2 == 1) return slopes[middle];
  return (slopes[middle - 1] + slopes[middle]) / 2;
}

std::optional<TrendFinding> six_month_trend(std::span<const double> monthly_rates) {
  if (monthly_rates.size() != kTrendMonths) return std::nullopt;
  for (const double rate : monthly_rates) {
    if (!(rate > 0)) return std::nullopt;
  }
  TrendFinding finding;
  const double slope = log_slope(monthly_rates);
  finding.s = mann_kendall_s(monthly_rates);
  finding.p_value = exact_p(finding.s);
  finding.monthly_change = std::exp(slope) - 1;
  finding.total_change = std::exp(slope * static_cast<double>(kTrendMonths - 1)) - 1;
  finding.trend = trend_by(finding.s, finding.monthly_change, finding.total_change);
  return finding;
}

}  // namespace teiten
