#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include "store/duckdb_store.h"
#include "store/naive_query.h"
#include "store/store.h"
#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::Dice;
using test::TemporaryFolder;

/// Zones with whole, half and quarter hours, with summer time of an hour and of half an hour, and
/// one (St John's until 2011) that sets its clocks back over midnight.
constexpr const char* kZones[] = {"UTC",
                                  "Asia/Tokyo",
                                  "America/New_York",
                                  "Asia/Kathmandu",
                                  "Australia/Lord_Howe",
                                  "America/St_Johns",
                                  "Europe/London",
                                  "Pacific/Marquesas"};
constexpr Dimension kDimensions[] = {Dimension::service, Dimension::region,   Dimension::sensor,
                                     Dimension::kind,    Dimension::protocol, Dimension::target,
                                     Dimension::tool,    Dimension::scanner,  Dimension::payload};
constexpr Measure kMeasures[] = {Measure::packets, Measure::accesses, Measure::sources,
                                 Measure::source_days, Measure::sensors};

std::string describe(const QueryResult& result) {
  std::string text;
  for (const ResultRow& row : result.rows) {
    text += fmt::format("{} [{}] {}\n", row.bucket ? format_utc(*row.bucket) : "-",
                        fmt::join(row.keys, " "), fmt::join(row.measures, " "));
  }
  return text;
}

std::string describe(const Query& query) {
  std::string text = fmt::format("from {} to {} zone {} bucket {} limit {} order {}",
                                 query.from ? format_utc(*query.from) : "-",
                                 query.to ? format_utc(*query.to) : "-", query.zone.name(),
                                 to_string(query.bucket), query.limit,
                                 query.order ? to_string(*query.order) : "-");
  for (const Dimension dimension : query.by)
    text += fmt::format(" by {}", to_string(dimension));
  for (const Filter& filter : query.where)
    text += fmt::format(" where {}{}{}", to_string(filter.dimension), filter.exclude ? "!=" : "=",
                        fmt::join(filter.values, ","));
  for (const SourceFilter& filter : query.sources) {
    text += fmt::format(" sources {}{} {}", filter.exclude ? "not " : "",
                        static_cast<int>(filter.match), fmt::join(filter.services, ","));
  }
  text += fmt::format(" at most {} services", query.max_services);
  return text;
}

std::vector<std::string> some_values(Dice& dice, Dimension dimension) {
  static const std::map<Dimension, std::vector<std::string>> values = {
      {Dimension::service,
       {"135/tcp", "445/tcp", "1434/udp", "8/icmp", "128/icmpv6", "47/ip", "9/tcp"}},
      {Dimension::region, {"JP", "CN", "US", "ZZ", "FR"}},
      {Dimension::sensor, {"tokyo", "osaka", "naha", "nobody"}},
      {Dimension::kind, {"scan", "backscatter", "other", "unknown", "p2p"}},
      {Dimension::tool, {"none", "mirai", "mirai?", "masscan", "zmap?", "nmap"}},
      {Dimension::scanner, {"-", "Example Research", "Example Scans", "Nobody"}},
      {Dimension::payload, {"none", "other", "dns_query", "smb"}},
      {Dimension::protocol, {"tcp", "udp", "icmp", "icmpv6", "47"}},
      {Dimension::target, {"0", "1", "2", "77"}}};
  std::vector<std::string> chosen;
  for (const std::string& value : values.at(dimension))
    if (dice.chance(40)) chosen.push_back(value);
  return chosen;
}

