#include "logs/repeated_run.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace teiten {
namespace {

/// For every length, the longest proper border of that much of `pattern` (Knuth, Morris and Pratt
/// 1977).
std::vector<std::uint32_t> borders_of(std::span<const RecordHash> pattern) {
  std::vector<std::uint32_t> borders(pattern.size() + 1);
  std::uint32_t matched = 0;
  for (std::size_t i = 1; i < pattern.size(); ++i) {
    while (matched > 0 && pattern[i] != pattern[matched])
      matched = borders[matched];
    if (pattern[i] == pattern[matched]) ++matched;
    borders[i + 1] = matched;
  }
  return borders;
}

struct Match {
  bool whole = false;
  std::size_t at = 0;         ///< if whole: where in the text the pattern begins first
  std::size_t beginning = 0;  ///< else how much of the pattern's beginning ends the text
};

Match find(std::span<const RecordHash> pattern, std::span<const RecordHash> text) {
  const std::vector<std::uint32_t> borders = borders_of(pattern);
  std::uint32_t matched = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    while (matched > 0 && text[i] != pattern[matched])
      matched = borders[matched];
    if (text[i] == pattern[matched]) ++matched;
    if (matched == pattern.size()) return {true, i + 1 - pattern.size(), 0};
  }
  return {false, 0, matched};
}

bool tells(std::span<const RecordHash> input, const RecordRun& run) {
  if (run.to - run.from < kMinRepeatedRecords) return false;
  const auto records = input.subspan(run.from, run.to - run.from);
  return std::any_of(records.begin(), records.end(),
                     [&](RecordHash record) { return record != records.front(); });
}

}  // namespace

std::optional<RecordRun> repeated_run(std::span<const RecordHash> known,
                                      std::span<const RecordHash> input) {
  if (known.empty() || input.empty()) return std::nullopt;
  std::optional<RecordRun> longest;
  const auto consider = [&](const RecordRun& run) {
    if (!tells(input, run)) return;
    if (!longest || run.to - run.from > longest->to - longest->from) longest = run;
  };
  const Match input_in_known = find(input, known);
  consider({0, input_in_known.whole ? input.size() : input_in_known.beginning});
  const Match known_in_input = find(known, input);
  if (known_in_input.whole) {
    consider({known_in_input.at, known_in_input.at + known.size()});
  } else {
    consider({input.size() - known_in_input.beginning, input.size()});
  }
  return longest;
}

}  // namespace teiten
