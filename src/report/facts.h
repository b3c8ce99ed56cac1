#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/data.h"

/// Small numbers that sentences of both languages need.
namespace teiten {

std::uint64_t volume_of(const ReportData& data, const MonthNumbers& month);
/// Sources as the headline counts them: source_days, or daily sources summed (attempts).
std::uint64_t sources_of(const ReportData& data, const MonthNumbers& month);

/// Whether the month tells a reader what to expect at home: half of it was observed at least.
bool tells_what_to_expect(const ReportData& data);

/// Accesses a day at the sensor with the fewest and at the one with the most, where they lie so far
/// apart that the mean tells nobody what to expect: by a factor of more than two. Sensors observed
/// for half of the month at least. Nothing in a public report.
struct SensorSpread {
  double least = 0;
  double most = 0;
};
std::optional<SensorSpread> sensor_spread(const ReportData& data);

/// Rates in the headline's denominator.
std::optional<double> volume_rate(const ReportData& data);
std::optional<double> sources_rate(const ReportData& data);
/// Accesses per source; nothing without a source.
std::optional<double> volume_per_source(const ReportData& data);

/// Rates of a month as months are compared.
std::optional<double> compared_rate(const ReportData& data, const MonthNumbers& month,
                                    CountKind kind);
/// Observed months in order of time with their compared rate of accesses.
std::vector<std::pair<const MonthNumbers*, double>> observed_months(const ReportData& data);

/// Share of `part` in `whole`, 0 of nothing.
double share_of(std::uint64_t part, std::uint64_t whole);

const CutPair& cuts(const ReportData& data, Dimension dimension);
/// Parts that a sentence names: the largest ones.
inline constexpr std::size_t kNamedParts = 3;
/// Those of the named parts of which one source alone sent more than half.
std::vector<RankedPart> one_source_parts(const ReportData& data, Dimension dimension);
/// What figures by service leave out, by a measure.
std::uint64_t excluded_of(const ReportData& data, Measure measure, bool six_months);
/// All of the period by a measure, kinds of the other side included.
std::uint64_t whole_of(const ReportData& data, Measure measure);

/// Days of the report's month, or months of the six, that follow each other.
struct DayRun {
  Day first{};
  Day last{};
};
struct MonthRun {
  std::chrono::year_month first{};
  std::chrono::year_month last{};
};
std::vector<DayRun> missing_day_runs(const ReportData& data);
/// Days of the month that are in no number of a public report.
std::vector<DayRun> withheld_day_runs(const ReportData& data);
/// Days of the report's month that its numbers are of.
std::size_t counted_days(const ReportData& data);
/// Days of earlier months that a public report leaves out.
std::size_t earlier_days_withheld(const ReportData& data);
/// Days with data of which less than kCompleteDay was observed.
std::vector<DayRun> partial_day_runs(const ReportData& data);
std::vector<MonthRun> missing_month_runs(const ReportData& data);

/// Whether a month of figure 1.1 may have an interval.
bool has_interval(const ReportData& data);

/// Packets of the month whose kind is unknown, as a share.
double unknown_kind_share(const ReportData& data);

}  // namespace teiten
