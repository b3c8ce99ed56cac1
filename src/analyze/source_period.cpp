#include "analyze/source_period.h"

#include <algorithm>
#include <limits>

#include "analyze/asking.h"
#include "analyze/surge_watch.h"

namespace teiten {
namespace {

std::uint16_t sensor_of(SensorEpoch epoch) {
  return static_cast<std::uint16_t>(epoch);
}

std::uint64_t sensors_of(const std::set<SensorEpoch>& epochs) {
  std::set<std::uint16_t> sensors;
  for (const SensorEpoch epoch : epochs)
    sensors.insert(sensor_of(epoch));
  return sensors.size();
}

}  // namespace

std::uint64_t SourcePeriod::narrow_sensors() const {
  return sensors_of(narrow_by);
}

std::uint64_t SourcePeriod::followed_sensors() const {
  return sensors_of(followed_by);
}

double SourcePeriod::top_share() const {
  return packets == 0 ? 0 : static_cast<double>(top_packets) / static_cast<double>(packets);
}

double SourcePeriod::BusiestSensor::share() const {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

SourcePeriod::BusiestSensor SourcePeriod::busiest_sensor() const {
  BusiestSensor busiest;
  for (const auto& [sensor, source_days] : by_sensor) {
    busiest.whole += source_days;
    if (source_days <= busiest.part) continue;
    busiest.part = source_days;
    busiest.sensor = sensor;
  }
  return busiest;
}

std::size_t known_sensors(const ServiceDays& days, const std::set<SensorEpoch>& epochs,
                          std::int64_t day) {
  return static_cast<std::size_t>(std::count_if(epochs.begin(), epochs.end(), [&](auto epoch) {
    return days.observed_days(epoch, days.first_day(), day) >=
           static_cast<double>(kLeastBaselineDays);
  }));
}

std::size_t SourcePeriods::add(const std::string& service, const std::string& region, Day first,
                               Day last) {
  SourcePeriod period;
  period.service = Service::parse(service).value_or(Service());
  if (!region.empty()) period.region = Region::parse(region);
  period.first = number_of_day(first);
  period.last = number_of_day(last);
  by_service_[period.service.code()].push_back(periods_.size());
  periods_.push_back(std::move(period));
  return periods_.size() - 1;
}

void SourcePeriods::follow(std::size_t number, const IpAddress& source) {
  periods_[number].follow = source;
}

void SourcePeriods::watch(std::size_t number, std::vector<SensorEpoch> panel) {
  std::sort(panel.begin(), panel.end());
  periods_[number].panel = std::move(panel);
}

Result<void> SourcePeriods::count(Store& store, const TimeZone& zone) {
  if (periods_.empty()) return {};
  std::int64_t first = std::numeric_limits<std::int64_t>::max();
  std::int64_t last = std::numeric_limits<std::int64_t>::min();
  for (const SourcePeriod& period : periods_) {
    first = std::min(first, period.first);
    last = std::max(last, period.last);
  }
  return store.each_source(
      {zone.start_of(day_from_number(first)), zone.start_of(day_from_number(last + 1))}, zone,
      [&](const IpAddress& source, std::span<const SourceCell> cells) {
        add_source(source, cells);
      });
}

void SourcePeriods::add_source(const IpAddress& source, std::span<const SourceCell> cells) {
  if (std::none_of(cells.begin(), cells.end(), [&](const SourceCell& cell) {
        return by_service_.contains(cell.service.code());
      })) {
    return;
  }
  /// What this source did within each period.
  struct Own {
    std::uint64_t packets = 0;
    bool narrow = false;
    std::set<std::pair<std::int64_t, std::uint16_t>> sensor_days;
    std::set<std::int64_t> panel_days;
  };
  std::map<std::size_t, Own> own;
  std::size_t end = 0;
  for (std::size_t begin = 0; begin < cells.size(); begin = end) {
    std::set<std::uint32_t> services;
    for (end = begin; end < cells.size() && cells[end].day == cells[begin].day; ++end) {
      const SourceCell& cell = cells[end];
      if (asks_for_service(cell) && !days_.left_out(cell.sensor, cell.day))
        services.insert(cell.service.code());
    }
    const std::int64_t day = cells[begin].day;
    if (services.size() >= kSweepServices) continue;
    const bool narrow = services.size() < kVerticalServices;
    for (const SourceCell& cell : cells.subspan(begin, end - begin)) {
      if (!asks_for_service(cell) || days_.left_out(cell.sensor, day)) continue;
      const auto numbers = by_service_.find(cell.service.code());
      if (numbers == by_service_.end()) continue;
      for (const std::size_t number : numbers->second) {
        SourcePeriod& period = periods_[number];
        if (day < period.first || day > period.last) continue;
        if (period.region && *period.region != cell.region) continue;
        Own& mine = own[number];
        mine.packets += cell.packets;
        mine.sensor_days.emplace(day, cell.sensor);
        const SensorEpoch epoch = days_.epoch_of(cell.sensor, day);
        if (std::binary_search(period.panel.begin(), period.panel.end(), epoch))
          mine.panel_days.insert(day);
        if (narrow) {
          mine.narrow = true;
          period.days.insert(day);
          period.narrow_by.insert(epoch);
          period.networks.insert(network_of(source));
        }
        if (source != period.follow) continue;
        period.followed_packets += cell.packets;
        period.followed_region = cell.region;
        period.followed_by.insert(epoch);
      }
    }
  }
  for (const auto& [number, mine] : own) {
    SourcePeriod& period = periods_[number];
    ++period.sources;
    period.narrow_sources += mine.narrow ? 1 : 0;
    period.packets += mine.packets;
    period.panel_days += mine.panel_days.size();
    period.top_packets = std::max(period.top_packets, mine.packets);
    for (const auto& [day, sensor] : mine.sensor_days)
      ++period.by_sensor[sensor];
  }
}

}  // namespace teiten
