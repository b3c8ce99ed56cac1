#pragma once

#include <cstdint>
#include <vector>

#include "analyze/service_days.h"
#include "analyze/surge.h"

namespace teiten {

/// Services that became new (METHODS §6.4) within the local days [begin, end), each on the first
/// day that shows it: at most two sources in up to 90 days before, then so many on one day as
/// chance brings to none of 131,072 services in a hundred days, from two networks and at several
/// sensors. Vertical scanners do not count. Only `service`, `first`, `before`, `days_before` and
/// `p_value` are filled in.
std::vector<NewService> find_new_services(const ServiceDays& days, std::int64_t begin,
                                          std::int64_t end, std::uint32_t sensors_up);

}  // namespace teiten
