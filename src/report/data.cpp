#include "report/data.h"

#include <algorithm>
#include <array>
#include <set>

#include <fmt/format.h>

#include "analyze/busiest_sources.h"
#include "analyze/trend_words.h"

namespace teiten {
namespace {

/// The service of these kinds is the other side's (DESIGN: kind): figures by service leave them
/// out.
const std::vector<std::string> kOtherSideKinds = {"backscatter", "reflection"};

constexpr std::array kFourMeasures = {Measure::packets, Measure::accesses, Measure::sources,
                                      Measure::source_days};

Query month_query(const ReportData& data, TimeRange range) {
  Query query;
  query.from = range.from;
  query.to = range.to;
  query.zone = data.zone;
  query.measures.assign(kFourMeasures.begin(), kFourMeasures.end());
  return query;
}

FourCounts four_counts(const ResultRow& row) {
  return {row.measures[0], row.measures[1], row.measures[2], row.measures[3]};
}

Result<FourCounts> excluded_counts(Store& store, const ReportData& data, TimeRange range) {
  Query query = month_query(data, range);
  query.where = {{Dimension::kind, kOtherSideKinds, false}};
  TEITEN_TRY(const auto result, store.query(query));
  return result.rows.empty() ? FourCounts{} : four_counts(result.rows[0]);
}

Result<std::vector<KindCount>> kind_counts(Store& store, const ReportData& data) {
  Query query = month_query(data, data.now().range);
  query.by = {Dimension::kind};
  TEITEN_TRY(const auto result, store.query(query));
  std::vector<KindCount> kinds;
  for (const ResultRow& row : result.rows)
    kinds.push_back({row.keys[0], four_counts(row)});
  std::sort(kinds.begin(), kinds.end(), [](const KindCount& a, const KindCount& b) {
    if (a.counts.packets != b.counts.packets) return a.counts.packets > b.counts.packets;
    return a.kind < b.kind;
  });
  return kinds;
}

Result<std::vector<ToolCount>> tool_counts(Store& store, const ReportData& data) {
  Query query = month_query(data, data.now().range);
  query.by = {Dimension::tool};
  query.measures = {Measure::packets, Measure::accesses};
  TEITEN_TRY(const auto result, store.query(query));
  std::vector<ToolCount> tools;
  for (const ResultRow& row : result.rows) {
    const std::string& guess = row.keys[0];
    if (guess == to_string(ToolGuess())) continue;
    const std::size_t mark = guess.find('?');
    tools.push_back(
        {guess.substr(0, mark), mark == std::string::npos, row.measures[0], row.measures[1]});
  }
  std::sort(tools.begin(), tools.end(), [](const ToolCount& a, const ToolCount& b) {
    if (a.packets != b.packets) return a.packets > b.packets;
    return std::pair(a.tool, a.confirmed) < std::pair(b.tool, b.confirmed);
  });
  return tools;
}

BreakdownQuery part_query(const ReportData& data, Dimension dimension, Measure measure,
                          TimeRange range) {
  BreakdownQuery query;
  query.range = range;
  query.zone = data.zone;
  query.dimension = dimension;
  query.measure = measure;
  query.top = kTopParts;
  if (dimension == Dimension::service) query.where = {{Dimension::kind, kOtherSideKinds, true}};
  return query;
}

std::vector<UtcTime> day_starts(const ReportData& data) {
  std::vector<UtcTime> days;
  for (const DayNumbers& day : data.numbers.days)
    days.push_back(day.range.from);
  return days;
}

Result<Cut> cut_of(Store& store, const ReportData& data, const BreakdownQuery& query) {
  Cut cut;
  TEITEN_TRY(cut.shares, breakdown(store, query));
  TEITEN_TRY(cut.daily, daily_breakdown(store, query, cut.shares, day_starts(data)));
  return cut;
}

Result<CutPair> cuts_by(Store& store, const ReportData& data, const BusiestSources& busiest,
                        Dimension dimension) {
  const TimeRange month = data.now().range;
  const TimeRange half_year = data.six_months();
  const Measure volume = data.volume_measure();
  const Measure sources = data.sources_measure();
  CutPair cuts;
  TEITEN_TRY(cuts.volume, cut_of(store, data, part_query(data, dimension, volume, month)));
  TEITEN_TRY(cuts.sources, cut_of(store, data, part_query(data, dimension, sources, month)));
  TEITEN_TRY(cuts.six_months_volume,
             breakdown(store, part_query(data, dimension, volume, half_year)));
  TEITEN_TRY(cuts.six_months_sources,
             breakdown(store, part_query(data, dimension, sources, half_year)));
  TEITEN_TRY(const auto earlier,
             counts_by(store, part_query(data, dimension, volume, data.before().range)));
  const Denominator denominator = data.comparison_denominator();
  cuts.ranking = ranking(cuts.volume.shares.parts, data.now().sensor_days(denominator), earlier,
                         data.before().sensor_days(denominator), kTopParts);
  for (RankedPart& part : cuts.ranking)
    part.busiest_source = busiest.of(dimension, part.key);
  return cuts;
}

/// Where the sources of the first surges are.
Result<std::vector<Cut>> surge_regions(Store& store, const ReportData& data) {
  std::vector<Cut> cuts;
  for (const std::string& service : leading_surge_services(data.findings)) {
    BreakdownQuery query =
        part_query(data, Dimension::region, data.volume_measure(), data.now().range);
    query.where = {{Dimension::kind, kOtherSideKinds, true},
                   {Dimension::service, {service}, false}};
    TEITEN_TRY(auto cut, cut_of(store, data, query));
    cuts.push_back(std::move(cut));
  }
  return cuts;
}

std::vector<std::string> region_sources(const std::vector<StoredBatch>& batches, TimeRange range) {
  std::set<std::string> names;
  for (const StoredBatch& stored : batches) {
    const Batch& batch = stored.batch;
    const bool inside = batch.range.from < range.to && range.from < batch.range.to;
    if (inside && stored.access_rows > 0 && !batch.region_source.empty())
      names.insert(batch.region_source);
  }
  return {names.begin(), names.end()};
}

std::string month_list(const std::vector<std::chrono::year_month>& months) {
  const auto text = [](std::chrono::year_month month) {
    return fmt::format("{:04}-{:02}", static_cast<int>(month.year()),
                       static_cast<unsigned>(month.month()));
  };
  std::string list;
  for (std::size_t i = 0; i < months.size(); ++i) {
    std::size_t last = i;
    while (last + 1 < months.size() && months[last + 1] == months[last] + std::chrono::months(1))
      ++last;
    if (!list.empty()) list += ", ";
    list += text(months[i]);
    if (last > i) list += fmt::format("{}{}", last == i + 1 ? ", " : " … ", text(months[last]));
    i = last;
  }
  return list;
}

/// A month that nobody watched has a report that says so, if the months before have something to
/// show.
Result<void> check_observed(Store& store, const ReportData& data) {
  const auto& six = data.numbers.months;
  if (std::any_of(six.begin(), six.end(), [](const auto& month) { return month.observed(); }))
    return {};
  TEITEN_TRY(const auto months, months_with_data(store, data.zone));
  const std::string wanted = fmt::format("{:04}-{:02}", static_cast<int>(data.month.year()),
                                         static_cast<unsigned>(data.month.month()));
  if (months.empty()) {
    return failure(
        ErrorCode::not_found,
        fmt::format("{} holds no data at all; import a capture or a log first", store.location()));
  }
  return failure(ErrorCode::not_found,
                 fmt::format("{} has no data for {} ({}); it has {}", store.location(), wanted,
                             data.zone.name(), month_list(months)));
}

}  // namespace

Result<ReportData> gather_findings(Store& store, std::chrono::year_month month,
                                   const TimeZone& zone, Convention convention) {
  ReportData data;
  data.month = month;
  data.zone = zone;
  data.convention = convention;
  TEITEN_TRY(const auto batches, store.batches());
  data.coverage = coverage_of(batches);
  const TimeRange half_year{month_range(month - std::chrono::months(kReportMonths - 1), zone).from,
                            month_range(month, zone).to};
  // Words look further back than the tables do, and saturation (saturation.h) one month more.
  const TimeRange words = statement_range(month, zone);
  const Day first = zone.day_of(std::min(half_year.from, words.from));
  const UtcTime from =
      month_range(first.year() / first.month() - std::chrono::months(1), zone).from;
  TEITEN_CHECK(store.prepare({from, half_year.to}, zone));
  TEITEN_TRY(data.numbers, monthly_numbers(store, data.coverage, month, kReportMonths, zone));
  TEITEN_CHECK(check_observed(store, data));
  TEITEN_TRY(const auto saturated, saturated_sensors(store, words, zone));
  const std::int64_t first_day = number_of_day(month / std::chrono::day(1));
  data.saturated =
      saturated_within(saturated, first_day, first_day + std::ssize(data.numbers.days));
  data.databases = region_sources(batches, half_year);
  MonthQuestion question;
  question.volume = data.volume_kind();
  question.sources = data.sources_kind();
  TEITEN_TRY(data.findings,
             month_findings(store, data.coverage, saturated, data.numbers, zone, question));
  return data;
}

Result<ReportData> gather(Store& store, std::chrono::year_month month, const TimeZone& zone,
                          Convention convention) {
  TEITEN_TRY(auto data, gather_findings(store, month, zone, convention));
  TEITEN_TRY(data.kinds, kind_counts(store, data));
  TEITEN_TRY(data.tools, tool_counts(store, data));
  TEITEN_TRY(data.excluded, excluded_counts(store, data, data.now().range));
  TEITEN_TRY(data.six_months_excluded, excluded_counts(store, data, data.six_months()));
  TEITEN_TRY(const auto busiest,
             BusiestSources::read(store, data.now().range, data.zone, data.volume_measure()));
  TEITEN_TRY(data.services, cuts_by(store, data, busiest, Dimension::service));
  TEITEN_TRY(data.regions, cuts_by(store, data, busiest, Dimension::region));
  TEITEN_TRY(data.surge_regions, surge_regions(store, data));
  return data;
}

std::string_view to_string(Convention convention) {
  return convention == Convention::talot2 ? "talot2" : "attempts";
}

std::uint64_t FourCounts::of(Measure measure) const {
  switch (measure) {
    case Measure::packets:
      return packets;
    case Measure::accesses:
      return accesses;
    case Measure::sources:
      return sources;
    case Measure::source_days:
      return source_days;
    case Measure::sensors:
      break;
  }
  return 0;
}

Measure ReportData::volume_measure() const {
  return convention == Convention::talot2 ? Measure::packets : Measure::accesses;
}
Measure ReportData::sources_measure() const {
  return convention == Convention::talot2 ? Measure::source_days : Measure::sources;
}
CountKind ReportData::volume_kind() const {
  return convention == Convention::talot2 ? CountKind::packets : CountKind::accesses;
}
CountKind ReportData::sources_kind() const {
  return convention == Convention::talot2 ? CountKind::source_days : CountKind::daily_sources;
}

Denominator ReportData::denominator() const {
  // Calendar days would spread what was seen over days that nobody watched.
  if (convention == Convention::talot2 && !is_partial(now())) return Denominator::nominal;
  return Denominator::observed;
}

bool ReportData::is_partial(const MonthNumbers& month_numbers) const {
  return month_numbers.observed() && month_numbers.completeness() < kCompleteMonth;
}

Denominator ReportData::comparison_denominator() const {
  for (const MonthNumbers& each : numbers.months) {
    if (each.observed() && each.completeness() < kComparableMonth) return Denominator::observed;
  }
  return denominator();
}

}  // namespace teiten
