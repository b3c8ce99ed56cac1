#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyze/breakdown.h"

namespace teiten {

/// One line of "rank and change against the month before".
struct RankedPart {
  std::string key;
  std::size_t rank = 0;  ///< 1 is the largest; equal counts are ranked by key
  std::uint64_t count = 0;
  std::uint64_t previous_count = 0;
  std::optional<std::size_t> previous_rank;  ///< none: not seen the month before, or nobody watched
  /// Of the count, what one source alone sent (BusiestSources); none: not to be told.
  std::optional<std::uint64_t> busiest_source;
  std::optional<double> rate;  ///< per sensor and day
  std::optional<double> previous_rate;
  std::optional<double> change;  ///< rate ÷ previous rate − 1; none without a previous rate > 0
};

/// The first `top` parts of `now` beside what they were in `before`. Both are ordered largest first
/// (counts_by()); the sensor-days are the denominators of the two months, 0 where nobody watched.
std::vector<RankedPart> ranking(std::span<const PartTotal> now, double sensor_days_now,
                                std::span<const PartTotal> before, double sensor_days_before,
                                std::size_t top);

}  // namespace teiten
