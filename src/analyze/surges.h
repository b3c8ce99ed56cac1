#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "analyze/coverage.h"
#include "analyze/service_days.h"
#include "analyze/surge.h"
#include "store/store.h"

namespace teiten {

/// Why something was not tested, or is not said. The enumerator's name is the text in JSON.
enum class NotTested {
  no_data,            ///< nobody watched in the month
  short_baseline,     ///< fewer than 14 days before the month were observed well enough
  one_sensor,         ///< one sensor cannot tell a wide rise from its own
  few_observed_days,  ///< days of the month with less than half of the largest exposure
  saturated_sensor,   ///< a sensor's counts stick to a ceiling: these days were left out
  one_sensor_rise,    ///< a rise of which one sensor has more than half
  changed_sensors,    ///< a rise that the sensors which watched before do not show
  cell_limit,         ///< kMaxServiceDayCells was reached
};
std::string_view to_string(NotTested reason);

struct NotTestedNote {
  NotTested reason = NotTested::no_data;
  std::string subject;  ///< sensor or service; "" for the whole month
  double number = 0;    ///< days, sensors, or cells
  /// Of one_sensor_rise: its days, the sensor, and its sources by day among those of all sensors.
  Day first{};
  Day last{};
  std::string sensor{};
  std::uint64_t part = 0;
  std::uint64_t whole = 0;
};

struct SurgeOptions {
  ServiceDaysOptions days;
};

/// What rose in one local month. Each list is ordered by strength, ties by service.
struct SurgeFindings {
  std::vector<Surge> surges;  ///< of services, each with its regions; they may have begun earlier
  std::vector<NewService> new_services;
  std::vector<OneSourceRise> one_source;
  std::vector<NotTestedNote> not_tested;
  std::size_t services_tested = 0;
  std::size_t baseline_days = 0;  ///< eligible days before the month that were looked at
  bool tested = false;            ///< surges were looked for
};

/// Days before the month that are read: 28 of a baseline and 90 of a new service's absence, both
/// with room for a month that was partly not observed.
inline constexpr std::int64_t kDaysBeforeMonth = 100;

/// Looks for rises by the rules of docs/methods-surges.md. Evaluated day by day from the first day
/// read, so that what was up before the month began is known as that: its `first` lies before.
/// Errors are those of the store.
Result<SurgeFindings> find_surges(Store& store, std::span<const SensorCoverage> coverage,
                                  std::chrono::year_month month, const TimeZone& zone,
                                  const SurgeOptions& options = {});

}  // namespace teiten
