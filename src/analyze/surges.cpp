#include "analyze/surges.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "analyze/change_point.h"
#include "analyze/new_services.h"
#include "analyze/one_source_rises.h"
#include "analyze/source_period.h"
#include "analyze/watched_cells.h"

namespace teiten {
namespace {

/// Level ÷ baseline from which a rise is sharp, and days that a temporary one lasts at most
/// (METHODS §8).
constexpr double kSharpRatio = 3.0;
constexpr std::int64_t kTemporaryDays = 3;
/// Least ratio of a change of level (METHODS §8), least days of a level, and days by which the scan
/// and the best cut may differ and still mean the same change.
constexpr double kChangeRatio = 1.3;
constexpr std::size_t kLevelDays = 3;
constexpr std::size_t kSameChangeDays = 2;
/// A rise of which one sensor has more than this share of the sources a day is that sensor's, where
/// so many sensors watch (METHODS §2.5 has 0.7 for a service as a whole).
constexpr double kOneSensorShare = 0.5;
constexpr std::uint32_t kOneSensorOf = 5;
/// Where sensors watched for another share of the rise than of the days before (by this much),
/// those that watched most of both must show the rise: this part of its excess (ratio − 1), or this
/// ratio where there was nothing before. What is missing came with sensors that joined or failed.
constexpr double kOtherShare = 0.1;
constexpr double kPanelShare = 0.75;
constexpr double kPanelPart = 2.0 / 3;
constexpr double kPanelFromNothing = 1.5;

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Looks for what rose within one month.
class SurgeFinder {
 public:
  SurgeFinder(Store& store, const ServiceDays& days, std::int64_t month_begin,
              std::int64_t month_end, const TimeZone& zone)
      : store_(store), days_(days), begin_(month_begin), end_(month_end), zone_(zone) {}

  Result<SurgeFindings> find() {
    if (!note_what_is_missing()) return std::move(findings_);
    findings_.tested = true;
    find_surges();
    findings_.new_services = find_new_services(days_, begin_, end_, sensors_up_);
    one_source_ = find_one_source_rises(days_, begin_, end_);
    TEITEN_CHECK(fill_in());
    put_in_order();
    return std::move(findings_);
  }

 private:
  std::size_t index(std::int64_t day) const {
    return static_cast<std::size_t>(day - days_.first_day());
  }
  bool in_month(std::int64_t day) const { return day >= begin_ && day < end_; }

  void note(NotTested reason, const std::string& subject, double number) {
    findings_.not_tested.push_back({reason, subject, number});
  }

  void note_one_sensor(const Surge& surge, const SourcePeriod::BusiestSensor& busiest) {
    NotTestedNote said{NotTested::one_sensor_rise, surge.service, busiest.share()};
    said.first = surge.first;
    said.last = surge.last;
    said.part = busiest.part;
    said.whole = busiest.whole;
    said.sensor = store_.sensor_names()[busiest.sensor];
    findings_.not_tested.push_back(std::move(said));
  }

  void note_changed_sensors(const std::string& service) {
    const bool noted = std::any_of(
        findings_.not_tested.begin(), findings_.not_tested.end(), [&](const NotTestedNote& said) {
          return said.reason == NotTested::changed_sensors && said.subject == service;
        });
    if (!noted) note(NotTested::changed_sensors, service, 0);
  }

  /// Says what cannot be looked at; false if that is everything.
  bool note_what_is_missing() {
    for (const SaturatedSensor& sensor : days_.saturated())
      note(NotTested::saturated_sensor, sensor.sensor, static_cast<double>(sensor.days.size()));
    if (days_.cells_left_out() > 0)
      note(NotTested::cell_limit, "", static_cast<double>(days_.cells_left_out()));
    std::size_t eligible = 0;
    std::size_t poor = 0;
    for (std::int64_t day = days_.first_day(); day < end_; ++day) {
      const ObservedDay& observed = days_.days()[index(day)];
      if (!in_month(day)) {
        findings_.baseline_days += observed.eligible ? 1 : 0;
        continue;
      }
      eligible += observed.eligible ? 1 : 0;
      poor += !observed.eligible ? 1 : 0;
      sensors_up_ = std::max(sensors_up_, observed.sensors_up);
    }
    if (eligible == 0) {
      note(NotTested::no_data, "", 0);
      return false;
    }
    if (poor > 0) note(NotTested::few_observed_days, "", static_cast<double>(poor));
    if (sensors_up_ < 2) {
      note(NotTested::one_sensor, "", sensors_up_);
      return false;
    }
    if (findings_.baseline_days < kLeastBaselineDays) {
      note(NotTested::short_baseline, "", static_cast<double>(findings_.baseline_days));
      return false;
    }
    return true;
  }

