#pragma once

#include <cstdint>
#include <vector>

#include "net/time.h"
#include "store/query.h"

namespace teiten {

/// Numbers of local days and buckets in one zone, over one range of instants, as plain arithmetic
/// on microseconds: so that SQL can compute them without a time zone database of its own, and every
/// store in the same way.
///
/// Numbers: a day counts from 1970-01-01 (local), a week from the Monday 1969-12-29, a month from
/// year 0 (year × 12 + month − 1); an hour is the UTC microsecond it starts at, because its local
/// name comes twice when clocks go back.
class LocalCalendar {
 public:
  /// Offset in force from `from_us` (inclusive; the first one since ever) to the next one's.
  struct Span {
    std::int64_t from_us;
    std::int64_t offset_us;
  };

  /// Valid for instants in `range` only.
  LocalCalendar(TimeZone zone, TimeRange range);

  const std::vector<Span>& spans() const { return spans_; }
  /// False where clocks go back over a midnight, so that a local day comes in two pieces
  /// (St John's until 2011).
  bool days_in_order() const { return days_in_order_; }

  std::int64_t day_number(std::int64_t time_us) const;
  /// Number of the bucket (day, week or month; none is 0) that a local day belongs to.
  static std::int64_t bucket_of_day(Bucket bucket, std::int64_t day);
  /// First instant of the bucket with this number.
  UtcTime bucket_start(Bucket bucket, std::int64_t number) const;
  UtcTime day_start(std::int64_t day) const;

 private:
  TimeZone zone_;
  std::vector<Span> spans_;
  bool days_in_order_ = true;
};

inline constexpr std::int64_t kHourMicroseconds = 3'600'000'000;
inline constexpr std::int64_t kDayMicroseconds = 24 * kHourMicroseconds;
/// 1970-01-01 was a Thursday: its week began three days earlier.
inline constexpr std::int64_t kEpochWeekday = 3;

/// Quotient rounded towards minus infinity; `divisor` is positive.
constexpr std::int64_t floor_divide(std::int64_t value, std::int64_t divisor) {
  const std::int64_t quotient = value / divisor;
  return value % divisor < 0 ? quotient - 1 : quotient;
}

/// Microseconds since 1970, rounded up: `time >= from` and `time < to` then hold for the same
/// stored instants.
inline std::int64_t microseconds_up(UtcTime time) {
  const std::int64_t down = to_microseconds(time);
  return from_microseconds(down) < time ? down + 1 : down;
}

}  // namespace teiten
