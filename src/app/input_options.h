#pragma once

#include <string>
#include <vector>

#include "access/record_source.h"
#include "access/sensors.h"

namespace CLI {
class App;
}

namespace teiten {

/// The options that import and inspect share: whose addresses are monitored, and how an input is
/// read.
struct InputOptions {
  std::vector<std::string> files;
  std::vector<std::string> sensors;
  std::string sensors_file;
  std::vector<std::string> monitor;
  std::string format = "auto";
  std::string csv;
  std::string zone = "UTC";
  int year = 0;
  bool keep_local = false;
  std::vector<std::string> scanners;

  void add_to(CLI::App& command);
  /// The sensors named by --sensor, --sensors and --monitor.
  Result<std::vector<SensorSpec>> sensor_specs() const;
  Result<SourceOptions> source_options() const;
};

}  // namespace teiten
