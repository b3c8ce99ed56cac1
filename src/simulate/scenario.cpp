#include "simulate/scenario.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "simulate/builtin_scenarios.h"
#include "simulate/toml_reader.h"

namespace teiten {
namespace {

constexpr double kMaxVisits = 1e5;
/// Names in the order of the enumerators.
constexpr std::array<std::string_view, 10> kSenders = {
    "windows", "linux",        "raw",   "zmap", "zmap_4_1",
    "masscan", "masscan_2023", "mirai", "nmap", "unicornscan"};
/// Shares written with three digits may miss 1 by this much.
constexpr double kShareTolerance = 0.0015;

bool can_be_simulated(Service service) {
  if (service.protocol() == protocol::kIcmp) return service.number() == 8;
  return service.protocol() == protocol::kTcp || service.protocol() == protocol::kUdp;
}

Result<std::vector<ServiceShare>> services_of(const TomlReader& reader, double high) {
  std::vector<ServiceShare> services;
  if (!reader.has("services")) return services;
  TEITEN_TRY(const toml::table* table, reader.table("services"));
  for (const auto& [key, value] : *table) {
    const auto service = Service::parse(key.str());
    if (!service || !can_be_simulated(*service)) {
      return reader.error(&value, fmt::format("'{}' is no service that can be simulated (1433/tcp, "
                                              "1026/udp, 8/icmp)",
                                              key.str()));
    }
    const TomlReader inner(reader.origin(), *table, "services");
    TEITEN_TRY(const double probability, inner.number(key.str(), 0.0, high));
    services.push_back({*service, probability});
  }
  if (services.size() > kMaxFamilyServices) {
    return reader.error(table, fmt::format("more than {} services", kMaxFamilyServices));
  }
  // By number, so that the order in which a bot tries them does not depend on their spelling.
  std::sort(services.begin(), services.end(),
            [](const auto& a, const auto& b) { return a.service < b.service; });
  return services;
}

/// Shares by region that sum to 1; `other` stands for the scenario's mix of further regions.
Result<std::vector<RegionWeight>> regions_of(const TomlReader& reader, const std::string& key,
                                             const std::vector<RegionWeight>& others) {
  TEITEN_TRY(const toml::table* table, reader.table(key));
  const TomlReader inner(reader.origin(), *table, key);
  std::map<Region, double> shares;
  double total = 0;
  for (const auto& [name, value] : *table) {
    TEITEN_TRY(const double share, inner.number(name.str(), 0.0, 1.0));
    total += share;
    if (name.str() == "other" && !others.empty()) {
      for (const RegionWeight& other : others)
        shares[other.region] += share * other.share;
      continue;
    }
    const auto region = Region::parse(name.str());
    if (!region || region->is_unknown()) {
      return inner.error(&value, fmt::format("'{}' is no region (an ISO 3166-1 code such as JP, or "
                                             "'other' where other_regions is given)",
                                             name.str()));
    }
    shares[*region] += share;
  }
  if (total < 1.0 - kShareTolerance || total > 1.0 + kShareTolerance)
    return reader.error(table, fmt::format("the shares in '{}' sum to {}, not to 1", key, total));
  std::vector<RegionWeight> result;
  for (const auto& [region, share] : shares)
    result.push_back({region, share / total});
  return result;
}

Result<FamilyChange> change_of(const std::string& origin, const toml::table& table) {
  const TomlReader reader(origin, table, "[[family.change]]");
  TEITEN_CHECK(reader.only({"from", "visits", "services"}));
  FamilyChange change;
  TEITEN_TRY(change.from, reader.day("from"));
  TEITEN_TRY(change.visits, reader.number_or("visits", 1.0, 0.0, 1000.0));
  TEITEN_TRY(change.services, services_of(reader, 1.0));
  return change;
}

Result<void> read_looks(const TomlReader& reader, TrafficFamily& family) {
  TEITEN_TRY(const std::string tool, reader.text("tool"));
  const auto known = std::find(kSenders.begin(), kSenders.end(), tool);
  if (known == kSenders.end()) {
    return reader.error(reader.find("tool"),
                        fmt::format("'tool' must be one of {}", fmt::join(kSenders, ", ")));
  }
  family.tool = static_cast<Sender>(known - kSenders.begin());
  TEITEN_TRY(const std::string repeat, reader.text("repeat"));
  if (repeat == "once") {
    family.repeat = Repeat::once;
  } else if (repeat == "syn") {
    family.repeat = Repeat::syn;
  } else if (repeat == "geometric") {
    family.repeat = Repeat::geometric;
    TEITEN_TRY(family.packets, reader.number("packets", 1.0, 100.0));
  } else {
    return reader.error(reader.find("repeat"), "'repeat' must be once, syn or geometric");
  }
  return {};
}

Result<TrafficFamily> family_of(const std::string& origin, const toml::table& table,
                                const std::vector<RegionWeight>& others) {
  const TomlReader reader(origin, table, "[[family]]");
  TEITEN_CHECK(
      reader.only({"name", "traffic", "choose", "visits", "contacts", "repeat", "packets", "tool",
                   "diurnal", "tail", "tail_udp", "services", "regions", "change"}));
  TrafficFamily family;
  TEITEN_TRY(family.name, reader.text("name"));
  if (reader.has("traffic")) {
    TEITEN_TRY(const std::string traffic, reader.text("traffic"));
    if (traffic != "scan" && traffic != "backscatter")
      return reader.error(reader.find("traffic"), "'traffic' must be scan or backscatter");
    family.backscatter = traffic == "backscatter";
  }
  if (reader.has("choose")) {
    TEITEN_TRY(const std::string choose, reader.text("choose"));
    if (choose != "each" && choose != "one")
      return reader.error(reader.find("choose"), "'choose' must be each or one");
    family.one_service = choose == "one";
  }
  TEITEN_TRY(family.visits, reader.number("visits", 0.0, kMaxVisits));
  TEITEN_TRY(family.contacts, reader.number("contacts", 1.0, 100.0));
  TEITEN_CHECK(read_looks(reader, family));
  TEITEN_TRY(family.diurnal, reader.number_or("diurnal", 0.0, 0.0, 1.0));
  TEITEN_TRY(family.tail, reader.number_or("tail", 0.0, 0.0, 1.0));
  TEITEN_TRY(family.tail_udp, reader.number_or("tail_udp", 0.0, 0.0, 1.0));
  TEITEN_TRY(family.services, services_of(reader, family.one_service ? 1e6 : 1.0));
  TEITEN_TRY(family.regions, regions_of(reader, "regions", others));
  if (family.tail > 0 && !family.one_service)
    return reader.error(reader.find("tail"), "'tail' needs choose = \"one\"");
  double weight = 0;
  for (const ServiceShare& share : family.services)
    weight += share.probability;
  if (weight <= 0 && family.tail < 1.0)
    return reader.error(nullptr, "no service has a probability above 0");
  TEITEN_TRY(const auto changes, reader.tables("change"));
  for (const toml::table* change : changes) {
    TEITEN_TRY(auto read, change_of(origin, *change));
    family.changes.push_back(std::move(read));
  }
  return family;
}

Result<ScenarioSensor> sensor_of(const std::string& origin, const toml::table& table) {
  const TomlReader reader(origin, table, "[[sensor]]");
  TEITEN_CHECK(reader.only({"name", "address"}));
  ScenarioSensor sensor;
  TEITEN_TRY(sensor.name, reader.text("name"));
  TEITEN_TRY(const std::string text, reader.text("address"));
  const auto address = IpAddress::parse(text);
  if (!address || !address->is_v4())
    return reader.error(reader.find("address"), fmt::format("'{}' is no IPv4 address", text));
  if (sensor.name.find_first_of("\"\\\n\r") != std::string::npos)
    return reader.error(reader.find("name"),
                        "a sensor's name has no quotes, backslashes or line ends");
  sensor.address = *address;
  return sensor;
}

Result<void> read_sensors(const TomlReader& reader, Scenario& scenario) {
  TEITEN_TRY(const auto sensors, reader.tables("sensor"));
  if (sensors.empty() || sensors.size() > kMaxScenarioSensors) {
    return reader.error(nullptr,
                        fmt::format("1 to {} [[sensor]] tables are needed", kMaxScenarioSensors));
  }
  std::set<std::string> names;
  std::set<IpAddress> addresses;
  for (const toml::table* table : sensors) {
    TEITEN_TRY(auto sensor, sensor_of(reader.origin(), *table));
    if (!names.insert(sensor.name).second || !addresses.insert(sensor.address).second)
      return reader.error(table,
                          fmt::format("sensor '{}' or its address is given twice", sensor.name));
    scenario.sensors.push_back(std::move(sensor));
  }
  return {};
}

Result<void> read_calendar(const TomlReader& reader, Scenario& scenario) {
  TEITEN_TRY(const double offset, reader.number("utc_offset_hours", -12.0, 14.0));
  scenario.utc_offset_hours = static_cast<int>(offset);
  TEITEN_TRY(scenario.first_day, reader.day("first_day"));
  TEITEN_TRY(scenario.last_day, reader.day("last_day"));
  const auto days =
      std::chrono::sys_days{scenario.last_day} - std::chrono::sys_days{scenario.first_day};
  if (days.count() < 0 || days.count() >= kMaxScenarioDays) {
    return reader.error(reader.find("last_day"),
                        fmt::format("1 to {} days can be simulated", kMaxScenarioDays));
  }
  if (reader.has("months")) {
    TEITEN_TRY(const toml::table* months, reader.table("months"));
    const TomlReader inner(reader.origin(), *months, "[months]");
    for (const auto& [key, value] : *months) {
      const auto month = parse_month(key.str());
      if (!month) return inner.error(&value, fmt::format("'{}' is no month (2007-07)", key.str()));
      TEITEN_TRY(scenario.month_levels[*month], inner.number(key.str(), 0.0, 1000.0));
    }
  }
  if (reader.has("hours_east")) {
    TEITEN_TRY(const toml::table* clocks, reader.table("hours_east"));
    const TomlReader inner(reader.origin(), *clocks, "[hours_east]");
    for (const auto& [key, value] : *clocks) {
      const auto region = Region::parse(key.str());
      if (!region) return inner.error(&value, fmt::format("'{}' is no region", key.str()));
      TEITEN_TRY(const double hours, inner.number(key.str(), -12.0, 14.0));
      scenario.hours_east[*region] = static_cast<int>(hours);
    }
  }
  return {};
}

Result<void> read_levels(const TomlReader& reader, Scenario& scenario) {
  TEITEN_TRY(scenario.reuse, reader.number_or("reuse", 0.0, 0.0, 1.0));
  TEITEN_TRY(scenario.reuse_elsewhere, reader.number_or("reuse_elsewhere", 0.0, 0.0, 1.0));
  TEITEN_TRY(scenario.weekend, reader.number_or("weekend", 1.0, 0.0, 10.0));
  TEITEN_TRY(scenario.drift_per_month, reader.number_or("drift_per_month", 0.0, -0.5, 0.5));
  TEITEN_TRY(scenario.family_day_noise, reader.number_or("family_day_noise", 0.0, 0.0, 2.0));
  TEITEN_TRY(scenario.sensor_noise, reader.number_or("sensor_noise", 0.0, 0.0, 2.0));
  TEITEN_TRY(scenario.sensor_day_noise, reader.number_or("sensor_day_noise", 0.0, 0.0, 2.0));
  return {};
}

Result<void> read_outages(const TomlReader& reader, Scenario& scenario) {
  TEITEN_TRY(const auto outages, reader.tables("outage"));
  for (const toml::table* table : outages) {
    const TomlReader outage(reader.origin(), *table, "[[outage]]");
    TEITEN_CHECK(outage.only({"sensor", "from", "to"}));
    TEITEN_TRY(const std::string name, outage.text("sensor"));
    const auto found = std::find_if(scenario.sensors.begin(), scenario.sensors.end(),
                                    [&](const auto& sensor) { return sensor.name == name; });
    if (found == scenario.sensors.end())
      return outage.error(outage.find("sensor"), fmt::format("there is no sensor '{}'", name));
    TimeRange range;
    TEITEN_TRY(range.from, outage.instant("from"));
    TEITEN_TRY(range.to, outage.instant("to"));
    if (range.empty()) return outage.error(outage.find("to"), "'to' must be after 'from'");
    scenario.outages.push_back({static_cast<std::size_t>(found - scenario.sensors.begin()), range});
  }
  if (!reader.has("random_outages")) return {};
  TEITEN_TRY(const toml::table* table, reader.table("random_outages"));
  const TomlReader inner(reader.origin(), *table, "[random_outages]");
  TEITEN_CHECK(inner.only({"mean_days_between", "mean_hours"}));
  TEITEN_TRY(scenario.outage_mean_days_between, inner.number("mean_days_between", 0.1, 10000.0));
  TEITEN_TRY(scenario.outage_mean_hours, inner.number("mean_hours", 0.01, 10000.0));
  return {};
}

/// A scenario that says `extends` is a built-in one with another name and with outages.
Result<Scenario> extension_of(const TomlReader& reader) {
  TEITEN_CHECK(reader.only({"name", "description", "extends", "outage", "random_outages"}));
  TEITEN_TRY(const std::string base, reader.text("extends"));
  const auto builtin = builtin_scenarios();
  const auto found = std::find_if(builtin.begin(), builtin.end(),
                                  [&](const auto& candidate) { return candidate.name == base; });
  // Only the first one stands on its own, so extensions cannot form a chain or a ring.
  if (found != builtin.begin()) {
    return reader.error(reader.find("extends"),
                        fmt::format("'extends' must be {}", builtin.front().name));
  }
  TEITEN_TRY(Scenario scenario, parse_scenario(found->toml, base));
  TEITEN_TRY(scenario.name, reader.text("name"));
  TEITEN_TRY(scenario.description, reader.text("description"));
  TEITEN_CHECK(read_outages(reader, scenario));
  return scenario;
}

Result<Scenario> scenario_of(const std::string& origin, const toml::table& document) {
  const TomlReader reader(origin, document, "the scenario");
  if (reader.has("extends")) return extension_of(reader);
  TEITEN_CHECK(
      reader.only({"name", "description", "utc_offset_hours", "first_day", "last_day", "reuse",
                   "reuse_elsewhere", "weekend", "drift_per_month", "family_day_noise",
                   "sensor_noise", "sensor_day_noise", "months", "hours_east", "other_regions",
                   "random_outages", "sensor", "outage", "family"}));
  Scenario scenario;
  TEITEN_TRY(scenario.name, reader.text("name"));
  TEITEN_TRY(scenario.description, reader.text("description"));
  TEITEN_CHECK(read_calendar(reader, scenario));
  TEITEN_CHECK(read_levels(reader, scenario));
  TEITEN_CHECK(read_sensors(reader, scenario));
  TEITEN_CHECK(read_outages(reader, scenario));
  std::vector<RegionWeight> others;
  if (reader.has("other_regions")) {
    TEITEN_TRY(others, regions_of(reader, "other_regions", {}));
  }
  TEITEN_TRY(const auto families, reader.tables("family"));
  if (families.empty() || families.size() > kMaxScenarioFamilies) {
    return reader.error(nullptr,
                        fmt::format("1 to {} [[family]] tables are needed", kMaxScenarioFamilies));
  }
  std::set<Region> regions;
  for (const toml::table* table : families) {
    TEITEN_TRY(auto family, family_of(origin, *table, others));
    for (const RegionWeight& share : family.regions)
      regions.insert(share.region);
    scenario.families.push_back(std::move(family));
  }
  if (regions.size() > kMaxScenarioRegions)
    return reader.error(nullptr, fmt::format("more than {} regions", kMaxScenarioRegions));
  return scenario;
}

}  // namespace

std::string_view to_string(Sender sender) {
  return kSenders.at(static_cast<std::size_t>(sender));
}

Result<Scenario> parse_scenario(std::string_view text, const std::string& origin) {
  if (text.size() > kMaxScenarioBytes) {
    return failure(ErrorCode::limit_reached, fmt::format("{} is larger than {} bytes: no scenario",
                                                         origin, kMaxScenarioBytes));
  }
  try {
    const toml::table document = toml::parse(text, origin);
    return scenario_of(origin, document);
  } catch (const toml::parse_error& error) {
    return failure(
        ErrorCode::invalid_argument,
        fmt::format("{}:{}: {}", origin, error.source().begin.line, error.description()));
  }
}

std::vector<std::string> builtin_scenario_names() {
  std::vector<std::string> names;
  for (const BuiltinScenario& scenario : builtin_scenarios())
    names.emplace_back(scenario.name);
  return names;
}

Result<Scenario> load_scenario(const std::string& name_or_path) {
  for (const BuiltinScenario& scenario : builtin_scenarios()) {
    if (scenario.name == name_or_path) return parse_scenario(scenario.toml, name_or_path);
  }
  std::ifstream file(name_or_path, std::ios::binary);
  std::string text(kMaxScenarioBytes + 1, '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(text.size())) && file.gcount() == 0) {
    return failure(ErrorCode::not_found,
                   fmt::format("no scenario '{}': name a TOML file or one that is built in ({})",
                               name_or_path, fmt::join(builtin_scenario_names(), ", ")));
  }
  text.resize(static_cast<std::size_t>(file.gcount()));
  return parse_scenario(text, name_or_path);
}

}  // namespace teiten
