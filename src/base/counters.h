#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace teiten {

/// Counts by name: anomalies, reasons. Ordered, so that it prints the same everywhere.
using NamedCounts = std::map<std::string, std::uint64_t, std::less<>>;

inline void add_count(NamedCounts& counts, std::string_view name, std::uint64_t n = 1) {
  if (n == 0) return;
  if (auto it = counts.find(name); it != counts.end()) {
    it->second += n;
  } else {
    counts.emplace(std::string(name), n);
  }
}

inline void add_counts(NamedCounts& into, const NamedCounts& from) {
  for (const auto& [name, n] : from)
    add_count(into, name, n);
}

inline std::uint64_t total_of(const NamedCounts& counts) {
  std::uint64_t sum = 0;
  for (const auto& [name, n] : counts)
    sum += n;
  return sum;
}

}  // namespace teiten
