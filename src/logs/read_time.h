#pragma once

#include <string_view>

#include "logs/local_clock.h"
#include "logs/rejection.h"
#include "net/time.h"

namespace teiten {

/// The instant that a field says which holds nothing else (see parse_time_column). invalid_time;
/// before_1990 where a stamp or a count of seconds since 1970 says so.
Rejection read_time(std::string_view text, LocalClock& clock, UtcTime& time);

}  // namespace teiten
