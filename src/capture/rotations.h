#pragma once

#include <string>
#include <vector>

namespace teiten {

/// Files beside a log that are looked at for what was rotated while nobody followed.
inline constexpr std::size_t kMaxRotations = 8;

/// The files that rotation makes of a log: NAME.1, NAME.2.gz, NAME-20240507; newest first, at most
/// kMaxRotations.
std::vector<std::string> rotations_of(const std::string& path);

}  // namespace teiten
