#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "analyze/family.h"

namespace teiten {

/// Sensors below which no population is estimated.
inline constexpr std::uint64_t kMinPopulationSensors = 5;
/// Sources seen by exactly two sensors below which none is. Measured where every source meets every
/// sensor alike (docs/methods-families.md): from 10 on the interval covers 93–97 %; with 5 to 9 it
/// covers 71–96 %, because few doubles are a sign of an estimate that is too low.
inline constexpr std::uint64_t kMinPopulationTwice = 10;

/// Chao2: at least how many sources there are, seen or not, from how many were seen by exactly one
/// and exactly two of the sensors. `seen_at[i]` is the number of sensors that saw source i (≥ 1);
/// `sensors` that watched. Bias-corrected estimate with its variance and a log-normal 95 % interval
/// (Chao 1987; Colwell, EstimateS). Nothing where it is not defined or says nothing.
std::optional<PopulationEstimate> chao2(std::span<const std::uint32_t> seen_at,
                                        std::uint64_t sensors);
/// The same from the counts: `sources` seen, of which `once` by one sensor and `twice` by two.
std::optional<PopulationEstimate> chao2(std::uint64_t sources, std::uint64_t once,
                                        std::uint64_t twice, std::uint64_t sensors);

}  // namespace teiten
