#include <algorithm>
#include <cerrno>
#include <memory>
#include <thread>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <unistd.h>

#include "access/reorder.h"
#include "app/command.h"
#include "app/follow.h"
#include "app/geo_option.h"
#include "app/importer.h"
#include "app/input_options.h"
#include "app/stop_signal.h"

namespace teiten {
namespace {

struct Options {
  InputOptions input;
  std::string store = default_store();
  std::vector<std::string> geo;
  std::string rejects;
  std::size_t threads = 0;
  std::uint64_t slice_packets = kSlicePackets;
  bool follow = false;
  double interval_seconds = 5;
};

/// More threads than this only wait for the reader.
constexpr std::size_t kMaxImportThreads = 16;
/// A batch is held in memory until it is written.
constexpr std::uint64_t kMaxSlicePackets = 1'000'000;

Result<ImportRequest> request_of(const Options& options) {
  ImportRequest request;
  request.files = options.input.files;
  TEITEN_TRY(request.sensors, options.input.sensor_specs());
  TEITEN_TRY(request.source, options.input.source_options());
  TEITEN_TRY(request.geo, geo_files(options.geo));
  request.rejects = options.rejects;
  request.keep_local = options.input.keep_local;
  request.scanners = options.input.scanners;
  request.slice_packets = options.slice_packets;
  request.threads =
      options.threads > 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  request.threads = std::min(request.threads, kMaxImportThreads);
  return request;
}

void print_counts(std::string_view title, const NamedCounts& counts) {
  if (counts.empty()) return;
  fmt::print("  {} {}:", title, grouped(total_of(counts)));
  const char* separator = " ";
  for (const auto& [name, count] : counts) {
    fmt::print("{}{} {}", separator, name, grouped(count));
    separator = ", ";
  }
  fmt::print("\n");
}

void print_summary(const ImportSummary& summary, const std::string& store) {
  const char* unit = summary.lines == 0                 ? "frames"
                     : summary.lines == summary.records ? "records"
                                                        : "frames and records";
  fmt::print("{} {} from {} file{} into {}\n", grouped(summary.records), unit, summary.files_read,
             summary.files_read == 1 ? "" : "s", store);
  if (summary.frames != summary.records)
    fmt::print("  these stand for {} packets\n", grouped(summary.frames));
  fmt::print("  unsolicited {} packets in {} accesses\n", grouped(summary.packets_unsolicited),
             grouped(summary.accesses));
  if (summary.solicited > 0)
    fmt::print("  solicited {} (answers to what a monitored address asked)\n",
               grouped(summary.solicited));
  print_counts("ignored", summary.ignored);
  print_counts("anomalies", summary.anomalies);
  print_counts("rejected", summary.rejected);
  if (summary.lines > 0) {
    const std::uint64_t rejected = total_of(summary.rejected);
    fmt::print("  accepted {} + rejected {} = {} {}\n", grouped(summary.records - rejected),
               grouped(rejected), grouped(summary.records), unit);
  }
  if (summary.dropped > 0) fmt::print("  dropped before capture {}\n", grouped(summary.dropped));
  if (!summary.range.empty())
    fmt::print("  from {} to {}\n", format_utc(summary.range.from),
               format_utc(summary.range.to - std::chrono::microseconds(1)));
  print_counts("sensors", summary.packets_by_sensor);
  if (!summary.region_source.empty()) fmt::print("  regions by {}\n", summary.region_source);
  print_counts("limits reached", summary.limits);
}

void print_known_parts(const ImportSummary& summary, const std::string& store) {
  for (const KnownPart& part : summary.known_parts) {
    const std::string sensors =
        part.sensors.empty() ? "" : fmt::format(", sensor {}", fmt::join(part.sensors, ", "));
    fmt::print("{}: {} records left out, they are in {} (from {}{})\n", printable(part.path),
               grouped(part.records), part.sensors.empty() ? "this import" : store,
               printable(part.from), printable(sensors));
  }
}

int follow(const Options& options, ImportRequest import) {
  FollowRequest request;
  request.import = std::move(import);
  request.store = options.store;
  request.interval =
      std::chrono::milliseconds(static_cast<std::int64_t>(options.interval_seconds * 1000));
  request.stop = &StopSignal::requested();
  request.note = [](const std::string& text) {
    fmt::print(stderr, "teiten: note: {}\n", printable(text));
  };
  const StopSignal signals;
  const auto summary = follow_files(request);
  if (!summary.ok()) return fail(summary.error());
  print_known_parts(*summary, options.store);
  print_summary(*summary, options.store);
  return kDone;
}

void print_already_there(const ImportSummary& summary, const std::string& store) {
  for (const auto& [name, same_options] : summary.already_there) {
    fmt::print("{} is in {} already: nothing to do\n", printable(name), store);
    if (same_options) continue;
    fmt::print(stderr,
               "teiten: warning: {} was imported with other options or beside other files, and "
               "stays so: to count it anew, import it into another --store\n",
               printable(name));
  }
}

void print_warnings(const ImportSummary& summary) {
  for (const std::string& warning : summary.warnings)
    fmt::print(stderr, "teiten: warning: {}\n", printable(warning));
  for (const auto& [sensor, range] : summary.overlaps) {
    fmt::print(
        stderr,
        "teiten: warning: sensor {} has packets of {} to {} from an earlier import too: what "
        "stands in both inputs is counted twice\n",
        printable(sensor), format_utc(range.from), format_utc(range.to));
  }
  if (const auto late = summary.limits.find(kLatePackets); late != summary.limits.end()) {
    fmt::print(stderr,
               "teiten: warning: {} packets came more than an hour after later ones: packets and "
               "sources are exact, accesses may not be; sort the input by time\n",
               grouped(late->second));
  }
  if (summary.open_sensors && summary.solicited > 0) {
    fmt::print(stderr,
               "teiten: note: some destinations also send, so this is no darknet's capture; name "
               "the monitored addresses: "
               "--sensor NAME=ADDRESS[,ADDRESS]\n");
  }
}

/// Until standard input has something to read, or ends: a collector's store is not kept from it for
/// the sake of a pipe that is silent.
void wait_for_standard_input() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  while (::poll(&input, 1, -1) < 0 && errno == EINTR) {
  }
}

int run(const Options& options) {
  auto request = request_of(options);
  if (!request.ok()) return fail(request.error());
  if (options.follow) return follow(options, std::move(*request));
  const auto& files = request->files;
  if (std::find(files.begin(), files.end(), "-") != files.end()) wait_for_standard_input();
  auto store = Store::open(options.store, StoreMode::write);
  if (!store.ok()) return fail(store.error());
  Progress progress("import");
  request->progress = [&](std::uint64_t done, std::uint64_t total) { progress.show(done, total); };
  const StopSignal signals;
  request->stop = &StopSignal::requested();
  const auto summary = import_files(*request, **store);
  if (!summary.ok()) return fail(summary.error());
  if (summary->stopped) {
    return fail(failure(ErrorCode::io_error,
                        fmt::format("stopped: what was whole of the first {} records is in {}; the "
                                    "same command again goes on from there",
                                    grouped(summary->records), options.store)));
  }
  print_already_there(*summary, options.store);
  print_known_parts(*summary, options.store);
  if (summary->records == 0 && !summary->known_parts.empty()) {
    fmt::print("nothing new for {}\n", options.store);
  } else if (summary->files_read > 0) {
    print_summary(*summary, options.store);
  }
  print_warnings(*summary);
  return kDone;
}

}  // namespace

