#include "app/report_arguments.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "analyze/trend_words.h"

namespace teiten {
namespace {

std::string text_of(std::chrono::year_month month) {
  return format_day(month / 1).substr(0, 7);
}

}  // namespace

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

Result<void> check_accesses_are_kept(Store& store, const ReportOptions& options) {
  TEITEN_TRY(const std::optional<Retention> kept, store.retention());
  TEITEN_TRY(const TimeZone zone, zone_of(options));
  const auto needs = [&](std::chrono::year_month month) {
    return statement_range(month, zone).from;
  };
  if (!kept || !kept->has_days() || needs(options.month) >= kept->kept_from ||
      statement_range(options.month, zone).to <= kept->from) {
    return {};
  }
  std::chrono::year_month first = options.month;
  while (needs(first) < kept->kept_from)
    first += std::chrono::months(1);
  return failure(
      ErrorCode::unsupported,
      fmt::format(
          "{} rests on accesses from {} on, and {} keeps them from {} on, only daily counts "
          "before: the first month with a report is {} (teiten count --bucket day "
          "still tells of earlier ones)",
          text_of(options.month), format_day(zone.day_of(needs(options.month))), store.location(),
          format_day(kept->zone.day_of(kept->kept_from)), text_of(first)));
}

}  // namespace teiten
