#include "wire/spool.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "wire/spool_segment.h"
#include "wire/wire_test_data.h"

namespace teiten {
namespace {

namespace fs = std::filesystem;
using wire_test::TemporaryFolder;
using Spools = std::unique_ptr<Spool>;

constexpr std::uint64_t kEpoch = 0xabcdef0123456789ULL;

std::string content_of(std::uint64_t sequence, std::size_t size = 20) {
  std::string content = fmt::format("batch {:>6} ", sequence);
  while (content.size() < size)
    content += static_cast<char>('a' + (sequence + content.size()) % 26);
  return content;
}

SpooledBatch batch_of(std::uint64_t sequence, std::size_t size = 20) {
  return {kEpoch, sequence, content_of(sequence, size)};
}

Spools opened(const std::string& folder, SpoolLimits limits = {}, Spool::Clock clock = {}) {
  auto spool = Spool::open(folder, limits, std::move(clock));
  EXPECT_TRUE(spool.ok()) << spool.error().message;
  return std::move(spool).value();
}

void append(Spool& spool, std::uint64_t from, std::uint64_t to, std::size_t size = 20) {
  for (std::uint64_t sequence = from; sequence < to; ++sequence) {
    const auto kept = spool.append(batch_of(sequence, size));
    ASSERT_TRUE(kept.ok()) << kept.error().message;
  }
}

/// Takes every batch, whose content must be the one that was appended; their sequence numbers.
std::vector<std::uint64_t> drained(Spool& spool, std::size_t size = 20) {
  std::vector<std::uint64_t> sequences;
  while (true) {
    auto front = spool.front();
    EXPECT_TRUE(front.ok());
    if (!front.ok() || !front->has_value()) return sequences;
    const SpooledBatch& batch = **front;
    EXPECT_EQ(batch.epoch, kEpoch);
    EXPECT_EQ(batch.bytes, content_of(batch.sequence, size));
    sequences.push_back(batch.sequence);
    EXPECT_TRUE(spool.acknowledge_front().ok());
  }
}

std::vector<std::uint64_t> range(std::uint64_t from, std::uint64_t to) {
  std::vector<std::uint64_t> numbers;
  for (; from < to; ++from)
    numbers.push_back(from);
  return numbers;
}

std::vector<fs::path> segments_in(const fs::path& folder) {
  std::vector<fs::path> segments;
  for (const auto& entry : fs::directory_iterator(folder))
    if (entry.path().extension() == ".segment") segments.push_back(entry.path());
  std::sort(segments.begin(), segments.end());
  return segments;
}

std::string bytes_in(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST(Spool, GivesInOrderWhatWasAppended) {
  const TemporaryFolder folder;
  const Spools spool = opened(folder.file("spool"));
  EXPECT_FALSE(spool->front().value().has_value());
  append(*spool, 0, 5);
  EXPECT_EQ(spool->status().batches, 5U);
  // 40 bytes of header and 20 of content each.
  EXPECT_EQ(spool->status().bytes, 300U);
  EXPECT_EQ(spool->front().value()->sequence, 0U);
  EXPECT_EQ(spool->front().value()->sequence, 0U);
  EXPECT_EQ(drained(*spool), range(0, 5));
  EXPECT_EQ(spool->status().batches, 0U);
  EXPECT_EQ(spool->status().bytes, 0U);
  append(*spool, 5, 7);
  EXPECT_EQ(drained(*spool), range(5, 7));
}

TEST(Spool, OutlivesTheProcess) {
  const TemporaryFolder folder;
  {
    const Spools spool = opened(folder.file("spool"));
    append(*spool, 0, 5);
    EXPECT_EQ(spool->front().value()->sequence, 0U);
    ASSERT_TRUE(spool->acknowledge_front().ok());
    EXPECT_EQ(spool->front().value()->sequence, 1U);
  }
  {
    const Spools spool = opened(folder.file("spool"));
    EXPECT_EQ(spool->status().batches, 4U);
    append(*spool, 5, 6);
    EXPECT_EQ(drained(*spool), range(1, 6));
  }
  const Spools spool = opened(folder.file("spool"));
  EXPECT_EQ(drained(*spool), range(0, 0));
  EXPECT_TRUE(segments_in(folder.file("spool")).empty());
  append(*spool, 6, 7);
  EXPECT_EQ(drained(*spool), range(6, 7));
}

TEST(Spool, OneProcessHoldsAFolder) {
  const TemporaryFolder folder;
  const Spools spool = opened(folder.file("spool"));
  auto second = Spool::open(folder.file("spool"), {});
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().code, ErrorCode::busy);
}

TEST(Spool, NeedsAFolder) {
  const TemporaryFolder folder;
  write_file(folder.file("file"), "");
  EXPECT_EQ(Spool::open(folder.file("file"), {}).error().code, ErrorCode::io_error);
  EXPECT_EQ(Spool::open(folder.file("none/below"), {}).error().code, ErrorCode::io_error);
}

TEST(Spool, AcknowledgesOnlyWhatItGave) {
  const TemporaryFolder folder;
  const Spools spool = opened(folder.file("spool"));
  append(*spool, 0, 2);
  EXPECT_EQ(spool->acknowledge_front().error().code, ErrorCode::invalid_argument);
  ASSERT_TRUE(spool->front().ok());
  EXPECT_TRUE(spool->acknowledge_front().ok());
  EXPECT_FALSE(spool->acknowledge_front().ok());
  EXPECT_EQ(drained(*spool), range(1, 2));
}

TEST(Spool, RemovesSegmentsThatHoldNothing) {
  const TemporaryFolder folder;
  const Spools spool =
      opened(folder.file("spool"),
             {.bytes = 1U << 20, .age = std::chrono::hours(1), .segment_bytes = 1000});
  append(*spool, 0, 50, 100);
  // 32 + 6 × 140 bytes each.
  EXPECT_EQ(segments_in(folder.file("spool")).size(), 9U);
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(spool->front().ok());
    ASSERT_TRUE(spool->acknowledge_front().ok());
  }
  EXPECT_EQ(segments_in(folder.file("spool")).size(), 4U);
  EXPECT_EQ(drained(*spool, 100), range(30, 50));
  EXPECT_LE(segments_in(folder.file("spool")).size(), 1U);
}

TEST(Spool, HoldsItsBoundAndRemembersWhatItGaveUp) {
  const TemporaryFolder folder;
  const SpoolLimits limits = {.bytes = 8000, .age = std::chrono::hours(1), .segment_bytes = 4000};
  {
    const Spools spool = opened(folder.file("spool"), limits);
    for (std::uint64_t sequence = 0; sequence < 200; ++sequence) {
      append(*spool, sequence, sequence + 1, 60);
      std::uintmax_t bytes = 0;
      for (const fs::path& segment : segments_in(folder.file("spool")))
        bytes += fs::file_size(segment);
      ASSERT_LE(bytes, 8000U);
    }
    // A segment holds 32 bytes and 9 records of 100: 8 whole ones and one with 2 records fit.
    const SpoolStatus status = spool->status();
    EXPECT_EQ(status.batches, 74U);
    EXPECT_EQ(status.discarded_batches, 126U);
    EXPECT_EQ(spool->gaps(), (std::vector<SpoolGap>{{kEpoch, 0, 125, 126}}));
  }
  const Spools spool = opened(folder.file("spool"), limits);
  EXPECT_EQ(spool->gaps(), (std::vector<SpoolGap>{{kEpoch, 0, 125, 126}}));
  EXPECT_EQ(drained(*spool, 60), range(126, 200));
  spool->forget_gaps(spool->gaps());
  EXPECT_TRUE(spool->gaps().empty());
}

TEST(Spool, ForgetsGapsForGood) {
  const TemporaryFolder folder;
  const SpoolLimits limits = {.bytes = 400, .age = std::chrono::hours(1)};
  {
    const Spools spool = opened(folder.file("spool"), limits);
    append(*spool, 0, 3, 100);
    append(*spool, 10, 13, 100);
    EXPECT_EQ(spool->gaps(), (std::vector<SpoolGap>{{kEpoch, 0, 2, 3}, {kEpoch, 10, 10, 1}}));
    spool->forget_gaps(std::vector<SpoolGap>{{kEpoch, 0, 2, 3}});
  }
  const Spools spool = opened(folder.file("spool"), limits);
  EXPECT_EQ(spool->gaps(), (std::vector<SpoolGap>{{kEpoch, 10, 10, 1}}));
}

TEST(Spool, AGapThatHasGrownSinceItWasReportedStaysForTheRest) {
  const TemporaryFolder folder;
  const SpoolLimits limits = {.bytes = 400, .age = std::chrono::hours(1)};
  {
    const Spools spool = opened(folder.file("spool"), limits);
    append(*spool, 0, 4, 100);
    const std::vector<SpoolGap> reported = spool->gaps();
    EXPECT_EQ(reported, (std::vector<SpoolGap>{{kEpoch, 0, 1, 2}}));
    append(*spool, 4, 7, 100);
    EXPECT_EQ(spool->gaps(), (std::vector<SpoolGap>{{kEpoch, 0, 4, 5}}));
    spool->forget_gaps(reported);
    EXPECT_EQ(spool->gaps(), (std::vector<SpoolGap>{{kEpoch, 2, 4, 3}}));
  }
  const Spools spool = opened(folder.file("spool"), limits);
  EXPECT_EQ(spool->gaps(), (std::vector<SpoolGap>{{kEpoch, 2, 4, 3}}));
  // One that shrank meanwhile, because a batch of it arrived, is reported whole.
  spool->forget_gaps(std::vector<SpoolGap>{{kEpoch, 1, 5, 5}});
  EXPECT_TRUE(spool->gaps().empty());
}

/// What a process would find that took the place of one killed here.
Spools opened_copy(const TemporaryFolder& folder, SpoolLimits limits) {
  fs::remove_all(folder.file("copy"));
  fs::copy(folder.file("spool"), folder.file("copy"));
  return opened(folder.file("copy"), limits);
}

SpooledBatch noted(std::uint64_t sequence, std::size_t size = 100) {
  SpooledBatch batch = batch_of(sequence, size);
  batch.note = SpoolNote{sequence, 2 * sequence, 3, 4, ~std::uint64_t{0}};
  return batch;
}

TEST(Spool, TheLatestNoteOutlivesItsBatch) {
  const TemporaryFolder folder;
  // Three records a segment.
  const SpoolLimits limits = {
      .bytes = 4000, .age = std::chrono::hours(1), .segment_bytes = 32 + 3 * 180};
  EXPECT_EQ(opened(folder.file("spool"), limits)->latest_note(), std::nullopt);
  // However far it was acknowledged when it was opened the next time.
  for (std::uint64_t sequence = 0; sequence < 12; ++sequence) {
    const Spools spool = opened(folder.file("spool"), limits);
    ASSERT_TRUE(spool->append(noted(sequence)).ok());
    if (sequence % 5 != 0) {
      EXPECT_FALSE(drained(*spool, 100).empty());
    }
    EXPECT_EQ(spool->latest_note(), noted(sequence).note);
    EXPECT_EQ(opened_copy(folder, limits)->latest_note(), noted(sequence).note);
  }
  {
    const Spools spool = opened(folder.file("spool"), limits);
    for (std::uint64_t sequence = 12; sequence < 112; ++sequence)
      ASSERT_TRUE(spool->append(noted(sequence)).ok());
    EXPECT_GT(spool->status().discarded_batches, 50U);
    EXPECT_FALSE(drained(*spool, 100).empty());
    // One without a note takes nothing back.
    append(*spool, 112, 140, 100);
    EXPECT_EQ(drained(*spool, 100), range(115, 140));
  }
  const Spools spool = opened(folder.file("spool"), limits);
  EXPECT_TRUE(drained(*spool, 100).empty());
  EXPECT_EQ(spool->latest_note(), noted(111).note);
}

TEST(Spool, ANoteIsKeptWithItsBatchOrNotAtAll) {
  const TemporaryFolder folder;
  {
    const Spools spool = opened(folder.file("spool"));
    ASSERT_TRUE(spool->append(noted(1)).ok());
    ASSERT_TRUE(spool->append(noted(2)).ok());
  }
  const fs::path segment = segments_in(folder.file("spool")).at(0);
  const std::string whole = bytes_in(segment);
  // Every length that an interrupted write may have left.
  for (std::size_t size = whole.size(); size-- > whole.size() - 180;) {
    write_file(segment, whole.substr(0, size));
    const Spools spool = opened(folder.file("spool"));
    ASSERT_EQ(spool->status().batches, 1U) << size;
    ASSERT_EQ(spool->latest_note(), noted(1).note) << size;
  }
}

TEST(Spool, ABatchThatArrivedIsNoGap) {
  const TemporaryFolder folder;
  const Spools spool = opened(folder.file("spool"), {.bytes = 400, .age = std::chrono::hours(1)});
  append(*spool, 0, 2, 100);
  ASSERT_EQ(spool->front().value()->sequence, 0U);
  append(*spool, 2, 4, 100);
  EXPECT_EQ(spool->gaps(), (std::vector<SpoolGap>{{kEpoch, 0, 1, 2}}));
  // It was on its way while it was discarded; what waits now is not acknowledged by that.
  ASSERT_TRUE(spool->acknowledge_front().ok());
  EXPECT_EQ(spool->gaps(), (std::vector<SpoolGap>{{kEpoch, 1, 1, 1}}));
  EXPECT_EQ(drained(*spool, 100), range(2, 4));
}

TEST(Spool, RefusesABatchThatNeverFits) {
  const TemporaryFolder folder;
  const Spools spool = opened(folder.file("spool"), {.bytes = 400, .age = std::chrono::hours(1)});
  append(*spool, 0, 1, 100);
  EXPECT_EQ(spool->append(batch_of(1, 400)).error().code, ErrorCode::limit_reached);
  EXPECT_EQ(drained(*spool, 100), range(0, 1));
}

std::chrono::sys_seconds seconds(std::int64_t count) {
  return std::chrono::sys_seconds(std::chrono::seconds(count));
}

TEST(Spool, OldBatchesGo) {
  const TemporaryFolder folder;
  const SpoolLimits limits = {.bytes = 1U << 20, .age = std::chrono::hours(24)};
  constexpr std::int64_t kStart = 1'780'000'000;
  const auto open_at = [&](std::int64_t time) {
    return opened(folder.file("spool"), limits, [time] { return seconds(time); });
  };
  append(*open_at(kStart), 0, 2);
  append(*open_at(kStart + 50'000), 2, 4);
  EXPECT_EQ(open_at(kStart + 86'400)->status().batches, 4U);
  const Spools spool = open_at(kStart + 86'410);
  EXPECT_EQ(spool->status().discarded_batches, 2U);
  EXPECT_EQ(spool->gaps(), (std::vector<SpoolGap>{{kEpoch, 0, 1, 2}}));
  EXPECT_EQ(drained(*spool), range(2, 4));
}

TEST(Spool, AClockThatWasNeverSetOrGoesBackDiscardsNothing) {
  const TemporaryFolder folder;
  const SpoolLimits limits = {.bytes = 1U << 20, .age = std::chrono::hours(24)};
  const auto open_at = [&](std::int64_t time) {
    return opened(folder.file("spool"), limits, [time] { return seconds(time); });
  };
  append(*open_at(0), 0, 2);
  append(*open_at(1'780'000'000), 2, 4);
  append(*open_at(1'700'000'000), 4, 6);
  EXPECT_EQ(drained(*open_at(1'780'000'100)), range(0, 6));
}

/// The folder as it would be if `change` had happened to the file of its only segment.
struct Crash {
  std::vector<std::uint64_t> sequences;
  SpoolStatus status;
};
Crash after(const std::string& segment_bytes, const std::string& name) {
  // In memory: there are hundreds of them, and nothing here depends on the disk.
  const TemporaryFolder folder("/dev/shm");
  write_file(folder.file(name), segment_bytes);
  const Spools spool = opened(folder.path().string());
  Crash crash;
  crash.status = spool->status();
  crash.sequences = drained(*spool);
  // And it goes on.
  append(*spool, 90, 91);
  EXPECT_EQ(drained(*spool), range(90, 91));
  return crash;
}

TEST(Spool, ATornTailIsCutWhereverItIsTorn) {
  const TemporaryFolder folder;
  append(*opened(folder.file("spool")), 0, 4);
  const fs::path segment = segments_in(folder.file("spool")).at(0);
  const std::string whole = bytes_in(segment);
  ASSERT_EQ(whole.size(), 32U + 4 * 60);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    if (size > 40 && size < whole.size() - 2 * 60) continue;
    const Crash crash = after(whole.substr(0, size), segment.filename());
    EXPECT_EQ(crash.sequences, range(0, size < 32 ? 0 : (size - 32) / 60)) << size;
    EXPECT_EQ(crash.status.damaged_records, 0U) << size;
  }
  // A length that reached the disk before its bytes did.
  const Crash crash = after(whole + std::string(200, '\0'), segment.filename());
  EXPECT_EQ(crash.sequences, range(0, 4));
  EXPECT_EQ(crash.status.damaged_records, 0U);
}

TEST(Spool, ADamagedRecordCostsItselfOnly) {
  const TemporaryFolder folder;
  append(*opened(folder.file("spool")), 0, 4);
  const fs::path segment = segments_in(folder.file("spool")).at(0);
  const std::string whole = bytes_in(segment);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    if (at > 32 && at < whole.size() - 2 * 60) continue;
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
    const Crash crash = after(damaged, segment.filename());
    std::vector<std::uint64_t> rest = range(0, 4);
    if (at >= 32) rest.erase(rest.begin() + static_cast<std::ptrdiff_t>((at - 32) / 60));
    EXPECT_EQ(crash.sequences, rest) << at;
    EXPECT_EQ(crash.status.damaged_records, 1U) << at;
  }
}

TEST(Spool, DamageIsAGapWhereItCanBeNamed) {
  const TemporaryFolder folder;
  append(*opened(folder.file("spool")), 0, 4);
  const fs::path segment = segments_in(folder.file("spool")).at(0);
  std::string bytes = bytes_in(segment);
  bytes[32 + 60 + 45] ^= 1;  // the content of the second
  write_file(segment, bytes);
  const Spools spool = opened(folder.file("spool"));
  EXPECT_EQ(spool->gaps(), (std::vector<SpoolGap>{{kEpoch, 1, 1, 1}}));
  EXPECT_EQ(drained(*spool), (std::vector<std::uint64_t>{0, 2, 3}));
}

TEST(Spool, LosesNothingWithoutItsState) {
  const TemporaryFolder folder;
  {
    const Spools spool = opened(folder.file("spool"));
    append(*spool, 0, 4);
    ASSERT_TRUE(spool->front().ok());
    ASSERT_TRUE(spool->acknowledge_front().ok());
  }
  write_file(folder.file("spool/spool.state"), std::string(100'000, '\x5a'));
  EXPECT_EQ(drained(*opened(folder.file("spool"))), range(0, 4));
}

TEST(Spool, AFullDiskCostsTheBatchThatDidNotFit) {
  const TemporaryFolder folder;
  const Spools spool = opened(folder.file("spool"));
  append(*spool, 0, 3, 1000);
  // The file may not grow past the middle of the next record, as on a disk that is full then.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit full = before;
  full.rlim_cur = 3500;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &full), 0);
  const auto kept = spool->append(batch_of(3, 1000));
  const auto again = spool->append(batch_of(4, 1000));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_FALSE(kept.ok());
  EXPECT_EQ(kept.error().code, ErrorCode::io_error);
  EXPECT_FALSE(again.ok());
  EXPECT_EQ(fs::file_size(segments_in(folder.file("spool")).at(0)), 32U + 3 * 1040);
  append(*spool, 5, 7, 1000);
  EXPECT_EQ(drained(*spool, 1000), (std::vector<std::uint64_t>{0, 1, 2, 5, 6}));
}

/// A process that appends and acknowledges until it is killed, and tells of each step it has done:
/// 'a' after an append, 'k' before and 'K' after an acknowledgement.
[[noreturn]] void work(const std::string& folder, std::uint64_t sequence, int pipe) {
  const SpoolLimits limits = {
      .bytes = 1U << 20, .age = std::chrono::hours(1), .segment_bytes = 700};
  auto spool = Spool::open(folder, limits);
  if (!spool.ok()) ::_exit(1);
  const auto tell = [&](char step) {
    if (::write(pipe, &step, 1) != 1) ::_exit(1);
  };
  for (std::uint64_t step = 0;; ++step) {
    if (!(*spool)->append(batch_of(sequence++)).ok()) ::_exit(1);
    tell('a');
    if (step % 3 == 2) {
      auto front = (*spool)->front();
      if (!front.ok() || !front->has_value()) ::_exit(1);
      tell('k');
      if (!(*spool)->acknowledge_front().ok()) ::_exit(1);
      tell('K');
    }
  }
}

TEST(Spool, LosesNothingWhenKilled) {
  const TemporaryFolder folder;
  std::uint64_t appended = 0;      // sequence numbers below it are surely in
  std::uint64_t acknowledged = 0;  // and below this surely out
  std::uint64_t steps = 0;
  for (unsigned round = 0; round < 30; ++round) {
    int pipe[2];
    ASSERT_EQ(::pipe(pipe), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(pipe[0]);
      work(folder.file("spool"), appended, pipe[1]);
    }
    ::close(pipe[1]);
    ::usleep(3'000 + (round * 7'919) % 20'000);
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    std::uint64_t begun = acknowledged;
    char step = 0;
    for (; ::read(pipe[0], &step, 1) == 1; ++steps) {
      appended += step == 'a' ? 1 : 0;
      begun += step == 'k' ? 1 : 0;
      acknowledged += step == 'K' ? 1 : 0;
    }
    ::close(pipe[0]);
    const Spools spool = opened(folder.file("spool"));
    EXPECT_EQ(spool->status().damaged_records, 0U);
    std::vector<std::uint64_t> left;
    // What is found is taken out and put back, so that the next round goes on with it.
    left = drained(*spool);
    ASSERT_TRUE(left.empty() ? appended == begun : left.front() <= begun) << round;
    if (!left.empty()) {
      EXPECT_GE(left.front(), acknowledged) << round;
      EXPECT_EQ(left, range(left.front(), left.back() + 1)) << round;
      EXPECT_GE(left.back() + 1, appended) << round;
      EXPECT_LE(left.back(), appended) << round;
      appended = left.back() + 1;
    }
    acknowledged = appended;
  }
  EXPECT_GT(steps, 30U);
}

TEST(SpoolSegment, GoesOnBehindDamageOfAnyLength) {
  const TemporaryFolder folder;
  std::string bytes = segment_header(7) + segment_record({1, 1, "first"}, 5);
  const std::uint64_t damage = bytes.size();
  // Longer than a piece of the scan, and with a magic of no record across its end.
  bytes += std::string((std::size_t{64} << 10) - 2, 'x') + "TTNb" + std::string(100, 'y');
  const std::uint64_t second = bytes.size();
  bytes += segment_record({1, 2, "second"}, 6);
  write_file(folder.file("segment"), bytes);
  FILE* file = std::fopen(folder.file("segment").c_str(), "rb");
  const SegmentReader reader(::fileno(file), bytes.size());
  EXPECT_TRUE(reader.is_segment(7));
  EXPECT_FALSE(reader.is_segment(8));
  EXPECT_EQ(reader.item_at(kSegmentHeaderBytes).content, "first");
  const SegmentItem lost = reader.item_at(damage);
  EXPECT_EQ(lost.kind, SegmentItem::Kind::damaged);
  EXPECT_EQ(lost.end, second);
  EXPECT_EQ(reader.item_at(second).content, "second");
  EXPECT_EQ(reader.item_at(second).stamp, 6);
  EXPECT_EQ(reader.item_at(bytes.size()).kind, SegmentItem::Kind::end);
  std::fclose(file);
}

}  // namespace
}  // namespace teiten
