#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "base/result.h"
#include "enrich/region_table.h"
#include "net/time.h"

namespace teiten {

/// Search-tree nodes one walk may visit. A sound tree visits each node once and the largest public
/// databases have about 15 million; a hostile tree that shares its nodes has 2^128 paths.
inline constexpr std::uint64_t kMaxTreeVisits = 64'000'000;
/// Ranges one table may hold. The registries' data make about 300,000; 4 million keep a table below
/// 90 MB.
inline constexpr std::size_t kMaxRegionRanges = 4'000'000;

/// What one MMDB says about regions, read whole: the file is closed again and may change.
struct MmdbRegions {
  RegionTable table;
  std::string type;  ///< the database_type of its metadata
  Day build_day{};   ///< its build epoch, UTC
};

/// Reads the MMDB at `path`. not_found, malformed, unsupported (no country codes in it),
/// limit_reached; each names the file.
Result<MmdbRegions> read_mmdb(const std::string& path);

}  // namespace teiten
