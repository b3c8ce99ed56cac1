#include "report/report.h"

#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/command.h"
#include "app/print_pdf.h"
#include "app/report_arguments.h"

namespace teiten {
namespace {

struct Options : ReportArguments {
  std::string directory = "report";
  bool pdf = false;
  bool published = false;
};

Result<void> report(const Options& options) {
  TEITEN_TRY(auto request, report_options(options));
  if (options.directory.empty()) {
    return failure(ErrorCode::invalid_argument, "--out: name a folder (. is this one)");
  }
  if (options.published) request.published_at = std::chrono::system_clock::now();
  TEITEN_TRY(auto store, Store::open(options.store, StoreMode::read));
  TEITEN_CHECK(check_accesses_are_kept(*store, request));
  warn_of_unfinished_import(*store);
  TEITEN_TRY(const auto model, build_report(*store, request));
  store.reset();  // given back before files are written, and printed by a browser
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
  add_report_arguments(*command, *options);
  command
      ->add_option("--out", options->directory,
                   "Directory for report.html, report.md, report.json and figures/*.csv")
      ->capture_default_str();
  command->add_flag("--pdf", options->pdf, "report.pdf as well, by Chromium");
  command->add_flag(
      "--public", options->published,
      "A report that may be published: no sensor, no single source (docs/public-report.md)");
  command->footer(
      "Examples:\n"
      "  teiten report 2007-07 --lang en --out july\n"
      "  teiten report 2007-07 --public --out july-public");
  command->callback([options, &status] {
    const auto done = report(*options);
    status = done.ok() ? kDone : fail(done.error());
  });
}

}  // namespace teiten
