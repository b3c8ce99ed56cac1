#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/command.h"
#include "app/geo_option.h"
#include "simulate/simulator.h"

namespace teiten {
namespace {

struct Options {
  SimulateRequest request;
  std::string truth;
  std::string sensors;
  std::vector<std::string> geo;
};

int run(Options options) {
  auto geo = geo_files(options.geo);
  if (!geo.ok()) return fail(geo.error());
  options.request.geo = std::move(*geo);
  if (!options.truth.empty()) options.request.options.truth_path = options.truth;
  if (!options.sensors.empty()) options.request.options.sensors_path = options.sensors;
  const auto summary = run_simulation(options.request);
  if (!summary.ok()) return fail(summary.error());
  fmt::print("{}: {} packets in {} accesses at {} sensors, {} to {}\n", summary->scenario,
             grouped(summary->packets), grouped(summary->accesses), summary->sensors,
             format_utc(summary->range.from), format_utc(summary->range.to));
  fmt::print("  {} ({:.0f} MB), sources from {}\n", options.request.options.pcap_path,
             static_cast<double>(summary->pcap_bytes) / 1e6, summary->geo_source);
  return kDone;
}

}  // namespace

void add_simulate(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "simulate", "Write a capture of background radiation whose truth is known");
  command
      ->add_option("SCENARIO", options->request.scenario,
                   "A built-in scenario (talot2-2007) or a TOML file")
      ->required();
  command->add_option("--pcap", options->request.options.pcap_path, "The capture to write")
      ->required();
  command->add_option("--truth", options->truth, "JSON: what was planted");
  command->add_option("--sensors", options->sensors, "TOML for import --sensors");
  command->add_option("--seed", options->request.options.seed, "The same seed gives the same bytes")
      ->capture_default_str();
  command->add_option("--scale", options->request.options.scale, "Multiplies all visits")
      ->capture_default_str();
  command->add_option("--geo", options->geo,
                      "FILE[@YYYY-MM-DD]: database that sources are drawn from");
  command->footer(
      "Example:\n  teiten simulate talot2-2007 --pcap t.pcap --truth t.json --sensors t.toml && "
      "teiten import t.pcap --sensors t.toml");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace teiten
