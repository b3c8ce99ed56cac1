#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace teiten {

/// How many sources asked for both of two things, for one of them, for neither.
struct FourfoldTable {
  std::uint64_t both = 0;
  std::uint64_t only_a = 0;
  std::uint64_t only_b = 0;
  std::uint64_t neither = 0;
  std::uint64_t total() const { return both + only_a + only_b + neither; }
};

/// An odds ratio with the standard error of its logarithm.
struct OddsRatio {
  double ratio = 1;
  double log_error = 0;
  /// End of its 99.9 % interval; 0 where nothing is known.
  double low() const;
  /// z of the logarithm against 0.
  double z() const;
};

/// With ½ added to each cell (Haldane, Anscombe), so that an empty cell gives a finite answer:
/// log error √Σ 1/(n + ½).
OddsRatio odds_ratio(const FourfoldTable& table);

/// Common odds ratio of the strata (Mantel and Haenszel 1959), variance of its logarithm after
/// Robins, Breslow and Greenland (Biometrics 42, 1986). Where no stratum holds anything for or
/// against an association (the estimate would be 0 or infinite), ½ is added to each cell and the
/// error is test-based (Miettinen 1976): ln of the ratio ÷ the z of Cochran, Mantel and Haenszel.
/// Where no stratum tells anything, ratio 1 with an infinite error.
OddsRatio stratified_odds_ratio(std::span<const FourfoldTable> strata);

/// |X ∩ Y| / |X ∪ Y|; 0 where both are empty.
double jaccard(const FourfoldTable& table);

/// P(Z ≥ z) of a standard normal.
double normal_upper_tail(double z);

/// Two-sided 99.9 % quantile of a standard normal.
inline constexpr double kNormal999 = 3.290526731491895;

}  // namespace teiten
