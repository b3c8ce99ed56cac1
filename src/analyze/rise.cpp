#include "analyze/rise.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace teiten {
namespace {

/// √(x + 3/8) of a Poisson count has a standard deviation of 1/2 whatever the mean (Anscombe), so
/// that small and large services compare. `scale` brings `before` to the exposure of `after`; its
/// own scatter then weighs √scale times.
double score_of(double before, double after, double scale) {
  const double difference = std::sqrt(after + 0.375) - std::sqrt((before + 0.375) * scale);
  return 2.0 * difference / std::sqrt(1.0 + scale);
}

}  // namespace

std::vector<Rise> rises(const CountedPeriod& before, const CountedPeriod& after, RiseBasis basis) {
  std::vector<Rise> result;
  if (before.sensor_days <= 0 || after.sensor_days <= 0) return result;
  std::map<std::string, std::uint64_t, std::less<>> earlier;
  for (const PartTotal& part : before.totals)
    earlier[part.key] = part.count;
  for (const PartTotal& part : after.totals) {
    if (part.count < kRiseMinSources) continue;
    Rise rise;
    rise.key = part.key;
    rise.basis = basis;
    rise.after_count = part.count;
    if (const auto found = earlier.find(part.key); found != earlier.end())
      rise.before_count = found->second;
    rise.before_rate = static_cast<double>(rise.before_count) / before.sensor_days;
    rise.after_rate = static_cast<double>(rise.after_count) / after.sensor_days;
    rise.ratio = rise.before_count == 0 ? std::numeric_limits<double>::infinity()
                                        : rise.after_rate / rise.before_rate;
    rise.score =
        score_of(static_cast<double>(rise.before_count), static_cast<double>(rise.after_count),
                 after.sensor_days / before.sensor_days);
    if (rise.ratio >= kRiseMinRatio && rise.score >= kRiseMinScore) result.push_back(rise);
  }
  std::sort(result.begin(), result.end(), [](const Rise& a, const Rise& b) {
    return a.score != b.score ? a.score > b.score : a.key < b.key;
  });
  return result;
}

std::vector<Rise> strongest(std::vector<Rise> rises, std::size_t top) {
  std::stable_sort(rises.begin(), rises.end(), [](const Rise& a, const Rise& b) {
    return a.score != b.score ? a.score > b.score : a.key < b.key;
  });
  std::vector<Rise> result;
  std::set<std::string> taken;
  for (Rise& rise : rises) {
    if (result.size() == top) break;
    if (taken.insert(rise.key).second) result.push_back(std::move(rise));
  }
  return result;
}

}  // namespace teiten
