#include "logs/year_tracker.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "logs/line_source.h"
#include "logs/local_clock.h"

namespace teiten {
namespace {

/// All in days of a year of 31-day months (Stamp::ordinal).
constexpr int kYear = 12 * 31;
constexpr int kHalfYear = kYear / 2;
/// Loggers and relays hold lines back by hours, an unplugged one by days.
constexpr int kLateLine = 7;
/// A clock that was never set is set at the latest when the network comes up; a day covers a reboot
/// while the line was down.
constexpr int kUnsetClock = 1;
/// How far the log may have moved on while its clock was wrong.
constexpr int kAfterUnsetClock = 31;

/// Leap years recur within eight years (1896–1904).
constexpr int kYearsToTry = 13;

struct FirstPass {
  std::optional<int> known_year;  ///< of the first stamp, from a later one that has a year
  std::optional<Stamp> last;      ///< the last stamp, without a year
  int last_year = 0;              ///< counted from the first stamp's year
  std::vector<int> leap_years;    ///< in which a 29 February was seen, counted likewise
};

Result<FirstPass> read_stamps(Input& input) {
  FirstPass pass;
  YearTracker tracker(0);
  LineSource lines(input);
  LineSource::Line line;
  while (true) {
    TEITEN_TRY(const bool more, lines.next(line));
    if (!more) return pass;
    const auto stamp = line_stamp(line.text);
    if (!stamp) continue;
    if (stamp->year != 0) {
      Stamp yearless = *stamp;
      yearless.year = 0;
      pass.known_year = stamp->year - tracker.year_of(yearless);
      return pass;
    }
    pass.last = stamp;
    pass.last_year = tracker.observe(*stamp);
    if (stamp->month == 2 && stamp->day == 29 && pass.leap_years.size() < kYearsToTry &&
        std::find(pass.leap_years.begin(), pass.leap_years.end(), pass.last_year) ==
            pass.leap_years.end()) {
      pass.leap_years.push_back(pass.last_year);
    }
  }
}

/// The latest first year that the modification time allows.
int latest_first_year(const FirstPass& pass, UtcTime modified, const TimeZone& zone) {
  const auto modified_year =
      static_cast<int>(Day{std::chrono::floor<std::chrono::days>(modified)}.year());
  std::optional<int> without_leap_days;
  for (int last = modified_year + 1; last > modified_year + 1 - kYearsToTry; --last) {
    LocalClock clock(zone);
    const auto time = clock.resolve(*pass.last, last);
    if (!time || *time > modified + std::chrono::days(1)) continue;
    const int first = last - pass.last_year;
    if (!without_leap_days) without_leap_days = first;
    const bool leap_days_exist =
        std::all_of(pass.leap_years.begin(), pass.leap_years.end(),
                    [&](int leap) { return std::chrono::year{first + leap}.is_leap(); });
    if (leap_days_exist) return first;
  }
  return without_leap_days.value_or(modified_year - pass.last_year);
}

}  // namespace

int YearTracker::year_of(const Stamp& stamp) const {
  if (stamp.year != 0) return stamp.year;
  if (!last_) return year_;
  const int ordinal = stamp.ordinal();
  const int step = ordinal - *last_;
  if (step < -kHalfYear) return year_ + 1;
  if (step > kYear - 1 - kLateLine) return year_ - 1;
  if (step > kHalfYear && before_new_year_ && ordinal >= *before_new_year_ - kUnsetClock &&
      ordinal <= *before_new_year_ + kAfterUnsetClock) {
    return year_ - 1;
  }
  return year_;
}

int YearTracker::observe(const Stamp& stamp) {
  const int year = year_of(stamp);
  const int ordinal = stamp.ordinal();
  if (stamp.year == 0 && year > year_) {
    before_new_year_ = last_;
    new_year_ = ordinal;
  } else if (year != year_ || ordinal - new_year_ > kUnsetClock) {
    before_new_year_.reset();
  }
  year_ = year;
  last_ = ordinal;
  return year;
}

Result<int> infer_first_year(Input& input, const TimeZone& zone) {
  TEITEN_CHECK(input.rewind());
  TEITEN_TRY(const FirstPass pass, read_stamps(input));
  TEITEN_CHECK(input.rewind());
  if (pass.known_year) return *pass.known_year;
  if (!pass.last) return kMinYear;
  const std::int64_t latest =
      std::chrono::sys_seconds{std::chrono::sys_days{std::chrono::year{kMaxYear} / 12 / 31}}
          .time_since_epoch()
          .count();
  const UtcTime modified{
      std::chrono::seconds{std::clamp<std::int64_t>(input.modified_seconds(), 0, latest)}};
  if (modified < UtcTime{std::chrono::sys_days{std::chrono::year{kMinYear} / 1 / 1}}) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{}: its lines tell no year and neither does the file's time: say "
                               "--year YYYY, the year of the first line",
                               input.name()));
  }
  return latest_first_year(pass, modified, zone);
}

Result<int> first_year_of(Input& input, std::optional<int> given, const TimeZone& zone) {
  if (!given) return infer_first_year(input, zone);
  if (*given < kMinYear || *given > kMaxYear) {
    return failure(ErrorCode::invalid_argument, "--year takes a year from 1990 to 2199");
  }
  return *given;
}

}  // namespace teiten
