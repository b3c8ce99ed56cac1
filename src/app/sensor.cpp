#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/geo_option.h"
#include "app/stop_signal.h"
#include "base/private_file.h"
#include "serve/authority.h"
#include "serve/bundle.h"
#include "serve/collector.h"
#include "serve/readmit.h"
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
  bool every = false;
  bool dry_run = false;
  std::string from;
  std::string to;
  std::vector<std::string> geo;
  std::vector<std::string> scanners;

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
  if (authority.is_new()) {
    fmt::print(
        "no collector was at {}: made a certification authority in {}; sensors trust this "
        "one alone, so start teiten serve with the same --store\n",
        printable(options.store), printable(options.folder()));
  }
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
  TEITEN_TRY(Registry registry, Registry::open_existing(options.folder()));
  TEITEN_TRY(const Authority authority, Authority::open(options.folder()));
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
  TEITEN_TRY(Registry registry, Registry::open_existing(options.folder()));
  TEITEN_TRY(const SensorRecord record, registry.change(options.name, [&](SensorRecord& changed) {
    changed.enabled = enabled;
  }));
  fmt::print("sensor {} is {}: {} from its next batch on\n", record.name,
             enabled ? "enabled" : "disabled", enabled ? "accepted" : "refused");
  return {};
}

/// Without a collector: who is enrolled, and the newest batch that the store has of each.
Result<json> fleet_without_collector(const Options& options) {
  TEITEN_TRY(const Registry registry, Registry::open_existing(options.folder()));
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
    if (sensor["state"] == "damaged") continue;
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
    const auto state = sensor["state"].get<std::string>();
    const bool expired = sensor["certificate_expired"].get<bool>();
    std::string reason = sensor["reason"].get<std::string>();
    if (expired) {
      reason =
          fmt::format("its certificate has expired: teiten sensor renew {} makes a new one{}{}",
                      sensor["sensor"].get<std::string>(), reason.empty() ? "" : "; ", reason);
    }
    const bool disabled = !sensor["enabled"].get<bool>() && state != "damaged";
    table.add(
        {sensor["sensor"].get<std::string>(), disabled ? "disabled" : state,
         seconds_of(text_or_dash(sensor["last_batch_end"])),
         seen ? fmt::format("{:.0f} s", sensor["lag_seconds"].get<double>()) : "-",
         seen ? percent(sensor["coverage"]) : "-", seen ? percent(sensor["loss"]) : "-",
         seen ? fmt::format("{:+.1f} s", sensor["clock_offset_seconds"].get<double>()) : "-",
         text_or_dash(sensor["version"]), seen ? percent(sensor["spool_fill"]) : "-",
         text_or_dash(sensor["certificate_expires"]).substr(0, 10) + (expired ? " (over)" : ""),
         printable(reason)});
  }
  fmt::print("{}", table.text());
  return {};
}

Result<ReadmitOptions> readmit_options(const Options& options) {
  ReadmitOptions asked;
  asked.store = options.store;
  asked.state = options.folder();
  if (options.name.empty() != options.every) {
    return failure(ErrorCode::invalid_argument,
                   "readmit: name a sensor, or give --all for those of every one");
  }
  if (!options.every) asked.names = {options.name};
  const auto set = [](const char* name, const std::string& text,
                      std::optional<UtcTime>& time) -> Result<void> {
    if (text.empty()) return {};
    time = TimeZone().parse(text);
    if (time) return {};
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{} {}: a day or time in UTC such as 2026-04-01 or "
                               "2026-04-01T12:00",
                               name, printable(text)));
  };
  TEITEN_CHECK(set("--from", options.from, asked.from));
  TEITEN_CHECK(set("--to", options.to, asked.to));
  asked.dry_run = options.dry_run;
  return asked;
}

void print_readmitted(const Readmitted& done, bool dry_run) {
  std::string line = fmt::format("{}: {} {}", done.sensor, grouped(done.stored),
                                 dry_run ? "to be stored" : "stored");
  if (!done.range.empty())
    line += fmt::format(", of {} to {}", format_utc(done.range.from), format_utc(done.range.to));
  const auto add = [&](std::uint64_t n, const char* what) {
    if (n > 0) line += fmt::format("; {} {}", grouped(n), what);
  };
  add(done.known, "of them were in the store already");
  add(done.outside, "left, not within --from and --to");
  add(done.ahead, "left, of a time that has not come");
  add(done.conflicting, "left, of which another batch with the same number is stored");
  add(done.damaged, "left, which the store does not take");
  fmt::print("{}\n", line);
  if (!done.damage.empty()) fmt::print(stderr, "teiten: warning: {}\n", printable(done.damage));
}

Result<void> readmit_batches(const Options& options) {
  TEITEN_TRY(const ReadmitOptions asked, readmit_options(options));
  TEITEN_TRY(const std::vector<GeoFile> files, geo_files(options.geo));
  TEITEN_TRY(const GeoDatabases geo, GeoDatabases::open(files));
  TEITEN_TRY(const KnownScanners scanners, KnownScanners::open(options.scanners));
  const StopSignal signals;
  TEITEN_TRY(const auto all, readmit(asked, geo, scanners, now(), StopSignal::requested()));
  for (const Readmitted& done : all)
    print_readmitted(done, options.dry_run);
  if (all.empty()) fmt::print("nothing is kept aside\n");
  if (StopSignal::requested())
    return failure(ErrorCode::io_error, "stopped: the same command again goes on from there");
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

void add_readmit(CLI::App& sensor, const std::shared_ptr<Options>& options, int& status) {
  CLI::App* command =
      add_action(sensor, "readmit", "Store batches that the collector has kept aside after all",
                 options, status, readmit_batches);
  command->add_option("NAME", options->name, "The sensor");
  command->add_flag("--all", options->every, "Those of every sensor");
  command->add_option("--from", options->from, "Only batches from this time on, UTC");
  command->add_option("--to", options->to, "Only batches before this time, UTC");
  command->add_flag("--dry-run", options->dry_run, "Say what would be stored, and store nothing");
  add_geo_option(*command, options->geo);
  command
      ->add_option("--scanners", options->scanners,
                   "TOML file of [[scanner]] tables, as teiten serve has it; repeatable")
      ->allow_extra_args(false);
  command->footer(
      "Whatever is stored is removed from the quarantine; what the clock of a sensor has made "
      "wrong\nis better removed by hand (docs/operations.md).\n"
      "Examples:\n"
      "  teiten sensor readmit tokyo --dry-run\n"
      "  teiten sensor readmit --all --from 2026-04-01 --to 2026-05-01");
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
  add_readmit(*sensor, options, status);
  sensor->footer(
      "Examples:\n"
      "  teiten sensor add tokyo --url https://collector.example.net:8443 --out tokyo.toml\n"
      "  teiten sensor list\n"
      "  teiten sensor disable tokyo");
}

}  // namespace teiten
