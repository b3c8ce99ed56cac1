#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace teiten {

/// Benjamini–Hochberg q-values of p-values in their order: of all tests with q ≤ α, a share of at
/// most α is expected to be false (Benjamini & Hochberg 1995). Smallest first: q = min over
/// j ≥ i of p_(j) · n / j, at most 1. n is `tests`, and p_values.size() at least: tests that are
/// not given count as p = 1.
std::vector<double> benjamini_hochberg(std::span<const double> p_values, std::size_t tests = 0);

}  // namespace teiten
