#include "analyze/change_point.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace teiten {
namespace {

double median(std::vector<double> values) {
  if (values.empty()) return 0.0;
  const std::size_t middle = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(middle),
                   values.end());
  if (values.size() % 2 == 1) return values[middle];
  const double high = values[middle];
  return 0.5 * (high + *std::max_element(values.begin(),
                                         values.begin() + static_cast<std::ptrdiff_t>(middle)));
}

std::vector<double> running_sum(std::span<const double> values) {
  std::vector<double> sums{0.0};
  for (const double value : values)
    sums.push_back(sums.back() + value);
  return sums;
}

}  // namespace

std::optional<LevelChange> level_change(std::span<const double> counts,
                                        std::span<const double> exposure) {
  const std::size_t n = counts.size();
  if (n < 2 * kChangeMargin) return std::nullopt;
  const std::vector<double> count_sums = running_sum(counts);
  const std::vector<double> exposure_sums = running_sum(exposure);
  const double mean_exposure = exposure_sums.back() / static_cast<double>(n);
  std::vector<double> y;
  for (std::size_t i = 0; i < n; ++i)
    y.push_back(2.0 * std::sqrt(counts[i] / exposure[i] * mean_exposure + 0.375));
  std::vector<double> steps;
  for (std::size_t i = 1; i < n; ++i)
    steps.push_back(std::abs(y[i] - y[i - 1]));
  const double sigma = std::max(1.0, median(std::move(steps)) / (0.6745 * std::sqrt(2.0)));

  const std::vector<double> sums = running_sum(y);
  LevelChange best;
  best.dispersion = sigma * sigma;
  for (std::size_t cut = kChangeMargin; cut + kChangeMargin <= n; ++cut) {
    const auto n1 = static_cast<double>(cut);
    const auto n2 = static_cast<double>(n - cut);
    const double difference = (sums[n] - sums[cut]) / n2 - sums[cut] / n1;
    const double score = std::abs(difference) / (sigma * std::sqrt(1.0 / n1 + 1.0 / n2));
    if (best.first != 0 && score <= best.score) continue;
    best.first = cut;
    best.score = score;
    best.before = count_sums[cut] / exposure_sums[cut];
    best.after = (count_sums[n] - count_sums[cut]) / (exposure_sums[n] - exposure_sums[cut]);
  }
  return best;
}

std::vector<std::size_t> best_levels(std::span<const double> counts,
                                     std::span<const double> exposure, std::size_t least,
                                     double penalty, double dispersion) {
  const std::size_t n = counts.size();
  const std::vector<double> count_sums = running_sum(counts);
  const std::vector<double> exposure_sums = running_sum(exposure);
  // Twice the negative log-likelihood at the level's own rate, without what no cut changes.
  const auto cost = [&](std::size_t from, std::size_t to) {
    const double count = count_sums[to] - count_sums[from];
    if (count <= 0.0) return 0.0;
    const double rate = count / (exposure_sums[to] - exposure_sums[from]);
    return 2.0 * (count - count * std::log(rate)) / dispersion;
  };
  std::vector<double> best(n + 1, std::numeric_limits<double>::infinity());
  std::vector<std::size_t> previous(n + 1, 0);
  best[0] = -penalty;  // the first level costs none
  for (std::size_t to = least; to <= n; ++to) {
    for (std::size_t from = 0; from + least <= to; ++from) {
      const double total = best[from] + cost(from, to) + penalty;
      if (total >= best[to]) continue;
      best[to] = total;
      previous[to] = from;
    }
  }
  std::vector<std::size_t> cuts;
  for (std::size_t at = n; at > 0 && previous[at] > 0; at = previous[at])
    cuts.push_back(previous[at]);
  std::reverse(cuts.begin(), cuts.end());
  return cuts;
}

}  // namespace teiten
