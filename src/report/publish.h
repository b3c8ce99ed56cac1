#pragma once

#include <chrono>
#include <string_view>

#include "analyze/finding.h"
#include "analyze/publication.h"
#include "base/result.h"
#include "report/data.h"

/// The numbers of a public report (docs/public-report.md); used inside src/report only. Everything
/// that such a report prints is composed from these numbers and no others.
namespace teiten {

/// A month may be published so long after its end: what an attacker sends shows up too late to
/// steer by.
inline constexpr std::chrono::days kPublicationDelay{7};

/// As gather(), with what may not be published left out and every count rounded. invalid_argument
/// where the month ended less than kPublicationDelay before `now`, or where its total may not be
/// published.
Result<ReportData> gather_public(Store& store, std::chrono::year_month month, const TimeZone& zone,
                                 Convention convention, UtcTime now);

/// The findings that may be published, their numbers rounded.
MonthFindings publish_findings(const MonthFindings& findings, const Publication& publication,
                               const ReportData& published);

/// Leaves of a finding made from those what may be published: no command, no number or fact that is
/// not named here for its type.
void withhold(Finding& finding);

}  // namespace teiten
