#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "base/private_file.h"
#include "serve/authority.h"
#include "serve/bundle.h"
#include "serve/collector.h"
#include "serve/registry.h"
#include "store/lend.h"

namespace teiten {
namespace {

using nlohmann::json;

struct Options {
  std::string store = default_store();
  std::string state;
  std::string name;
  std::vector<std::string> urls;
  std::string out;
  int days = kCertificateDays;
  std::string format = "table";

  std::string folder() const { return state.empty() ? default_state_folder(store) : state; }
};

constexpr int kMaxDays = 3650;

UtcTime now() {
  return std::chrono::system_clock::now();
}

Result<void> write_bundle(const Options& options, const Authority& authority,
                          const IssuedCertificate& issued) {
  return write_private_file(
      options.out, bundle_text(options.name, options.urls, authority.certificate(), issued));
}

Result<void> check_urls(const Options& options) {
  for (const std::string& url : options.urls)
    TEITEN_CHECK(check_collector_url(url));
  return {};
}

Result<void> add(const Options& options) {
  TEITEN_CHECK(check_urls(options));
  TEITEN_TRY(const Authority authority, Authority::open(options.folder()));
  TEITEN_TRY(Registry registry, Registry::open(options.folder()));
  TEITEN_TRY(const IssuedCertificate issued, authority.issue_sensor(options.name, options.days));
  SensorRecord record;
  record.name = options.name;
  record.serial = issued.serial;
  record.expires = issued.expires;
  record.created = record.renewed = now();
  // The bundle first, so that the same command can be given again where it cannot be written; but
  // not over that of a sensor that is there.
  if (registry.find(options.name).ok()) return registry.add(record);
  TEITEN_CHECK(write_bundle(options, authority, issued));
  TEITEN_CHECK(registry.add(record));
  fmt::print("sensor {} may write until {}; bring {} to it and run: teiten sense --bundle {}\n",
             options.name, format_day(issued.expires), options.out, options.out);
  return {};
}

Result<void> renew(const Options& options) {
  TEITEN_CHECK(check_urls(options));
  TEITEN_TRY(const Authority authority, Authority::open(options.folder()));
  TEITEN_TRY(Registry registry, Registry::open(options.folder()));
  TEITEN_TRY(const SensorRecord before, registry.find(options.name));
  TEITEN_TRY(const IssuedCertificate issued, authority.issue_sensor(options.name, options.days));
  // The bundle first: a certificate that nobody holds would stand in for the one that is lost.
  TEITEN_CHECK(write_bundle(options, authority, issued));
  TEITEN_TRY(const SensorRecord after, registry.change(options.name, [&](SensorRecord& record) {
    record.next_serial = issued.serial;
    record.next_expires = issued.expires;
    record.renewed = now();
  }));
  fmt::print(
      "{} holds a certificate for sensor {} until {}; the old one, until {}, counts until "
      "the new one is used\n",
      options.out, options.name, format_day(issued.expires), format_day(after.expires));
  return {};
}

Result<void> enable(const Options& options, bool enabled) {
  TEITEN_TRY(Registry registry, Registry::open(options.folder()));
  TEITEN_TRY(const SensorRecord record, registry.change(options.name, [&](SensorRecord& changed) {
    changed.enabled = enabled;
  }));
  fmt::print("sensor {} is {}: {} from its next batch on\n", record.name,
             enabled ? "enabled" : "disabled", enabled ? "accepted" : "refused");
  return {};
}

/// Without a collector: who is enrolled, and the newest batch that the store has of each.
Result<json> fleet_without_collector(const Options& options) {
  TEITEN_TRY(const Registry registry, Registry::open(options.folder()));
  TEITEN_TRY(const auto records, registry.list());
  std::vector<FleetSensor> fleet = fleet_of(records, {});
  auto store = Store::open(options.store, StoreMode::read);
  if (!store.ok() && store.error().code != ErrorCode::not_found) return store.error();
  if (store.ok()) {
    TEITEN_TRY(const auto batches, (*store)->batches());
    for (FleetSensor& sensor : fleet) {
      for (const StoredBatch& stored : batches) {
        if (stored.batch.sensor != sensor.record.name) continue;
        SensorHealth& health = sensor.health;
        if (stored.batch.range.to > health.last_batch.to) health.last_batch = stored.batch.range;
        ++health.batches;
        health.packets += stored.batch.packets_unsolicited;
        health.dropped += stored.batch.dropped;
      }
    }
  }
  json sensors = json::parse(fleet_json(fleet));
  for (json& sensor : sensors) {
    sensor["state"] = "unknown";
    sensor["reason"] = "no collector runs";
  }
  return sensors;
}

Result<json> fleet(const Options& options) {
  const auto status = ask_collector_status(options.store);
  if (!status.ok()) {
    if (status.error().code != ErrorCode::not_found) return status.error();
    return fleet_without_collector(options);
  }
  json parsed = json::parse(*status, nullptr, false);
  if (!parsed.is_object() || !parsed.contains("sensors"))
    return failure(ErrorCode::malformed, "the collector's answer is no status of a fleet");
  if (parsed.contains("error"))
    return failure(ErrorCode::io_error, parsed["error"].get<std::string>());
  return json(std::move(parsed["sensors"]));
}

std::string text_or_dash(const json& value) {
  return value.is_string() && !value.get<std::string>().empty() ? value.get<std::string>() : "-";
}

std::string percent(const json& value) {
  return fmt::format("{:.1f} %", 100 * value.get<double>());
}

std::string seconds_of(std::string text) {
  const auto fraction = text.find('.');
  if (fraction == std::string::npos) return text;
  return text.substr(0, fraction) + "Z";
}

Result<void> list(const Options& options) {
  TEITEN_TRY(const json sensors, fleet(options));
  if (options.format == "json") {
    for (const json& sensor : sensors)
      fmt::print("{}\n", sensor.dump());
    return {};
  }
  TextTable table({"sensor", "state", "last batch", "lag", "coverage", "loss", "clock", "version",
                   "spool", "certificate", ""},
                  {false, false, false, true, true, true, true, false, true, false, false});
  for (const json& sensor : sensors) {
    const bool seen = sensor["last_arrival"].is_string();
    const std::string state =
        sensor["enabled"].get<bool>() ? sensor["state"].get<std::string>() : "disabled";
    table.add({sensor["sensor"].get<std::string>(), state,
               seconds_of(text_or_dash(sensor["last_batch_end"])),
               seen ? fmt::format("{:.0f} s", sensor["lag_seconds"].get<double>()) : "-",
               seen ? percent(sensor["coverage"]) : "-", seen ? percent(sensor["loss"]) : "-",
               seen ? fmt::format("{:+.1f} s", sensor["clock_offset_seconds"].get<double>()) : "-",
               text_or_dash(sensor["version"]), seen ? percent(sensor["spool_fill"]) : "-",
               text_or_dash(sensor["certificate_expires"]).substr(0, 10),
               printable(sensor["reason"].get<std::string>())});
  }
  fmt::print("{}", table.text());
  return {};
}

using Action = Result<void> (*)(const Options&);

CLI::App* add_action(CLI::App& parent, const char* name, const char* help,
                     const std::shared_ptr<Options>& options, int& status, Action action) {
  CLI::App* command = parent.add_subcommand(name, help);
  command->add_option("--store", options->store, "The collector's store")->capture_default_str();
  command->add_option("--state", options->state, "The collector's folder (STORE.fleet)");
  command->callback([options, &status, action] {
    const auto done = action(*options);
    status = done.ok() ? kDone : fail(done.error());
  });
  return command;
}

void add_bundle_options(CLI::App& command, const std::shared_ptr<Options>& options) {
  command
      .add_option("--url", options->urls,
                  "https://HOST:PORT of the collector; repeatable, in order of preference")
      ->required()
      ->allow_extra_args(false);
  command.add_option("--out", options->out, "FILE that gets the bundle: it holds a private key")
      ->required();
  command
      .add_option("--days", options->days,
                  "Validity of the certificate; a negative one has expired already, for a trial")
      ->check(CLI::Range(-kMaxDays, kMaxDays))
      ->capture_default_str();
}

}  // namespace

void add_sensor(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* sensor = app.add_subcommand("sensor", "Enrol sensors with a collector, and see them");
  sensor->require_subcommand(1);
  CLI::App* adding =
      add_action(*sensor, "add", "Enrol a sensor: writes its bundle", options, status, add);
  add_bundle_options(*adding, options);
  CLI::App* renewing =
      add_action(*sensor, "renew", "Make a new certificate for a sensor", options, status, renew);
  add_bundle_options(*renewing, options);
  CLI::App* disabling =
      add_action(*sensor, "disable", "Refuse a sensor from its next batch on", options, status,
                 [](const Options& given) { return enable(given, false); });
  CLI::App* enabling = add_action(*sensor, "enable", "Accept a disabled sensor again", options,
                                  status, [](const Options& given) { return enable(given, true); });
  for (CLI::App* command : {adding, renewing, disabling, enabling})
    command->add_option("NAME", options->name, "The sensor")->required();
  CLI::App* listing =
      add_action(*sensor, "list", "Every sensor and how it is", options, status, list);
  listing->add_option("--format", options->format, "table, or json: one object a line")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  sensor->footer(
      "Examples:\n"
      "  teiten sensor add tokyo --url https://collector.example.net:8443 --out tokyo.toml\n"
      "  teiten sensor list\n"
      "  teiten sensor disable tokyo");
}

}  // namespace teiten
