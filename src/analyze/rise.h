#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyze/breakdown.h"

namespace teiten {

/// What a rise is measured against.
enum class RiseBasis {
  previous_month,  ///< the month against the one before
  first_half,      ///< the month's second half against its first
};

/// One service whose sources rose.
struct Rise {
  std::string key;
  RiseBasis basis = RiseBasis::previous_month;
  std::uint64_t before_count = 0;  ///< source_days
  std::uint64_t after_count = 0;
  std::uint64_t before_sources = 0;
  std::uint64_t after_sources = 0;
  double before_rate = 0;  ///< per sensor and day
  double after_rate = 0;
  double ratio = 0;  ///< after ÷ before; infinite where there was nothing before
  double score = 0;  ///< see rises()
};

/// Counts by key over a period with its sensor-days.
struct CountedPeriod {
  std::span<const PartTotal> source_days;
  std::span<const PartTotal> sources;  ///< distinct in the period
  double sensor_days = 0;
};

/// Fewer source_days than this in the later period say nothing about a rise.
inline constexpr std::uint64_t kRiseMinSourceDays = 30;
/// Nor do fewer distinct sources: one host that visits ten sensors every day makes 310 source_days.
inline constexpr std::uint64_t kRiseMinSources = 10;
/// Least ratio of the rates of source_days, and of the distinct sources themselves: a few busy
/// hosts among many must not make a rise (METHODS §8: a change inside a month counts from 1.3).
inline constexpr double kRiseMinRatio = 1.3;
/// Least score: the difference of the square roots of the counts, each with 3/8 added, on the later
/// period's exposure, in standard deviations. Plain Poisson counts pass 3.9 once in 20,000 times
/// (METHODS §8 takes the same bound for a change inside a month, where days scatter more).
inline constexpr double kRiseMinScore = 3.9;

/// Keys whose source_days in `after` exceed what `before` lets expect, and that more distinct
/// sources asked for, best score first. Packets do not matter: one busy host makes no rise.
std::vector<Rise> rises(const CountedPeriod& before, const CountedPeriod& after, RiseBasis basis);

/// The `top` strongest of both lists, each key once with its stronger basis.
std::vector<Rise> strongest(std::vector<Rise> rises, std::size_t top);

}  // namespace teiten