  void find_surges() {
    std::vector<WatchedCell> cells;
    for (const auto& [service, series] : days_.services())
      add_cell(days_, service, series, cells);
    findings_.services_tested = watch_cells(cells);
    for (const WatchedCell& cell : cells) {
      const std::string service = Service::from_code(cell.key).to_string();
      std::vector<WatchedCell> regions;
      bool watched = false;
      for (const SurgeEpisode& episode : cell.episodes) {
        if (!touches_month(episode)) continue;
        Surge surge = surge_of(cell, episode);
        surge.service = service;
        if (!watched) regions = watched_regions(cell.key);
        watched = true;
        for (const WatchedCell& region : regions)
          add_region(surge, region);
        findings_.surges.push_back(std::move(surge));
      }
    }
  }

  std::vector<WatchedCell> watched_regions(std::uint32_t service) {
    std::vector<WatchedCell> regions;
    for (const auto& [region, series] : days_.regions(service))
      add_cell(days_, region, series, regions);
    watch_cells(regions);
    return regions;
  }

  /// The region's own rise while the service's is up, if there is one.
  void add_region(Surge& parent, const WatchedCell& region) {
    for (const SurgeEpisode& episode : region.episodes) {
      if (!touches_month(episode)) continue;
      Surge surge = surge_of(region, episode);
      if (number_of_day(surge.first) > number_of_day(parent.last) ||
          number_of_day(surge.last) < number_of_day(parent.first)) {
        continue;
      }
      surge.service = parent.service;
      surge.region = Region::from_code(static_cast<std::uint16_t>(region.key)).to_string();
      parent.regions.push_back(std::move(surge));
      return;
    }
  }

  bool touches_month(const SurgeEpisode& episode) const {
    return episode.last >= index(begin_) && episode.first < index(end_);
  }

  Surge surge_of(const WatchedCell& cell, const SurgeEpisode& episode) const {
    Surge surge;
    surge.rule = episode.rule;
    surge.first = day_from_number(days_.first_day() + static_cast<std::int64_t>(episode.first));
    surge.last = day_from_number(days_.first_day() + static_cast<std::int64_t>(episode.last));
    surge.open = episode.open;
    surge.baseline = episode.baseline.sum / episode.baseline.exposure * sensors_up_;
    surge.p_value = episode.p_value;
    surge.q_value = episode.q_value;
    surge.sensors_up = sensors_up_;
    double count = 0;
    double exposure = 0;
    for (std::size_t i = episode.first; i <= episode.last; ++i) {
      const WatchedDay& day = cell.days[i];
      if (!day.eligible) continue;
      count += day.count;
      exposure += day.exposure;
      const double rate = day.count / day.exposure * sensors_up_;
      if (rate <= surge.peak) continue;
      surge.peak = rate;
      surge.peak_day = day_from_number(days_.first_day() + static_cast<std::int64_t>(i));
    }
    surge.level = exposure > 0 ? count / exposure * sensors_up_ : 0;
    surge.latest = latest_of(cell, episode).value_or(surge.level);
    surge.ratio =
        surge.baseline > 0 ? surge.level / surge.baseline : std::numeric_limits<double>::infinity();
    surge.change = change_of(cell);
    const std::size_t length = episode.last - episode.first + 1;
    if (!episode.open && length <= static_cast<std::size_t>(kTemporaryDays)) {
      surge.shape = SurgeShape::temporary;
    } else if (surge.changed_later()) {
      surge.shape = SurgeShape::rise;  // it began before it became what it is
    } else if (surge.level >= kSharpRatio * surge.baseline) {
      surge.shape = SurgeShape::sharp;
    } else if (surge.change) {
      surge.shape = SurgeShape::since_change;
    }
    return surge;
  }

