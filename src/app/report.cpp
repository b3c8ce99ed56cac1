#include "report/report.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/command.h"
#include "app/print_pdf.h"

namespace teiten {
namespace {

struct Options {
  std::string store = default_store();
  std::string month;
  std::string language = "ja";
  std::string directory = "report";
  std::string convention = "talot2";
  std::string zone;
  std::vector<std::string> knowledge;
  bool pdf = false;
};

Result<void> report(const Options& options) {
  ReportOptions request;
  const auto month = parse_month(options.month);
  if (!month) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("'{}' is no month: write YYYY-MM, such as 2007-07", options.month));
  }
  if (options.directory.empty()) {
    return failure(ErrorCode::invalid_argument, "--out: name a folder (. is this one)");
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
  TEITEN_TRY(const auto model, build_report(*store, request));
  TEITEN_CHECK(write_report(model, options.directory));
  const std::string base = options.directory + "/report";
  if (options.pdf) TEITEN_CHECK(print_pdf(base + ".html", base + ".pdf"));
  fmt::print("{}.html\n", base);
  if (options.pdf) fmt::print("{}.pdf\n", base);
  return {};
}

}  // namespace

void add_report(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("report", "Write the observation report of a month");
  command->add_option("MONTH", options->month, "YYYY-MM")->required();
  command->add_option("--store", options->store, "The store")->capture_default_str();
  command->add_option("--lang", options->language, "ja or en")
      ->check(CLI::IsMember({"ja", "en"}))
      ->capture_default_str();
  command
      ->add_option("--out", options->directory,
                   "Directory for report.html, report.md, report.json and figures/*.csv")
      ->capture_default_str();
  command
      ->add_option("--convention", options->convention,
                   "talot2 (packets, source_days) or attempts (accesses, sources)")
      ->check(CLI::IsMember({"talot2", "attempts"}))
      ->capture_default_str();
  command->add_option("--tz", options->zone, "Zone of days and months (default Asia/Tokyo)");
  command->add_option("--knowledge", options->knowledge,
                      "A knowledge file of your own (docs/knowledge.md); repeatable");
  command->add_flag("--pdf", options->pdf, "report.pdf as well, by Chromium");
  command->footer("Example:\n  teiten report 2007-07 --lang en --out july");
  command->callback([options, &status] {
    const auto done = report(*options);
    status = done.ok() ? kDone : fail(done.error());
  });
}

}  // namespace teiten
