#include "store/retention.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "store/rewrite.h"
#include "store/store.h"
#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::TemporaryFolder;
using test::utc;

const TimeZone kTokyo = TimeZone::find("Asia/Tokyo").value();
constexpr Day kFirstKept{std::chrono::year{2026} / 3 / 3};

Access access_of(const std::string& time, std::uint32_t source, std::uint16_t port,
                 std::uint32_t packets, Kind kind = Kind::scan) {
  Access access;
  access.first = access.last = utc(time);
  access.source = IpAddress::v4(0xc0000200U + source);  // 192.0.2.0/24
  access.service = {protocol::kTcp, port};
  access.destination_port = port;
  access.region = *Region::parse(source % 2 == 0 ? "JP" : "US");
  access.kind = kind;
  access.packets = packets;
  return access;
}

Batch batch_of(std::uint64_t sequence, const std::string& from, const std::string& to,
               std::vector<Access> accesses) {
  Batch batch;
  batch.sensor = "tokyo";
  batch.epoch = 1;
  batch.sequence = sequence;
  batch.range = {utc(from), utc(to)};
  batch.accesses = std::move(accesses);
  for (const Access& access : batch.accesses)
    batch.packets_unsolicited += access.packets;
  batch.frames = batch.packets_unsolicited;
  batch.records = batch.frames;
  batch.region_source = "geo-test 2026-01-01";
  return batch;
}

/// Three days of Tokyo: two old ones in one batch that reaches into the third.
std::vector<Batch> three_days() {
  return {batch_of(0, "2026-02-28T15:00Z", "2026-03-02T16:00Z",
                   {
                       access_of("2026-02-28T15:00Z", 1, 23, 3),  // 2026-03-01 00:00 in Tokyo
                       access_of("2026-03-01T10:00Z", 1, 23, 2),  // the same source that day
                       access_of("2026-03-01T11:00Z", 2, 23, 1),
                       access_of("2026-03-01T12:00Z", 1, 22, 5),
                       access_of("2026-03-01T16:00Z", 1, 23, 7),   // 2026-03-02
                       access_of("2026-03-02T15:30Z", 1, 23, 11),  // 2026-03-03: is kept
                   }),
          batch_of(1, "2026-03-02T16:00Z", "2026-03-03T15:00Z",
                   {access_of("2026-03-03T01:00Z", 4, 23, 13)})};
}

std::unique_ptr<Store> open_ok(const std::string& path, StoreMode mode = StoreMode::write) {
  auto store = Store::open(path, mode);
  EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().message);
  return store.ok() ? std::move(*store) : nullptr;
}

void age(Store& store, Day first_kept = kFirstKept) {
  for (int day = 0; day < 10; ++day) {
    const auto aged = store.age_day(first_kept, kTokyo);
    ASSERT_TRUE(aged.ok()) << aged.error().message;
    if (!*aged) return;
  }
  FAIL() << "does not end";
}

Query by_day() {
  Query query;
  query.zone = kTokyo;
  query.bucket = Bucket::day;
  query.by = {Dimension::service};
  query.order = Measure::packets;
  return query;
}

using Rows = std::vector<std::pair<std::string, std::vector<std::uint64_t>>>;

Rows rows_of(const Result<QueryResult>& result) {
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().message);
  Rows rows;
  if (!result.ok()) return rows;
  for (const ResultRow& row : result->rows) {
    std::string name = row.bucket ? format_day(kTokyo.day_of(*row.bucket)) : "-";
    for (const std::string& key : row.keys)
      name += " " + key;
    rows.emplace_back(name, row.measures);
  }
  return rows;
}

TEST(Retention, DaysKeepTheirCounts) {
  const TemporaryFolder folder;
  const auto store = open_ok(folder.file("s.teiten"));
  ASSERT_TRUE(store && store->append(three_days()).ok());
  // packets, accesses, sources, source_days
  const Rows expected = {{"2026-03-01 23/tcp", {6, 3, 2, 2}},
                         {"2026-03-01 22/tcp", {5, 1, 1, 1}},
                         {"2026-03-02 23/tcp", {7, 1, 1, 1}},
                         {"2026-03-03 23/tcp", {24, 2, 2, 2}}};
  EXPECT_EQ(rows_of(store->query(by_day())), expected);
  age(*store);
  EXPECT_EQ(rows_of(store->query(by_day())), expected);
  const auto kept = store->retention();
  ASSERT_TRUE(kept.ok() && *kept);
  EXPECT_EQ((*kept)->kept_from, utc("2026-03-02T15:00Z"));
  EXPECT_EQ((*kept)->from, utc("2026-02-28T15:00Z"));
  EXPECT_EQ((*kept)->zone.name(), "Asia/Tokyo");
}