  /// Sources a day on the last days observed, whether or not they are quiet, if the rise is open
  /// and longer than that.
  std::optional<double> latest_of(const WatchedCell& cell, const SurgeEpisode& episode) const {
    if (!episode.open) return std::nullopt;
    double count = 0;
    double exposure = 0;
    std::size_t days = 0;
    for (std::size_t i = index(end_); i-- > episode.first && days < kLatestDays;) {
      const WatchedDay& day = cell.days[i];
      if (!day.eligible) continue;
      count += day.count;
      exposure += day.exposure;
      ++days;
    }
    if (days < kLatestDays) return std::nullopt;
    return count / exposure * sensors_up_;
  }

  /// The one rise of level within the month that the scan and the best cut agree on.
  std::optional<ChangeDate> change_of(const WatchedCell& cell) const {
    std::vector<double> counts;
    std::vector<double> exposure;
    std::vector<std::int64_t> dates;
    for (std::int64_t day = begin_; day < end_; ++day) {
      const WatchedDay& watched = cell.days[index(day)];
      if (!watched.eligible) continue;
      counts.push_back(watched.count);
      exposure.push_back(watched.exposure);
      dates.push_back(day);
    }
    const auto scan = level_change(counts, exposure);
    if (!scan || scan->score < kChangeScore || scan->after < kChangeRatio * scan->before)
      return std::nullopt;
    const std::vector<std::size_t> cuts =
        best_levels(counts, exposure, kLevelDays,
                    3.0 * std::log(static_cast<double>(counts.size())), scan->dispersion);
    std::optional<std::size_t> cut;
    for (const std::size_t candidate : cuts) {
      const std::size_t apart = std::max(candidate, scan->first) - std::min(candidate, scan->first);
      if (apart <= kSameChangeDays) cut = candidate;
    }
    if (!cut) return std::nullopt;
    std::vector<double> before;
    std::vector<double> after;
    for (std::size_t i = 0; i < counts.size(); ++i)
      (i < *cut ? before : after).push_back(counts[i] / exposure[i]);
    const double middle = median(after);
    std::sort(before.begin(), before.end());
    if (middle <= before[(before.size() * 9) / 10]) return std::nullopt;
    ChangeDate change;
    change.day = day_from_number(dates[*cut]);
    change.score = scan->score;
    const auto rate = [&](std::size_t from, std::size_t to) {
      const auto at = [](std::size_t i) { return static_cast<std::ptrdiff_t>(i); };
      return std::accumulate(counts.begin() + at(from), counts.begin() + at(to), 0.0) /
             std::accumulate(exposure.begin() + at(from), exposure.begin() + at(to), 0.0);
    };
    change.ratio = rate(*cut, counts.size()) / rate(0, *cut);
    return change;
  }

  /// The days whose rate a rise is compared with: a baseline's, before the guard band.
  std::pair<Day, Day> days_before(Day first) const {
    const std::int64_t end = number_of_day(first) - static_cast<std::int64_t>(kGuardDays);
    std::int64_t begin = end;
    std::size_t eligible = 0;
    for (std::int64_t day = end; day > days_.first_day() && eligible < kBaselineDays;) {
      if (!days_.days()[index(--day)].eligible) continue;
      begin = day;
      ++eligible;
    }
    return {day_from_number(begin), day_from_number(end - 1)};
  }

  /// A rise and what was before it.
  struct RisePeriods {
    std::size_t now = 0;
    std::size_t before = 0;
    bool other_sensors = false;  ///< the panel must show the rise
  };
  RisePeriods add_rise(SourcePeriods& periods, const Surge& surge) const {
    const auto [first, last] = days_before(surge.first);
    RisePeriods rise{periods.add(surge.service, surge.region, surge.first, surge.last),
                     periods.add(surge.service, surge.region, first, last)};
    std::vector<SensorEpoch> panel;
    for (const SensorEpoch epoch : days_.epochs()) {
      const double now = share_watched(epoch, periods[rise.now]);
      const double before = share_watched(epoch, periods[rise.before]);
      rise.other_sensors = rise.other_sensors || std::abs(now - before) >= kOtherShare;
      if (std::min(now, before) >= kPanelShare) panel.push_back(epoch);
    }
    if (!rise.other_sensors) return rise;
    periods.watch(rise.now, panel);
    periods.watch(rise.before, panel);
    return rise;
  }

