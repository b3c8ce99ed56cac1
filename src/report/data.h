#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "analyze/breakdown.h"
#include "analyze/findings.h"
#include "analyze/months.h"
#include "analyze/ranking.h"
#include "base/result.h"
#include "store/store.h"

namespace teiten {

/// How accesses and sources are counted.
enum class Convention {
  talot2,    ///< every packet is an access; sources are source_days (延べ発信元数)
  attempts,  ///< contact attempts; distinct sources
};
std::string_view to_string(Convention convention);

/// Months shown up to and with the report's own.
inline constexpr int kReportMonths = 6;
/// Services or regions shown by name in one figure; the rest is "other" (TALOT2 showed ten).
inline constexpr std::size_t kTopParts = 10;
/// A month observed for less than this share of its sensor-days is called partial, and its headline
/// divides by observed days (METHODS §9 takes days from 0.9 on).
inline constexpr double kCompleteMonth = 0.9;
/// Months of which one was observed for less than this are compared by observed days: a tenth less
/// time must not look like a tenth fewer accesses.
inline constexpr double kComparableMonth = 0.98;
/// The same of a day; figures by day name such days.
inline constexpr double kCompleteDay = 0.9;

/// The four measures of some accesses.
struct FourCounts {
  std::uint64_t packets = 0;
  std::uint64_t accesses = 0;
  std::uint64_t sources = 0;
  std::uint64_t source_days = 0;
  std::uint64_t of(Measure measure) const;
};

/// Shares of the month and the days they are made of.
struct Cut {
  Breakdown shares;
  DailyBreakdown daily;
};

/// One cut by volume and one by sources, over the month and over the six months.
struct CutPair {
  Cut volume;
  Cut sources;
  Breakdown six_months_volume;
  Breakdown six_months_sources;
  std::vector<RankedPart> ranking;  ///< by volume, against the month before
};

struct KindCount {
  std::string kind;
  FourCounts counts;
};

/// Accesses by a tool that leaves a mark (docs/kinds.md).
struct ToolCount {
  std::string tool;        ///< Tool's name: "masscan"
  bool confirmed = false;  ///< else possible
  std::uint64_t packets = 0;
  std::uint64_t accesses = 0;
};

/// Findings that a public report leaves out, by their type.
struct WithheldFindings {
  std::uint64_t surges = 0;
  std::uint64_t new_services = 0;
  std::uint64_t one_source = 0;
  std::uint64_t co_targetings = 0;
  std::uint64_t families = 0;
  std::uint64_t cannot_tell = 0;
  friend bool operator==(const WithheldFindings&, const WithheldFindings&) = default;
};

/// What a public report holds back, as far as it may be said; numbers rounded.
struct PublicNotes {
  std::uint64_t services_withheld = 0;  ///< of the month, at most
  std::uint64_t regions_withheld = 0;
  std::size_t services_by_month = 0;  ///< named for the month, but not by day
  std::size_t regions_by_month = 0;
  std::size_t cells_withheld = 0;               ///< named part × day without a count
  std::vector<Day> days;                        ///< of the six months, in none of their numbers
  std::vector<std::chrono::year_month> months;  ///< shown as months without data
  WithheldFindings findings;                    ///< at most so many
};

/// Every number of a report, without a word of any language.
struct ReportData {
  std::chrono::year_month month{};
  TimeZone zone;
  Convention convention = Convention::talot2;

  std::vector<SensorCoverage> coverage;
  std::vector<SaturatedSensor> saturated;  ///< their days within the month
  MonthlyNumbers numbers;
  std::vector<KindCount> kinds;    ///< of the month, largest first
  std::vector<ToolCount> tools;    ///< of the month, largest first; none in a public report
  FourCounts excluded;             ///< backscatter and reflection of the month
  FourCounts six_months_excluded;  ///< the same of the six months
  CutPair services;                ///< without backscatter and reflection
  CutPair regions;                 ///< everything
  MonthFindings findings;
  /// Source regions of the leading services that rose (figures 2.1.1 … 2.1.4).
  std::vector<Cut> surge_regions;
  std::vector<std::string> databases;  ///< Batch::region_source of batches in the six months
  /// Of a public report: then everything above is made for publication (publish.h).
  std::optional<PublicNotes> published;

  const MonthNumbers& now() const { return numbers.months.back(); }
  const MonthNumbers& before() const { return numbers.months[numbers.months.size() - 2]; }
  TimeRange six_months() const {
    return {numbers.months.front().range.from, numbers.months.back().range.to};
  }

  /// What the convention counts as accesses and as sources, in a query and per sensor and day.
  Measure volume_measure() const;
  Measure sources_measure() const;
  CountKind volume_kind() const;
  CountKind sources_kind() const;

  /// Of the headline: nominal for talot2 unless the month is partial, else observed.
  Denominator denominator() const;
  /// Of everything that compares months: observed as soon as a month of the six is partial, else
  /// that of the headline. One figure never mixes two.
  Denominator comparison_denominator() const;
  bool is_partial(const MonthNumbers& numbers) const;
  bool is_public() const { return published.has_value(); }
};

/// Asks the store. not_found where nobody watched in the month.
Result<ReportData> gather(Store& store, std::chrono::year_month month, const TimeZone& zone,
                          Convention convention);
/// The same without tables and figures: coverage, the months' numbers and the findings.
Result<ReportData> gather_findings(Store& store, std::chrono::year_month month,
                                   const TimeZone& zone, Convention convention);

}  // namespace teiten
