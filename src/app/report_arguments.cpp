#include "app/report_arguments.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace teiten {

void add_report_arguments(CLI::App& command, ReportArguments& arguments) {
  command.add_option("MONTH", arguments.month, "YYYY-MM")->required();
  command.add_option("--store", arguments.store, "The store")->capture_default_str();
  command.add_option("--lang", arguments.language, "ja or en")
      ->check(CLI::IsMember({"ja", "en"}))
      ->capture_default_str();
  command
      .add_option("--convention", arguments.convention,
                  "talot2 (packets, source_days) or attempts (accesses, sources)")
      ->check(CLI::IsMember({"talot2", "attempts"}))
      ->capture_default_str();
  command.add_option("--tz", arguments.zone, "Zone of days and months (default Asia/Tokyo)");
  command
      .add_option("--knowledge", arguments.knowledge,
                  "A knowledge file of your own (docs/knowledge.md); repeatable")
      ->allow_extra_args(false);
  command.add_flag("--without-scanners", arguments.without_scanners,
                   "Leave known research scanners out of every number; how much they were is said");
}

Result<ReportOptions> report_options(const ReportArguments& arguments) {
  ReportOptions options;
  const auto month = parse_month(arguments.month);
  if (!month) {
    return failure(
        ErrorCode::invalid_argument,
        fmt::format("'{}' is no month: write YYYY-MM, such as 2007-07", arguments.month));
  }
  options.month = *month;
  options.language = arguments.language == "en" ? Language::en : Language::ja;
  options.convention =
      arguments.convention == "attempts" ? Convention::attempts : Convention::talot2;
  options.knowledge_files = arguments.knowledge;
  options.without_scanners = arguments.without_scanners;
  if (!arguments.zone.empty()) {
    TEITEN_TRY(options.zone, zone_option(arguments.zone));
  }
  return options;
}

}  // namespace teiten
