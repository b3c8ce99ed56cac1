#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "analyze/service_days.h"
#include "analyze/surge_watch.h"

namespace teiten {

/// One service, or one region of a service, with its days and what was seen of it.
struct WatchedCell {
  std::uint32_t key = 0;  ///< Service::code() or Region::code()
  std::vector<WatchedDay> days;
  std::vector<SurgeEpisode> episodes;
};

/// The cell of a series; none are made of those that could never be tested: fewer than ten
/// source-days, never three on one day.
void add_cell(const ServiceDays& days, std::uint32_t key, const ServiceDays::Series& series,
              std::vector<WatchedCell>& cells);

/// Watches all cells together, day by day, so that each day's tests are judged among each other.
/// Returns how many were ever tested.
std::size_t watch_cells(std::vector<WatchedCell>& cells);

}  // namespace teiten
