#include "simulate/plan.h"

#include <algorithm>

#include "simulate/random.h"
#include "simulate/stream_key.h"

namespace teiten {
namespace {

using std::chrono::days;
using std::chrono::sys_days;

constexpr double kDaysOfDrift = 30.0;

/// Divides by the mean.
void normalise(std::vector<double>& values, std::size_t from, std::size_t to) {
  double sum = 0;
  for (std::size_t i = from; i < to; ++i)
    sum += values[i];
  const double mean = sum / static_cast<double>(to - from);
  for (std::size_t i = from; i < to && mean > 0; ++i)
    values[i] /= mean;
}

bool is_weekend(Day day) {
  const std::chrono::weekday weekday{sys_days{day}};
  return weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
}

std::uint64_t number_of(Day day) {
  return static_cast<std::uint64_t>(sys_days{day}.time_since_epoch().count());
}

}  // namespace

Plan::Plan(const Scenario& scenario, std::uint64_t seed, double scale)
    : scenario_(scenario),
      scale_(scale),
      day_count_(
          static_cast<int>((sys_days{scenario.last_day} - sys_days{scenario.first_day}).count()) +
          1) {
  const std::size_t sensors = scenario.sensors.size();
  const auto count = static_cast<std::size_t>(day_count_);
  for (std::size_t sensor = 0; sensor < sensors; ++sensor) {
    Random random{seed, stream::kSensorNoise, sensor};
    sensor_levels_.push_back(random.lognormal(scenario.sensor_noise));
  }
  normalise(sensor_levels_, 0, sensors);
  sensor_day_levels_.resize(count * sensors);
  family_levels_.resize(count * scenario.families.size());
  int from = 0;
  for (int at = 1; at <= day_count_; ++at) {
    if (at < day_count_ && day(at).month() == day(from).month()) continue;
    plan_month(from, at, seed);
    from = at;
  }
  plan_changes();
  plan_outages(seed);
}

Day Plan::day(int index) const {
  return Day{sys_days{scenario_.first_day} + days{index}};
}

std::int64_t Plan::start_of(int index) const {
  const auto midnight = sys_days{scenario_.first_day} + days{index};
  return to_microseconds(UtcTime{midnight} - std::chrono::hours{scenario_.utc_offset_hours});
}

void Plan::plan_month(int from, int to, std::uint64_t seed) {
  const std::size_t sensors = scenario_.sensors.size();
  const std::size_t families = scenario_.families.size();
  for (int at = from; at < to; ++at) {
    for (std::size_t sensor = 0; sensor < sensors; ++sensor) {
      Random random{seed, stream::kSensorDayNoise, number_of(day(at)), sensor};
      sensor_day_levels_[cell(at, sensor, sensors)] = random.lognormal(scenario_.sensor_day_noise);
    }
  }
  normalise(sensor_day_levels_, cell(from, 0, sensors), cell(to, 0, sensors));
  const Day first = day(from);
  const auto found = scenario_.month_levels.find(first.year() / first.month());
  const double month_level = found == scenario_.month_levels.end() ? 1.0 : found->second;
  const double middle = (from + to - 1) / 2.0;
  for (std::size_t family = 0; family < families; ++family) {
    std::vector<double> levels;
    for (int at = from; at < to; ++at) {
      Random random{seed, stream::kFamilyNoise, number_of(day(at)), family};
      const double drift = 1.0 + scenario_.drift_per_month * (at - middle) / kDaysOfDrift;
      const double weekly = is_weekend(day(at)) ? scenario_.weekend : 1.0;
      levels.push_back(std::max(0.0, drift) * weekly *
                       random.lognormal(scenario_.family_day_noise));
    }
    normalise(levels, 0, levels.size());
    for (int at = from; at < to; ++at) {
      family_levels_[cell(at, family, families)] =
          month_level * levels[static_cast<std::size_t>(at - from)];
    }
  }
}

void Plan::plan_changes() {
  const std::size_t families = scenario_.families.size();
  service_set_.resize(static_cast<std::size_t>(day_count_) * families);
  for (std::size_t index = 0; index < families; ++index) {
    const TrafficFamily& family = scenario_.families[index];
    std::vector<FamilyChange> changes = family.changes;
    std::stable_sort(changes.begin(), changes.end(),
                     [](const auto& a, const auto& b) { return a.from < b.from; });
    std::vector<ServiceShare> services = family.services;
    double visits = 1.0;
    std::size_t next = 0;
    service_sets_.push_back(services);
    for (int at = 0; at < day_count_; ++at) {
      bool changed = false;
      for (; next < changes.size() && changes[next].from <= day(at); ++next) {
        visits *= changes[next].visits;
        for (const ServiceShare& share : changes[next].services) {
          const auto same = std::find_if(services.begin(), services.end(), [&](const auto& known) {
            return known.service == share.service;
          });
          if (same != services.end()) {
            same->probability = share.probability;
          } else {
            services.push_back(share);
          }
        }
        changed = true;
      }
      if (changed) service_sets_.push_back(services);
      service_set_[cell(at, index, families)] =
          static_cast<std::uint16_t>(service_sets_.size() - 1);
      family_levels_[cell(at, index, families)] *= visits;
    }
  }
}

void Plan::plan_outages(std::uint64_t seed) {
  outages_by_sensor_.resize(scenario_.sensors.size());
  for (const Outage& outage : scenario_.outages)
    outages_by_sensor_[outage.sensor].push_back(outage.range);
  const UtcTime end = from_microseconds(start_of(day_count_));
  for (std::size_t sensor = 0; sensor < outages_by_sensor_.size(); ++sensor) {
    auto& ranges = outages_by_sensor_[sensor];
    if (scenario_.outage_mean_days_between > 0) {
      Random random{seed, stream::kOutages, sensor};
      const auto wait = [&](double mean_seconds) {
        // Whole seconds, at least one.
        return std::chrono::seconds{1 +
                                    static_cast<std::int64_t>(random.exponential(mean_seconds))};
      };
      UtcTime at = from_microseconds(start_of(0));
      for (;;) {
        at += wait(scenario_.outage_mean_days_between * 86400.0);
        if (at >= end) break;
        const UtcTime back = at + wait(scenario_.outage_mean_hours * 3600.0);
        ranges.push_back({at, std::min(back, end)});
        at = back;
      }
    }
    std::sort(ranges.begin(), ranges.end());
    std::vector<TimeRange> joined;
    for (const TimeRange& range : ranges) {
      if (!joined.empty() && range.from <= joined.back().to) {
        joined.back().to = std::max(joined.back().to, range.to);
      } else {
        joined.push_back(range);
      }
    }
    ranges = std::move(joined);
    for (const TimeRange& range : ranges)
      outages_.push_back({sensor, range});
  }
}

double Plan::expected_visits(int day, std::size_t sensor, std::size_t family) const {
  return scenario_.families[family].visits * scale_ * sensor_levels_[sensor] *
         sensor_day_levels_[cell(day, sensor, scenario_.sensors.size())] *
         family_levels_[cell(day, family, scenario_.families.size())];
}

double Plan::expected_packets(int day) const {
  double total = 0;
  for (std::size_t index = 0; index < scenario_.families.size(); ++index) {
    const TrafficFamily& family = scenario_.families[index];
    double services = 0;
    for (const ServiceShare& share : this->services(day, index))
      services += share.probability;
    if (family.one_service) services = 1;
    const double packets = family.repeat == Repeat::syn ? 3.0 : family.packets;
    for (std::size_t sensor = 0; sensor < scenario_.sensors.size(); ++sensor)
      total += expected_visits(day, sensor, index) * services * family.contacts * packets;
  }
  return total;
}

const std::vector<ServiceShare>& Plan::services(int day, std::size_t family) const {
  return service_sets_[service_set_[cell(day, family, scenario_.families.size())]];
}

bool Plan::is_out(std::size_t sensor, std::int64_t microseconds) const {
  const UtcTime time = from_microseconds(microseconds);
  const auto& ranges = outages_by_sensor_[sensor];
  const auto after =
      std::upper_bound(ranges.begin(), ranges.end(), time,
                       [](UtcTime t, const TimeRange& range) { return t < range.from; });
  return after != ranges.begin() && time < std::prev(after)->to;
}

}  // namespace teiten
