#include "app/geo_option.h"

#include <utility>

#include <CLI/CLI.hpp>

namespace teiten {

void add_geo_option(CLI::App& command, std::vector<std::string>& texts) {
  command
      .add_option("--geo", texts,
                  "FILE[@YYYY-MM-DD]: a geolocation database (MMDB) and the date it counts from; "
                  "repeatable")
      ->allow_extra_args(false);
}

Result<std::vector<GeoFile>> geo_files(const std::vector<std::string>& texts) {
  std::vector<GeoFile> files;
  for (const std::string& text : texts) {
    TEITEN_TRY(auto file, GeoFile::parse(text));
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace teiten
