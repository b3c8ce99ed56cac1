#include "analyze/sensor_days.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "analyze/day_number.h"
#include "analyze/saturation.h"

namespace teiten {
namespace {

/// One sensor between two changes: [first, end) as numbers of days, with its coverage.
struct Epoch {
  const SensorCoverage* coverage = nullptr;
  std::ptrdiff_t first = std::numeric_limits<std::ptrdiff_t>::min();
  std::ptrdiff_t end = std::numeric_limits<std::ptrdiff_t>::max();

  bool holds(std::ptrdiff_t day) const { return day >= first && day < end; }
};

std::vector<Epoch> epochs_of(std::span<const SensorCoverage> coverage,
                             std::span<const SensorChange> changes) {
  std::vector<Epoch> epochs;
  for (const SensorCoverage& sensor : coverage) {
    Epoch epoch{&sensor};
    for (const SensorChange& change : changes) {
      if (change.sensor != sensor.sensor) continue;
      epoch.end = change.day;
      epochs.push_back(epoch);
      epoch = {&sensor, change.day};
    }
    epochs.push_back(epoch);
  }
  return epochs;
}

SensorDays empty_days(std::span<const Epoch> epochs, TimeRange range, const TimeZone& zone) {
  SensorDays result;
  result.first = zone.day_of(range.from);
  for (const Epoch& epoch : epochs)
    result.sensors.push_back(epoch.coverage->sensor);
  for (Day day = result.first; zone.start_of(day) < range.to;) {
    const Day next(std::chrono::sys_days(day) + std::chrono::days(1));
    const TimeRange local{zone.start_of(day), zone.start_of(next)};
    std::vector<SensorDay> row(epochs.size());
    for (std::size_t i = 0; i < epochs.size(); ++i) {
      if (epochs[i].holds(number_of_day(day))) row[i].uptime = epochs[i].coverage->uptime(local);
    }
    result.days.push_back(std::move(row));
    day = next;
  }
  return result;
}

bool counts(const SensorDay& day, CountKind kind) {
  return day.uptime >= least_uptime(kind);
}

/// Sensors that watched enough of the period.
std::vector<std::size_t> steady_sensors(const SensorDays& days, std::ptrdiff_t from,
                                        std::ptrdiff_t to, CountKind kind) {
  std::vector<std::size_t> sensors;
  for (std::size_t sensor = 0; sensor < days.sensors.size(); ++sensor) {
    const SensorObservation seen = observation_of(days, sensor, from, to, kind);
    if (seen.days >= kLevelSensorShare * static_cast<double>(to - from) && seen.count > 0)
      sensors.push_back(sensor);
  }
  return sensors;
}

/// One step: levels of days given the sensors' factors, or the reverse; `transposed` says which.
struct Model {
  std::vector<std::vector<double>> count;   ///< [day][sensor]
  std::vector<std::vector<double>> uptime;  ///< 0 where the day does not count
  std::vector<double> factor;               ///< of sensors
  std::vector<double> level;                ///< of days

