#include "analyze/new_services.h"

#include <algorithm>
#include <optional>

#include "analyze/negative_binomial.h"
#include "analyze/surge_watch.h"

namespace teiten {
namespace {

/// New service: the days looked back, the sources allowed in them, and the number of services that
/// could be new on a day (METHODS §6.4).
constexpr std::int64_t kNewDays = 90;
constexpr std::uint64_t kNewSources = 2;
constexpr double kPossibleServices = 131'072;
constexpr double kNewChance = 0.01;
/// Size from which a negative binomial count is a Poisson one.
constexpr double kPoisson = 1e9;

std::optional<NewService> new_on(const ServiceDays& days, const ServiceDays::Series& series,
                                 std::int64_t day, const ServiceDayCell& cell,
                                 std::uint32_t sensors_up) {
  if (cell.network_count < 2 || cell.sensors < least_sensors(sensors_up)) return std::nullopt;
  NewService found;
  const std::int64_t from = std::max(days.first_day(), day - kNewDays);
  for (std::int64_t before = from; before < day; ++before)
    found.days_before +=
        days.days()[static_cast<std::size_t>(before - days.first_day())].eligible ? 1 : 0;
  if (found.days_before < kLeastBaselineDays) return std::nullopt;
  std::uint64_t sum = 0;
  for (const auto& [before, earlier] : series)
    sum += before >= from && before < day ? earlier->narrow : 0;
  if (sum > kNewSources) return std::nullopt;
  found.first = found.last = day_from_number(day);
  found.before = (static_cast<double>(sum) + 0.5) / static_cast<double>(found.days_before);
  found.p_value = NegativeBinomial(found.before, kPoisson).at_least(cell.narrow);
  if (found.p_value * kPossibleServices > kNewChance) return std::nullopt;
  return found;
}

}  // namespace

std::vector<NewService> find_new_services(const ServiceDays& days, std::int64_t begin,
                                          std::int64_t end, std::uint32_t sensors_up) {
  std::vector<NewService> result;
  for (const auto& [service, series] : days.services()) {
    for (const auto& [day, cell] : series) {
      if (day < begin || day >= end) continue;
      const auto found = new_on(days, series, day, *cell, sensors_up);
      if (!found) continue;
      result.push_back(*found);
      result.back().service = Service::from_code(service).to_string();
      break;
    }
  }
  return result;
}

}  // namespace teiten
