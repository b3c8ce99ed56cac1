#include <cstdio>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "access/record_source.h"
#include "access/sensors.h"
#include "app/command.h"
#include "app/config_file.h"
#include "app/version.h"
#include "sense/sensor.h"
#include "sense/status.h"

namespace teiten {
namespace {

constexpr const char* kDefaultSpool = "/var/lib/teiten/spool";
constexpr double kLeastBatchSeconds = 0.1;
constexpr double kMostBatchSeconds = 900;
/// A spool holds at least what one segment does.
constexpr std::uint64_t kLeastSpoolBytes = 8U << 20;
constexpr std::uint64_t kLeastBufferBytes = 256U << 10;
constexpr std::uint64_t kMostBufferBytes = 1U << 30;

struct Options {
  std::vector<std::string> interfaces;
  std::string replay;
  std::string follow;
  std::string zone = "UTC";
  std::string log_format{kAutomaticFormat};
  std::string csv;
  std::vector<std::string> addresses;
  std::string sensor;
  std::string bundle;
  bool no_upload = false;
  std::string spool = kDefaultSpool;
  std::uint64_t spool_bytes = SpoolLimits{}.bytes;
  std::uint64_t spool_days = 14;
  std::string proxy;
  std::uint64_t limit_rate = 0;
  double batch_seconds = 5;
  std::uint64_t buffer_bytes = 8U << 20;
  bool keep_local = false;
  std::string user;
  bool status = false;
  bool metrics = false;
  std::string format = "text";
};

Error wrong(std::string message) {
  return failure(ErrorCode::invalid_argument, std::move(message));
}

/// How a followed log is read.
Result<SourceOptions> source_options(const Options& options) {
  SourceOptions source;
  const bool given =
      options.zone != "UTC" || options.log_format != kAutomaticFormat || !options.csv.empty();
  if (given && options.follow.empty())
    return wrong("--tz, --log-format and --csv say how a log is read: they need --follow");
  auto format = find_format(options.log_format);
  if (!format.ok() || *format == kCaptureFormat)
    return wrong(
        fmt::format("--log-format {}: no format of logs; `teiten import --formats` lists them",
                    options.log_format));
  source.format = *format;
  TEITEN_TRY(source.log.zone, zone_option(options.zone));
  if (!options.csv.empty()) {
    TEITEN_TRY(source.log.csv, CsvMapping::parse(options.csv));
  }
  return source;
}

Result<WatchOptions> watch_options(const Options& options) {
  WatchOptions watch;
  if ((options.interfaces.empty() ? 0 : 1) + (options.replay.empty() ? 0 : 1) +
          (options.follow.empty() ? 0 : 1) !=
      1)
    return wrong(
        "sense: name what to watch: --interface, or --follow with a log, or --replay with a "
        "capture file");
  watch.interfaces = options.interfaces;
  watch.replay = options.replay;
  watch.follow = options.follow;
  TEITEN_TRY(watch.source, source_options(options));
  for (const std::string& text : options.addresses) {
    const auto prefix = Prefix::parse(text);
    if (!prefix)
      return wrong(
          fmt::format("--address {}: no address or prefix (such as 192.0.2.1 or "
                      "2001:db8::/48)",
                      text));
    watch.addresses.push_back(*prefix);
  }
  if (!options.replay.empty() && watch.addresses.empty())
    return wrong("--replay: say by --address which addresses of the file are monitored");
  watch.batch_length = std::chrono::duration_cast<std::chrono::nanoseconds>(
      std::chrono::duration<double>(options.batch_seconds));
  watch.buffer_bytes = static_cast<std::uint32_t>(options.buffer_bytes);
  watch.keep_local = options.keep_local;
  return watch;
}

Result<KeepOptions> keep_options(const Options& options) {
  KeepOptions keep;
  keep.version = kVersion;
  keep.spool = options.spool;
  keep.limits.bytes = options.spool_bytes;
  keep.limits.age = std::chrono::hours(24 * options.spool_days);
  keep.proxy = options.proxy;
  keep.bytes_per_second = options.limit_rate;
  if (!options.proxy.empty() && !host_and_port(options.proxy).ok())
    return wrong(fmt::format("--proxy {}: must be like http://proxy.example:3128", options.proxy));
  if (options.bundle.empty()) {
    if (options.no_upload) return keep;
    return wrong(
        "sense: give --bundle with the file that `teiten sensor add` made, or --no-upload to spool "
        "only");
  }
  TEITEN_TRY(auto bundle, load_bundle(options.bundle));
  keep.sensor = bundle.sensor;
  if (!options.no_upload) keep.bundle = std::move(bundle);
  return keep;
}

/// The certificate names the sensor; without one it is named here.
Result<std::string> sensor_name(const Options& options, const KeepOptions& keep) {
  if (!keep.sensor.empty() && !options.sensor.empty() && keep.sensor != options.sensor) {
    return wrong(fmt::format("--sensor {}: the bundle is that of {}", options.sensor, keep.sensor));
  }
  std::string name = keep.sensor.empty() ? options.sensor : keep.sensor;
  if (name.empty()) return wrong("sense: without a bundle --sensor names the sensor");
  TEITEN_CHECK(check_sensor_name(name));
  return name;
}

Result<int> start(const Options& options) {
  TEITEN_TRY(WatchOptions watch, watch_options(options));
  TEITEN_TRY(KeepOptions keep, keep_options(options));
  TEITEN_TRY(watch.sensor, sensor_name(options, keep));
  return run_sensor(std::move(watch), std::move(keep), options.user);
}

Result<std::string> ask(const Options& options) {
  if (options.metrics) return ask_sensor(options.spool, "metrics");
  TEITEN_TRY(auto answer, ask_sensor(options.spool, "status"));
  if (options.format == "json") return answer;
  return status_text(answer);
}

int run(const Options& options) {
  if (options.status || options.metrics) {
    const auto answer = ask(options);
    if (!answer.ok()) return fail(answer.error());
    fmt::print("{}", *answer);
    return kDone;
  }
  const auto status = start(options);
  return status.ok() ? *status : fail(status.error());
}

}  // namespace

void add_sense(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command =
      app.add_subcommand("sense", "Capture what comes in, and send it to a collector");
  command
      ->add_option("--interface", options->interfaces,
                   "Interface to capture from, in both directions; repeatable")
      ->allow_extra_args(false);
  command->add_option("--replay", options->replay,
                      "Read a capture file in its place, as fast as it goes, and end with it");
  command->add_option("--follow", options->follow,
                      "Read a firewall's log that grows in its place, through rotation; begins at "
                      "its end, and goes on where it was");
  command->add_option("--tz", options->zone, "With --follow: zone of stamps that carry none")
      ->capture_default_str();
  command
      ->add_option("--log-format", options->log_format,
                   "With --follow: auto, or a name that teiten import --formats lists")
      ->capture_default_str();
  command->add_option("--csv", options->csv,
                      "With --follow: which column holds what, as for teiten import");
  command
      ->add_option("--address", options->addresses,
                   "Monitored address or prefix; repeatable. Without it those of the interfaces, "
                   "as they change; of a log, every destination")
      ->allow_extra_args(false);
  command->add_option("--sensor", options->sensor, "Name of the sensor, where no bundle gives it");
  command->add_option("--bundle", options->bundle,
                      "What `teiten sensor add` made: name, collectors, certificate and key");
  command->add_flag("--no-upload", options->no_upload, "Spool only");
  command->add_option("--spool", options->spool, "Folder of the batches that wait")
      ->capture_default_str();
  command
      ->add_option("--spool-bytes", options->spool_bytes,
                   "What may wait; the oldest batches go first where more comes")
      ->check(CLI::Range(kLeastSpoolBytes, std::uint64_t{1} << 50))
      ->capture_default_str();
  command->add_option("--spool-days", options->spool_days, "How long a batch may wait")
      ->check(CLI::Range(1, 3650))
      ->capture_default_str();
  command->add_option("--proxy", options->proxy, "HTTP proxy on the way, http://host:port");
  command->add_option("--limit-rate", options->limit_rate,
                      "Bytes a second that uploads may take; 0: no bound");
  command->add_option("--batch-seconds", options->batch_seconds, "How long a batch lasts")
      ->check(CLI::Range(kLeastBatchSeconds, kMostBatchSeconds))
      ->capture_default_str();
  command
      ->add_option("--buffer-bytes", options->buffer_bytes,
                   "Memory of the kernel for frames that wait, an interface")
      ->check(CLI::Range(kLeastBufferBytes, kMostBufferBytes))
      ->capture_default_str();
  command->add_flag("--keep-local", options->keep_local,
                    "Count private, link-local and loopback sources too");
  command->add_option("--user", options->user,
                      "Unprivileged user to become where started as root; without it teiten, or "
                      "nobody");
  command->add_flag("--status", options->status, "Ask the sensor that runs with this --spool");
  command->add_flag("--metrics", options->metrics, "The same, as Prometheus text");
  command->add_option("--format", options->format, "Of --status: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  add_config_option(*command);
  command->footer(
      "Examples:\n"
      "  teiten sense --interface eth0 --bundle /etc/teiten/sensor.toml\n"
      "  teiten sense --interface eth0 --sensor home --no-upload --spool /tmp/spool\n"
      "  teiten sense --follow /var/log/ufw.log --tz Asia/Tokyo --bundle "
      "/etc/teiten/sensor.toml\n"
      "  teiten sense --status --format json");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace teiten
