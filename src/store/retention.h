#pragma once

#include <chrono>
#include <cstdint>

#include "net/time.h"

namespace teiten {

/// What a store keeps of old days: of local days [first_day, end_day) of `zone` the accesses are
/// gone, and with them every source address; exact daily counts by sensor, service, region and kind
/// stand in their place.
struct Retention {
  TimeZone zone;
  std::int64_t first_day = 0;  ///< days since 1970-01-01; LocalCalendar's numbers
  std::int64_t end_day = 0;    ///< the first day whose accesses are kept
  UtcTime from;                ///< the first instant of first_day
  UtcTime kept_from;           ///< the first instant of end_day
  bool has_days() const { return first_day < end_day; }
};

/// Accesses of how many days are to be kept.
struct RetentionPolicy {
  std::int64_t days = 0;  ///< today and so many before it; 0: all for good
  TimeZone zone;
  /// First day that is kept at `now`.
  Day first_kept(UtcTime now) const {
    return Day{std::chrono::sys_days{zone.day_of(now)} -
               std::chrono::days{static_cast<std::chrono::days::rep>(days)}};
  }
};

/// A sensor may still bring what is younger: a collector takes batches of the last 60 days.
inline constexpr std::int64_t kLeastRetentionDays = 62;
inline constexpr std::int64_t kMostRetentionDays = 36'500;

/// A day whose accesses were replaced by counts.
struct AgedDay {
  std::int64_t day = 0;
  std::uint64_t accesses = 0;  ///< rows that were there
};

/// Dimensions by which a cell of a day is one, as bits of its level; of the others it holds all
/// values. Distinct sources do not add up, so that they are known for the cells of every level.
namespace daily_level {
inline constexpr unsigned kSensor = 1;
inline constexpr unsigned kService = 2;
inline constexpr unsigned kRegion = 4;
inline constexpr unsigned kKind = 8;
inline constexpr unsigned kAll = 15;  ///< the smallest cells
}  // namespace daily_level

}  // namespace teiten
