#include "analyze/ranking.h"

#include <algorithm>

#include "analyze/rates.h"

namespace teiten {

std::vector<RankedPart> ranking(std::span<const PartTotal> now, double sensor_days_now,
                                std::span<const PartTotal> before, double sensor_days_before,
                                std::size_t top) {
  std::vector<RankedPart> result;
  for (std::size_t i = 0; i < std::min(top, now.size()); ++i) {
    RankedPart part;
    part.key = now[i].key;
    part.rank = i + 1;
    part.count = now[i].count;
    part.rate = rate_of(part.count, sensor_days_now);
    const auto earlier = std::find_if(before.begin(), before.end(), [&part](const PartTotal& each) {
      return each.key == part.key;
    });
    if (sensor_days_before > 0) {
      if (earlier != before.end()) {
        part.previous_count = earlier->count;
        part.previous_rank = static_cast<std::size_t>(earlier - before.begin()) + 1;
      }
      part.previous_rate = rate_of(part.previous_count, sensor_days_before);
    }
    if (part.rate && part.previous_rate && *part.previous_rate > 0)
      part.change = *part.rate / *part.previous_rate - 1;
    result.push_back(std::move(part));
  }
  return result;
}

}  // namespace teiten
