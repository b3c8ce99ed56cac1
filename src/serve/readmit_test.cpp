#include "serve/readmit.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "serve/quarantine.h"
#include "serve/registry.h"
#include "store/store.h"
#include "store/store_test_data.h"
#include "wire/batch_codec.h"

namespace teiten {
namespace {

using test::TemporaryFolder;
namespace fs = std::filesystem;

const UtcTime kNow = test::utc("2026-03-01T12:00:00Z");

class ReadmitTest : public testing::Test {
 protected:
  void SetUp() override {
    SensorRecord record;
    record.name = "tokyo";
    record.serial = "AA";
    ASSERT_TRUE(registry_.add(record).ok());
  }
  /// Ten seconds from `begin` with one access.
  static Batch batch_at(std::uint64_t sequence, UtcTime begin) {
    Batch batch;
    batch.sensor = "tokyo";
    batch.epoch = 1;
    batch.sequence = sequence;
    batch.live = true;
    batch.range = {begin, begin + std::chrono::seconds(10)};
    Access access;
    access.first = access.last = begin;
    access.source = *IpAddress::parse("192.0.2.7");
    access.service = Service(protocol::kTcp, 23);
    access.packets = 1;
    batch.accesses.push_back(access);
    batch.frames = batch.records = batch.packets_unsolicited = 1;
    return batch;
  }
  void keep(std::uint64_t sequence, UtcTime begin) {
    ASSERT_TRUE(
        quarantine_.keep("tokyo", 1, sequence, encode_batch(batch_at(sequence, begin))).ok());
  }
  Readmitted run(ReadmitOptions options) {
    options.store = store_;
    options.state = folder_.file("fleet");
    const auto all = readmit(options, geo_, scanners_, kNow, never_);
    EXPECT_TRUE(all.ok()) << all.error().message;
    return all.ok() && all->size() == 1 ? all->front() : Readmitted{};
  }
  std::uint64_t stored() const {
    const auto store = Store::open(store_, StoreMode::read);
    if (!store.ok()) return 0;
    std::uint64_t packets = 0;
    const auto batches = (*store)->batches().value();
    for (const StoredBatch& batch : batches)
      packets += batch.access_packets;
    return packets;
  }
  std::size_t left() const { return quarantine_.files("tokyo").size(); }

  TemporaryFolder folder_;
  std::string store_ = folder_.file("s.db");
  Registry registry_ = Registry::open(folder_.file("fleet")).value();
  Quarantine quarantine_ = Quarantine::open(folder_.file("fleet/quarantine")).value();
  GeoDatabases geo_ = GeoDatabases::open({}).value();
  KnownScanners scanners_ = KnownScanners::open({}).value();
  std::atomic<bool> never_{false};
};

TEST_F(ReadmitTest, WhatCanBeIsStoredOnceAndTheRestIsLeftAndSaid) {
  for (std::uint64_t sequence = 0; sequence < 5; ++sequence)
    keep(sequence, test::utc("2025-06-01T00:00:00Z") + std::chrono::seconds(10 * sequence));
  keep(10, kNow + std::chrono::hours(24));
  ASSERT_TRUE(quarantine_.keep_conflicting("tokyo", 1, 1, "other").ok());
  std::ofstream(folder_.file("fleet/quarantine/tokyo/1-20.batch")) << "garbage";
  const Readmitted asked = run({.dry_run = true});
  EXPECT_EQ(asked.stored, 5U);
  EXPECT_EQ(left(), 8U);
  EXPECT_FALSE(fs::exists(store_));
  const Readmitted done = run({.names = {"tokyo"}});
  EXPECT_EQ(done.stored, 5U);
  EXPECT_EQ(done.known, 0U);
  EXPECT_EQ(done.ahead, 1U);
  EXPECT_EQ(done.conflicting, 1U);
  EXPECT_EQ(done.damaged, 1U);
  EXPECT_NE(done.damage.find("1-20.batch"), std::string::npos);
  EXPECT_EQ(format_utc(done.range.from), "2025-06-01T00:00:00Z");
  EXPECT_EQ(format_utc(done.range.to), "2025-06-01T00:00:50Z");
  EXPECT_EQ(stored(), 5U);
  EXPECT_EQ(left(), 3U);
}

TEST_F(ReadmitTest, AKillBetweenCommitAndRemovalDoublesNothing) {
  const UtcTime begin = test::utc("2025-06-01T00:00:00Z");
  keep(0, begin);
  {
    const auto store = Store::open(store_, StoreMode::write).value();
    ASSERT_TRUE(store->append(std::vector{batch_at(0, begin)}).ok());
  }
  const Readmitted done = run({});
  EXPECT_EQ(done.stored, 1U);
  EXPECT_EQ(done.known, 1U);
  EXPECT_EQ(stored(), 1U);
  EXPECT_EQ(left(), 0U);
}

TEST_F(ReadmitTest, ANumberThatIsStoredForAnotherTimeIsLeft) {
  const UtcTime then = test::utc("2025-06-01T00:00:00Z");
  {
    const auto store = Store::open(store_, StoreMode::write).value();
    const Batch now = batch_at(1, kNow);
    ASSERT_EQ(store->append({&now, 1}).value(), 1U);
  }
  keep(1, then);
  keep(2, then + std::chrono::seconds(10));
  const Readmitted done = run({.names = {"tokyo"}});
  EXPECT_EQ(done.stored, 1U);
  EXPECT_EQ(done.known, 0U);
  EXPECT_EQ(done.conflicting, 1U);
  EXPECT_EQ(left(), 1U);
  EXPECT_EQ(stored(), 2U);
}

TEST_F(ReadmitTest, OnlyWhatLiesBetween) {
  const UtcTime begin = test::utc("2025-06-01T00:00:00Z");
  for (std::uint64_t sequence = 0; sequence < 5; ++sequence)
    keep(sequence, begin + std::chrono::seconds(10 * sequence));
  const Readmitted done =
      run({.from = begin + std::chrono::seconds(10), .to = begin + std::chrono::seconds(30)});
  EXPECT_EQ(done.stored, 2U);
  EXPECT_EQ(done.outside, 3U);
  EXPECT_EQ(left(), 3U);
}

TEST_F(ReadmitTest, ASensorThatNobodyKnows) {
  const ReadmitOptions options{.store = store_, .state = folder_.file("fleet"), .names = {"kyoto"}};
  EXPECT_EQ(readmit(options, geo_, scanners_, kNow, never_).error().code, ErrorCode::not_found);
  const ReadmitOptions elsewhere{.store = store_, .state = folder_.file("none")};
  EXPECT_EQ(readmit(elsewhere, geo_, scanners_, kNow, never_).error().code, ErrorCode::not_found);
  EXPECT_FALSE(fs::exists(folder_.file("none")));
}

}  // namespace
}  // namespace teiten
