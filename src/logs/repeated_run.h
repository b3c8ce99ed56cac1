#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace teiten {

/// Records of one input by number from 0: [from, to).
struct RecordRun {
  std::uint64_t from = 0;
  std::uint64_t to = 0;
  friend bool operator==(const RecordRun&, const RecordRun&) = default;
};

/// Stands for a record's text where texts are compared: 32 bits of a hash. Two logs of a million
/// lines meet in one by chance, in two lines running once in 2³².
using RecordHash = std::uint32_t;
/// Hashes of consecutive records of an input.
struct RecordHashes {
  std::uint64_t first = 0;  ///< number of the first of them in the input, from 0
  std::vector<RecordHash> hashes;
};

/// Fewest records, not all equal, that make a repetition: the last line of one file and the first
/// of the next may be retransmissions within one second.
inline constexpr std::uint64_t kMinRepeatedRecords = 2;

/// The part of `input` that `known` holds too, where one file goes on in the other: the beginning
/// of one is the end of the other, or one holds the other whole. The longest such part, the first
/// of equal ones; none where they have nothing of that kind in common. Time and memory grow with
/// the sum of both.
std::optional<RecordRun> repeated_run(std::span<const RecordHash> known,
                                      std::span<const RecordHash> input);

}  // namespace teiten
