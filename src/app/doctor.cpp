#include <memory>
#include <set>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "analyze/coverage.h"
#include "analyze/day_number.h"
#include "analyze/saturation.h"
#include "app/command.h"
#include "app/geo_option.h"
#include "app/version.h"
#include "enrich/geo.h"
#include "store/store.h"

namespace teiten {
namespace {

struct Options {
  std::string store = default_store();
  std::vector<std::string> geo;
};

/// Sums over all batches of a store.
struct Totals {
  std::uint64_t frames = 0;
  std::uint64_t imported_records = 0;  ///< what sensors report has no import to compare with
  std::uint64_t unsolicited = 0;
  std::uint64_t solicited = 0;
  std::uint64_t dropped = 0;
  std::uint64_t access_rows = 0;
  std::uint64_t access_packets = 0;
  std::uint64_t aged_rows = 0;
  std::uint64_t aged_packets = 0;
  NamedCounts ignored;
  NamedCounts anomalies;
  NamedCounts rejected;
  NamedCounts limits;
  std::set<std::string> region_sources;
};

Totals totals_of(const std::vector<StoredBatch>& batches) {
  Totals totals;
  for (const StoredBatch& stored : batches) {
    const Batch& batch = stored.batch;
    totals.frames += batch.frames;
    if (!batch.live) totals.imported_records += batch.records;
    totals.unsolicited += batch.packets_unsolicited;
    totals.solicited += batch.solicited;
    totals.dropped += batch.dropped;
    totals.access_rows += stored.access_rows;
    totals.access_packets += stored.access_packets;
    totals.aged_rows += stored.aged_rows;
    totals.aged_packets += stored.aged_packets;
    add_counts(totals.ignored, batch.ignored);
    add_counts(totals.anomalies, batch.anomalies);
    add_counts(totals.rejected, batch.rejected);
    add_counts(totals.limits, batch.limits);
    if (!batch.region_source.empty()) totals.region_sources.insert(batch.region_source);
  }
  return totals;
}

std::string list_of(const NamedCounts& counts) {
  std::string text;
  for (const auto& [name, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, grouped(count));
  return text.empty() ? "none" : text;
}

void verdict(bool holds, const std::string& text, bool& healthy) {
  fmt::print("{} {}\n", holds ? "ok  " : "BAD ", text);
  healthy = healthy && holds;
}

/// frames = unsolicited + solicited + ignored + anomalies + rejected, and unsolicited = Σ
/// access.packets; the second and third figure are counted apart from the first.
void check_conservation(const Totals& totals, const std::vector<StoredBatch>& batches,
                        const std::vector<Import>& imports, bool& healthy) {
  verdict(totals.frames == totals.unsolicited + totals.solicited + total_of(totals.ignored) +
                               total_of(totals.anomalies) + total_of(totals.rejected),
          fmt::format(
              "frames {} = unsolicited {} + solicited {} + ignored {} + anomalies {} + rejected {}",
              grouped(totals.frames), grouped(totals.unsolicited), grouped(totals.solicited),
              grouped(total_of(totals.ignored)), grouped(total_of(totals.anomalies)),
              grouped(total_of(totals.rejected))),
          healthy);
  verdict(totals.unsolicited == totals.access_packets,
          fmt::format("unsolicited {} = packets of the {} stored rows {}{}",
                      grouped(totals.unsolicited), grouped(totals.access_rows - totals.aged_rows),
                      grouped(totals.access_packets - totals.aged_packets),
                      totals.aged_rows == 0
                          ? ""
                          : fmt::format(" + of daily counts {}", grouped(totals.aged_packets))),
          healthy);
  for (const StoredBatch& stored : batches) {
    if (stored.batch.packets_unsolicited == stored.access_packets) continue;
    verdict(false,
            fmt::format("batch {} of sensor {}: {} packets in its header, {} in its rows",
                        stored.batch.sequence, printable(stored.batch.sensor),
                        stored.batch.packets_unsolicited, stored.access_packets),
            healthy);
  }
  std::uint64_t read = 0;
  bool complete = true;
  for (const Import& import : imports) {
    complete = complete && import.complete;
    for (const ImportedInput& input : import.inputs)
      read += input.frames;
  }
  if (complete) {
    verdict(read == totals.imported_records,
            fmt::format("records {} = given by the readers of {} imports {}",
                        grouped(totals.imported_records), imports.size(), grouped(read)),
            healthy);
  }
  for (const Import& import : imports) {
    if (import.complete || import.inputs.empty()) continue;
    verdict(false,
            fmt::format("the import of {} did not finish: run the same command again",
                        printable(import.inputs.front().name)),
            healthy);
  }
}

/// Days whose accesses are gone: their counts must hold as many packets as the batches say.
Result<void> check_retention(Store& store, const Totals& totals, bool& healthy) {
  TEITEN_TRY(const std::optional<Retention> kept, store.retention());
  if (!kept || !kept->has_days()) return {};
  Query query;
  query.from = kept->from;
  query.to = kept->kept_from;
  query.zone = kept->zone;
  query.by = {Dimension::sensor};
  query.measures = {Measure::packets};
  TEITEN_TRY(const QueryResult counted, store.query(query));
  std::uint64_t packets = 0;
  for (const ResultRow& row : counted.rows)
    packets += row.measures[0];
  fmt::print("\nRetention\n");
  verdict(packets == totals.aged_packets,
          fmt::format("daily counts of {} to {} ({}) hold {} packets = of the {} rows that they "
                      "replaced {}",
                      format_day(day_from_number(kept->first_day)),
                      format_day(day_from_number(kept->end_day - 1)), kept->zone.name(),
                      grouped(packets), grouped(totals.aged_rows), grouped(totals.aged_packets)),
          healthy);
  fmt::print("     sources, tools, scanners and payloads of these days are gone\n");
  return {};
}

Result<void> print_coverage(Store& store, const std::vector<StoredBatch>& batches) {
  const std::vector<SensorCoverage> sensors = coverage_of(batches);
  TEITEN_TRY(const auto saturated, saturated_sensors(store, {}, {}, TimeZone()));
  TextTable table({"sensor", "from", "to", "observed days", "gaps", "saturated days", "packets"},
                  {false, false, false, true, true, true, true});
  for (const SensorCoverage& sensor : sensors) {
    table.add({printable(sensor.sensor), format_utc(sensor.life.from), format_utc(sensor.life.to),
               fmt::format("{:.2f}", sensor.observed_days(sensor.life)),
               std::to_string(sensor.gaps.size()),
               std::to_string(saturated_days_of(saturated, sensor.sensor).size()),
               std::to_string(sensor.packets)});
  }
  fmt::print("\nCoverage\n{}", table.text());
  for (const SensorCoverage& sensor : sensors) {
    for (const CoverageGap& gap : sensor.gaps) {
      fmt::print("  gap {}: {} to {} ({})\n", printable(sensor.sensor), format_utc(gap.range.from),
                 format_utc(gap.range.to), gap.inferred ? "inferred from silence" : "reported");
    }
  }
  for (const SaturatedSensor& sensor : saturated) {
    fmt::print("  saturated {}: {} day{} between {} and {} at {} packets a day: lower bounds\n",
               printable(sensor.sensor), sensor.days.size(), sensor.days.size() == 1 ? "" : "s",
               format_day(day_from_number(sensor.days.front())),
               format_day(day_from_number(sensor.days.back())), grouped(sensor.ceiling));
  }
  return {};
}

/// False if something does not hold.
Result<bool> examine(const Options& options) {
  bool healthy = true;
  TEITEN_TRY(auto store, Store::open(options.store, StoreMode::read));
  TEITEN_TRY(const int schema, store->schema_version());
  fmt::print("teiten {} with {}, store {} (schema {})\n\nConservation\n", kVersion, store->engine(),
             options.store, schema);
  TEITEN_TRY(const auto batches, store->batches());
  TEITEN_TRY(const auto imports, store->imports());
  const Totals totals = totals_of(batches);
  check_conservation(totals, batches, imports, healthy);
  fmt::print(
      "     ignored: {}\n     anomalies: {}\n     rejected: {}\n     dropped before capture: {}\n",
      list_of(totals.ignored), list_of(totals.anomalies), list_of(totals.rejected),
      grouped(totals.dropped));
  fmt::print("     limits reached: {}\n", list_of(totals.limits));
  TEITEN_CHECK(check_retention(*store, totals, healthy));
  TEITEN_CHECK(print_coverage(*store, batches));
  fmt::print("\nGeolocation\n");
  for (const std::string& source : totals.region_sources)
    fmt::print("  stored regions: {}\n", source);
  TEITEN_TRY(const std::vector<GeoFile> files, geo_files(options.geo));
  const auto geo = GeoDatabases::open(files);
  if (!geo.ok()) {
    verdict(false, printable(geo.error().message), healthy);
    return healthy;
  }
  for (const auto& database : geo->databases()) {
    fmt::print("  for imports: {} dated {} ({})\n", database.name, format_day(database.date),
               database.path);
  }
  return healthy;
}

int run(const Options& options) {
  const auto healthy = examine(options);
  if (!healthy.ok()) return fail(healthy.error());
  return *healthy ? kDone : kCouldNot;
}

}  // namespace

void add_doctor(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "doctor", "Check a store: conservation of packets, coverage, databases, limits");
  command->add_option("--store", options->store, "The store")->capture_default_str();
  command->add_option("--geo", options->geo, "FILE[@YYYY-MM-DD]: geolocation databases to look at");
  command->footer("Exit status 1 if something does not hold.");
  command->callback([options, &status] { status = run(*options); });
}

}  // namespace teiten
