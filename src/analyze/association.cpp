#include "analyze/association.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

namespace teiten {
namespace {

struct Cells {
  double a = 0;
  double b = 0;
  double c = 0;
  double d = 0;
};

Cells cells_of(const FourfoldTable& table, double added) {
  return {static_cast<double>(table.both) + added, static_cast<double>(table.only_a) + added,
          static_cast<double>(table.only_b) + added, static_cast<double>(table.neither) + added};
}

struct Sums {
  double r = 0;   ///< Σ ad/n
  double s = 0;   ///< Σ bc/n
  double pr = 0;  ///< Σ P·R, P = (a + d)/n
  double mixed = 0;
  double qs = 0;
};

Sums sums_of(std::span<const FourfoldTable> strata, double added) {
  Sums sums;
  for (const FourfoldTable& table : strata) {
    if (table.total() == 0) continue;
    const auto [a, b, c, d] = cells_of(table, added);
    const double n = a + b + c + d;
    const double r = a * d / n;
    const double s = b * c / n;
    const double p = (a + d) / n;
    const double q = (b + c) / n;
    sums.r += r;
    sums.s += s;
    sums.pr += p * r;
    sums.mixed += p * s + q * r;
    sums.qs += q * s;
  }
  return sums;
}

/// Cochran, Mantel and Haenszel's z without correction: Σ (a − E a) ÷ √Σ Var a, hypergeometric.
double common_z(std::span<const FourfoldTable> strata) {
  double excess = 0;
  double variance = 0;
  for (const FourfoldTable& table : strata) {
    const auto [a, b, c, d] = cells_of(table, 0);
    const double n = a + b + c + d;
    if (n < 2) continue;
    excess += a - (a + b) * (a + c) / n;
    variance += (a + b) * (c + d) * (a + c) * (b + d) / (n * n * (n - 1));
  }
  return excess / std::sqrt(variance);
}

/// Where nothing speaks for, or nothing against: ½ in each cell makes the ratio finite, but its
/// error would hide that 30 of 30 is much. The error is the one that gives the z of the test.
OddsRatio one_sided_ratio(std::span<const FourfoldTable> strata) {
  std::vector<FourfoldTable> informative;
  for (const FourfoldTable& table : strata) {
    if (table.both * table.neither + table.only_a * table.only_b > 0) informative.push_back(table);
  }
  const Sums sums = sums_of(informative, 0.5);
  const double ratio = sums.r / sums.s;
  return {ratio, std::abs(std::log(ratio) / common_z(informative))};
}

}  // namespace

double OddsRatio::low() const {
  return std::isfinite(log_error) ? ratio * std::exp(-kNormal999 * log_error) : 0;
}

double OddsRatio::z() const {
  return log_error > 0 ? std::log(ratio) / log_error : 0;
}

OddsRatio odds_ratio(const FourfoldTable& table) {
  const auto [a, b, c, d] = cells_of(table, 0.5);
  return {a * d / (b * c), std::sqrt(1 / a + 1 / b + 1 / c + 1 / d)};
}

OddsRatio stratified_odds_ratio(std::span<const FourfoldTable> strata) {
  const Sums sums = sums_of(strata, 0);
  if (sums.r <= 0 && sums.s <= 0) return {1, std::numeric_limits<double>::infinity()};
  if (sums.r <= 0 || sums.s <= 0) return one_sided_ratio(strata);
  const double variance = sums.pr / (2 * sums.r * sums.r) + sums.mixed / (2 * sums.r * sums.s) +
                          sums.qs / (2 * sums.s * sums.s);
  return {sums.r / sums.s, std::sqrt(variance)};
}

double jaccard(const FourfoldTable& table) {
  const std::uint64_t either = table.both + table.only_a + table.only_b;
  return either == 0 ? 0 : static_cast<double>(table.both) / static_cast<double>(either);
}

double normal_upper_tail(double z) {
  return std::erfc(z / std::numbers::sqrt2) / 2;
}

}  // namespace teiten