  double expected(std::size_t day) const {
    double sum = 0;
    for (std::size_t s = 0; s < factor.size(); ++s)
      sum += factor[s] * uptime[day][s];
    return sum;
  }
  void fit_levels() {
    for (std::size_t d = 0; d < level.size(); ++d) {
      double sum = 0;
      for (const double value : count[d])
        sum += value;
      const double weight = expected(d);
      level[d] = weight > 0 ? sum / weight : std::numeric_limits<double>::quiet_NaN();
    }
  }
  void fit_factors() {
    for (std::size_t s = 0; s < factor.size(); ++s) {
      double sum = 0;
      double weight = 0;
      for (std::size_t d = 0; d < level.size(); ++d) {
        if (uptime[d][s] <= 0) continue;
        sum += count[d][s];
        weight += level[d] * uptime[d][s];
      }
      factor[s] = weight > 0 ? sum / weight : 0;
    }
  }
};

Model model_of(const SensorDays& days, std::ptrdiff_t from, std::ptrdiff_t to, CountKind kind,
               const std::vector<std::size_t>& sensors) {
  Model model;
  for (std::ptrdiff_t d = from; d < to; ++d) {
    std::vector<double> count(sensors.size(), 0);
    std::vector<double> uptime(sensors.size(), 0);
    if (d >= 0 && d < std::ssize(days.days)) {
      for (std::size_t s = 0; s < sensors.size(); ++s) {
        const SensorDay& entry = days.days[static_cast<std::size_t>(d)][sensors[s]];
        if (!counts(entry, kind)) continue;
        count[s] = static_cast<double>(count_of(entry.counts, kind));
        uptime[s] = entry.uptime;
      }
    }
    model.count.push_back(std::move(count));
    model.uptime.push_back(std::move(uptime));
  }
  model.factor.assign(sensors.size(), 1);
  model.level.assign(model.count.size(), 0);
  return model;
}

/// A day at a ceiling counts as one on which nobody watched.
void leave_out(std::span<const SaturatedSensor> saturated, SensorDays& days) {
  for (const SaturatedSensor& sensor : saturated) {
    for (const std::int64_t number : sensor.days) {
      std::vector<SensorDay>& row =
          days.days[static_cast<std::size_t>(number - number_of_day(days.first))];
      for (std::size_t i = 0; i < days.sensors.size(); ++i)
        if (days.sensors[i] == sensor.sensor) row[i].uptime = 0;
    }
  }
}

}  // namespace

std::ptrdiff_t SensorDays::index_of(Day day) const {
  return number_of_day(day) - number_of_day(first);
}

double least_uptime(CountKind kind) {
  const bool distinct = kind == CountKind::source_days || kind == CountKind::daily_sources;
  return distinct ? 0.9 : 0.25;
}

Result<SensorDays> read_sensor_days(Store& store, std::span<const SensorCoverage> coverage,
                                    std::span<const SensorChange> changes,
                                    std::span<const SaturatedSensor> saturated, TimeRange range,
                                    const TimeZone& zone) {
  const std::vector<Epoch> epochs = epochs_of(coverage, changes);
  SensorDays result = empty_days(epochs, range, zone);
  Query query;
  query.from = range.from;
  query.to = range.to;
  query.zone = zone;
  query.bucket = Bucket::day;
  query.by = {Dimension::sensor};
  query.measures = {Measure::packets, Measure::accesses, Measure::source_days, Measure::sources};
  TEITEN_TRY(const auto answer, store.query(query));
  for (const ResultRow& row : answer.rows) {
    const std::ptrdiff_t day = result.index_of(zone.day_of(*row.bucket));
    if (day < 0 || day >= std::ssize(result.days)) continue;
    for (std::size_t i = 0; i < epochs.size(); ++i) {
      if (result.sensors[i] != row.keys[0] || !epochs[i].holds(number_of_day(result.first) + day))
        continue;
      result.days[static_cast<std::size_t>(day)][i].counts +=
          {row.measures[0], row.measures[1], row.measures[2], row.measures[3]};
    }
  }
  const std::int64_t first = number_of_day(result.first);
  leave_out(saturated_within(saturated, first, first + std::ssize(result.days)), result);
  return result;
}

Result<SensorDays> read_sensor_days(Store& store, std::span<const SensorCoverage> coverage,
                                    std::span<const SensorChange> changes, TimeRange range,
                                    const TimeZone& zone) {
  TEITEN_TRY(const auto saturated, saturated_sensors(store, range, zone));
  return read_sensor_days(store, coverage, changes, saturated, range, zone);
}

SensorObservation observation_of(const SensorDays& days, std::size_t sensor, std::ptrdiff_t from,
                                 std::ptrdiff_t to, CountKind kind) {
  SensorObservation seen;
  for (std::ptrdiff_t d = std::max<std::ptrdiff_t>(from, 0);
       d < std::min(to, std::ssize(days.days)); ++d) {
    const SensorDay& day = days.days[static_cast<std::size_t>(d)][sensor];
    if (!counts(day, kind)) continue;
    seen.count += static_cast<double>(count_of(day.counts, kind));
    seen.days += day.uptime;
  }
  return seen;
}

double DayLevels::over(std::size_t from, std::size_t to) const {
  double sum = 0;
  double divisor = 0;
  for (std::size_t d = from; d < to; ++d) {
    if (std::isnan(levels[d])) continue;
    sum += levels[d] * weight[d];
    divisor += weight[d];
  }
  return divisor > 0 ? sum / divisor : std::numeric_limits<double>::quiet_NaN();
}

std::size_t DayLevels::observed(std::size_t from, std::size_t to) const {
  std::size_t count = 0;
  for (std::size_t d = from; d < to; ++d)
    count += std::isnan(levels[d]) ? 0U : 1U;
  return count;
}

DayLevels day_levels(const SensorDays& days, std::ptrdiff_t from, std::ptrdiff_t to,
                     CountKind kind) {
  const std::vector<std::size_t> sensors = steady_sensors(days, from, to, kind);
  Model model = model_of(days, from, to, kind, sensors);
  // Each step meets one margin exactly; with most cells filled the other is met within few.
  constexpr int kSteps = 50;
  for (int step = 0; step < kSteps; ++step) {
    model.fit_levels();
    model.fit_factors();
  }
  double mean = 0;
  for (const double factor : model.factor)
    mean += factor / static_cast<double>(model.factor.size());
  for (double& factor : model.factor)
    factor /= mean;
  model.fit_levels();
  DayLevels result;
  result.sensors = sensors.size();
  result.levels = model.level;
  for (std::size_t d = 0; d < model.level.size(); ++d)
    result.weight.push_back(model.expected(d));
  return result;
}

}  // namespace teiten
