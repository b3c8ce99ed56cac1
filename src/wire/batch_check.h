#pragma once

#include <chrono>

#include "access/batch.h"
#include "base/result.h"

namespace teiten {

/// Bounds of a batch's times: no sensor lived outside them.
inline constexpr UtcTime kFirstBatchTime = std::chrono::sys_days{std::chrono::year{1970} / 1 / 1};
inline constexpr UtcTime kLastBatchTime = std::chrono::sys_days{std::chrono::year{2200} / 1 / 1};
/// How far an access, or a stretch of activity, may lie outside its batch's range: late packets
/// (access/reorder.h), and attempts that began in an earlier batch.
inline constexpr auto kMaxOutsideRange = std::chrono::hours(24);
inline constexpr std::uint64_t kMaxBatchCount = std::uint64_t{1} << 48;  ///< of any one count
inline constexpr std::size_t kMaxCountNames = 256;                       ///< in one NamedCounts
inline constexpr std::size_t kMaxCountNameBytes = 64;
inline constexpr std::size_t kMaxBatchActivity = 4096;
inline constexpr std::size_t kMaxBatchScanners = 4096;
inline constexpr std::size_t kMaxBatchTextBytes = 256;  ///< a scanner's name, region_source

/// Whether a batch may travel: everything that decode_batch() asks of one, so that a sensor can ask
/// before it spools. Errors: malformed (says what), limit_reached, unsupported (a kind, tool or
/// payload class that this program does not know: a newer one made the batch).
Result<void> check_batch_content(const Batch& batch);

}  // namespace teiten
