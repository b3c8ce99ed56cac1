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

/// Takes the days left out out of the months up to the report's: counts, sources and exposure, and
/// the words of its findings over all accesses. They become days that nobody watched.
Result<void> leave_out_days(Store& store, const LeftOutDays& left_out,
                            const Publication& publication, ReportData& data);

/// The findings that may be published, their numbers rounded.
MonthFindings publish_findings(const MonthFindings& findings, const Publication& publication,
                               const ReportData& published);

/// At most so many, as published_limit() gives them: the exact number would tell of one that there
/// is one. What is said once instead of twice is not left out.
WithheldFindings withheld_findings(const MonthFindings& findings, const MonthFindings& published);

/// Leaves of a finding made from those what may be published: no command, no number or fact that is
/// not named here for its type.
void withhold(Finding& finding);

}  // namespace teiten
