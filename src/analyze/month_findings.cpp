#include <algorithm>
#include <array>
#include <set>

#include "analyze/asking.h"
#include "analyze/co_targeting.h"
#include "analyze/families.h"
#include "analyze/findings.h"
#include "analyze/heavy_sources.h"
#include "analyze/surge_watch.h"
#include "store/coded_query.h"

namespace teiten {
namespace {

/// Keys of `dimension` that the month has, in the services' traffic or in all.
Result<std::vector<std::string>> keys_of(Store& store, TimeRange range, const TimeZone& zone,
                                         Dimension dimension, std::vector<Filter> where) {
  Query query;
  query.from = range.from;
  query.to = range.to;
  query.zone = zone;
  query.by = {dimension};
  query.where = std::move(where);
  query.measures = {Measure::packets};
  TEITEN_TRY(const auto result, store.query(query));
  std::vector<std::string> keys;
  for (const ResultRow& row : result.rows)
    keys.push_back(row.keys[0]);
  return keys;
}

/// What find_surges() says it could not look at.
void add_not_tested(const SurgeFindings& rises, std::vector<CannotTell>& reasons) {
  CannotTell changed{CannotTellReason::changed_sensors, 0, 0, ""};
  for (const NotTestedNote& note : rises.not_tested) {
    const auto number = static_cast<std::uint64_t>(note.number);
    switch (note.reason) {
      case NotTested::one_sensor:
        reasons.push_back({CannotTellReason::one_sensor, number, 2, ""});
        break;
      case NotTested::short_baseline:
        reasons.push_back({CannotTellReason::short_history, number, kLeastBaselineDays, ""});
        break;
      case NotTested::saturated_sensor:
        reasons.push_back({CannotTellReason::saturated_sensor, number, 0, note.subject});
        break;
      case NotTested::one_sensor_rise:
        reasons.push_back({CannotTellReason::one_sensor_rise, note.part, note.whole, note.subject,
                           note.first, note.last, note.sensor});
        break;
      case NotTested::changed_sensors:
        if (++changed.have <= kMaxSubjects)
          changed.subject += (changed.subject.empty() ? "" : ",") + note.subject;
        break;
      case NotTested::cell_limit:
        reasons.push_back({CannotTellReason::cell_limit, number, 0, ""});
        break;
      case NotTested::no_data:
      case NotTested::few_observed_days:  // counted here by days observed at all
        break;
    }
  }
  if (changed.have > 0) reasons.push_back(std::move(changed));
}

Result<std::vector<CannotTell>> what_cannot_be_told(Store& store, const MonthNumbers& month,
                                                    std::span<const DayNumbers> all_days,
                                                    const SurgeFindings& rises,
                                                    const TimeZone& zone) {
  std::vector<CannotTell> reasons;
  TEITEN_TRY(const auto kinds, keys_of(store, month.range, zone, Dimension::kind,
                                       {{Dimension::kind, {"backscatter", "reflection"}, true}}));
  if (kinds.empty() && month.observed())
    reasons.push_back({CannotTellReason::no_services, 0, 0, ""});
  TEITEN_TRY(const auto regions, keys_of(store, month.range, zone, Dimension::region, {}));
  if (regions == std::vector<std::string>{"ZZ"})
    reasons.push_back({CannotTellReason::no_regions, 0, 0, ""});
  const auto days = static_cast<std::uint64_t>(std::count_if(
      all_days.begin(), all_days.end(), [](const DayNumbers& day) { return day.observed(); }));
  if (days < kLeastDaysOfMonth)
    reasons.push_back({CannotTellReason::few_days, days, kLeastDaysOfMonth, ""});
  add_not_tested(rises, reasons);
  return reasons;
}

TimeRange range_of(const RiseDays& days, const TimeZone& zone) {
  return {zone.start_of(days.first), zone.start_of(days.after)};
}

/// What the sources of the leading services that rose also asked for; each service once.
Result<std::vector<std::vector<CoTargeting>>> co_targetings(Store& store,
                                                            const MonthFindings& findings) {
  std::vector<std::vector<CoTargeting>> all(findings.surges.size());
  const std::vector<std::string> leading = leading_surge_services(findings);
  std::set<std::string> done;
  for (std::size_t i = 0; i < findings.surges.size(); ++i) {
    const Surge& surge = findings.surges[i];
    if (std::find(leading.begin(), leading.end(), surge.service) == leading.end()) continue;
    const auto service = Service::parse(surge.service);
    if (!service || !done.insert(surge.service).second) continue;
    TEITEN_TRY(all[i],
               co_targeting(store, range_of(rise_days(surge, findings.month), findings.zone),
                            findings.zone, *service, findings.families));
  }
  return all;
}

std::vector<std::string> texts(const auto& items) {
  std::vector<std::string> list;
  for (const auto& item : items)
    list.push_back(item.to_string());
  return list;
}

/// Sources of each of `services` in `range`, from `regions` if there are any.
Result<std::vector<PartTotal>> asked_for(Store& store, TimeRange range, const TimeZone& zone,
                                         std::vector<Service> services,
                                         const std::vector<Region>& regions) {
  std::sort(services.begin(), services.end());
  BreakdownQuery query;
  query.range = range;
  query.zone = zone;
  query.dimension = Dimension::service;
  query.measure = Measure::sources;
  query.where = asking_filters();
  query.where.push_back({Dimension::service, texts(services), false});
  if (!regions.empty()) query.where.push_back({Dimension::region, texts(regions), false});
  return counts_by(store, query);
}

Result<void> count_asked(Store& store, TimeRange month, MonthFindings& findings) {
  for (std::size_t i = 0; i < findings.surges.size(); ++i) {
    const TimeRange range = range_of(rise_days(findings.surges[i], findings.month), findings.zone);
    for (const CoTargeting& targeting : findings.co_targetings[i]) {
      std::vector<Service> services = targeting.with;
      services.push_back(targeting.service);
      TEITEN_TRY(findings.asked[finding_id(targeting)],
                 asked_for(store, range, findings.zone, std::move(services), targeting.regions));
    }
  }
  for (const Family& family : findings.families) {
    TEITEN_TRY(findings.asked[finding_id(family)],
               asked_for(store, month, findings.zone, family.services, {}));
  }
  return {};
}

Result<AccessTotals> totals_of(Store& store, TimeRange range, const TimeZone& zone,
                               std::vector<Filter> where) {
  Query query;
  query.from = range.from;
  query.to = range.to;
  query.zone = zone;
  query.where = std::move(where);
  query.measures = {Measure::packets, Measure::accesses, Measure::sources, Measure::source_days};
  TEITEN_TRY(const auto answer, store.query(query));
  if (answer.rows.empty()) return AccessTotals{};
  const std::vector<std::uint64_t>& count = answer.rows[0].measures;
  return AccessTotals{count[0], count[1], count[2], count[3]};
}

/// Takes back words that would be others without the few sources that made much of a month.
Result<void> guard_words(Store& store, const SensorDays& days, const TimeZone& zone,
                         std::chrono::year_month month, std::vector<OverallStatement>& statements) {
  const bool any =
      std::any_of(statements.begin(), statements.end(), [](const OverallStatement& statement) {
        return statement.level.word != TrendWord::cannot_tell ||
               statement.trend.word != TrendWord::cannot_tell;
      });
  if (!any) return {};
  TEITEN_TRY(const HeavySources heavy, heavy_sources(store, days, zone));
  if (heavy.sources.empty()) return {};
  const auto take_back = [](const TrendStatement& without, TrendStatement& said) {
    if (said.word == TrendWord::cannot_tell || said.word == without.word) return false;
    said.word = TrendWord::cannot_tell;
    said.reason = kFewSources;
    return true;
  };
  for (OverallStatement& statement : statements) {
    const TrendStatements without = statements_of(heavy.days, month, statement.kind);
    if (take_back(without.level, statement.level)) {
      statement.without = LevelWithout{heavy.count(statement.kind, month), without.level.value,
                                       without.level.previous};
    }
    take_back(without.trend, statement.trend);
  }
  return {};
}

/// A level that could not be judged still has its rates, over the time observed.
void fill_level(const MonthlyNumbers& numbers, OverallStatement& statement) {
  TrendStatement& level = statement.level;
  if (level.word != TrendWord::cannot_tell || level.value > 0) return;
  const MonthNumbers& now = numbers.months.back();
  const MonthNumbers& before = numbers.months[numbers.months.size() - 2];
  level.value = now.rate(statement.kind, Denominator::observed).value_or(0);
  if (!before.observed()) {
    level.reason = "no_previous_month";
    return;
  }
  level.previous = before.rate(statement.kind, Denominator::observed).value_or(0);
  if (level.previous > 0) level.ratio = level.value / level.previous;
}

}  // namespace

Result<std::vector<OverallStatement>> overall_statements(Store& store, const SensorDays& days,
                                                         const MonthlyNumbers& numbers,
                                                         const TimeZone& zone,
                                                         std::span<const CountKind> kinds) {
  const std::chrono::year_month month = numbers.months.back().month;
  std::vector<OverallStatement> statements;
  for (const CountKind kind : kinds) {
    const TrendStatements said = statements_of(days, month, kind);
    statements.push_back({kind, said.level, said.trend, {}});
    fill_level(numbers, statements.back());
  }
  TEITEN_CHECK(guard_words(store, days, zone, month, statements));
  return statements;
}

Result<std::optional<ScannerTotals>> scanner_totals(Store& store, TimeRange range,
                                                    const TimeZone& zone) {
  const std::string nobody = kNoScannerName;
  TEITEN_TRY(const auto names, keys_of(store, range, zone, Dimension::scanner,
                                       {{Dimension::scanner, {nobody}, true}}));
  if (names.empty()) return std::optional<ScannerTotals>();
  ScannerTotals totals;
  totals.organisations = names.size();
  TEITEN_TRY(totals.with, totals_of(store, range, zone, {}));
  TEITEN_TRY(totals.without,
             totals_of(store, range, zone, {{Dimension::scanner, {nobody}, false}}));
  return std::optional(totals);
}

Result<MonthFindings> month_findings(Store& store, std::span<const SensorCoverage> coverage,
                                     std::span<const SaturatedSensor> saturated,
                                     const MonthlyNumbers& numbers, const TimeZone& zone,
                                     const MonthQuestion& question) {
  const MonthNumbers& month = numbers.months.back();
  const MonthNumbers& before = numbers.months[numbers.months.size() - 2];
  MonthFindings findings;
  findings.month = month.month;
  findings.zone = zone;
  // The eight months of the words hold the hundred days before the month as well.
  const TimeRange range = statement_range(month.month, zone);
  SurgeOptions surge_options;
  TEITEN_TRY(surge_options.days.changes, sensor_changes(store, coverage, range, zone));
  const std::vector<SensorChange>& changes = surge_options.days.changes;
  surge_options.days.saturated.emplace(saturated.begin(), saturated.end());
  TEITEN_TRY(const auto days, read_sensor_days(store, coverage, changes, saturated, range, zone));
  const std::array kinds = {question.volume, question.sources};
  TEITEN_TRY(findings.overall, overall_statements(store, days, numbers, zone, kinds));
  TEITEN_TRY(findings.scanners, scanner_totals(store, month.range, zone));
  TEITEN_TRY(auto rises, find_surges(store, coverage, month.month, zone, surge_options));
  const std::optional<TimeRange> range_before =
      before.observed() ? std::optional(before.range) : std::nullopt;
  TEITEN_TRY(auto families, find_families(store, month.range, range_before, zone));
  findings.families = std::move(families.families);
  TEITEN_TRY(findings.cannot_tell, what_cannot_be_told(store, month, numbers.days, rises, zone));
  findings.rises_tested = rises.tested;
  findings.surges = std::move(rises.surges);
  findings.new_services = std::move(rises.new_services);
  findings.one_source = std::move(rises.one_source);
  TEITEN_TRY(findings.co_targetings, co_targetings(store, findings));
  TEITEN_CHECK(count_asked(store, month.range, findings));
  return findings;
}

RiseDays rise_days(const Surge& surge, std::chrono::year_month month) {
  const Day first = surge.change ? surge.change->day : surge.first;
  return {std::max(first, Day{month / 1}),
          Day{std::chrono::sys_days{surge.last} + std::chrono::days(1)}};
}

std::vector<std::string> leading_surge_services(const MonthFindings& findings) {
  std::vector<std::string> services;
  for (const Surge& surge : findings.surges) {
    if (services.size() == kLeadingSurges) break;
    if (std::find(services.begin(), services.end(), surge.service) == services.end())
      services.push_back(surge.service);
  }
  return services;
}

}  // namespace teiten
