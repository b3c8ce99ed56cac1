#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace teiten {

/// The one change of level that fits a series of daily counts best.
struct LevelChange {
  std::size_t first = 0;  ///< index of the first day of the new level
  double score = 0;       ///< W
  double dispersion = 1;  ///< σ², at least 1: variance ÷ mean of the counts within a level
  double before = 0;      ///< mean count a unit of exposure
  double after = 0;
};

/// Days that a level needs on each side of a change for it to be looked at.
inline constexpr std::size_t kChangeMargin = 5;
/// W from which a change is one (METHODS §8: 1 % false with n = 31 and a dispersion of 5, less with
/// milder ones).
inline constexpr double kChangeScore = 3.9;

/// Two-sample scan: W = max over τ in [5, n−5] of |ȳ₂ − ȳ₁| / (σ √(1/n₁ + 1/n₂)) on
/// y = 2√(x + 3/8), whose variance is 1 for a Poisson count; σ = median|Δy| / (0.6745 √2), at least
/// 1 (METHODS §8). `exposure` (as long as `counts`, all positive) scales counts to their mean
/// exposure first. Nothing for fewer than 10 days.
std::optional<LevelChange> level_change(std::span<const double> counts,
                                        std::span<const double> exposure);

/// First indices of the levels of the best cut into levels, the first one (0) left out: least
/// Poisson cost of counts over exposure (twice the negative log-likelihood, divided by
/// `dispersion`, variance ÷ mean), levels of at least `least` days, `penalty` for each level after
/// the first. It is the cut that PELT finds (Killick et al. 2012), without PELT's pruning, which
/// is not exact where levels have a least length and saves nothing in a month.
std::vector<std::size_t> best_levels(std::span<const double> counts,
                                     std::span<const double> exposure, std::size_t least,
                                     double penalty, double dispersion);

}  // namespace teiten
