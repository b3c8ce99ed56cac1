#include <fmt/format.h>
#include <toml++/toml.h>

#include "access/sensors.h"

namespace teiten {
namespace {

Error bad_file(const std::string& path, const toml::source_region& where, std::string_view what) {
  // toml++ gives line 0 to what concerns the file as a whole.
  const std::string line = where.begin.line > 0 ? fmt::format(":{}", where.begin.line) : "";
  return failure(ErrorCode::invalid_argument, fmt::format("{}{}: {}", path, line, what));
}

Result<SensorSpec> sensor_of(const std::string& path, const toml::table& table) {
  SensorSpec spec;
  for (const auto& [key, value] : table) {
    if (key == "name") {
      const auto name = value.value<std::string>();
      if (!name) return bad_file(path, value.source(), "'name' must be a text");
      spec.name = *name;
    } else if (key == "addresses") {
      const toml::array* addresses = value.as_array();
      if (addresses == nullptr)
        return bad_file(path, value.source(), "'addresses' must be a list of texts");
      for (const auto& element : *addresses) {
        const auto text = element.value<std::string>();
        const auto prefix = text ? Prefix::parse(*text) : std::nullopt;
        if (!prefix)
          return bad_file(path, element.source(),
                          "no address or prefix (such as 192.0.2.1 or 2001:db8::/48)");
        spec.prefixes.push_back(*prefix);
      }
    } else {
      return bad_file(
          path, value.source(),
          fmt::format("unknown key '{}': a sensor has 'name' and 'addresses'", key.str()));
    }
  }
  if (auto checked = check_sensor_name(spec.name); !checked.ok()) {
    return bad_file(path, table.source(), checked.error().message);
  }
  return spec;
}

}  // namespace

Result<std::vector<SensorSpec>> load_sensors(const std::string& path) {
  toml::table document;
  try {
    document = toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    return bad_file(path, error.source(), error.description());
  }
  std::vector<SensorSpec> specs;
  for (const auto& [key, value] : document) {
    const toml::array* tables = value.as_array();
    if (key != "sensor" || tables == nullptr) {
      return bad_file(
          path, value.source(),
          fmt::format("unknown key '{}': the file is a list of [[sensor]] tables", key.str()));
    }
    for (const auto& element : *tables) {
      const toml::table* table = element.as_table();
      if (table == nullptr)
        return bad_file(path, element.source(), "write [[sensor]] for each sensor");
      TEITEN_TRY(auto spec, sensor_of(path, *table));
      specs.push_back(std::move(spec));
    }
  }
  if (specs.empty()) return failure(ErrorCode::invalid_argument, path + ": no [[sensor]] in it");
  return specs;
}

}  // namespace teiten
