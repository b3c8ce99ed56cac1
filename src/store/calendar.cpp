#include "store/calendar.h"

#include <limits>

namespace teiten {
namespace {

using namespace std::chrono;

Day day_from_number(std::int64_t day) {
  return Day{sys_days{days{static_cast<days::rep>(day)}}};
}

std::int64_t month_number(Day day) {
  return std::int64_t{static_cast<int>(day.year())} * 12 +
         std::int64_t{static_cast<unsigned>(day.month())} - 1;
}

}  // namespace

LocalCalendar::LocalCalendar(TimeZone zone, TimeRange range) : zone_(std::move(zone)) {
  // A day more on both sides: the hour or day at the edge may have begun under another offset.
  const TimeRange wider{range.from < UtcTime::min() + days{1} ? range.from : range.from - days{1},
                        range.to > UtcTime::max() - days{1} ? range.to : range.to + days{1}};
  for (const TimeZone::Span& span : zone_.spans(wider)) {
    const std::int64_t from = spans_.empty() ? std::numeric_limits<std::int64_t>::min()
                                             : to_microseconds(span.range.from);
    const std::int64_t offset = duration_cast<microseconds>(span.offset).count();
    if (!spans_.empty()) {
      const std::int64_t before =
          floor_divide(from - 1 + spans_.back().offset_us, kDayMicroseconds);
      const std::int64_t after = floor_divide(from + offset, kDayMicroseconds);
      if (after < before) days_in_order_ = false;
    }
    spans_.push_back({from, offset});
  }
  if (spans_.empty()) spans_.push_back({std::numeric_limits<std::int64_t>::min(), 0});
}

std::int64_t LocalCalendar::day_number(std::int64_t time_us) const {
  std::int64_t offset = spans_.front().offset_us;
  for (const Span& span : spans_)
    if (span.from_us <= time_us) offset = span.offset_us;
  return floor_divide(time_us + offset, kDayMicroseconds);
}

std::int64_t LocalCalendar::bucket_of_day(Bucket bucket, std::int64_t day) {
  switch (bucket) {
    case Bucket::day:
      return day;
    case Bucket::week:
      return floor_divide(day + kEpochWeekday, 7);
    case Bucket::month:
      return month_number(day_from_number(day));
    case Bucket::none:
    case Bucket::hour:
      break;
  }
  return 0;
}

UtcTime LocalCalendar::bucket_start(Bucket bucket, std::int64_t number) const {
  switch (bucket) {
    case Bucket::none:
      break;
    case Bucket::hour:
      return from_microseconds(number);
    case Bucket::day:
      return day_start(number);
    case Bucket::week:
      return day_start(number * 7 - kEpochWeekday);
    case Bucket::month:
      return zone_.start_of(
          Day{year{static_cast<int>(floor_divide(number, 12))},
              month{static_cast<unsigned>(number - floor_divide(number, 12) * 12 + 1)}, day{1}});
  }
  return UtcTime{};
}

UtcTime LocalCalendar::day_start(std::int64_t day) const {
  return zone_.start_of(day_from_number(day));
}

}  // namespace teiten
