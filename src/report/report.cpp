#include "report/report.h"

#include "report/compose.h"

namespace teiten {

Result<ReportModel> build_report(Store& store, const ReportOptions& options) {
  TimeZone zone;
  if (options.zone) {
    zone = *options.zone;
  } else {
    TEITEN_TRY(zone, TimeZone::find("Asia/Tokyo"));
  }
  if (!options.month.ok())
    return failure(ErrorCode::invalid_argument, "a report is of one month, such as 2007-07");
  TEITEN_TRY(auto data, gather(store, options.month, zone, options.convention));
  return compose(std::move(data), options.language);
}

}  // namespace teiten
