#pragma once

#include <string>
#include <vector>

#include "app/command.h"
#include "report/report.h"

namespace teiten {

/// What every command that speaks of a month takes.
struct ReportArguments {
  std::string store = default_store();
  std::string month;
  std::string language = "ja";
  std::string convention = "talot2";
  std::string zone;
  std::vector<std::string> knowledge;
  bool without_scanners = false;
};

/// Adds MONTH, --store, --lang, --convention, --tz, --knowledge and --without-scanners; `arguments`
/// must outlive the parsing.
void add_report_arguments(CLI::App& command, ReportArguments& arguments);

/// What they ask for; invalid_argument for a month or a zone that is none.
Result<ReportOptions> report_options(const ReportArguments& arguments);

/// unsupported where the store has only daily counts of days that a report of the month rests on;
/// names the first month that one can be written of.
Result<void> check_accesses_are_kept(Store& store, const ReportOptions& options);

}  // namespace teiten