void add_import(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand("import", "Read captures and logs into a store");
  options->input.add_to(*command);
  command->add_option("--store", options->store, "The store, created if missing")
      ->capture_default_str();
  add_geo_option(*command, options->geo);
  command
      ->add_option("--threads", options->threads,
                   "Threads (0: one a core); the answer does not depend on it")
      ->check(CLI::Range(std::size_t{0}, kMaxImportThreads))
      ->capture_default_str();
  command
      ->add_option("--batch-packets", options->slice_packets,
                   "Packets after which a batch is cut and committed")
      ->check(CLI::Range(std::uint64_t{1}, kMaxSlicePackets))
      ->capture_default_str();
  command->add_option("--rejects", options->rejects,
                      "FILE that gets every rejected record: file, line, reason, text");
  command->add_flag_callback(
      "--formats",
      [] {
        fmt::print("{}", describe_formats());
        throw CLI::Success();
      },
      "List the formats with an example of each, and do nothing else");
  command->add_flag("--follow", options->follow,
                    "Keep reading growing logs, through rotation, until Ctrl-C");
  command
      ->add_option("--interval", options->interval_seconds,
                   "With --follow: seconds between two looks")
      ->check(CLI::Range(0.1, 3600.0))
      ->capture_default_str();
  command->footer(
      "Examples:\n"
      "  teiten import darknet.pcap.gz --sensor tokyo=192.0.2.0/24\n"
      "  teiten import /var/log/ufw.log --sensor home --tz Asia/Tokyo\n"
      "  teiten import --follow /var/log/ufw.log --sensor home\n"
      "  teiten import darknet.pcap.gz --scanners our-own-scans.toml\n"
      "  teiten import honeypot.csv.gz --csv "
      "time=datetime,sensor=host,source=srcstr,protocol=proto,icmp_type=type,\\\n"
      "      source_port=spt,destination_port=dpt,region=cc\n"
      "The same content given again changes nothing; a killed import is finished by running it "
      "again.");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace teiten
