#include <chrono>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/command.h"
#include "store/store.h"

namespace teiten {
namespace {

struct Options {
  std::string store = default_store();
  std::int64_t days = 0;
  std::string zone = "Asia/Tokyo";
  bool dry_run = false;
};

/// A report looks back at six months; with fewer days none can be written.
constexpr std::int64_t kReportDays = 215;

/// Packets of all days before `kept` that are not daily counts yet.
Result<std::uint64_t> older_packets(Store& store, Day kept, const TimeZone& zone) {
  Query query;
  query.zone = zone;
  query.to = zone.start_of(kept);
  query.measures = {Measure::packets};
  TEITEN_TRY(const std::optional<Retention> before, store.retention());
  if (before) query.from = before->kept_from;
  if (query.from && *query.from >= *query.to) return std::uint64_t{0};
  TEITEN_TRY(const QueryResult counted, store.query(query));
  return counted.rows.front().measures[0];
}

Result<void> retain(const Options& options) {
  TEITEN_TRY(const TimeZone zone, zone_option(options.zone));
  const Day kept = RetentionPolicy{options.days, zone}.first_kept(std::chrono::system_clock::now());
  TEITEN_TRY(const auto store,
             Store::open(options.store, options.dry_run ? StoreMode::read : StoreMode::write));
  if (options.dry_run) {
    TEITEN_TRY(const std::uint64_t older, older_packets(*store, kept, zone));
    fmt::print("{} packets before {} ({}) would be kept as daily counts only\n", grouped(older),
               format_day(kept), zone.name());
    return {};
  }
  Progress progress("Making daily counts");
  std::uint64_t days = 0;
  std::uint64_t accesses = 0;
  while (true) {
    TEITEN_TRY(const std::optional<AgedDay> aged, store->age_day(kept, zone));
    if (!aged) break;
    accesses += aged->accesses;
    progress.show(fmt::format("{} days, {} accesses", ++days, grouped(accesses)));
  }
  if (days > 0) TEITEN_CHECK(store->checkpoint());
  fmt::print("{} keeps accesses from {} ({}) on; {} older ones of {} day{} became daily counts\n",
             options.store, format_day(kept), zone.name(), grouped(accesses), days,
             days == 1 ? "" : "s");
  return {};
}

}  // namespace

void add_retain(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "retain", "Keep accesses for so many days, and daily counts of what is older");
  command->add_option("--store", options->store, "The store")->capture_default_str();
  command
      ->add_option("--days", options->days,
                   fmt::format("Accesses of today and so many days before it stay ({} at least)",
                               kLeastRetentionDays))
      ->required()
      ->check(CLI::Range(kLeastRetentionDays, kMostRetentionDays));
  command->add_option("--tz", options->zone, "Zone of the days; one for good in a store")
      ->capture_default_str();
  command->add_flag("--dry-run", options->dry_run, "Say what would go, and change nothing");
  command->footer(
      fmt::format("Of an older day the accesses go, and with them every source address: for good, "
                  "so make a backup first.\n"
                  "What stays is exact: packets, accesses, sources and source_days of the day, by "
                  "sensor, service, region and kind.\n"
                  "count answers from them what they tell (by day, or sums of packets, accesses "
                  "and source_days), and says where they do not.\n"
                  "Reports and findings look back at six months of accesses: keep {} days or more "
                  "if they are wanted.\n"
                  "Example: teiten retain --days 400 --store teiten.db",
                  kReportDays));
  command->callback([options, &status] {
    const auto done = retain(*options);
    status = done.ok() ? kDone : fail(done.error());
  });
}

}  // namespace teiten
