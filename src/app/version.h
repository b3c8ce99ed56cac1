#pragma once

namespace teiten {

/// TEITEN_VERSION comes from CMake's project().
inline constexpr const char* kVersion = TEITEN_VERSION;

}  // namespace teiten
