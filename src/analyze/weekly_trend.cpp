#include "analyze/weekly_trend.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "analyze/association.h"
#include "analyze/trend.h"

namespace teiten {
namespace {

constexpr std::size_t kLeastValues = 8;

/// Mean ranks, 1 … n.
std::vector<double> ranks_of(std::span<const double> values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  std::vector<double> ranks(values.size());
  for (std::size_t first = 0; first < order.size();) {
    std::size_t last = first;
    while (last + 1 < order.size() && values[order[last + 1]] == values[order[first]])
      ++last;
    for (std::size_t i = first; i <= last; ++i)
      ranks[order[i]] = static_cast<double>(first + last) / 2 + 1;
    first = last + 1;
  }
  return ranks;
}

/// Σ t(t − 1)(2t + 5) over groups of equal values.
double tie_term(std::span<const double> values) {
  std::vector<double> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  double sum = 0;
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto last = std::upper_bound(first, sorted.end(), *first);
    const double t = static_cast<double>(last - first);
    sum += t * (t - 1) * (2 * t + 5);
    first = last;
  }
  return sum;
}

double correction(std::span<const double> ranks) {
  const double n = static_cast<double>(ranks.size());
  const double mean = (n + 1) / 2;
  double squares = 0;
  for (const double rank : ranks)
    squares += (rank - mean) * (rank - mean);
  if (squares <= 0) return 1;
  const auto lags = std::min(ranks.size() - 1, static_cast<std::size_t>(10 * std::log10(n)));
  double sum = 0;
  for (std::size_t lag = 1; lag <= lags; ++lag) {
    double product = 0;
    for (std::size_t i = 0; i + lag < ranks.size(); ++i)
      product += (ranks[i] - mean) * (ranks[i + lag] - mean);
    const double rho = product / squares;
    const double left = n - static_cast<double>(lag);
    if (std::abs(rho) > 1.96 / std::sqrt(n)) sum += left * (left - 1) * (left - 2) * rho;
  }
  return std::max(1.0, 1 + 2 * sum / (n * (n - 1) * (n - 2)));
}

}  // namespace

WeeklyTrend weekly_trend(std::span<const double> values) {
  WeeklyTrend result;
  if (values.size() < kLeastValues) return result;
  result.s = mann_kendall_s(values);
  result.slope = log_slope(values);
  std::vector<double> detrended;
  for (std::size_t i = 0; i < values.size(); ++i)
    detrended.push_back(std::log(values[i]) - result.slope * static_cast<double>(i));
  result.factor = correction(ranks_of(detrended));
  const double n = static_cast<double>(values.size());
  const double variance = (n * (n - 1) * (2 * n + 5) - tie_term(values)) / 18 * result.factor;
  if (variance <= 0 || result.s == 0) return result;
  result.z = (result.s > 0 ? result.s - 1 : result.s + 1) / std::sqrt(variance);
  result.p_value = 2 * normal_upper_tail(std::abs(result.z));
  return result;
}

}  // namespace teiten
