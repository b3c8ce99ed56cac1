#include "app/input_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/command.h"

namespace teiten {

void InputOptions::add_to(CLI::App& command) {
  command
      .add_option(
          "FILE", files,
          "Captures, logs of firewalls and sensors (teiten import --formats), CSV; plain or "
          ".gz .zst .xz .bz2 .lz4; "
          "- is standard input")
      ->required();
  // One value each: what follows is a FILE.
  command
      .add_option("--sensor", sensors,
                  "NAME=ADDRESS[/BITS][,…]: a sensor and the addresses it monitors; NAME alone: "
                  "every destination is its own; repeatable")
      ->allow_extra_args(false);
  command.add_option("--sensors", sensors_file,
                     "TOML file of [[sensor]] tables with name and addresses");
  command.add_option("--monitor", monitor, "More addresses of the one --sensor NAME; repeatable")
      ->allow_extra_args(false);
  command.add_option("--format", format, "auto, or a name that teiten import --formats lists")
      ->capture_default_str();
  command.add_option("--csv", csv,
                     "Which column holds what: time=…,source=…[,sensor= protocol= icmp_type= "
                     "source_port= destination_port= region=]; key==value: the same for all rows");
  command.add_option("--tz", zone, "Zone of stamps that carry none")->capture_default_str();
  command.add_option("--year", year,
                     "Year of the first line of a log without years (else from the file's time)");
  command.add_flag("--keep-local", keep_local,
                   "Count private, link-local and loopback sources too");
  command
      .add_option("--scanners", scanners,
                  "TOML file of [[scanner]] tables: more known scanners, before the built-in "
                  "list; repeatable")
      ->allow_extra_args(false);
}

Result<std::vector<SensorSpec>> InputOptions::sensor_specs() const {
  std::vector<SensorSpec> specs;
  if (!sensors_file.empty()) {
    TEITEN_TRY(specs, load_sensors(sensors_file));
  }
  for (const std::string& text : sensors) {
    TEITEN_TRY(auto spec, parse_sensor(text));
    specs.push_back(std::move(spec));
  }
  if (monitor.empty()) return specs;
  if (specs.size() > 1) {
    return failure(
        ErrorCode::invalid_argument,
        "--monitor adds addresses to one sensor: with several, write --sensor NAME=ADDRESS");
  }
  if (specs.empty()) specs.push_back({kDefaultSensor, {}});
  for (const std::string& text : monitor) {
    const auto prefix = Prefix::parse(text);
    if (!prefix) {
      return failure(
          ErrorCode::invalid_argument,
          fmt::format("--monitor {}: no address or prefix (such as 192.0.2.1 or 2001:db8::/48)",
                      text));
    }
    specs.front().prefixes.push_back(*prefix);
  }
  return specs;
}

Result<SourceOptions> InputOptions::source_options() const {
  SourceOptions options;
  TEITEN_TRY(options.format, find_format(format));
  options.log.now = std::chrono::system_clock::now();
  if (!csv.empty()) {
    TEITEN_TRY(options.log.csv, CsvMapping::parse(csv));
  }
  TEITEN_TRY(options.log.zone, zone_option(zone));
  if (year != 0) {
    if (year < 1970 || year > 2200) {
      return failure(ErrorCode::invalid_argument,
                     fmt::format("--year {}: use a year from 1970 to 2200", year));
    }
    options.log.year = year;
  }
  return options;
}

}  // namespace teiten
