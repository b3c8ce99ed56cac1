#include "simulate/simulator.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "simulate/frame_builder.h"
#include "simulate/output_file.h"
#include "simulate/pcap_writer.h"
#include "simulate/plan.h"
#include "simulate/region_pool.h"
#include "simulate/sim_packet.h"
#include "simulate/tally.h"
#include "simulate/traffic.h"
#include "simulate/truth.h"

namespace teiten {
namespace {

std::vector<Region> regions_of(const Scenario& scenario) {
  std::set<Region> regions;
  for (const TrafficFamily& family : scenario.families) {
    for (const RegionWeight& share : family.regions)
      regions.insert(share.region);
  }
  return {regions.begin(), regions.end()};
}

Result<void> check_options(const Scenario& scenario, const SimulateOptions& options) {
  if (options.pcap_path.empty())
    return failure(ErrorCode::invalid_argument, "simulate needs --pcap FILE to write to");
  std::set<std::string> outputs;
  for (const auto& path :
       {std::optional(options.pcap_path), options.truth_path, options.sensors_path}) {
    if (path == "-") {
      return failure(ErrorCode::invalid_argument,
                     "simulate writes files: name one in place of -, or /dev/stdout");
    }
    if (path && !outputs.insert(*path).second) {
      return failure(
          ErrorCode::invalid_argument,
          *path + " is named for two outputs: --pcap, --truth and --sensors each need their own");
    }
  }
  // The comparison is false for NaN too.
  if (!(options.scale > 0))
    return failure(ErrorCode::invalid_argument, "--scale must be a number above 0");
  // A capture file holds seconds since 1970 in 32 bits.
  const auto first = std::chrono::sys_days{scenario.first_day};
  const auto last = std::chrono::sys_days{scenario.last_day};
  if (first < std::chrono::sys_days{Day{std::chrono::year{1970} / 1 / 2}} ||
      last > std::chrono::sys_days{Day{std::chrono::year{2106} / 2 / 1}}) {
    return failure(ErrorCode::invalid_argument,
                   "a scenario's days must lie between 1970-01-02 and 2106-02-01");
  }
  return {};
}

Result<void> check_plan(const Plan& plan) {
  for (int day = 0; day < plan.day_count(); ++day) {
    const double packets = plan.expected_packets(day);
    if (packets <= kMaxPacketsPerDay) continue;
    return failure(ErrorCode::limit_reached,
                   fmt::format("the scenario asks for {:.0f} packets on {}, at most {:.0f} a day "
                               "are simulated (kMaxPacketsPerDay): take a smaller --scale",
                               packets, format_day(plan.day(day)), kMaxPacketsPerDay));
  }
  return {};
}

/// Moves the packets before `end` out of `pending`, sorted by time.
void take_before(std::int64_t end, std::vector<SimPacket>& pending, std::vector<SimPacket>& taken) {
  const auto later = std::stable_partition(
      pending.begin(), pending.end(), [&](const SimPacket& packet) { return packet.time < end; });
  taken.assign(pending.begin(), later);
  pending.erase(pending.begin(), later);
  // Stable: packets of one microsecond stay in the order in which they were generated.
  std::stable_sort(taken.begin(), taken.end(),
                   [](const SimPacket& a, const SimPacket& b) { return a.time < b.time; });
}

/// A file that the user may want; opened before the work starts, so that a wrong path shows at
/// once.
class WantedFile {
 public:
  static Result<WantedFile> create(const std::optional<std::string>& path) {
    WantedFile wanted;
    if (path) {
      TEITEN_TRY(OutputFile file, OutputFile::create(*path));
      wanted.file_.emplace(std::move(file));
    }
    return wanted;
  }
  bool is_wanted() const { return file_.has_value(); }
  Result<void> write(const std::string& text) {
    TEITEN_CHECK(file_->write(text));
    return file_->finish();
  }

 private:
  std::optional<OutputFile> file_;
};

}  // namespace

Result<SimulateSummary> simulate(const Scenario& scenario, const GeoDatabases& geo,
                                 const SimulateOptions& options) {
  TEITEN_CHECK(check_options(scenario, options));
  const Plan plan(scenario, options.seed, options.scale);
  TEITEN_CHECK(check_plan(plan));
  const UtcTime begin = from_microseconds(plan.start_of(0));
  TEITEN_TRY(const RegionPools pools, region_pools(geo, begin, regions_of(scenario)));
  TEITEN_TRY(PcapWriter pcap, PcapWriter::create(options.pcap_path));
  TEITEN_TRY(WantedFile truth, WantedFile::create(options.truth_path));
  TEITEN_TRY(WantedFile sensors, WantedFile::create(options.sensors_path));
  Traffic traffic(scenario, plan, pools.pools, options.seed);
  FrameBuilder frames(scenario.sensors);
  Tally tally(scenario, plan, pools.pools.size());
  std::vector<SimPacket> pending;
  std::vector<SimPacket> today;
  for (int day = 0; day < plan.day_count(); ++day) {
    traffic.generate(day, pending);
    take_before(plan.start_of(day + 1), pending, today);
    for (const SimPacket& packet : today)
      TEITEN_CHECK(pcap.write(packet.time, frames.build(packet)));
    tally.add_day(day, today);
  }
  // What would come after the last midnight is not captured any more.
  tally.finish();
  TEITEN_CHECK(pcap.finish());
  if (truth.is_wanted()) {
    TEITEN_CHECK(truth.write(truth_json(
        {scenario, plan, tally, pools, options.seed, options.scale, geo.source_at(begin)})));
  }
  if (sensors.is_wanted()) TEITEN_CHECK(sensors.write(sensors_toml(scenario)));
  SimulateSummary summary;
  summary.scenario = scenario.name;
  summary.range = {begin, from_microseconds(plan.start_of(plan.day_count()))};
  for (const auto& [month, counted] : tally.months()) {
    summary.packets += counted.total.packets;
    summary.accesses += counted.total.accesses;
    summary.source_days += counted.total.source_days;
  }
  summary.pcap_bytes = pcap.size_bytes();
  summary.sensors = scenario.sensors.size();
  summary.geo_source = geo.source_at(begin);
  return summary;
}

Result<SimulateSummary> run_simulation(const SimulateRequest& request) {
  TEITEN_TRY(const Scenario scenario, load_scenario(request.scenario));
  TEITEN_TRY(const GeoDatabases geo, GeoDatabases::open(request.geo));
  return simulate(scenario, geo, request.options);
}

}  // namespace teiten
