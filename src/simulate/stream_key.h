#pragma once

#include <cstdint>

/// What a stream of random numbers is for: the second part of its key, after the seed. Each purpose
/// has its own numbers, so that a change in one leaves the others as they were.
namespace teiten::stream {

inline constexpr std::uint64_t kSensorNoise = 1;
inline constexpr std::uint64_t kSensorDayNoise = 2;
inline constexpr std::uint64_t kFamilyNoise = 3;
inline constexpr std::uint64_t kOutages = 4;
inline constexpr std::uint64_t kVisits = 5;

}  // namespace teiten::stream
