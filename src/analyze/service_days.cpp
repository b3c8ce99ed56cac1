#include "analyze/service_days.h"

#include <algorithm>
#include <cmath>

#include "analyze/asking.h"
#include "base/hash.h"

namespace teiten {
namespace {

/// A day counts where at least this share of the largest exposure was observed (METHODS §6.2).
constexpr double kEligibleShare = 0.5;
/// A sensor counts as watching on a day where it did for at least this share (METHODS §9).
constexpr double kUpShare = 0.25;

constexpr int kDayBits = 16;
constexpr int kRegionBits = 16;

std::uint64_t key_of(std::uint32_t service, std::uint16_t region, std::int64_t day) {
  return (std::uint64_t{service} << (kRegionBits + kDayBits)) |
         (std::uint64_t{region} << kDayBits) | static_cast<std::uint64_t>(day);
}

void add_sensor(ServiceDayCell& cell, std::uint16_t sensor) {
  for (std::size_t i = 0; i < cell.sensors; ++i) {
    if (cell.sensor[i] == sensor) return;
  }
  if (cell.sensors < cell.sensor.size()) cell.sensor[cell.sensors++] = sensor;
}

void add_network(ServiceDayCell& cell, std::uint64_t network) {
  for (std::size_t i = 0; i < cell.network_count; ++i) {
    if (cell.networks[i] == network) return;
  }
  if (cell.network_count < cell.networks.size()) cell.networks[cell.network_count++] = network;
}

}  // namespace

std::uint64_t network_of(const IpAddress& address) {
  return address.is_v4() ? address.v4_bits() >> 16 : address.high() >> 32 | std::uint64_t{1} << 40;
}

/// Puts what one source did into the cells.
class ServiceDays::Counter {
 public:
  explicit Counter(ServiceDays& days) : days_(days) {}

  void add(const IpAddress& source, std::span<const SourceCell> cells) {
    std::size_t end = 0;
    for (std::size_t begin = 0; begin < cells.size(); begin = end) {
      while (end < cells.size() && cells[end].day == cells[begin].day)
        ++end;
      add_day(source, cells.subspan(begin, end - begin));
    }
  }

 private:
  struct Part {
    std::uint32_t service;
    std::uint16_t region;
    std::uint16_t sensor;
    std::uint64_t packets;
  };

  void add_day(const IpAddress& source, std::span<const SourceCell> cells) {
    const std::int64_t day = cells.front().day;
    if (day < days_.first_day() || day >= days_.end_day()) return;
    parts_.clear();
    for (const SourceCell& cell : cells) {
      if (!asks_for_service(cell) || days_.left_out(cell.sensor, day)) continue;
      parts_.push_back({cell.service.code(), cell.region.code(), cell.sensor, cell.packets});
      days_.days_[index(day)].packets += cell.packets;
    }
    std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) {
      return std::pair(a.service, a.region) < std::pair(b.service, b.region);
    });
    std::size_t services = 0;
    for (std::size_t i = 0; i < parts_.size(); ++i)
      services += i == 0 || parts_[i].service != parts_[i - 1].service ? 1 : 0;
    if (services >= kSweepServices) return;
    const bool narrow = services < kVerticalServices;
    const auto key = [&](const Part& part, bool by_region) {
      return key_of(part.service, by_region ? part.region : kAllRegions, day - days_.first_day());
    };
    for (const bool by_region : {false, true}) {
      std::size_t end = 0;
      for (std::size_t begin = 0; begin < parts_.size(); begin = end) {
        const std::uint64_t cell = key(parts_[begin], by_region);
        while (end < parts_.size() && key(parts_[end], by_region) == cell)
          ++end;
        count(source, cell, std::span(parts_).subspan(begin, end - begin), narrow);
      }
    }
  }

  void count(const IpAddress& source, std::uint64_t key, std::span<const Part> parts, bool narrow) {
    auto found = days_.cells_.find(key);
    if (found == days_.cells_.end()) {
      if (days_.cells_.size() >= kMaxServiceDayCells) {
        ++days_.cells_left_out_;
        return;
      }
      found = days_.cells_.try_emplace(key).first;
    }
    ServiceDayCell& cell = found->second;
    ++cell.sources;
    std::uint64_t packets = 0;
    for (const Part& part : parts) {
      packets += part.packets;
      add_sensor(cell, part.sensor);
    }
    cell.packets += packets;
    if (packets > cell.top_packets) {
      cell.top_packets = packets;
      cell.top_source = source;
    }
    if (!narrow) return;
    ++cell.narrow;
    add_network(cell, network_of(source));
  }

  std::size_t index(std::int64_t day) const {
    return static_cast<std::size_t>(day - days_.first_day());
  }

  ServiceDays& days_;
  std::vector<Part> parts_;
};

bool ServiceDays::left_out(std::uint16_t sensor, std::int64_t day) const {
  return !left_out_.empty() && left_out_.contains({sensor, day});
}

