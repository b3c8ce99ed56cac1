#include <chrono>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/command.h"
#include "store/lend.h"
#include "store/rewrite.h"
#include "store/store.h"
#include "store/store_file.h"

namespace teiten {
namespace {

struct Options {
  std::string store = default_store();
  std::int64_t days = 0;
  std::string zone = "Asia/Tokyo";
  bool dry_run = false;
};

/// What a report says of a month rests on the eight months that end with it, and it is written up
/// to a month later; with fewer days none can be written.
constexpr std::int64_t kReportDays = 280;

/// Packets of all days before `kept` that are not daily counts yet.
Result<std::uint64_t> older_packets(Store& store, Day kept, const TimeZone& zone) {
  Query query;
  query.zone = zone;
  query.to = zone.start_of(kept);
  query.measures = {Measure::packets};
  TEITEN_TRY(const std::optional<Retention> before, store.retention());
  if (before && before->zone.name() != zone.name()) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{} has daily counts of {}: use the same zone", store.location(),
                               before->zone.name()));
  }
  if (before) query.from = before->kept_from;
  if (query.from && *query.from >= *query.to) return std::uint64_t{0};
  TEITEN_TRY(const QueryResult counted, store.query(query));
  return counted.rows.front().measures[0];
}

Result<void> foresee(const Options& options, Day kept, const TimeZone& zone) {
  TEITEN_TRY(const auto store, Store::open(options.store, StoreMode::read));
  TEITEN_TRY(const std::uint64_t older, older_packets(*store, kept, zone));
  fmt::print("{} packets before {} ({}) would be kept as daily counts only\n", grouped(older),
             format_day(kept), zone.name());
  return {};
}

struct Aged {
  std::uint64_t days = 0;
  std::uint64_t accesses = 0;
  Retention retention;
};

Result<Aged> age(const std::string& path, Day kept, const TimeZone& zone) {
  TEITEN_TRY(const auto store, Store::open(path, StoreMode::write, StoreLoan::none));
  Progress progress("Making daily counts");
  Aged done;
  while (true) {
    TEITEN_TRY(const std::optional<AgedDay> aged, store->age_day(kept, zone));
    if (!aged) break;
    done.accesses += aged->accesses;
    progress.show(fmt::format("{} days, {} accesses", ++done.days, grouped(done.accesses)));
  }
  TEITEN_TRY(const std::optional<Retention> retention, store->retention());
  if (retention) done.retention = *retention;
  return done;
}

Result<void> retain(const Options& options) {
  TEITEN_TRY(const TimeZone zone, zone_option(options.zone));
  const Day kept = RetentionPolicy{options.days, zone}.first_kept(std::chrono::system_clock::now());
  if (options.days < kReportDays) {
    fmt::print(stderr,
               "teiten: note: reports and findings need eight months of accesses: with fewer than "
               "{} days none can be written\n",
               kReportDays);
  }
  if (options.dry_run) return foresee(options, kept, zone);
  TEITEN_TRY(const StoreFileKind there, look_at(options.store));
  if (there != StoreFileKind::duckdb)
    return failure(ErrorCode::not_found, fmt::format("no store at {}", options.store));
  TEITEN_TRY(const std::optional<Loan> loan, Loan::ask(options.store, StoreMode::write));
  TEITEN_TRY(const Aged aged, age(options.store, kept, zone));
  // Into a new file: addresses would stay in blocks that are merely free.
  if (aged.days > 0) TEITEN_CHECK(rewrite_store(options.store));
  fmt::print("{} keeps accesses from {} ({}) on; {} older ones of {} day{} became daily counts\n",
             options.store, format_day(aged.retention.zone.day_of(aged.retention.kept_from)),
             zone.name(), grouped(aged.accesses), aged.days, aged.days == 1 ? "" : "s");
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
                  "The store is then written anew, which takes as much room on the disk again.\n"
                  "What stays is exact: packets, accesses, sources and source_days of the day, by "
                  "sensor, service, region and kind.\n"
                  "count answers from them what they tell (by day, or sums of packets, accesses "
                  "and source_days), and says where they do not.\n"
                  "Reports and findings need the accesses of eight months: keep {} days or more "
                  "if they are wanted.\n"
                  "Example: teiten retain --days 400 --store teiten.db",
                  kReportDays));
  command->callback([options, &status] {
    const auto done = retain(*options);
    status = done.ok() ? kDone : fail(done.error());
  });
}

}  // namespace teiten
