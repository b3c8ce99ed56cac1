#include "analyze/heavy_sources.h"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <tuple>

#include "analyze/day_number.h"
#include "analyze/trend_words.h"

namespace teiten {
namespace {

constexpr std::array kKinds = {CountKind::packets, CountKind::accesses, CountKind::source_days};

/// Looks at one source after the other.
class Reader {
 public:
  Reader(const SensorDays& days, std::vector<std::string> sensors)
      : sensors_(std::move(sensors)), first_(number_of_day(days.first)) {
    result_.days = days;
    for (std::size_t day = 0; day < days.days.size(); ++day) {
      const auto month = month_of_day(first_ + static_cast<std::int64_t>(day));
      if (months_.empty() || months_.back() != month) {
        months_.push_back(month);
        totals_.emplace_back();
      }
      month_of_.push_back(months_.size() - 1);
      for (const SensorDay& sensor : days.days[day])
        totals_.back() += sensor.counts;
    }
    sums_.resize(months_.size());
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
    least_ = {kMost, kMost, kMost, kMost};
    for (const CountKind kind : kKinds) {
      for (const Counts& total : totals_) {
        const auto heavy =
            static_cast<std::uint64_t>(kHeavyShare * static_cast<double>(count_of(total, kind)));
        std::uint64_t& least = least_.*member_of(kind);
        if (count_of(total, kind) > 0) least = std::min(least, heavy);
      }
    }
  }

  void add(const IpAddress& source, std::span<const SourceCell> cells) {
    if (is_light(cells)) return;
    std::fill(sums_.begin(), sums_.end(), Counts{});
    each_part(cells, [&](std::size_t day, std::uint16_t, const Counts& counts) {
      sums_[month_of_[day]] += counts;
    });
    for (std::size_t month = 0; month < months_.size(); ++month) {
      for (const CountKind kind : kKinds) {
        const auto total = static_cast<double>(count_of(totals_[month], kind));
        const auto sum = static_cast<double>(count_of(sums_[month], kind));
        if (sum > 0 && sum >= kHeavyShare * total) leave_out(source, cells, month, kind);
      }
    }
  }

  HeavySources take() { return std::move(result_); }

 private:
  /// Nearly every source is, over all months together: then no month has to be looked at.
  bool is_light(std::span<const SourceCell> cells) const {
    Counts all;
    all.source_days = cells.size();  // at most
    for (const SourceCell& cell : cells) {
      all.packets += cell.packets;
      all.accesses += cell.accesses;
    }
    return std::all_of(kKinds.begin(), kKinds.end(), [&](CountKind kind) {
      return count_of(all, kind) < count_of(least_, kind);
    });
  }

  /// Calls part(day, sensor, counts) for what one source did on one day at one sensor with one
  /// service: one source-day.
  template <typename Part>
  void each_part(std::span<const SourceCell> cells, Part part) const {
    const auto key = [](const SourceCell& cell) {
      return std::tuple(cell.day, cell.sensor, cell.service);
    };
    for (std::size_t begin = 0; begin < cells.size();) {
      Counts counts;
      counts.source_days = 1;
      std::size_t end = begin;
      for (; end < cells.size() && key(cells[end]) == key(cells[begin]); ++end) {
        counts.packets += cells[end].packets;
        counts.accesses += cells[end].accesses;
      }
      const std::int64_t day = cells[begin].day - first_;
      if (day >= 0 && day < std::ssize(month_of_))
        part(static_cast<std::size_t>(day), cells[begin].sensor, counts);
      begin = end;
    }
  }

  void leave_out(const IpAddress& source, std::span<const SourceCell> cells, std::size_t month,
                 CountKind kind) {
    result_.sources[{kind, months_[month]}].push_back(source);
    each_part(cells, [&](std::size_t day, std::uint16_t sensor, const Counts& counts) {
      if (month_of_[day] != month) return;
      // Of a sensor whose addresses changed only one stands on a day.
      for (std::size_t i = 0; i < result_.days.sensors.size(); ++i) {
        std::uint64_t& left = result_.days.days[day][i].counts.*member_of(kind);
        if (result_.days.sensors[i] == sensors_[sensor])
          left -= std::min(left, count_of(counts, kind));
      }
    });
  }

  HeavySources result_;
  std::vector<std::string> sensors_;
  std::int64_t first_;
  std::vector<std::chrono::year_month> months_;
  std::vector<Counts> totals_;         ///< by month
  std::vector<Counts> sums_;           ///< of one source, by month
  Counts least_;                       ///< least that is heavy in any month
  std::vector<std::size_t> month_of_;  ///< by day
};

}  // namespace

std::size_t HeavySources::count(CountKind kind, std::chrono::year_month month) const {
  std::set<IpAddress> all;
  for (int back = 0; back <= kHysteresisMonths + 1; ++back) {
    const auto found = sources.find({kind, month - std::chrono::months(back)});
    if (found != sources.end()) all.insert(found->second.begin(), found->second.end());
  }
  return all.size();
}

Result<HeavySources> heavy_sources(Store& store, const SensorDays& days, const TimeZone& zone) {
  const std::int64_t first = number_of_day(days.first);
  const std::int64_t end = first + std::ssize(days.days);
  Reader reader(days, store.sensor_names());
  TEITEN_CHECK(store.each_source(
      {zone.start_of(day_from_number(first)), zone.start_of(day_from_number(end))}, zone,
      [&](const IpAddress& source, std::span<const SourceCell> cells) {
        reader.add(source, cells);
      }));
  return reader.take();
}

}  // namespace teiten
