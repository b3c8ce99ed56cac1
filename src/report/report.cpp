#include "report/report.h"

#include "report/compose.h"
#include "report/publish.h"
#include "report/said.h"

namespace teiten {
namespace {

Result<TimeZone> zone_of(const ReportOptions& options) {
  if (options.zone) return *options.zone;
  return TimeZone::find("Asia/Tokyo");
}

Result<void> check_month(const ReportOptions& options) {
  if (options.month.ok()) return {};
  return failure(ErrorCode::invalid_argument, "a report is of one month, such as 2007-07");
}

}  // namespace

Result<ReportModel> build_report(Store& store, const ReportOptions& options) {
  TEITEN_CHECK(check_month(options));
  TEITEN_TRY(const auto zone, zone_of(options));
  TEITEN_TRY(const auto knowledge, KnowledgeBase::load(options.knowledge_files));
  if (options.published_at) {
    TEITEN_TRY(auto data, gather_public(store, options.month, zone, options.convention,
                                        *options.published_at));
    return compose(std::move(data), knowledge, options.language);
  }
  TEITEN_TRY(auto data, gather(store, options.month, zone, options.convention));
  return compose(std::move(data), knowledge, options.language);
}

Result<std::vector<SaidFinding>> build_findings(Store& store, const ReportOptions& options) {
  TEITEN_CHECK(check_month(options));
  TEITEN_TRY(const auto zone, zone_of(options));
  TEITEN_TRY(const auto knowledge, KnowledgeBase::load(options.knowledge_files));
  TEITEN_TRY(const auto data, gather_findings(store, options.month, zone, options.convention));
  return say_findings(data.findings, knowledge, options.language);
}

}  // namespace teiten
