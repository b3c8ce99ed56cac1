#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/command.h"
#include "report/report.h"

namespace teiten {
namespace {

struct Options {
  std::string store = default_store();
  std::string month;
  std::string language = "ja";
  std::string format = "text";
  std::string convention = "talot2";
  std::string zone;
  std::vector<std::string> knowledge;
};

/// "baseline 105.2 sources/day".
std::string number_text(const EvidenceNumber& number) {
  return fmt::format("{} {}{}{}", number.name, number.value, number.unit.empty() ? "" : " ",
                     number.unit);
}

void print_text(const std::vector<SaidFinding>& findings) {
  bool first = true;
  for (const SaidFinding& said : findings) {
    const Finding& finding = said.finding;
    fmt::print("{}{}\n", first ? "" : "\n", printable(said.text()));
    first = false;
    fmt::print("  {} · {} v{}\n", printable(finding.id), finding.rule, finding.rule_version);
    std::string numbers;
    for (const EvidenceNumber& number : said.evidence) {
      if (!number.main) continue;
      numbers += (numbers.empty() ? "" : " · ") + number_text(number);
    }
    if (!numbers.empty()) fmt::print("  {}\n", numbers);
    fmt::print("  $ {}\n", finding.query);
  }
}

Result<void> findings(const Options& options) {
  ReportOptions request;
  const auto month = parse_month(options.month);
  if (!month) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("'{}' is no month: write YYYY-MM, such as 2007-07", options.month));
  }
  request.month = *month;
  request.language = options.language == "en" ? Language::en : Language::ja;
  request.convention = options.convention == "attempts" ? Convention::attempts : Convention::talot2;
  request.knowledge_files = options.knowledge;
  if (!options.zone.empty()) {
    TEITEN_TRY(request.zone, zone_option(options.zone));
  }
  TEITEN_TRY(auto store, Store::open(options.store, StoreMode::read));
  warn_of_unfinished_import(*store);
  TEITEN_TRY(const auto said, build_findings(*store, request));
  if (options.format == "json") {
    for (const SaidFinding& each : said)
      fmt::print("{}\n", to_json(each));
    return {};
  }
  print_text(said);
  return {};
}

}  // namespace

void add_findings(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("findings", "Say what a month's accesses show, with the evidence");
  command->add_option("MONTH", options->month, "YYYY-MM")->required();
  command->add_option("--store", options->store, "The store")->capture_default_str();
  command->add_option("--lang", options->language, "ja or en")
      ->check(CLI::IsMember({"ja", "en"}))
      ->capture_default_str();
  command->add_option("--format", options->format, "text, or json (one object a line)")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command
      ->add_option("--convention", options->convention,
                   "Of overall statements: talot2 (packets, source_days) or attempts (accesses, "
                   "sources)")
      ->check(CLI::IsMember({"talot2", "attempts"}))
      ->capture_default_str();
  command->add_option("--tz", options->zone, "Zone of days and months (default Asia/Tokyo)");
  command->add_option("--knowledge", options->knowledge,
                      "A knowledge file of your own (docs/knowledge.md); repeatable");
  command->footer(
      "Each finding: its sentence, its id and rule, its numbers, and the command that gives the "
      "rows behind it.\n"
      "Examples:\n"
      "  teiten findings 2007-07 --lang en\n"
      "  teiten findings 2007-07 --format json | jq 'select(.type == \"surge\") | .facts'");
  command->callback([options, &status] {
    const auto done = findings(*options);
    status = done.ok() ? kDone : fail(done.error());
  });
}

}  // namespace teiten
