#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/command.h"
#include "app/report_arguments.h"
#include "report/report.h"

namespace teiten {
namespace {

struct Options : ReportArguments {
  std::string format = "text";
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
  TEITEN_TRY(const auto request, report_options(options));
  TEITEN_TRY(auto store, Store::open(options.store, StoreMode::read));
  TEITEN_CHECK(check_accesses_are_kept(*store, request));
  warn_of_unfinished_import(*store);
  TEITEN_TRY(const auto said, build_findings(*store, request));
  store.reset();  // given back before anything is printed: a pager may keep us waiting
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
  add_report_arguments(*command, *options);
  command->add_option("--format", options->format, "text, or json (one object a line)")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
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
