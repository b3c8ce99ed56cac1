#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "net/time.h"
#include "report/model.h"
#include "store/store.h"

namespace teiten {

/// What `teiten report` is asked for.
struct ReportOptions {
  std::chrono::year_month month{};
  Language language = Language::ja;
  Convention convention = Convention::talot2;
  /// Of days and months. None: Asia/Tokyo in both languages, so that both print the same numbers.
  std::optional<TimeZone> zone;
  /// Knowledge files of the user's own (docs/knowledge.md).
  std::vector<std::string> knowledge_files;
  /// Leaves known research scanners out of every number but those that compare both.
  bool without_scanners = false;
  /// A report that may be published (docs/public-report.md), made at the instant `now`.
  std::optional<UtcTime> published_at;
};

/// The zone of its days and months: the one given, or Asia/Tokyo (not_found where the machine does
/// not know it).
Result<TimeZone> zone_of(const ReportOptions& options);

/// The report of one month: asks the store for the six months up to it and composes every number,
/// table, figure and sentence. Deterministic: the same store and options give the same model.
/// not_found where nobody watched in the month; the message names the months the store has.
/// invalid_argument where a public report is asked for and the month may not be published, or not
/// yet, or without scanners: two public reports of one month could be subtracted.
Result<ReportModel> build_report(Store& store, const ReportOptions& options);

/// The findings of one month with their sentences, without tables and figures. Errors as above.
Result<std::vector<SaidFinding>> build_findings(Store& store, const ReportOptions& options);

/// One finding as it stands in report.json, on one line without its end.
std::string to_json(const SaidFinding& said);

/// report.json (docs/report.schema.json): UTF-8, indented, ends with a newline.
std::string to_json(const ReportModel& model);

/// The report as CommonMark with pipe tables; each figure is a table of its numbers.
std::string to_markdown(const ReportModel& model);

/// One CSV a figure: file name ("figure-1.1.csv") and content. RFC 4180 (CRLF, quoted where
/// needed), UTF-8; missing values are empty. A first cell that a spreadsheet would take for a
/// formula gets an apostrophe in front.
std::vector<std::pair<std::string, std::string>> figures_csv(const ReportModel& model);

/// Writes report.json, report.html, report.md and figures/*.csv into `directory`, which is made if
/// missing. Each file appears whole or not at all (written beside its place, then renamed). Other
/// files there stay, except figures/figure-*.csv of figures that this report does not have.
Result<void> write_report(const ReportModel& model, const std::string& directory);

}  // namespace teiten