TEST(Retention, NoAddressOfAnOldDayIsLeft) {
  const TemporaryFolder folder;
  const auto store = open_ok(folder.file("s.teiten"));
  ASSERT_TRUE(store && store->append(three_days()).ok());
  age(*store);
  std::vector<IpAddress> sources;
  const TimeRange third{utc("2026-03-02T15:00Z"), utc("2026-03-04T00:00Z")};
  ASSERT_TRUE(store
                  ->each_source(third, kTokyo,
                                [&](const IpAddress& source, std::span<const SourceCell> cells) {
                                  sources.push_back(source);
                                  EXPECT_EQ(cells.size(), 1U);
                                })
                  .ok());
  EXPECT_EQ(sources,
            (std::vector<IpAddress>{IpAddress::v4(0xc0000201U), IpAddress::v4(0xc0000204U)}));
  const auto refused = store->each_source({utc("2026-03-01T15:00Z"), third.to}, kTokyo,
                                          [](const IpAddress&, std::span<const SourceCell>) {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::unsupported);
}

bool file_holds(const std::string& path, const IpAddress& address) {
  std::ifstream file(path, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::string number;  // as DuckDB has it: 16 bytes, the least first
  for (int i = 0; i < 8; ++i)
    number += static_cast<char>(address.low() >> (8 * i));
  for (int i = 0; i < 8; ++i)
    number += static_cast<char>(address.high() >> (8 * i));
  return bytes.find(number) != std::string::npos;
}

TEST(Retention, ARewrittenFileHoldsNoByteOfAnOldAddress) {
  const TemporaryFolder folder;
  const std::string path = folder.file("it's a store");
  const IpAddress old = IpAddress::v6(0x20010db8a1b2c3d4ULL, 0x1122334455667788ULL);
  const IpAddress kept = IpAddress::v6(0x20010db8a1b2c3d4ULL, 0x99aabbccddeeff00ULL);
  {
    const auto store = open_ok(path);
    auto days = three_days();
    days[0].accesses[0].source = old;
    days[1].accesses[0].source = kept;
    ASSERT_TRUE(store && store->append(days).ok());
    ASSERT_TRUE(store->checkpoint().ok());
  }
  ASSERT_TRUE(file_holds(path, old) && file_holds(path, kept));
  {
    const auto store = open_ok(path);
    age(*store);
    EXPECT_EQ(rewrite_store(path).error().code, ErrorCode::busy) << "it is open";
  }
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  const auto rewritten = rewrite_store(path);
  ASSERT_TRUE(rewritten.ok()) << rewritten.error().message;
  EXPECT_FALSE(file_holds(path, old));
  EXPECT_TRUE(file_holds(path, kept));
  EXPECT_EQ(
      std::distance(std::filesystem::directory_iterator(std::filesystem::path(path).parent_path()),
                    std::filesystem::directory_iterator()),
      1);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
  const auto store = open_ok(path);
  EXPECT_EQ(rows_of(store->query(by_day())).size(), 4U);
  EXPECT_EQ(store->append(three_days()).value(), 0U) << "batches are known as before";
}

TEST(Retention, BatchesSayHowMuchOfThemHasAged) {
  const TemporaryFolder folder;
  const auto store = open_ok(folder.file("s.teiten"));
  ASSERT_TRUE(store && store->append(three_days()).ok());
  age(*store);
  const auto batches = store->batches().value();
  ASSERT_EQ(batches.size(), 2U);
  EXPECT_EQ(batches[0].access_rows, 6U);
  EXPECT_EQ(batches[0].access_packets, 29U);
  EXPECT_EQ(batches[0].aged_rows, 5U);
  EXPECT_EQ(batches[0].aged_packets, 18U);
  EXPECT_EQ(batches[1].aged_rows, 0U);
  EXPECT_EQ(batches[1].access_packets, 13U);
}

TEST(Retention, WhatDailyCountsDoNotTellIsRefused) {
  const TemporaryFolder folder;
  const auto store = open_ok(folder.file("s.teiten"));
  ASSERT_TRUE(store && store->append(three_days()).ok());
  age(*store);
  const auto refused = [&](const Query& query) {
    const auto answer = store->query(query);
    return !answer.ok() && answer.error().code == ErrorCode::unsupported;
  };
  Query query = by_day();
  query.bucket = Bucket::hour;
  EXPECT_TRUE(refused(query));
  query = by_day();
  query.zone = TimeZone();
  EXPECT_TRUE(refused(query)) << "days of another zone";
  query.bucket = Bucket::none;
  query.measures = {Measure::packets};
  EXPECT_EQ(rows_of(store->query(query)), (Rows{{"- 23/tcp", {37}}, {"- 22/tcp", {5}}}))
      << "all days together are the same in any zone";
  query = by_day();
  query.by = {Dimension::tool};
  EXPECT_TRUE(refused(query));
  query = by_day();
  query.from = utc("2026-03-01T20:00Z");
  EXPECT_TRUE(refused(query)) << "a part of a day";
  query = by_day();
  query.bucket = Bucket::month;
  EXPECT_TRUE(refused(query)) << "sources of several days";
  query.measures = {Measure::packets, Measure::accesses, Measure::source_days};
  EXPECT_EQ(rows_of(store->query(query)),
            (Rows{{"2026-03-01 23/tcp", {37, 6, 5}}, {"2026-03-01 22/tcp", {5, 1, 1}}}));
  query.by = {};
  query.where = {{Dimension::service, {"22/tcp", "23/tcp"}, false}};
  EXPECT_EQ(rows_of(store->query(query)), (Rows{{"2026-03-01", {42, 7, 6}}}));
  query = by_day();
  query.by = {};
  query.where = {{Dimension::service, {"22/tcp", "23/tcp"}, false}};
  query.measures = {Measure::sources};
  EXPECT_TRUE(refused(query)) << "one source asked for both on the first day";
}

TEST(Retention, OlderAccessesAreNotTakenAnyMore) {
  const TemporaryFolder folder;
  const auto store = open_ok(folder.file("s.teiten"));
  ASSERT_TRUE(store && store->append(three_days()).ok());
  age(*store);
  const Batch late = batch_of(2, "2026-03-02T14:00Z", "2026-03-02T15:30Z",
                              {access_of("2026-03-02T14:59:59Z", 5, 23, 1)});
  const auto refused = store->append({&late, 1});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_argument);
  // What was taken before is acknowledged once more, and a silent hour of then is welcome.
  EXPECT_EQ(store->append(three_days()).value(), 0U);
  const Batch silent = batch_of(3, "2026-02-01T00:00Z", "2026-02-01T01:00Z", {});
  EXPECT_EQ(store->append({&silent, 1}).value(), 1U);
}

TEST(Retention, GoesOnWhereItStopped) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s.teiten");
  {
    const auto store = open_ok(path);
    ASSERT_TRUE(store && store->append(three_days()).ok());
    const auto first = store->age_day(kFirstKept, kTokyo).value();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->accesses, 4U);
    EXPECT_EQ(store->retention().value()->kept_from, utc("2026-03-01T15:00Z"));
  }
  const auto store = open_ok(path);
  age(*store);
  EXPECT_EQ(store->retention().value()->kept_from, utc("2026-03-02T15:00Z"));
  age(*store, kFirstKept);  // nothing more, also after the fact
  age(*store, Day{std::chrono::year{2026} / 1 / 1});
  EXPECT_EQ(store->retention().value()->kept_from, utc("2026-03-02T15:00Z"));
  EXPECT_EQ(store->age_day(kFirstKept, TimeZone()).error().code, ErrorCode::invalid_argument);
}

TEST(Retention, WaitsForAnImportThatHasNotFinished) {
  const TemporaryFolder folder;
  const auto store = open_ok(folder.file("s.teiten"));
  Import import;
  import.epoch = 1;
  import.inputs.emplace_back();
  ASSERT_TRUE(store && store->begin_import(import).ok());
  ASSERT_TRUE(store->append(three_days()).ok());
  EXPECT_EQ(store->age_day(kFirstKept, kTokyo).error().code, ErrorCode::invalid_argument);
  ASSERT_TRUE(store->finish_import(import).ok());
  age(*store);
}

}  // namespace
}  // namespace teiten
