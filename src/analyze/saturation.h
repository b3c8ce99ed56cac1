#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/time.h"
#include "store/store.h"

namespace teiten {

/// A sensor whose daily count stuck to a ceiling, as a rate-limited log does: its counts of these
/// days are lower bounds, and no level.
struct SaturatedSensor {
  std::string sensor;
  std::uint64_t ceiling = 0;             ///< packets on the fullest of `days`
  std::vector<std::int64_t> days;        ///< number_of_day(), ascending
  std::vector<std::uint64_t> packets{};  ///< on each of `days`
};

/// Days of one sensor on which its count stuck to its largest: within 0.5 % and closer together
/// than chance leaves counts, at least three at a whole number of packets a minute (4,320 or 8,640
/// a day), seven elsewhere, or four within 0.1 %. Else none. Ascending.
std::vector<std::int64_t> saturated_days(
    std::span<const std::pair<std::int64_t, std::uint64_t>> packets_by_day);

/// Sensors with such days among the local days [first_day, end_day), by name; an end that is not
/// given is that of the data. A day is judged among
/// those of its month and the month before, so that its mark does not depend on the question, nor
/// on later months.
Result<std::vector<SaturatedSensor>> saturated_sensors(Store& store,
                                                       std::optional<std::int64_t> first_day,
                                                       std::optional<std::int64_t> end_day,
                                                       const TimeZone& zone);

/// The same of the local days that `range` touches.
Result<std::vector<SaturatedSensor>> saturated_sensors(Store& store, TimeRange range,
                                                       const TimeZone& zone);

/// Those of `saturated` with days in [first_day, end_day), with these only: what
/// saturated_sensors() gives for the shorter time.
std::vector<SaturatedSensor> saturated_within(std::span<const SaturatedSensor> saturated,
                                              std::int64_t first_day, std::int64_t end_day);

/// Those of one sensor; none if it is not among them. Valid as long as `saturated`.
std::span<const std::int64_t> saturated_days_of(std::span<const SaturatedSensor> saturated,
                                                std::string_view sensor);

}  // namespace teiten
