#pragma once

#include <cstddef>

namespace teiten {

/// Longest JSON record; one that is longer is skipped (Rejection::record_too_long). The longest
/// that sensors write hold a payload of 64 KiB as text of hexadecimal digits, twice.
inline constexpr std::size_t kMaxJsonRecordBytes = std::size_t{1} << 20;
/// Objects and arrays within each other; sensors write eight.
inline constexpr std::size_t kMaxJsonDepth = 64;
/// Values of a record that are looked at; those that matter stand among the first hundred.
inline constexpr std::size_t kMaxJsonFields = 1024;
/// Longest path of a value; what stands deeper or under a longer name is not looked at. The longest
/// that is asked for has 29 bytes.
inline constexpr std::size_t kMaxJsonPathBytes = 256;
/// How far an object is looked into for an array that holds the records.
inline constexpr std::size_t kMaxJsonWrapperBytes = 8192;
/// Records by which the format of an input is told.
inline constexpr std::size_t kMaxJsonProbe = 64;

}  // namespace teiten
