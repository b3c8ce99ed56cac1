#include "report/publish.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analyze/day_number.h"
#include "analyze/rates.h"
#include "analyze/trend_words.h"

namespace teiten {
namespace {

Result<void> check_delay(std::chrono::year_month month, const TimeZone& zone, UtcTime now) {
  const UtcTime end = month_range(month, zone).to;
  if (now >= end + kPublicationDelay) return {};
  return failure(
      ErrorCode::invalid_argument,
      fmt::format("{:04}-{:02} may be published from {} on, {} days after its end ({})",
                  static_cast<int>(month.year()), static_cast<unsigned>(month.month()),
                  zone.format(end + kPublicationDelay), kPublicationDelay.count(), zone.name()));
}

Result<void> check_total(const ReportData& data, const Publication& publication,
                         std::size_t days_left_out) {
  if (publication.months.back()) return {};
  const auto sensors = data.now().exposure.sensors;
  const std::string month = fmt::format("{:04}-{:02}", static_cast<int>(data.month.year()),
                                        static_cast<unsigned>(data.month.month()));
  if (sensors < kLeastPartSensors) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{} had {} sensor{}: a public report takes {} at least, for with "
                               "fewer every number tells of single sensors",
                               month, sensors, sensors == 1 ? "" : "s", kLeastPartSensors));
  }
  return failure(ErrorCode::invalid_argument,
                 fmt::format("{} cannot be published: its accesses have fewer than {} sources or "
                             "reached fewer than {} sensors, or one source made more than {} % "
                             "of them{}",
                             month, kLeastPartSources, kLeastPartSensors, kLargestSourcePercent,
                             days_left_out == 0
                                 ? ""
                                 : fmt::format(" (without {} day{} of fewer than {} sources or of "
                                               "one source mostly)",
                                               days_left_out, days_left_out == 1 ? "" : "s",
                                               kLeastCellSources)));
}

TimeRange local_day(std::int64_t day, const TimeZone& zone) {
  return {zone.start_of(day_from_number(day)), zone.start_of(day_from_number(day + 1))};
}

double one_decimal(double value) {
  return round_half_up(value, 1);
}

Counts published(const Counts& counts) {
  return {published_count(counts.packets), published_count(counts.accesses),
          published_count(counts.source_days), published_count(counts.daily_sources)};
}

/// A month that may not be published looks like one that nobody watched; PublicNotes names it.
void publish_month(MonthNumbers& month, bool may_be_published) {
  if (!may_be_published) {
    month.exposure = {};
    month.counts = {};
    month.sources = 0;
    month.sensors.clear();
    return;
  }
  month.counts = published(month.counts);
  month.sources = published_count(month.sources);
  month.exposure.observed_sensor_days = one_decimal(month.exposure.observed_sensor_days);
  // Intervals over sensors need the sensors, but neither their names nor their exact counts.
  for (SensorMonth& sensor : month.sensors) {
    sensor.sensor.clear();
    sensor.observed_days = one_decimal(sensor.observed_days);
    sensor.counts = published(sensor.counts);
  }
}

std::uint64_t count_of(const CellTally& cell, Measure measure) {
  switch (measure) {
    case Measure::packets:
      return published_count(cell.counts.packets);
    case Measure::accesses:
      return published_count(cell.counts.accesses);
    case Measure::source_days:
      return published_count(cell.counts.source_days);
    case Measure::sources:
    case Measure::sensors:
      break;
  }
  return published_count(cell.sources);
}

void sort_parts(std::vector<PartTotal>& parts) {
  std::sort(parts.begin(), parts.end(), [](const PartTotal& a, const PartTotal& b) {
    return a.count != b.count ? a.count > b.count : a.key < b.key;
  });
}

Breakdown breakdown_of(std::vector<PartTotal> parts, const std::optional<CellTally>& rest,
                       Measure measure) {
  Breakdown shares;
  shares.parts = std::move(parts);
  sort_parts(shares.parts);
  shares.distinct = shares.parts.size() + (rest ? 1 : 0);
  if (rest) shares.other = count_of(*rest, measure);
  return shares;
}

std::vector<PartTotal> parts_of(const PublishedCut& cut, Measure measure) {
  std::vector<PartTotal> parts;
  for (const PublishedPart& part : cut.parts)
    parts.push_back({part.key, count_of(part.month, measure)});
  return parts;
}

std::vector<std::uint64_t> counts_by_day(const std::vector<std::optional<CellTally>>& days,
                                         Measure measure) {
  std::vector<std::uint64_t> counts;
  for (const auto& day : days)
    counts.push_back(day ? count_of(*day, measure) : 0);
  return counts;
}

Cut cut_of(const PublishedCut& published, Measure measure) {
  Cut cut;
  const std::optional<CellTally> rest =
      published.rest ? std::optional(published.rest->month) : std::nullopt;
  cut.shares = breakdown_of(parts_of(published, measure), rest, measure);
  for (const PartTotal& part : cut.shares.parts) {
    for (const std::size_t index : published.daily) {
      const PublishedPart& daily = published.parts[index];
      if (daily.key != part.key) continue;
      cut.daily.keys.push_back(daily.key);
      cut.daily.values.push_back(counts_by_day(daily.days, measure));
    }
  }
  cut.daily.other = counts_by_day(published.daily_rest, measure);
  return cut;
}

