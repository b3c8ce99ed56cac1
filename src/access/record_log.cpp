#include "access/record_log.h"

#include "base/hash.h"

namespace teiten {

RecordHash record_hash(std::string_view text) {
  return static_cast<RecordHash>(digest_of(std::as_bytes(std::span(text))).low);
}

void RecordLog::add(std::uint64_t number, RecordHash hash) {
  if (first_.size() < half_) {
    first_.emplace_back(number, hash);
    return;
  }
  last_.emplace_back(number, hash);
  if (last_.size() > half_) last_.pop_front();
}

std::vector<RecordHashes> RecordLog::take() {
  std::vector<RecordHashes> runs;
  const auto add_to_runs = [&](const auto& entries) {
    for (const auto& [number, hash] : entries) {
      if (runs.empty() || number != runs.back().first + runs.back().hashes.size())
        runs.push_back({number, {}});
      runs.back().hashes.push_back(hash);
    }
  };
  add_to_runs(first_);
  add_to_runs(last_);
  first_.clear();
  last_.clear();
  return runs;
}

}  // namespace teiten
