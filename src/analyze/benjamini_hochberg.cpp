#include "analyze/benjamini_hochberg.h"

#include <algorithm>
#include <numeric>

namespace teiten {

std::vector<double> benjamini_hochberg(std::span<const double> p_values, std::size_t tests) {
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return p_values[a] > p_values[b]; });
  std::vector<double> q_values(p_values.size());
  const auto count = static_cast<double>(std::max(tests, p_values.size()));
  double least = 1.0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto rank = static_cast<double>(order.size() - i);
    least = std::min(least, p_values[order[i]] * count / rank);
    q_values[order[i]] = least;
  }
  return q_values;
}

}  // namespace teiten
