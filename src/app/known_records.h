#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "app/input_plan.h"
#include "store/store.h"

namespace teiten {

/// Records of an input that are left out, because they are in the store or in another input.
struct KnownPart {
  std::string path;  ///< of the input that repeats them
  std::uint64_t records = 0;
  std::string from;                  ///< the input that gave them, as it was called
  std::vector<std::string> sensors;  ///< in the store: whose they are
};

/// Lengths of the inputs in the store: the beginnings by which a grown input is known. Ascending.
std::vector<std::uint64_t> known_lengths(const std::vector<Import>& imports);

/// Fills PlannedInput::known: the beginning of an input that was imported when it was shorter, and
/// where a log repeats another one of the plan or of the store (repeated_run.h).
Result<std::vector<KnownPart>> find_known_records(std::vector<PlannedInput>& plan,
                                                  const SourceOptions& options,
                                                  const std::vector<Import>& imports, Store& store);

}  // namespace teiten
