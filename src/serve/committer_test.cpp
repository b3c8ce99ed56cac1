#include "serve/committer.h"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "store/lend.h"
#include "store/store_test_data.h"

namespace teiten {
namespace {

using std::chrono::milliseconds;
using test::TemporaryFolder;

const UtcTime kStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

Batch batch_number(std::uint64_t sequence, std::uint32_t packets = 1) {
  Batch batch;
  batch.sensor = "tokyo";
  batch.live = true;
  batch.epoch = 1;
  batch.sequence = sequence;
  batch.range = {kStart + std::chrono::seconds(sequence),
                 kStart + std::chrono::seconds(sequence + 1)};
  Access access;
  access.first = access.last = batch.range.from;
  access.source = test::source_number(1);
  access.service = Service(protocol::kTcp, 23);
  access.packets = packets;
  batch.accesses.push_back(access);
  batch.frames = batch.records = batch.packets_unsolicited = packets;
  return batch;
}

std::future<CommitResult> submit(Committer& committer, Batch batch) {
  auto promise = std::make_shared<std::promise<CommitResult>>();
  auto future = promise->get_future();
  committer.submit(std::move(batch), [promise](const CommitResult& r) { promise->set_value(r); });
  return future;
}

std::uint64_t stored_packets(const std::string& path) {
  const auto store = Store::open(path, StoreMode::read, StoreLoan::none).value();
  const auto batches = store->batches().value();
  std::uint64_t packets = 0;
  for (const StoredBatch& stored : batches)
    packets += stored.access_packets;
  return packets;
}

TEST(Committer, GroupsAndCountsEachOnce) {
  const TemporaryFolder folder;
  const auto committer = Committer::open(folder.file("s.db")).value();
  std::vector<std::future<CommitResult>> results;
  for (const std::uint64_t sequence : {0U, 3U, 1U, 2U, 3U, 3U, 0U})
    results.push_back(submit(*committer, batch_number(sequence, 10)));
  for (auto& result : results)
    EXPECT_EQ(result.get().outcome, CommitOutcome::committed);
  const Committer::Status status = committer->status();
  EXPECT_EQ(status.committed_batches, 7U);
  EXPECT_EQ(status.new_batches, 4U);
  EXPECT_LE(status.transactions, 2U);
  committer->stop();
  EXPECT_EQ(stored_packets(folder.file("s.db")), 40U);
}

/// Three days of 2026-03, of one batch each.
std::vector<Batch> three_days() {
  std::vector<Batch> batches;
  for (std::uint64_t day = 0; day < 3; ++day) {
    Batch batch = batch_number(day, 10);
    const auto later = std::chrono::days(day);
    batch.range = {batch.range.from + later, batch.range.to + later};
    batch.accesses[0].first = batch.accesses[0].last = batch.range.from;
    batches.push_back(std::move(batch));
  }
  return batches;
}

TEST(Committer, MakesCountsOfOldDaysBetweenCommits) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s.db");
  {
    const auto store = Store::open(path, StoreMode::write, StoreLoan::none).value();
    ASSERT_TRUE(store->append(three_days()).ok());
  }
  const UtcTime now = std::chrono::system_clock::now();
  const auto committer =
      Committer::open(path, kStorePatience, RetentionPolicy{62, TimeZone()}).value();
  for (int i = 0; i < 500 && committer->status().aged_accesses < 3; ++i)
    std::this_thread::sleep_for(milliseconds(20));
  EXPECT_EQ(committer->status().aged_accesses, 3U);
  Batch recent = batch_number(9, 7);
  recent.range = {now - std::chrono::hours(2), now - std::chrono::hours(1)};
  recent.accesses[0].first = recent.accesses[0].last = recent.range.from;
  EXPECT_EQ(submit(*committer, recent).get().outcome, CommitOutcome::committed);
  // Once there is no old day any more, everything from 62 days ago on is kept.
  const UtcTime least = std::chrono::floor<std::chrono::days>(now) - std::chrono::days(62);
  for (int i = 0; i < 500 && committer->kept_from() < least; ++i)
    std::this_thread::sleep_for(milliseconds(20));
  EXPECT_GE(committer->kept_from(), least);
  EXPECT_EQ(committer->status().retention_error, "");
  committer->stop();
  EXPECT_EQ(stored_packets(path), 37U);
}

TEST(Committer, OneWrongBatchKeepsNoOtherOut) {
  const TemporaryFolder folder;
  const auto committer = Committer::open(folder.file("s.db")).value();
  Batch wrong = batch_number(1);
  wrong.accesses[0].scanner = 5;
  auto good = submit(*committer, batch_number(0));
  auto bad = submit(*committer, std::move(wrong));
  auto other = submit(*committer, batch_number(2));
  EXPECT_EQ(good.get().outcome, CommitOutcome::committed);
  EXPECT_EQ(other.get().outcome, CommitOutcome::committed);
  const CommitResult refused = bad.get();
  EXPECT_EQ(refused.outcome, CommitOutcome::refused);
  EXPECT_NE(refused.reason, "");
  committer->stop();
  EXPECT_EQ(stored_packets(folder.file("s.db")), 2U);
}

TEST(Committer, LendsTheStoreAndTakesItBack) {
  const TemporaryFolder folder;
  const std::string path = folder.file("s.db");
  const auto committer = Committer::open(path).value();
  EXPECT_EQ(submit(*committer, batch_number(0)).get().outcome, CommitOutcome::committed);
  std::promise<void> lent;
  const std::uint64_t loan =
      committer->borrow(StoreMode::write, "import", [&lent] { lent.set_value(); });
  lent.get_future().wait();
  auto waiting = submit(*committer, batch_number(1));
  {
    // This process may open it, so the committer has closed it.
    const auto store = Store::open(path, StoreMode::write, StoreLoan::none);
    ASSERT_TRUE(store.ok()) << store.error().message;
    EXPECT_EQ(waiting.wait_for(milliseconds(50)), std::future_status::timeout);
    EXPECT_EQ(committer->status().borrowers, std::vector<std::string>{"import"});
  }
  committer->give_back(loan);
  EXPECT_EQ(waiting.get().outcome, CommitOutcome::committed);
  committer->stop();
  EXPECT_EQ(stored_packets(path), 2U);
}

TEST(Committer, ReadersShareAndAWriterWaits) {
  const TemporaryFolder folder;
  const auto committer = Committer::open(folder.file("s.db")).value();
  std::atomic<int> readers{0};
  std::promise<void> written;
  const auto first = committer->borrow(StoreMode::read, "count", [&] { ++readers; });
  const auto second = committer->borrow(StoreMode::read, "report", [&] { ++readers; });
  const auto writer = committer->borrow(StoreMode::write, "import", [&] { written.set_value(); });
  const auto third = committer->borrow(StoreMode::read, "doctor", [&] { ++readers; });
  auto granted = written.get_future();
  EXPECT_EQ(granted.wait_for(milliseconds(300)), std::future_status::timeout);
  EXPECT_EQ(readers, 2);  // the third would pass the writer by
  committer->give_back(first);
  committer->give_back(second);
  granted.wait();
  EXPECT_EQ(readers, 2);
  committer->give_back(writer);
  committer->give_back(third);
}

TEST(Committer, BatchesGetATurnBetweenTwoLoans) {
  const TemporaryFolder folder;
  const auto committer = Committer::open(folder.file("s.db")).value();
  std::promise<void> first_lent;
  std::promise<void> second_lent;
  const auto first = committer->borrow(StoreMode::write, "import", [&] { first_lent.set_value(); });
  first_lent.get_future().wait();
  const auto second =
      committer->borrow(StoreMode::write, "import", [&] { second_lent.set_value(); });
  auto batch = submit(*committer, batch_number(0));
  auto granted = second_lent.get_future();
  committer->give_back(first);
  EXPECT_EQ(batch.get().outcome, CommitOutcome::committed);
  granted.wait();
  committer->give_back(second);
}

TEST(Committer, ABatchIsPutOffWhenTheLoanIsLong) {
  const TemporaryFolder folder;
  const auto committer = Committer::open(folder.file("s.db"), milliseconds(100)).value();
  std::promise<void> lent;
  const auto loan = committer->borrow(StoreMode::read, "report", [&lent] { lent.set_value(); });
  lent.get_future().wait();
  const CommitResult result = submit(*committer, batch_number(0)).get();
  EXPECT_EQ(result.outcome, CommitOutcome::deferred);
  EXPECT_EQ(result.reason, "the store is on loan to teiten report");
  committer->give_back(loan);
  EXPECT_EQ(submit(*committer, batch_number(0)).get().outcome, CommitOutcome::committed);
}

TEST(Committer, SaysHowLongTheStoreIsAway) {
  const TemporaryFolder folder;
  const auto committer = Committer::open(folder.file("s.db")).value();
  EXPECT_EQ(committer->status().loan_age.count(), 0);
  std::promise<void> lent;
  const auto loan = committer->borrow(StoreMode::read, "report", [&lent] { lent.set_value(); });
  lent.get_future().wait();
  std::this_thread::sleep_for(milliseconds(20));
  EXPECT_GE(committer->status().loan_age, milliseconds(20));
  committer->give_back(loan);
  EXPECT_EQ(committer->status().loan_age.count(), 0);
}

TEST(Committer, StoppingCommitsWhatWaitsAndPutsOffTheRest) {
  const TemporaryFolder folder;
  const auto committer = Committer::open(folder.file("s.db")).value();
  auto before = submit(*committer, batch_number(0));
  committer->stop();
  EXPECT_EQ(before.get().outcome, CommitOutcome::committed);
  EXPECT_EQ(submit(*committer, batch_number(1)).get().outcome, CommitOutcome::deferred);
  EXPECT_EQ(stored_packets(folder.file("s.db")), 1U);
}

TEST(Committer, AStoreThatCannotBeOpenedIsAnError) {
  const TemporaryFolder folder;
  EXPECT_EQ(Committer::open(folder.file("none/s.db")).error().code, ErrorCode::not_found);
}

}  // namespace
}  // namespace teiten
