#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "enrich/geo.h"
#include "enrich/scanners.h"
#include "net/time.h"

namespace teiten {

/// What of a quarantine (quarantine.h) is to be stored after all.
struct ReadmitOptions {
  std::string store{};
  std::string state{};               ///< the collector's folder
  std::vector<std::string> names{};  ///< of sensors; empty: all
  std::optional<UtcTime> from{};     ///< only batches that lie in [from, to)
  std::optional<UtcTime> to{};
  bool dry_run = false;  ///< say what would be done, and do nothing
};

/// What became of one sensor's batches.
struct Readmitted {
  std::string sensor;
  std::uint64_t stored = 0;       ///< now in the store, and no longer in quarantine
  std::uint64_t known = 0;        ///< of these such as were there already
  std::uint64_t outside = 0;      ///< left: not within from and to
  std::uint64_t ahead = 0;        ///< left: of a time that has not come
  std::uint64_t conflicting = 0;  ///< left: another batch of this identity was stored
  std::uint64_t damaged = 0;      ///< left: no batch of this sensor, or the store refuses it
  std::string damage;             ///< what is wrong with the first of these
  TimeRange range{};              ///< from the first to the last of those stored
};

/// Stores what is in quarantine, in groups: each batch exactly once by its identity, and a file is
/// removed only after its batch is committed, so a kill at any instant loses and doubles nothing.
/// A collector lends the store for one group at a time. Stops between two groups when `stop` is
/// set. Errors: not_found (nothing is known of a sensor), those of Store::open and append().
Result<std::vector<Readmitted>> readmit(const ReadmitOptions& options, const GeoDatabases& geo,
                                        const KnownScanners& scanners, UtcTime now,
                                        const std::atomic<bool>& stop);

}  // namespace teiten
