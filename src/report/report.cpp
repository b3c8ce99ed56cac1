#include "report/report.h"

#include "report/compose.h"
#include "report/publish.h"
#include "report/said.h"
#include "store/without_scanners.h"

namespace teiten {
namespace {

Result<void> check_month(const ReportOptions& options) {
  if (options.month.ok()) return {};
  return failure(ErrorCode::invalid_argument, "a report is of one month, such as 2007-07");
}

using Gather = Result<ReportData>(Store&, std::chrono::year_month, const TimeZone&, Convention);

/// Gathers from the whole store, or from one without known scanners: of these only their totals
/// are then asked, so that both numbers can be told.
Result<ReportData> gather_asked(Gather& gather, Store& store, const ReportOptions& options,
                                const TimeZone& zone) {
  if (!options.without_scanners) return gather(store, options.month, zone, options.convention);
  WithoutScanners without(store);
  TEITEN_TRY(auto data, gather(without, options.month, zone, options.convention));
  data.findings.without_scanners = true;
  TEITEN_TRY(data.findings.scanners, scanner_totals(store, data.now().range, zone));
  return data;
}

}  // namespace

Result<TimeZone> zone_of(const ReportOptions& options) {
  if (options.zone) return *options.zone;
  return TimeZone::find("Asia/Tokyo");
}

Result<ReportModel> build_report(Store& store, const ReportOptions& options) {
  TEITEN_CHECK(check_month(options));
  TEITEN_TRY(const auto zone, zone_of(options));
  TEITEN_TRY(const auto knowledge, KnowledgeBase::load(options.knowledge_files));
  if (options.published_at && options.without_scanners) {
    return failure(ErrorCode::invalid_argument,
                   "a public report cannot be one without known scanners as well: what stands in "
                   "one but not in the other could be subtracted");
  }
  if (options.published_at) {
    TEITEN_TRY(auto data, gather_public(store, options.month, zone, options.convention,
                                        *options.published_at));
    return compose(std::move(data), knowledge, options.language);
  }
  TEITEN_TRY(auto data, gather_asked(gather, store, options, zone));
  return compose(std::move(data), knowledge, options.language);
}

Result<std::vector<SaidFinding>> build_findings(Store& store, const ReportOptions& options) {
  TEITEN_CHECK(check_month(options));
  TEITEN_TRY(const auto zone, zone_of(options));
  TEITEN_TRY(const auto knowledge, KnowledgeBase::load(options.knowledge_files));
  TEITEN_TRY(const auto data, gather_asked(gather_findings, store, options, zone));
  return say_findings(data.findings, knowledge, options.language);
}

}  // namespace teiten