UtcTime some_time(Dice& dice, const TimeZone& zone, UtcTime from, Duration length) {
  const UtcTime time = from + std::chrono::seconds{static_cast<std::int64_t>(dice.below(
                                  static_cast<std::uint64_t>(length / std::chrono::seconds{1})))};
  switch (dice.below(4)) {
    case 0:
      return time + std::chrono::nanoseconds{static_cast<std::int64_t>(dice.below(1'000'000'000))};
    default:
      return zone.start_of(zone.day_of(time));
  }
}

void choose_sources(Dice& dice, Query& query) {
  if (dice.chance(50)) query.max_services = 1 + dice.below(8);
  for (std::uint64_t filters = dice.below(3); filters > 0; --filters) {
    query.sources.push_back({static_cast<SourceMatch>(dice.below(3)),
                             some_values(dice, Dimension::service), dice.chance(30)});
    // At least one service, and two to be like them.
    for (const char* service : {"445/tcp", "1434/udp"})
      query.sources.back().services.push_back(service);
  }
}

Query random_query(Dice& dice, const test::TrafficShape& shape) {
  Query query;
  query.zone = TimeZone::find(kZones[dice.below(std::size(kZones))]).value();
  query.bucket = static_cast<Bucket>(dice.below(5));
  if (dice.chance(60)) query.from = some_time(dice, query.zone, shape.from, shape.length);
  if (dice.chance(60)) query.to = some_time(dice, query.zone, shape.from, shape.length);
  if (query.from && query.to && dice.chance(90) && *query.to < *query.from)
    std::swap(query.from, query.to);
  for (const Dimension dimension : kDimensions)
    if (dice.chance(dimension < Dimension::tool ? 25 : 8)) query.by.push_back(dimension);
  if (dice.chance(30)) std::reverse(query.by.begin(), query.by.end());
  for (const Dimension dimension : kDimensions) {
    if (dice.chance(dimension < Dimension::tool ? 12 : 4))
      query.where.push_back({dimension, some_values(dice, dimension), dice.chance(50)});
  }
  if (dice.chance(25)) query.where.push_back({Dimension::scanner, {"-"}, dice.chance(30)});
  if (dice.chance(20)) choose_sources(dice, query);
  query.measures.clear();
  for (const Measure measure : kMeasures)
    if (dice.chance(60)) query.measures.push_back(measure);
  if (dice.chance(50)) query.order = kMeasures[dice.below(std::size(kMeasures))];
  if (dice.chance(40)) query.limit = 1 + dice.below(4);
  return query;
}

/// True if both have the same rows; says where they part.
void expect_same(const QueryResult& expected, const Result<QueryResult>& actual,
                 const Query& query) {
  ASSERT_TRUE(actual.ok()) << describe(query) << ": " << actual.error().message;
  ASSERT_EQ(describe(expected), describe(*actual)) << describe(query);
}

TEST(QueryProperty, AnswersLikeANaiveCount) {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    test::TrafficShape shape;
    shape.seed = seed;
    shape.sources = seed % 2 == 0 ? 5 : 60;
    const auto batches = test::random_batches(shape);
    auto store = Store::open(folder.file(fmt::format("{}.teiten", seed)), StoreMode::write);
    ASSERT_TRUE(store.ok());
    ASSERT_TRUE((*store)->append(batches).ok());
    Dice dice(seed * 1000);
    for (int round = 0; round < 60; ++round) {
      const Query query = random_query(dice, shape);
      expect_same(test::naive_query(batches, query), (*store)->query(query), query);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(QueryProperty, PreparedAnswersAreTheSame) {
  const TemporaryFolder folder;
  test::TrafficShape shape;
  shape.seed = 42;
  const auto batches = test::random_batches(shape);
  auto store = Store::open(folder.file("s.teiten"), StoreMode::write);
  ASSERT_TRUE(store.ok());
  ASSERT_TRUE((*store)->append(batches).ok());
  Dice dice(99);
  for (const char* name : kZones) {
    const TimeZone zone = TimeZone::find(name).value();
    for (int prepared = 0; prepared < 3; ++prepared) {
      UtcTime from = some_time(dice, zone, shape.from, shape.length);
      UtcTime to = some_time(dice, zone, shape.from, shape.length);
      if (to < from) std::swap(from, to);
      if (prepared == 0) from = shape.from - std::chrono::hours{100};
      if (prepared == 0) to = shape.from + shape.length + std::chrono::hours{100};
      ASSERT_TRUE((*store)->prepare({from, to}, zone).ok());
      for (int round = 0; round < 25; ++round) {
        Query query = random_query(dice, shape);
        if (round % 5 != 0) query.zone = zone;
        if (query.from) query.from = zone.start_of(zone.day_of(*query.from));
        if (query.to) query.to = zone.start_of(zone.day_of(*query.to));
        const QueryResult expected = test::naive_query(batches, query);
        // Days asked for twice in a row are kept apart.
        for (int time = query.sources.empty() && query.max_services == 0 ? 0 : 2; time < 3; ++time)
          expect_same(expected, (*store)->query(query), query);
        if (HasFatalFailure()) return;
      }
    }
  }
}

/// Days of counts answer like the accesses that they stand for, or say that they do not tell.
TEST(QueryProperty, AgedDaysAnswerLikeANaiveCountOrNotAtAll) {
  const TemporaryFolder folder;
  for (const char* name : {"Asia/Tokyo", "America/New_York", "UTC"}) {
    const TimeZone zone = TimeZone::find(name).value();
    test::TrafficShape shape;
    shape.seed = 7;
    const auto batches = test::random_batches(shape);
    const auto opened =
        Store::open(folder.file(std::string(name, 2) + ".teiten"), StoreMode::write);
    ASSERT_TRUE(opened.ok());
    Store& store = **opened;
    // Of some days the sources come in several shares.
    dynamic_cast<DuckDbStore&>(store).set_source_part_rows(50);
    ASSERT_TRUE(store.append(batches).ok());
    const Day kept = zone.day_of(shape.from + shape.length / 2);
    while (true) {
      const auto aged = store.age_day(kept, zone);
      ASSERT_TRUE(aged.ok()) << aged.error().message;
      if (!*aged) break;
    }
    Dice dice(5);
    int answered = 0;
    for (int round = 0; round < 300; ++round) {
      Query query = random_query(dice, shape);
      query.zone = zone;
      query.sources.clear();
      query.max_services = 0;
      if (query.from) query.from = zone.start_of(zone.day_of(*query.from));
      if (query.to) query.to = zone.start_of(zone.day_of(*query.to));
      if (query.from && *query.from >= zone.start_of(kept)) query.from.reset();
      if (round % 2 == 0) query.bucket = Bucket::day;
      const auto actual = store.query(query);
      if (!actual.ok() && actual.error().code == ErrorCode::unsupported) continue;
      ++answered;
      expect_same(test::naive_query(batches, query), actual, query);
      if (HasFatalFailure()) return;
    }
    // Tools, targets, scanners and payloads are in some two thirds of the questions.
    EXPECT_GT(answered, 40) << name;
  }
}

}  // namespace
}  // namespace teiten
