#include "analyze/watched_cells.h"

#include <algorithm>

#include "analyze/benjamini_hochberg.h"

namespace teiten {
namespace {

/// Services with fewer source-days than this in all, none of them on one day with three, are never
/// tested; nothing is kept of them.
constexpr std::uint64_t kLeastSourceDays = 10;
constexpr std::uint32_t kLeastDaySources = 3;

std::vector<WatchedDay> watched_days(const ServiceDays& days, const ServiceDays::Series& series) {
  std::vector<WatchedDay> result;
  for (const ObservedDay& day : days.days())
    result.push_back({0, day.exposure, day.eligible, false});
  for (const auto& [day, cell] : series) {
    const auto i = static_cast<std::size_t>(day - days.first_day());
    result[i].count = cell->sources;
    result[i].broad = cell->sensors >= least_sensors(days.days()[i].sensors_up);
  }
  return result;
}

bool worth_watching(const ServiceDays::Series& series) {
  std::uint64_t sum = 0;
  std::uint32_t largest = 0;
  for (const auto& [day, cell] : series) {
    sum += cell->sources;
    largest = std::max(largest, cell->sources);
  }
  return sum >= kLeastSourceDays || largest >= kLeastDaySources;
}

}  // namespace

void add_cell(const ServiceDays& days, std::uint32_t key, const ServiceDays::Series& series,
              std::vector<WatchedCell>& cells) {
  if (worth_watching(series)) cells.push_back({key, watched_days(days, series), {}});
}

std::size_t watch_cells(std::vector<WatchedCell>& cells) {
  std::vector<SurgeWatch> watches;
  std::vector<bool> tested(cells.size());
  for (const WatchedCell& cell : cells)
    watches.emplace_back(cell.days);
  for (std::size_t day = 0; day < (cells.empty() ? 0 : cells.front().days.size()); ++day) {
    std::vector<std::size_t> scored;
    std::vector<double> p_values;
    std::vector<double> ewma_p_values;
    for (std::size_t i = 0; i < watches.size(); ++i) {
      const auto score = watches[i].score(day);
      if (!score) continue;
      tested[i] = true;
      scored.push_back(i);
      p_values.push_back(score->p_value);
      ewma_p_values.push_back(score->ewma_p_value);
    }
    const std::vector<double> q_values = benjamini_hochberg(p_values);
    const std::vector<double> ewma_q_values = benjamini_hochberg(ewma_p_values);
    std::size_t next = 0;
    for (std::size_t i = 0; i < watches.size(); ++i) {
      const bool has_score = next < scored.size() && scored[next] == i;
      watches[i].decide(day, has_score ? q_values[next] : 1, has_score ? ewma_q_values[next] : 1);
      next += has_score ? 1 : 0;
    }
  }
  for (std::size_t i = 0; i < cells.size(); ++i)
    cells[i].episodes = watches[i].episodes();
  return static_cast<std::size_t>(std::count(tested.begin(), tested.end(), true));
}

}  // namespace teiten