  /// Of the eligible days of a period, 0–1.
  double share_watched(SensorEpoch epoch, const SourcePeriod& period) const {
    double watched = 0;
    double eligible = 0;
    for (std::int64_t day = period.first; day <= period.last; ++day) {
      if (!days_.days()[index(day)].eligible) continue;
      watched += days_.observed_days(epoch, day, day + 1);
      ++eligible;
    }
    return eligible > 0 ? watched / eligible : 0;
  }

  /// Distinct sources a day at the panel, where each of its sensors watches all day.
  double panel_rate(const SourcePeriod& period) const {
    double days = 0;
    for (const SensorEpoch epoch : period.panel)
      days += days_.observed_days(epoch, period.first, period.last + 1);
    return static_cast<double>(period.panel_days) * static_cast<double>(period.panel.size()) / days;
  }

  /// Counts over whole periods, in one more pass over the sources, and what they take back.
  Result<void> fill_in() {
    SourcePeriods periods(days_);
    std::vector<std::vector<RisePeriods>> rises;  // of a service, then of its regions
    for (const Surge& surge : findings_.surges) {
      std::vector<RisePeriods>& of_surge = rises.emplace_back();
      of_surge.push_back(add_rise(periods, surge));
      for (const Surge& region : surge.regions)
        of_surge.push_back(add_rise(periods, region));
    }
    std::vector<std::size_t> new_periods;
    const Day month_last = day_from_number(end_ - 1);
    for (const NewService& found : findings_.new_services)
      new_periods.push_back(periods.add(found.service, "", found.first, month_last));
    std::vector<std::size_t> one_periods;
    for (const OneSourceCandidate& found : one_source_) {
      one_periods.push_back(periods.add(found.rise.service, "", found.rise.first, found.rise.last));
      periods.follow(one_periods.back(), found.address);
    }
    TEITEN_CHECK(periods.count(store_, zone_));
    fill_new_services(periods, new_periods);
    fill_surges(periods, rises);
    fill_one_source(periods, one_periods);
    return {};
  }

  static void fill(Surge& surge, const SourcePeriod& period) {
    surge.sources = period.sources;
    surge.sensors = period.sensors();
    surge.top1_share = period.top_share();
  }

  /// True if the rise does not come from sensors that joined, left, failed or changed.
  bool holds_at_known_sensors(const Surge& surge, const SourcePeriods& periods,
                              const RisePeriods& rise) const {
    if (!rise.other_sensors) return true;
    if (periods[rise.now].panel.empty()) return false;
    const double least =
        std::isfinite(surge.ratio) ? 1 + kPanelPart * (surge.ratio - 1) : kPanelFromNothing;
    return panel_rate(periods[rise.now]) >= least * panel_rate(periods[rise.before]) &&
           periods[rise.now].panel_days > 0;
  }

  /// What is told as new is not told as a rise again; a rise that one of several sensors makes is
  /// no wide rise, and one that other sensors make is none.
  void fill_surges(const SourcePeriods& periods,
                   const std::vector<std::vector<RisePeriods>>& rises) {
    std::vector<Surge> kept;
    for (std::size_t i = 0; i < findings_.surges.size(); ++i) {
      Surge& surge = findings_.surges[i];
      const SourcePeriod& period = periods[rises[i][0].now];
      const SourcePeriod::BusiestSensor busiest = period.busiest_sensor();
      if (sensors_up_ >= kOneSensorOf && busiest.share() > kOneSensorShare) {
        note_one_sensor(surge, busiest);
        continue;
      }
      const bool is_new =
          std::any_of(findings_.new_services.begin(), findings_.new_services.end(),
                      [&](const NewService& found) { return found.service == surge.service; });
      if (is_new) continue;
      if (!holds_at_known_sensors(surge, periods, rises[i][0])) {
        note_changed_sensors(surge.service);
        continue;
      }
      fill(surge, period);
      std::vector<Surge> regions;
      for (std::size_t r = 0; r < surge.regions.size(); ++r) {
        Surge& region = surge.regions[r];
        if (!holds_at_known_sensors(region, periods, rises[i][r + 1])) continue;
        fill(region, periods[rises[i][r + 1].now]);
        regions.push_back(std::move(region));
      }
      surge.regions = std::move(regions);
      kept.push_back(std::move(surge));
    }
    findings_.surges = std::move(kept);
  }