std::vector<SensorEpoch> ServiceDays::epochs() const {
  std::vector<SensorEpoch> result;
  for (const auto& [sensor, uptime] : uptime_) {
    const auto found = changes_.find(sensor);
    const std::size_t changes = found == changes_.end() ? 0 : found->second.size();
    for (std::size_t i = 0; i <= changes; ++i)
      result.push_back(sensor | static_cast<SensorEpoch>(i) << 16);
  }
  std::sort(result.begin(), result.end());
  return result;
}

SensorEpoch ServiceDays::epoch_of(std::uint16_t sensor, std::int64_t day) const {
  const auto found = changes_.find(sensor);
  if (found == changes_.end()) return sensor;
  const auto before = std::upper_bound(found->second.begin(), found->second.end(), day);
  return sensor | static_cast<SensorEpoch>(before - found->second.begin()) << 16;
}

double ServiceDays::observed_days(SensorEpoch epoch, std::int64_t first, std::int64_t end) const {
  const auto sensor = static_cast<std::uint16_t>(epoch);
  const auto found = uptime_.find(sensor);
  if (found == uptime_.end()) return 0;
  double sum = 0;
  for (std::int64_t day = std::max(first, first_day_); day < std::min(end, end_day()); ++day) {
    if (epoch_of(sensor, day) == epoch)
      sum += double{found->second[static_cast<std::size_t>(day - first_day_)]};
  }
  return sum;
}

Result<void> ServiceDays::observe(Store& store, std::span<const SensorCoverage> coverage,
                                  const TimeZone& zone, const ServiceDaysOptions& options) {
  if (options.saturated) {
    saturated_ = saturated_within(*options.saturated, first_day_, end_day());
  } else {
    TEITEN_TRY(saturated_, saturated_sensors(store, first_day_, end_day(), zone));
  }
  const std::vector<std::string> names = store.sensor_names();
  double largest = 0;
  for (const SensorCoverage& sensor : coverage) {
    const auto days = saturated_days_of(saturated_, sensor.sensor);
    const std::set<std::int64_t> stuck(days.begin(), days.end());
    const auto number = static_cast<std::uint16_t>(
        std::find(names.begin(), names.end(), sensor.sensor) - names.begin());
    for (const SensorChange& change : options.changes) {
      if (change.sensor == sensor.sensor) changes_[number].push_back(change.day);
    }
    std::vector<float>& watched = uptime_[number];
    watched.resize(days_.size());
    for (std::int64_t day = first_day_; day < end_day(); ++day) {
      if (stuck.contains(day)) {
        left_out_.emplace(number, day);
        continue;
      }
      const double uptime = sensor.uptime(
          {zone.start_of(day_from_number(day)), zone.start_of(day_from_number(day + 1))});
      const auto at = static_cast<std::size_t>(day - first_day_);
      watched[at] = static_cast<float>(uptime);
      ObservedDay& observed = days_[at];
      observed.exposure += uptime;
      observed.sensors_up += uptime >= kUpShare ? 1 : 0;
      largest = std::max(largest, observed.exposure);
    }
  }
  for (ObservedDay& day : days_)
    day.eligible = day.exposure > 0 && day.exposure >= kEligibleShare * largest;
  return {};
}

Result<ServiceDays> ServiceDays::build(Store& store, std::span<const SensorCoverage> coverage,
                                       std::int64_t first_day, std::int64_t end_day,
                                       const TimeZone& zone, const ServiceDaysOptions& options) {
  ServiceDays result;
  result.first_day_ = first_day;
  result.days_.resize(static_cast<std::size_t>(std::max<std::int64_t>(0, end_day - first_day)));
  TEITEN_CHECK(result.observe(store, coverage, zone, options));
  Counter counter(result);
  TEITEN_CHECK(store.each_source(
      {zone.start_of(day_from_number(first_day)), zone.start_of(day_from_number(end_day))}, zone,
      [&](const IpAddress& source, std::span<const SourceCell> cells) {
        counter.add(source, cells);
      }));
  return result;
}

std::map<std::uint32_t, ServiceDays::Series> ServiceDays::services() const {
  std::map<std::uint32_t, Series> result;
  for (const auto& [key, cell] : cells_) {
    if (static_cast<std::uint16_t>(key >> kDayBits) != kAllRegions) continue;
    result[static_cast<std::uint32_t>(key >> (kDayBits + kRegionBits))].emplace_back(
        first_day_ + static_cast<std::uint16_t>(key), &cell);
  }
  for (auto& [service, series] : result)
    std::sort(series.begin(), series.end());
  return result;
}

std::map<std::uint16_t, ServiceDays::Series> ServiceDays::regions(std::uint32_t service) const {
  std::map<std::uint16_t, Series> result;
  for (const auto& [key, cell] : cells_) {
    const auto region = static_cast<std::uint16_t>(key >> kDayBits);
    if (region == kAllRegions || key >> (kDayBits + kRegionBits) != service) continue;
    result[region].emplace_back(first_day_ + static_cast<std::uint16_t>(key), &cell);
  }
  for (auto& [region, series] : result)
    std::sort(series.begin(), series.end());
  return result;
}

}  // namespace teiten
