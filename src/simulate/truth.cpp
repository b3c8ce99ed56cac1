#include "simulate/truth.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace teiten {
namespace {

using Json = nlohmann::ordered_json;

Json json_of(const TruthCounts& counts) {
  return {{"packets", counts.packets},
          {"accesses", counts.accesses},
          {"source_days", counts.source_days},
          {"packets_by_access_start", counts.packets_by_start},
          {"source_days_by_access_start", counts.source_days_by_start}};
}

Json json_of(std::string_view key, std::string value, const TruthCounts& counts) {
  Json json = {{key, std::move(value)}};
  json.update(json_of(counts));
  return json;
}

Json json_of(const std::vector<ServiceShare>& services) {
  Json json = Json::object();
  for (const ServiceShare& share : services)
    json[share.service.to_string()] = share.probability;
  return json;
}

std::string month_text(std::chrono::year_month month) {
  return format_day(Day{month / 1}).substr(0, 7);
}

Json months_json(const Truth& truth) {
  Json months = Json::array();
  for (const auto& [month, counted] : truth.tally.months()) {
    const double sensor_days = static_cast<double>(truth.scenario.sensors.size()) * counted.days;
    Json json = {
        {"month", month_text(month)},
        {"days", counted.days},
        {"sensor_days", truth.scenario.sensors.size() * static_cast<std::size_t>(counted.days)}};
    json.update(json_of(counted.total));
    json["sources"] = counted.sources;
    json["packets_per_sensor_day"] = static_cast<double>(counted.total.packets) / sensor_days;
    json["source_days_per_sensor_day"] =
        static_cast<double>(counted.total.source_days) / sensor_days;
    json["backscatter"] = json_of(counted.backscatter);
    json["services"] = Json::array();
    for (const auto& [service, counts] : counted.services)
      json["services"].push_back(json_of("service", service.to_string(), counts));
    json["regions"] = Json::array();
    for (std::size_t i = 0; i < counted.regions.size(); ++i)
      json["regions"].push_back(
          json_of("region", truth.pools.pools[i].region().to_string(), counted.regions[i]));
    json["sensors"] = Json::array();
    for (std::size_t i = 0; i < counted.sensors.size(); ++i)
      json["sensors"].push_back(
          json_of("sensor", truth.scenario.sensors[i].name, counted.sensors[i]));
    json["families"] = Json::array();
    for (std::size_t i = 0; i < counted.families.size(); ++i)
      json["families"].push_back(
          json_of("family", truth.scenario.families[i].name, counted.families[i]));
    months.push_back(std::move(json));
  }
  return months;
}

Json families_json(const Scenario& scenario) {
  Json families = Json::array();
  for (const TrafficFamily& family : scenario.families) {
    Json regions = Json::object();
    for (const RegionWeight& share : family.regions)
      regions[share.region.to_string()] = share.share;
    families.push_back({{"family", family.name},
                        {"backscatter", family.backscatter},
                        {"tool", to_string(family.tool)},
                        {"visits_per_sensor_day", family.visits},
                        {"services", json_of(family.services)},
                        {"regions", std::move(regions)}});
  }
  return families;
}

Json changes_json(const Scenario& scenario) {
  Json changes = Json::array();
  for (const TrafficFamily& family : scenario.families) {
    for (const FamilyChange& change : family.changes) {
      changes.push_back({{"from", format_day(change.from)},
                         {"family", family.name},
                         {"visits", change.visits},
                         {"services", json_of(change.services)}});
    }
  }
  return changes;
}

Json outages_json(const Truth& truth) {
  Json outages = Json::array();
  for (const Outage& outage : truth.plan.outages()) {
    outages.push_back({{"sensor", truth.scenario.sensors[outage.sensor].name},
                       {"from", format_utc(outage.range.from)},
                       {"to", format_utc(outage.range.to)}});
  }
  return outages;
}

}  // namespace

std::string truth_json(const Truth& truth) {
  const int hours = truth.scenario.utc_offset_hours;
  Json json = {
      {"scenario", truth.scenario.name},
      {"description", truth.scenario.description},
      {"seed", truth.seed},
      {"scale", truth.scale},
      {"utc_offset", fmt::format("{}{:02}:00", hours < 0 ? '-' : '+', hours < 0 ? -hours : hours)},
      {"from", format_utc(from_microseconds(truth.plan.start_of(0)))},
      {"to", format_utc(from_microseconds(truth.plan.start_of(truth.plan.day_count())))},
      {"geolocation", truth.geo_source},
      {"geolocation_networks_digest", truth.pools.networks.hex()}};
  json["months"] = months_json(truth);
  json["families"] = families_json(truth.scenario);
  json["changes"] = changes_json(truth.scenario);
  json["outages"] = outages_json(truth);
  json["days"] = Json::array();
  for (int day = 0; day < truth.plan.day_count(); ++day)
    json["days"].push_back(json_of("day", format_day(truth.plan.day(day)),
                                   truth.tally.days()[static_cast<std::size_t>(day)]));
  return json.dump(1) + "\n";
}

std::string sensors_toml(const Scenario& scenario) {
  std::string text = fmt::format("# The sensors of the simulated scenario {}.\n", scenario.name);
  for (const ScenarioSensor& sensor : scenario.sensors) {
    text += fmt::format("\n[[sensor]]\nname = \"{}\"\naddresses = [\"{}/32\"]\n", sensor.name,
                        sensor.address.to_string());
  }
  return text;
}

}  // namespace teiten
