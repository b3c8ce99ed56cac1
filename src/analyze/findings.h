#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "analyze/breakdown.h"
#include "analyze/coverage.h"
#include "analyze/family.h"
#include "analyze/finding.h"
#include "analyze/months.h"
#include "analyze/surge.h"
#include "analyze/surges.h"
#include "analyze/trend_words.h"
#include "base/result.h"
#include "net/time.h"
#include "store/store.h"

namespace teiten {

/// A level without the few sources that make its difference (heavy_sources.h).
struct LevelWithout {
  std::size_t sources = 0;  ///< left out
  double value = 0;         ///< rate of this month, per sensor-day
  double previous = 0;
};

/// What may be said of all accesses together, by one way of counting.
struct OverallStatement {
  CountKind kind = CountKind::packets;
  TrendStatement level;  ///< the month against the one before
  TrendStatement trend;  ///< six months
  /// Where the level's word would be another without them: then it is cannot_tell, kFewSources.
  std::optional<LevelWithout> without;
};

/// Why a part of the report stays silent. The enumerator's name is the text in JSON.
enum class CannotTellReason {
  one_sensor,        ///< whether a rise is wide, and how sure a number is
  few_days,          ///< whether anything changed inside the month
  short_history,     ///< whether a service rose: no baseline
  no_regions,        ///< where the sources are
  no_services,       ///< nothing was asked for: only answers meant for others, or nothing at all
  saturated_sensor,  ///< the level of days on which a sensor's counts stuck to a ceiling
  one_sensor_rise,   ///< whether a rise of mostly one sensor is wide
  changed_sensors,   ///< whether services rose where other sensors watch than before
  cell_limit,        ///< rises of services beyond a limit of memory
};
std::string_view to_string(CannotTellReason reason);

/// Services named by one reason.
inline constexpr std::size_t kMaxSubjects = 5;

/// One reason, with what it is about and how many there are.
struct CannotTell {
  CannotTellReason reason = CannotTellReason::one_sensor;
  std::uint64_t have = 0;  ///< sensors, days or services there are, where the reason counts them
  std::uint64_t need = 0;  ///< and how many it would take
  /// Sensor or service, or services (the first kMaxSubjects); "" for the whole month.
  std::string subject;
  /// Of one_sensor_rise: its days and the sensor, which has `have` of `need` sources by day and
  /// sensor.
  Day first{};
  Day last{};
  std::string sensor{};
};

/// Some accesses, counted in four ways.
struct AccessTotals {
  std::uint64_t packets = 0;
  std::uint64_t accesses = 0;
  std::uint64_t sources = 0;
  std::uint64_t source_days = 0;
};

/// The month with known research scanners (docs/kinds.md) and without them.
struct ScannerTotals {
  AccessTotals with;
  AccessTotals without;
  std::uint64_t organisations = 0;  ///< whose networks they came from
};

/// Everything that may be said of a month.
struct MonthFindings {
  std::chrono::year_month month{};
  TimeZone zone;
  std::vector<OverallStatement> overall;  ///< by volume, then by sources
  std::optional<ScannerTotals> scanners;  ///< nothing where none came
  bool rises_tested = false;              ///< there was enough to look for rises
  bool published = false;                 ///< holds only what a public report may say
  bool without_scanners = false;          ///< made of a store without them (WithoutScanners)
  std::vector<Surge> surges;              ///< of whole services, clearest first
  /// What the sources of each surge also asked for: one list a surge, in the same order; empty but
  /// for the first surge of a leading service.
  std::vector<std::vector<CoTargeting>> co_targetings;
  std::vector<NewService> new_services;
  std::vector<OneSourceRise> one_source;
  std::vector<Family> families;  ///< by sources, largest first
  std::vector<CannotTell> cannot_tell;
  /// Distinct sources of each service that a co-targeting or a family is about, by finding id. All
  /// sources of the service, not only those of the group, nor only those of a few services.
  std::map<std::string, std::vector<PartTotal>, std::less<>> asked;
};

/// Which counts overall statements are about.
struct MonthQuestion {
  CountKind volume = CountKind::packets;
  CountKind sources = CountKind::source_days;
};

/// Days of a month that must have been observed, at least in part, before a change inside the month
/// is spoken of: the scan of METHODS §8 wants five days on either side.
inline constexpr std::uint64_t kLeastDaysOfMonth = 10;
/// Services that rose, of which a report says most: figures, what their sources also asked for,
/// advice.
inline constexpr std::size_t kLeadingSurges = 4;

/// Level and trend of the last month of `numbers` by each way of counting. A word that the few
/// sources with much of a month bring about is taken back (heavy_sources.h); a level that cannot be
/// judged has its rates. `days` cover statement_range().
Result<std::vector<OverallStatement>> overall_statements(Store& store, const SensorDays& days,
                                                         const MonthlyNumbers& numbers,
                                                         const TimeZone& zone,
                                                         std::span<const CountKind> kinds);

/// Asks the store for everything that may be said of the last of `numbers`' months; of one that
/// nobody watched only what cannot be told. `saturated` are those of statement_range().
Result<MonthFindings> month_findings(Store& store, std::span<const SensorCoverage> coverage,
                                     std::span<const SaturatedSensor> saturated,
                                     const MonthlyNumbers& numbers, const TimeZone& zone,
                                     const MonthQuestion& question);

/// What known research scanners were of the time; nothing where none came.
Result<std::optional<ScannerTotals>> scanner_totals(Store& store, TimeRange range,
                                                    const TimeZone& zone);

/// Days of a rise that lie in the month, from the change where there is one: [first, after).
struct RiseDays {
  Day first{};
  Day after{};
};
RiseDays rise_days(const Surge& surge, std::chrono::year_month month);

/// The first kLeadingSurges different services among the surges.
std::vector<std::string> leading_surge_services(const MonthFindings& findings);

/// The same as findings, each with its numbers and the `teiten count` command that gives the rows
/// behind it. In the order of MonthFindings; co-targetings follow their surge.
std::vector<Finding> findings_of(const MonthFindings& findings);

/// Identities of findings, where a sentence or a figure has to find its own.
std::string finding_id(const Surge& surge);
std::string finding_id(const CoTargeting& targeting);
std::string finding_id(const Family& family);
std::string finding_id(const NewService& service);
std::string finding_id(const OneSourceRise& rise);
std::string finding_id(const CannotTell& said);
inline constexpr std::string_view kScannersId = "scanners";

std::string_view to_string(FindingType type);
/// "packets", "accesses", "source_days", "daily_sources".
std::string_view to_string(CountKind kind);

/// "JP+CN": regions of an id.
std::string joined_regions(std::span<const Region> regions);

}  // namespace teiten
