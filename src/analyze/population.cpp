#include "analyze/population.h"

#include <algorithm>
#include <cmath>

namespace teiten {

std::optional<PopulationEstimate> chao2(std::uint64_t sources, std::uint64_t once,
                                        std::uint64_t twice, std::uint64_t sensors) {
  if (sensors < kMinPopulationSensors || twice < kMinPopulationTwice || once < 2)
    return std::nullopt;
  const double q1 = static_cast<double>(once);
  const double q2 = static_cast<double>(twice);
  const double a = (static_cast<double>(sensors) - 1) / static_cast<double>(sensors);
  const double unseen = a * q1 * (q1 - 1) / (2 * (q2 + 1));
  const double variance = unseen +
                          a * a * q1 * (2 * q1 - 1) * (2 * q1 - 1) / (4 * (q2 + 1) * (q2 + 1)) +
                          a * a * q1 * q1 * q2 * (q1 - 1) * (q1 - 1) / (4 * std::pow(q2 + 1, 4));
  // The logarithm of what was not seen is nearer to normal than the estimate, and the low end stays
  // above what was seen.
  const double spread = std::exp(1.96 * std::sqrt(std::log1p(variance / (unseen * unseen))));
  const double seen = static_cast<double>(sources);
  return PopulationEstimate{seen + unseen, seen + unseen / spread, seen + unseen * spread};
}

std::optional<PopulationEstimate> chao2(std::span<const std::uint32_t> seen_at,
                                        std::uint64_t sensors) {
  const auto once = std::count(seen_at.begin(), seen_at.end(), 1U);
  const auto twice = std::count(seen_at.begin(), seen_at.end(), 2U);
  return chao2(seen_at.size(), static_cast<std::uint64_t>(once), static_cast<std::uint64_t>(twice),
               sensors);
}

}  // namespace teiten
