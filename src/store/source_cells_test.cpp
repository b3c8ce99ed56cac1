#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "store/duckdb_store.h"
#include "store/naive_query.h"
#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::Dice;
using test::TemporaryFolder;

constexpr const char* kZones[] = {"UTC", "Asia/Tokyo", "Asia/Kathmandu", "America/St_Johns",
                                  "Australia/Lord_Howe"};

/// Accesses that count as the cells say, as batches that the naive count reads. Also checks that
/// sources come once and ascending, and cells in order and each once.
struct CellsAsBatches {
  explicit CellsAsBatches(const TimeZone& time_zone, const std::vector<std::string>& names)
      : zone(time_zone) {
    for (const std::string& name : names) {
      batches.emplace_back().sensor = name;
      batches.back().scanners = {"anybody"};
    }
  }
  void add(const IpAddress& source, std::span<const SourceCell> cells) {
    EXPECT_FALSE(cells.empty());
    EXPECT_TRUE(sources == 0 || last < source) << source.to_string();
    last = source;
    ++sources;
    const auto key = [](const SourceCell& c) {
      return std::tuple(c.day, c.sensor, c.service.code(), c.region.code(), c.kind,
                        c.known_scanner);
    };
    for (std::size_t i = 0; i < cells.size(); ++i) {
      EXPECT_TRUE(i == 0 || key(cells[i - 1]) < key(cells[i]));
      add(source, cells[i]);
    }
  }
  void add(const IpAddress& source, const SourceCell& cell) {
    Access access;
    access.first =
        zone.start_of(Day{std::chrono::sys_days{std::chrono::days{static_cast<int>(cell.day)}}});
    access.source = source;
    access.service = cell.service;
    access.region = cell.region;
    access.kind = cell.kind;
    access.packets = static_cast<std::uint32_t>(cell.packets);
    access.continues = cell.accesses == 0;
    access.scanner = cell.known_scanner ? 1 : 0;
    auto& into = batches.at(cell.sensor).accesses;
    into.push_back(access);
    access.packets = 0;
    for (std::uint64_t i = 1; i < cell.accesses; ++i)
      into.push_back(access);
  }

  TimeZone zone;
  std::vector<Batch> batches;
  IpAddress last;
  std::size_t sources = 0;
};

std::string describe(const QueryResult& result) {
  std::string text;
  for (const ResultRow& row : result.rows) {
    text += fmt::format("{} [{}] {}\n", row.bucket ? format_utc(*row.bucket) : "-",
                        fmt::join(row.keys, " "), fmt::join(row.measures, " "));
  }
  return text;
}

/// A question that counts by cells can answer: no hours, no targets, whole days.
Query random_question(Dice& dice, const TimeZone& zone) {
  Query query;
  query.zone = zone;
  constexpr Bucket kBuckets[] = {Bucket::none, Bucket::day, Bucket::week, Bucket::month};
  query.bucket = kBuckets[dice.below(4)];
  for (const Dimension dimension : {Dimension::service, Dimension::region, Dimension::sensor,
                                    Dimension::kind, Dimension::protocol}) {
    if (dice.chance(30)) query.by.push_back(dimension);
  }
  if (dice.chance(20)) query.where.push_back({Dimension::service, {"135/tcp", "8/icmp"}, false});
  if (dice.chance(20)) query.where.push_back({Dimension::kind, {"backscatter"}, true});
  if (dice.chance(20)) query.where.push_back({Dimension::scanner, {"-"}, dice.chance(50)});
  query.measures = {Measure::packets, Measure::accesses, Measure::sources, Measure::source_days,
                    Measure::sensors};
  return query;
}

std::vector<Batch> traffic(std::uint64_t seed) {
  test::TrafficShape shape;
  shape.seed = seed;
  shape.sources = seed % 2 == 0 ? 5 : 60;
  std::vector<Batch> batches = test::random_batches(shape);
  for (Batch& batch : batches) {
    for (std::size_t i = 0; i < batch.accesses.size(); i += 7)
      batch.accesses[i].continues = true;
  }
  return batches;
}