Breakdown span_of(const PublishedSpan& span, Measure measure) {
  std::vector<PartTotal> parts;
  for (const auto& [key, cell] : span.parts)
    parts.push_back({key, count_of(cell, measure)});
  return breakdown_of(std::move(parts), span.rest, measure);
}

/// The cuts of one dimension, as cuts_by() of gather() gives them.
CutPair cut_pair(const ReportData& data, const PublishedDimension& dimension) {
  CutPair pair;
  const Measure volume = data.volume_measure();
  pair.volume = cut_of(dimension.months.back(), volume);
  pair.sources = cut_of(dimension.months.back(), data.sources_measure());
  pair.six_months_volume = span_of(dimension.span, volume);
  pair.six_months_sources = span_of(dimension.span, data.sources_measure());
  std::vector<PartTotal> earlier = parts_of(dimension.months[dimension.months.size() - 2], volume);
  sort_parts(earlier);
  const Denominator denominator = data.comparison_denominator();
  pair.ranking = ranking(pair.volume.shares.parts, data.now().sensor_days(denominator), earlier,
                         data.before().sensor_days(denominator), kTopParts);
  // Not named the month before is not none.
  for (RankedPart& part : pair.ranking) {
    if (!part.previous_rank) part.previous_rate = part.change = std::nullopt;
  }
  return pair;
}

std::vector<std::int64_t> days_of(const LeftOutDays& left_out, std::chrono::year_month month) {
  std::vector<std::int64_t> days;
  for (const std::int64_t number : left_out) {
    const Day day = day_from_number(number);
    if (day.year() == month.year() && day.month() == month.month()) days.push_back(number);
  }
  return days;
}

/// Whether anybody watched, for each day of the months.
std::vector<bool> watched_days(const ReportData& data, int months) {
  const std::int64_t first =
      number_of_day((data.month - std::chrono::months(months - 1)) / std::chrono::day(1));
  const std::int64_t end =
      number_of_day((data.month + std::chrono::months(1)) / std::chrono::day(1));
  std::vector<bool> watched;
  for (std::int64_t day = first; day < end; ++day) {
    const TimeRange range = local_day(day, data.zone);
    watched.push_back(std::any_of(
        data.coverage.begin(), data.coverage.end(),
        [&range](const SensorCoverage& sensor) { return sensor.observed_days(range) > 0; }));
  }
  return watched;
}

std::size_t by_month_only(const PublishedCut& cut) {
  return cut.parts.size() - cut.daily.size();
}

PublicNotes notes_of(const ReportData& data, const Publication& publication,
                     const LeftOutDays& left_out) {
  PublicNotes notes;
  const PublishedCut& services = publication.services.months.back();
  const PublishedCut& regions = publication.regions.months.back();
  notes.services_withheld = published_limit(services.unnameable);
  notes.regions_withheld = published_limit(regions.unnameable);
  notes.services_by_month = by_month_only(services);
  notes.regions_by_month = by_month_only(regions);
  std::size_t watched = 0;
  std::size_t withheld = 0;
  for (const DayNumbers& day : data.numbers.days) {
    const bool left = left_out.contains(number_of_day(day.day));
    withheld += left ? 1 : 0;
    watched += day.observed() && !left ? 1 : 0;
  }
  for (const PublishedCut* cut : {&services, &regions})
    notes.cells_withheld += by_month_only(*cut) * watched + cut->parts.size() * withheld;
  for (const MonthNumbers& month : data.numbers.months) {
    for (const std::int64_t day : days_of(left_out, month.month))
      notes.days.push_back(day_from_number(day));
  }
  for (std::size_t month = 0; month < publication.months.size(); ++month) {
    if (!publication.months[month] && data.numbers.months[month].observed())
      notes.months.push_back(data.numbers.months[month].month);
  }
  return notes;
}

}  // namespace

Result<ReportData> gather_public(Store& store, std::chrono::year_month month, const TimeZone& zone,
                                 Convention convention, UtcTime now) {
  TEITEN_CHECK(check_delay(month, zone, now));
  TEITEN_TRY(auto data, gather_findings(store, month, zone, convention));
  // The words of the findings look further back than the numbers do.
  constexpr int kMonths = kReportMonths + kHysteresisMonths;
  TEITEN_TRY(const LeftOutDays left_out,
             left_out_days(store, month, kMonths, zone, watched_days(data, kMonths)));
  TEITEN_TRY(const auto publication,
             work_out_publication(store, month, kReportMonths, zone, left_out, kTopParts));
  TEITEN_CHECK(check_total(data, publication, days_of(left_out, month).size()));
  data.published = notes_of(data, publication, left_out);
  TEITEN_CHECK(leave_out_days(store, left_out, publication, data));
  data.coverage.clear();
  data.saturated.clear();
  for (std::size_t i = 0; i < data.numbers.months.size(); ++i)
    publish_month(data.numbers.months[i], publication.months[i]);
  for (DayNumbers& day : data.numbers.days)
    day.counts = {};
  data.services = cut_pair(data, publication.services);
  data.regions = cut_pair(data, publication.regions);
  MonthFindings told = publish_findings(data.findings, publication, data);
  data.published->findings = withheld_findings(data.findings, told);
  data.findings = std::move(told);
  return data;
}

}  // namespace teiten
