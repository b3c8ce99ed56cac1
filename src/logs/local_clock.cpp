#include "logs/local_clock.h"

#include <chrono>

namespace teiten {
namespace {

using namespace std::chrono;

/// How much of the zone's history is held around a stamp, and how near to its edge a stamp may
/// come: no zone is more than 26 hours from another.
constexpr auto kWindow = days(60);
constexpr auto kMargin = days(2);

/// Within the hour that comes twice, a step back by more is the second pass, by less a late line.
constexpr auto kJumpBack = minutes(30);
/// The stamp before tells the pass only if it is this near.
constexpr auto kNear = hours(3);

}  // namespace

std::optional<UtcTime> LocalClock::resolve(const Stamp& stamp, int year) {
  const Day day{std::chrono::year{stamp.year != 0 ? stamp.year : year},
                month{static_cast<unsigned>(stamp.month)},
                std::chrono::day{static_cast<unsigned>(stamp.day)}};
  if (!day.ok() || day.year() < std::chrono::year{kMinYear} ||
      day.year() > std::chrono::year{kMaxYear}) {
    return std::nullopt;
  }
  const UtcTime written =
      UtcTime{sys_days{day}} + seconds{stamp.second_of_day} + nanoseconds{stamp.nanoseconds};
  if (stamp.has_offset) return written - seconds{stamp.offset_seconds};
  const UtcTime time = from_local(written);
  if (stamp.zone_name.empty() || zone_.abbreviation_at(time) == stamp.zone_name) return time;
  return std::nullopt;
}

void LocalClock::load_spans(UtcTime local) {
  if (!spans_.empty() && local >= window_.from + kMargin && local <= window_.to - kMargin) return;
  window_ = {local - kWindow, local + kWindow};
  spans_ = zone_.spans(window_);
}

bool LocalClock::in_second_pass(UtcTime local, seconds second_offset) const {
  if (!previous_local_ || abs(local - *previous_local_) > kNear) return false;
  return previous_offset_ == second_offset || local < *previous_local_ - kJumpBack;
}

UtcTime LocalClock::from_local(UtcTime local) {
  load_spans(local);
  std::optional<seconds> offset;
  seconds before_skip = spans_.front().offset;
  for (const TimeZone::Span& span : spans_) {
    const UtcTime time = local - span.offset;
    if (time >= span.range.to) before_skip = span.offset;
    if (time < span.range.from || time >= span.range.to) continue;
    if (!offset || in_second_pass(local, span.offset)) offset = span.offset;
  }
  previous_local_ = local;
  previous_offset_ = offset.value_or(before_skip);
  return local - previous_offset_;
}

}  // namespace teiten