  /// A service is new only if sensors that watched before see it, as many as a rise needs.
  void fill_new_services(const SourcePeriods& periods, const std::vector<std::size_t>& numbers) {
    std::vector<NewService> kept;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const SourcePeriod& period = periods[numbers[i]];
      NewService& found = findings_.new_services[i];
      if (known_sensors(days_, period.narrow_by, period.first) < least_sensors(sensors_up_)) {
        note_changed_sensors(found.service);
        continue;
      }
      found.sources = period.narrow_sources;
      found.sensors = period.narrow_sensors();
      found.networks = period.networks.size();
      found.days = period.days.size();
      if (!period.days.empty()) found.last = day_from_number(*period.days.rbegin());
      kept.push_back(std::move(found));
    }
    findings_.new_services = std::move(kept);
  }

  void fill_one_source(const SourcePeriods& periods, const std::vector<std::size_t>& numbers) {
    std::uint64_t month_packets = 0;
    for (std::int64_t day = begin_; day < end_; ++day)
      month_packets += days_.days()[index(day)].packets;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const SourcePeriod& period = periods[numbers[i]];
      const OneSourceRise rise = complete(one_source_[i], period);
      if (!is_worth_telling(rise, month_packets)) continue;
      if (known_sensors(days_, period.followed_by, period.first) == 0) {
        note_changed_sensors(rise.service);
        continue;
      }
      findings_.one_source.push_back(rise);
    }
  }

  void put_in_order() {
    const auto stronger = [](const Surge& a, const Surge& b) {
      const double more_a = a.level - a.baseline;
      const double more_b = b.level - b.baseline;
      if (more_a != more_b) return more_a > more_b;
      return std::pair(a.service, a.region) < std::pair(b.service, b.region);
    };
    std::stable_sort(findings_.surges.begin(), findings_.surges.end(), stronger);
    for (Surge& surge : findings_.surges)
      std::stable_sort(surge.regions.begin(), surge.regions.end(), stronger);
    std::stable_sort(findings_.new_services.begin(), findings_.new_services.end(),
                     [](const auto& a, const auto& b) { return a.sources > b.sources; });
    std::stable_sort(findings_.one_source.begin(), findings_.one_source.end(),
                     [](const auto& a, const auto& b) { return a.packets > b.packets; });
  }

  Store& store_;
  const ServiceDays& days_;
  std::int64_t begin_;
  std::int64_t end_;
  const TimeZone& zone_;
  std::uint32_t sensors_up_ = 0;  ///< most that watched on a day of the month
  std::vector<OneSourceCandidate> one_source_;
  SurgeFindings findings_;
};

}  // namespace

std::string_view to_string(NotTested reason) {
  switch (reason) {
    case NotTested::no_data:
      return "no_data";
    case NotTested::short_baseline:
      return "short_baseline";
    case NotTested::one_sensor:
      return "one_sensor";
    case NotTested::few_observed_days:
      return "few_observed_days";
    case NotTested::saturated_sensor:
      return "saturated_sensor";
    case NotTested::one_sensor_rise:
      return "one_sensor_rise";
    case NotTested::changed_sensors:
      return "changed_sensors";
    case NotTested::cell_limit:
      return "cell_limit";
  }
  return "";
}

Result<SurgeFindings> find_surges(Store& store, std::span<const SensorCoverage> coverage,
                                  std::chrono::year_month month, const TimeZone& zone,
                                  const SurgeOptions& options) {
  const std::int64_t begin = number_of_day(month / std::chrono::day{1});
  const std::int64_t end = number_of_day((month + std::chrono::months{1}) / std::chrono::day{1});
  TEITEN_TRY(const ServiceDays days, ServiceDays::build(store, coverage, begin - kDaysBeforeMonth,
                                                        end, zone, options.days));
  return SurgeFinder(store, days, begin, end, zone).find();
}

}  // namespace teiten
