#include "report/facts.h"

#include <algorithm>

namespace teiten {
namespace {

/// Share of a month that must have been observed to tell what to expect.
constexpr double kLeastToExpect = 0.5;

/// Indexes [first, last] of neighbours for which `matches` holds.
template <typename Matches>
std::vector<std::pair<std::size_t, std::size_t>> runs_of(std::size_t count, Matches matches) {
  std::vector<std::pair<std::size_t, std::size_t>> runs;
  for (std::size_t i = 0; i < count; ++i) {
    if (!matches(i)) continue;
    if (!runs.empty() && runs.back().second + 1 == i) {
      runs.back().second = i;
    } else {
      runs.emplace_back(i, i);
    }
  }
  return runs;
}

template <typename Matches>
std::vector<DayRun> day_runs(const ReportData& data, Matches matches) {
  const auto& days = data.numbers.days;
  std::vector<DayRun> runs;
  for (const auto& [first, last] :
       runs_of(days.size(), [&](std::size_t i) { return matches(days[i]); }))
    runs.push_back({days[first].day, days[last].day});
  return runs;
}

bool is_withheld(const ReportData& data, Day day) {
  if (!data.published) return false;
  const auto& days = data.published->days;
  return std::find(days.begin(), days.end(), day) != days.end();
}

}  // namespace

std::uint64_t volume_of(const ReportData& data, const MonthNumbers& month) {
  return count_of(month.counts, data.volume_kind());
}

std::uint64_t sources_of(const ReportData& data, const MonthNumbers& month) {
  return count_of(month.counts, data.sources_kind());
}

bool tells_what_to_expect(const ReportData& data) {
  return volume_rate(data).has_value() && data.now().completeness() >= kLeastToExpect;
}

std::optional<SensorSpread> sensor_spread(const ReportData& data) {
  // Least and most are single sensors' numbers.
  if (data.published) return std::nullopt;
  constexpr double kWide = 2;
  std::optional<SensorSpread> spread;
  for (const SensorMonth& sensor : data.now().sensors) {
    const bool watched = sensor.observed_days >= kLeastToExpect * sensor.nominal_days;
    // By the same days as the mean beside it.
    const double days =
        data.denominator() == Denominator::observed ? sensor.observed_days : sensor.nominal_days;
    const auto rate = rate_of(count_of(sensor.counts, data.volume_kind()), days);
    if (!watched || !rate) continue;
    if (!spread) spread = SensorSpread{*rate, *rate};
    spread->least = std::min(spread->least, *rate);
    spread->most = std::max(spread->most, *rate);
  }
  if (spread && spread->most > kWide * spread->least) return spread;
  return std::nullopt;
}

std::optional<double> volume_rate(const ReportData& data) {
  return data.now().rate(data.volume_kind(), data.denominator());
}

std::optional<double> sources_rate(const ReportData& data) {
  return data.now().rate(data.sources_kind(), data.denominator());
}

std::optional<double> volume_per_source(const ReportData& data) {
  const std::uint64_t sources = sources_of(data, data.now());
  if (sources == 0) return std::nullopt;
  return static_cast<double>(volume_of(data, data.now())) / static_cast<double>(sources);
}

std::optional<double> compared_rate(const ReportData& data, const MonthNumbers& month,
                                    CountKind kind) {
  if (!month.observed()) return std::nullopt;
  return month.rate(kind, data.comparison_denominator());
}

std::vector<std::pair<const MonthNumbers*, double>> observed_months(const ReportData& data) {
  std::vector<std::pair<const MonthNumbers*, double>> months;
  for (const MonthNumbers& month : data.numbers.months) {
    if (const auto rate = compared_rate(data, month, data.volume_kind()))
      months.emplace_back(&month, *rate);
  }
  return months;
}

double share_of(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

const CutPair& cuts(const ReportData& data, Dimension dimension) {
  return dimension == Dimension::service ? data.services : data.regions;
}

std::vector<RankedPart> one_source_parts(const ReportData& data, Dimension dimension) {
  const auto& ranking = cuts(data, dimension).ranking;
  std::vector<RankedPart> parts;
  for (std::size_t i = 0; i < std::min(kNamedParts, ranking.size()); ++i) {
    if (2 * ranking[i].busiest_source.value_or(0) > ranking[i].count) parts.push_back(ranking[i]);
  }
  return parts;
}

std::uint64_t excluded_of(const ReportData& data, Measure measure, bool six_months) {
  return (six_months ? data.six_months_excluded : data.excluded).of(measure);
}

std::uint64_t whole_of(const ReportData& data, Measure measure) {
  const MonthNumbers& now = data.now();
  switch (measure) {
    case Measure::packets:
      return now.counts.packets;
    case Measure::accesses:
      return now.counts.accesses;
    case Measure::sources:
      return now.sources;
    case Measure::source_days:
      return now.counts.source_days;
    case Measure::sensors:
      break;
  }
  return now.exposure.sensors;
}

std::vector<DayRun> missing_day_runs(const ReportData& data) {
  return day_runs(data, [&data](const DayNumbers& day) {
    return !day.observed() && !is_withheld(data, day.day);
  });
}

std::vector<DayRun> withheld_day_runs(const ReportData& data) {
  return day_runs(data, [&data](const DayNumbers& day) { return is_withheld(data, day.day); });
}

std::size_t counted_days(const ReportData& data) {
  return static_cast<std::size_t>(
      std::count_if(data.numbers.days.begin(), data.numbers.days.end(),
                    [&data](const DayNumbers& day) { return !is_withheld(data, day.day); }));
}

std::size_t earlier_days_withheld(const ReportData& data) {
  if (!data.published) return 0;
  const auto& days = data.published->days;
  return static_cast<std::size_t>(std::count_if(
      days.begin(), days.end(), [&data](Day day) { return day < Day{data.month / 1}; }));
}

std::vector<DayRun> partial_day_runs(const ReportData& data) {
  return day_runs(data, [](const DayNumbers& day) {
    const double length =
        std::chrono::duration<double, std::ratio<86400>>(day.range.to - day.range.from).count();
    const double nominal = static_cast<double>(day.nominal_sensors) * length;
    return day.observed() && day.observed_sensor_days < kCompleteDay * nominal;
  });
}

std::vector<MonthRun> missing_month_runs(const ReportData& data) {
  const auto& months = data.numbers.months;
  std::vector<MonthRun> runs;
  for (const auto& [first, last] :
       runs_of(months.size(), [&](std::size_t i) { return !months[i].observed(); }))
    runs.push_back({months[first].month, months[last].month});
  return runs;
}

bool has_interval(const ReportData& data) {
  const auto& months = data.numbers.months;
  return std::any_of(months.begin(), months.end(), [&](const MonthNumbers& month) {
    return month.interval(data.volume_kind(), data.comparison_denominator()).has_value() ||
           month.interval(data.sources_kind(), data.comparison_denominator()).has_value();
  });
}

double unknown_kind_share(const ReportData& data) {
  for (const KindCount& kind : data.kinds) {
    if (kind.kind == "unknown") return share_of(kind.counts.packets, data.now().counts.packets);
  }
  return 0;
}

}  // namespace teiten
