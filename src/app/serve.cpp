#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include "app/command.h"
#include "app/config_file.h"
#include "app/geo_option.h"
#include "app/stop_signal.h"
#include "serve/collector.h"

namespace teiten {
namespace {

struct Options {
  std::string store = default_store();
  std::string state;
  std::string listen = "0.0.0.0:8443";
  std::vector<std::string> names;
  std::string metrics;
  std::vector<std::string> geo;
  std::vector<std::string> scanners;
  std::int64_t max_age_days = std::chrono::duration_cast<std::chrono::days>(kDefaultMaxAge).count();
  std::int64_t keep_days = 0;
  std::string keep_zone = "Asia/Tokyo";
  std::int64_t down_after_seconds = 0;
};

constexpr std::int64_t kMaxAgeDays = 36'500;
constexpr std::int64_t kMaxDownAfterSeconds = 30L * 86'400;

/// By which a sensor on the same machine or network may call it.
std::vector<std::string> own_names() {
  std::vector<std::string> names = {"localhost", "127.0.0.1", "::1"};
  char host[256] = {};
  if (::gethostname(host, sizeof host - 1) == 0 && host[0] != '\0') names.emplace_back(host);
  return names;
}

Result<RetentionPolicy> retention_of(const Options& options) {
  RetentionPolicy policy;
  policy.days = options.keep_days;
  if (policy.days == 0) return policy;
  if (policy.days < kLeastRetentionDays) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("--keep-days must be 0 or {} at least", kLeastRetentionDays));
  }
  TEITEN_TRY(policy.zone, zone_option(options.keep_zone));
  if (options.max_age_days > 0 && policy.days > options.max_age_days + 1) return policy;
  return failure(
      ErrorCode::invalid_argument,
      fmt::format("--keep-days {} must be more than --max-age ({}, 0: without end) and a "
                  "day: what sensors may still bring must not be gone already",
                  options.keep_days, options.max_age_days));
}

Result<void> serve(const Options& options) {
  CollectorOptions collector;
  collector.store = options.store;
  collector.state = options.state.empty() ? default_state_folder(options.store) : options.state;
  collector.listen = options.listen;
  collector.metrics = options.metrics;
  collector.names = options.names.empty() ? own_names() : options.names;
  collector.rules.down_after = std::chrono::seconds(options.down_after_seconds);
  collector.intake.max_age = std::chrono::days(options.max_age_days);
  TEITEN_TRY(collector.retention, retention_of(options));
  TEITEN_TRY(const std::vector<GeoFile> files, geo_files(options.geo));
  TEITEN_TRY(const GeoDatabases geo, GeoDatabases::open(files));
  TEITEN_TRY(const KnownScanners scanners, KnownScanners::open(options.scanners));
  const StopSignal signals;
  return run_collector(
      collector, geo, scanners, StopSignal::requested(),
      [](const std::string& text) {
        fmt::print("teiten serve: {}\n", printable(text));
        std::fflush(stdout);
      },
      [](const std::string& text) {
        // Not fmt::print, which throws: the log may be on the disk that is full.
        std::fputs(fmt::format("teiten: warning: {}\n", printable(text)).c_str(), stderr);
      });
}

}  // namespace

void add_serve(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("serve", "Collect what sensors send, and keep it in a store");
  command->add_option("--store", options->store, "The store, created if missing")
      ->capture_default_str();
  command->add_option("--state", options->state,
                      "Folder of the fleet: CA, sensors, quarantine (STORE.fleet)");
  command->add_option("--listen", options->listen, "ADDRESS:PORT for sensors")
      ->capture_default_str();
  command
      ->add_option("--name", options->names,
                   "Host name or address by which sensors reach it, for its certificate; "
                   "repeatable (localhost, 127.0.0.1, ::1 and this host's name)")
      ->allow_extra_args(false);
  command->add_option("--metrics", options->metrics,
                      "ADDRESS:PORT of /metrics for Prometheus, without TLS (off)");
  add_geo_option(*command, options->geo);
  command
      ->add_option("--scanners", options->scanners,
                   "TOML file of [[scanner]] tables: more known scanners; repeatable")
      ->allow_extra_args(false);
  command
      ->add_option("--max-age", options->max_age_days,
                   "Days after which a batch is too old and kept aside; 0: never")
      ->check(CLI::Range(std::int64_t{0}, kMaxAgeDays))
      ->capture_default_str();
  command
      ->add_option("--keep-days", options->keep_days,
                   "Keep accesses for so many days, and exact daily counts of what is older "
                   "(teiten retain); 0: everything")
      ->check(CLI::Range(std::int64_t{0}, kMostRetentionDays))
      ->capture_default_str();
  command->add_option("--keep-tz", options->keep_zone, "Zone of these days; one for good")
      ->capture_default_str();
  command
      ->add_option("--down-after", options->down_after_seconds,
                   "Seconds without a batch after which a sensor is down; 0: five of its "
                   "intervals, a minute at least")
      ->check(CLI::Range(std::int64_t{0}, kMaxDownAfterSeconds))
      ->capture_default_str();
  add_config_option(*command);
  command->footer(
      "Examples:\n"
      "  teiten serve --listen 0.0.0.0:8443 --name collector.example.net --store teiten.db\n"
      "  teiten sensor add tokyo --url https://collector.example.net:8443 --out tokyo.toml\n"
      "Other commands on the same store go on working: the collector lends it.\n"
      "Ctrl-C or SIGTERM: what is whole is committed, exit status 0.");
  command->callback([options, &status] {
    const auto done = serve(*options);
    status = done.ok() ? kDone : fail(done.error());
  });
}

}  // namespace teiten
