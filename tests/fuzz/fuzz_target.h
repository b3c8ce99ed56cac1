#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What libFuzzer drives (fuzz_main.cpp) and what an ordinary test replays (fuzz_replay.cpp): every
/// place where bytes from outside come in.
namespace teiten::fuzz {

using Bytes = std::vector<std::byte>;

struct FuzzTarget {
  std::string name;
  /// Reads the input, which stands in a heap block of exactly its size. Must neither crash nor
  /// hang, and what it gives must hold together: a broken rule ends the program (TEITEN_ASSERT).
  std::function<void(std::span<const std::byte>)> run;
  /// Sound inputs to begin with.
  std::vector<Bytes> seeds;
};

/// All targets; `log-NAME` for every format of logs.
const std::vector<FuzzTarget>& fuzz_targets();
/// Null if there is none.
const FuzzTarget* find_fuzz_target(std::string_view name);
/// Runs a target on a copy in a heap block of exactly that size.
void run_on_copy(const FuzzTarget& target, std::span<const std::byte> bytes);

Bytes bytes_of(std::string_view text);

// The targets by what they read.
std::vector<FuzzTarget> capture_targets();
std::vector<FuzzTarget> log_targets();
std::vector<FuzzTarget> file_targets();
std::vector<FuzzTarget> wire_targets();

}  // namespace teiten::fuzz
