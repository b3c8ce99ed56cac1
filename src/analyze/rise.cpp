#include "analyze/rise.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <string_view>

namespace teiten {
namespace {

/// √(x + 3/8) of a Poisson count has a standard deviation of 1/2 whatever the mean (Anscombe), so
/// that small and large services compare. `scale` brings `before` to the exposure of `after`; its
/// own scatter then weighs √scale times.
double score_of(double before, double after, double scale) {
  const double difference = std::sqrt(after + 0.375) - std::sqrt((before + 0.375) * scale);
  return 2.0 * difference / std::sqrt(1.0 + scale);
}

using CountByKey = std::map<std::string_view, std::uint64_t>;

CountByKey by_key(std::span<const PartTotal> totals) {
  CountByKey counts;
  for (const PartTotal& part : totals)
    counts[part.key] = part.count;
  return counts;
}

std::uint64_t count_in(const CountByKey& counts, std::string_view key) {
  const auto found = counts.find(key);
  return found == counts.end() ? 0 : found->second;
}

bool is_rise(const Rise& rise) {
  return rise.after_count >= kRiseMinSourceDays && rise.ratio >= kRiseMinRatio &&
         rise.score >= kRiseMinScore && rise.after_sources >= kRiseMinSources &&
         static_cast<double>(rise.after_sources) >=
             kRiseMinRatio * static_cast<double>(rise.before_sources);
}

}  // namespace

std::vector<Rise> rises(const CountedPeriod& before, const CountedPeriod& after, RiseBasis basis) {
  std::vector<Rise> result;
  if (before.sensor_days <= 0 || after.sensor_days <= 0) return result;
  const CountByKey earlier = by_key(before.source_days);
  const CountByKey sources_before = by_key(before.sources);
  const CountByKey sources_after = by_key(after.sources);
  for (const PartTotal& part : after.source_days) {
    Rise rise;
    rise.key = part.key;
    rise.basis = basis;
    rise.before_count = count_in(earlier, part.key);
    rise.after_count = part.count;
    rise.before_sources = count_in(sources_before, part.key);
    rise.after_sources = count_in(sources_after, part.key);
    rise.before_rate = static_cast<double>(rise.before_count) / before.sensor_days;
    rise.after_rate = static_cast<double>(rise.after_count) / after.sensor_days;
    rise.ratio = rise.before_count == 0 ? std::numeric_limits<double>::infinity()
                                        : rise.after_rate / rise.before_rate;
    rise.score =
        score_of(static_cast<double>(rise.before_count), static_cast<double>(rise.after_count),
                 after.sensor_days / before.sensor_days);
    if (is_rise(rise)) result.push_back(rise);
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