TEST(SourceCells, CountLikeTheAccessesThemselves) {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    const std::vector<Batch> batches = traffic(seed);
    auto store = Store::open(folder.file(fmt::format("{}.teiten", seed)), StoreMode::write);
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE((*store)->append(batches).ok());
    Dice dice(seed);
    for (const char* name : kZones) {
      const TimeZone zone = TimeZone::find(name).value();
      // Mostly in many parts; once in one.
      static_cast<DuckDbStore&>(**store).set_source_part_rows(dice.chance(80) ? 150 : 1'000'000);
      const TimeRange range{test::utc("2007-10-22 11:00") + std::chrono::hours{dice.below(48)},
                            test::utc("2007-11-10 03:30") + std::chrono::hours{dice.below(400)}};
      CellsAsBatches cells(zone, (*store)->sensor_names());
      const auto visited = (*store)->each_source(
          range, zone, [&](const IpAddress& source, auto found) { cells.add(source, found); });
      ASSERT_TRUE(visited.ok()) << visited.error().message;
      for (int round = 0; round < 20; ++round) {
        Query query = random_question(dice, zone);
        const std::string actual = describe(test::naive_query(cells.batches, query));
        query.from = range.from;
        query.to = range.to;
        ASSERT_EQ(describe(test::naive_query(batches, query)), actual) << name << " " << seed;
      }
    }
  }
}

/// What each_source() gives, one line a cell.
std::string told(Store& store, TimeRange range, const TimeZone& zone) {
  std::string text;
  const auto visited = store.each_source(range, zone, [&](const IpAddress& source, auto found) {
    text += source.to_string() + "\n";
    for (const SourceCell& c : found) {
      text += fmt::format(" {} {} {} {} {} {} {} {}\n", c.day, c.sensor, c.service.to_string(),
                          c.region.to_string(), to_string(c.kind), c.known_scanner, c.packets,
                          c.accesses);
    }
  });
  EXPECT_TRUE(visited.ok());
  return text;
}

TEST(SourceCells, PreparedOnesAreTheSame) {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    auto store = Store::open(folder.file(fmt::format("{}.teiten", seed)), StoreMode::write);
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE((*store)->append(traffic(seed)).ok());
    for (const char* name : kZones) {
      const TimeZone zone = TimeZone::find(name).value();
      const Day first = zone.day_of(test::utc("2007-10-26 12:00"));
      const auto start = [&](int day) {
        return zone.start_of(Day{std::chrono::sys_days{first} + std::chrono::days{day}});
      };
      // All of it, days within, one day, half days, and days of which only some are prepared.
      const TimeRange ranges[] = {{start(-60), start(90)},
                                  {start(2), start(9)},
                                  {start(5), start(6)},
                                  {start(2) + std::chrono::hours{7}, start(8)},
                                  {start(2), start(8) + std::chrono::hours{5}},
                                  {start(-9), start(5)}};
      std::vector<std::string> asked;
      for (const TimeRange& range : ranges)
        asked.push_back(told(**store, range, zone));
      for (const TimeRange& prepared : {ranges[0], TimeRange{start(0), start(12)}}) {
        ASSERT_TRUE((*store)->prepare(prepared, zone).ok());
        // Again and again: days asked for twice in a row are kept apart.
        for (std::size_t i = 0; i < std::size(ranges); ++i)
          for (int time = 0; time < 3; ++time)
            EXPECT_EQ(told(**store, ranges[i], zone), asked[i]) << name << " " << i;
      }
      EXPECT_NE(asked[0], "");
      EXPECT_NE(asked[1], "");
    }
  }
}

TEST(SourceCells, NothingFromAnEmptyStoreOrRange) {
  const TemporaryFolder folder;
  auto store = Store::open(folder.file("s.teiten"), StoreMode::write);
  ASSERT_TRUE(store.ok());
  std::size_t sources = 0;
  const SourceSink sink = [&](const IpAddress&, std::span<const SourceCell>) { ++sources; };
  const TimeRange all{test::utc("2007-01-01"), test::utc("2008-01-01")};
  ASSERT_TRUE((*store)->each_source(all, TimeZone(), sink).ok());
  EXPECT_TRUE((*store)->sensor_names().empty());
  ASSERT_TRUE((*store)->append(traffic(1)).ok());
  ASSERT_TRUE((*store)->each_source({all.from, all.from}, TimeZone(), sink).ok());
  ASSERT_TRUE(
      (*store)->each_source({all.to, all.to + std::chrono::hours{9}}, TimeZone(), sink).ok());
  EXPECT_EQ(sources, 0U);
  EXPECT_EQ((*store)->sensor_names(), (std::vector<std::string>{"tokyo", "osaka", "naha"}));
}

}  // namespace
}  // namespace teiten
