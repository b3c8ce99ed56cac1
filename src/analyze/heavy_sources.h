#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <utility>
#include <vector>

#include "analyze/months.h"
#include "analyze/sensor_days.h"
#include "base/result.h"
#include "net/ip_address.h"
#include "store/store.h"

namespace teiten {

/// Share of one month's count from which a source is heavy: it alone moves the level.
inline constexpr double kHeavyShare = 0.05;

/// Sources that each made kHeavyShare or more of what all sensors counted in a month, by way of
/// counting, and what the sensors counted without them. A flood by one address that reaches every
/// sensor looks like a rise of all.
struct HeavySources {
  using Key = std::pair<CountKind, std::chrono::year_month>;
  std::map<Key, std::vector<IpAddress>> sources;  ///< ascending
  SensorDays days;  ///< as given, each count without its heavy sources of that month

  /// How many are heavy in a month that the level's word of `month` depends on (the two compared,
  /// and kHysteresisMonths before), each once.
  std::size_t count(CountKind kind, std::chrono::year_month month) const;
};

/// Reads the sources of `days`, whose local days are `zone`'s. CountKind::daily_sources has no
/// heavy ones: there each counts once a sensor and day.
Result<HeavySources> heavy_sources(Store& store, const SensorDays& days, const TimeZone& zone);

}  // namespace teiten
