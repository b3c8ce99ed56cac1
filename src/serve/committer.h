#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "store/store.h"

namespace teiten {

/// What became of a batch that was given to the committer.
enum class CommitOutcome : std::uint8_t {
  committed,  ///< it is in the store for good, perhaps since before
  refused,    ///< the store will never take it
  deferred,   ///< not now: the store is on loan, or its disk is full; nothing of it was written
};
struct CommitResult {
  CommitOutcome outcome = CommitOutcome::deferred;
  std::string reason;  ///< one sentence; empty if committed
};
/// Called once, from the committer's thread; must not block.
using CommitDone = std::function<void(const CommitResult&)>;

/// Bounds of one transaction, and how long the first batch waits for others to come along.
inline constexpr std::size_t kGroupAccesses = 200'000;
inline constexpr std::size_t kGroupBatches = 2'000;
inline constexpr auto kGroupWait = std::chrono::milliseconds(20);
/// How long a batch waits for a store that is on loan or out of order; sensors wait for 30 s.
inline constexpr auto kStorePatience = std::chrono::seconds(15);
/// While batches have waited this long, a reader may not join those that have the store.
inline constexpr auto kJoinPatience = std::chrono::seconds(1);
/// Old days become counts one at a time: so long until the next one, and after the last one.
inline constexpr auto kAgingPause = std::chrono::milliseconds(200);
inline constexpr auto kAgingRest = std::chrono::hours(1);
/// Pause between two attempts to open a store that cannot be opened.
inline constexpr auto kReopenPause = std::chrono::milliseconds(200);

/// One thread that owns the store of a collector: writes what comes in grouped transactions, lends
/// the store to commands in between (lend.h), and opens it again. Loans and commits take turns, so
/// that neither starves. Safe for several threads.
class Committer {
 public:
  struct Status {
    std::uint64_t committed_batches = 0;
    std::uint64_t new_batches = 0;   ///< committed_batches minus those that were there already
    std::uint64_t new_accesses = 0;  ///< of groups without a batch that was there already
    std::uint64_t transactions = 0;
    std::uint64_t store_errors = 0;
    std::uint64_t loans = 0;
    std::uint64_t waiting_batches = 0;
    std::chrono::milliseconds oldest_wait{0};
    std::chrono::milliseconds loan_age{0};  ///< of the oldest loan; 0 if there is none
    std::vector<std::string> borrowers;     ///< names of the commands that have the store now
    std::string store_error;                ///< why the store cannot be written now; else empty
    std::uint64_t aged_accesses = 0;        ///< that became daily counts
    std::string retention_error;            ///< why old days cannot become counts; else empty
  };

  /// Opens, and makes if missing, the store. Errors: Store::open's, but a store that another
  /// process holds is waited for.
  static Result<std::unique_ptr<Committer>> open(
      const std::string& store, std::chrono::milliseconds patience = kStorePatience,
      RetentionPolicy retention = {});
  ~Committer();
  Committer(const Committer&) = delete;
  Committer& operator=(const Committer&) = delete;

  void submit(Batch batch, CommitDone done);

  /// Asks for the store; `granted` is called from the committer's thread once it is closed here.
  /// The number is for give_back(), which may also come before the loan is granted.
  std::uint64_t borrow(StoreMode mode, std::string name, std::function<void()> granted);
  void give_back(std::uint64_t loan);

  /// Commits what was submitted (defers it if the store cannot be had), closes the store, ends the
  /// thread.
  void stop();
  Status status() const;
  /// The store takes no access from before this instant.
  UtcTime kept_from() const { return UtcTime(Duration(kept_from_.load())); }

 private:
  using Clock = std::chrono::steady_clock;
  struct Waiting {
    Batch batch;
    CommitDone done;
    Clock::time_point since;
  };
  struct Borrower {
    std::uint64_t loan = 0;
    StoreMode mode = StoreMode::read;
    std::string name;
    std::function<void()> granted;
    Clock::time_point lent_at{};
  };
  enum class Turn { commit, lend };

  Committer(std::string path, std::unique_ptr<Store> store, std::chrono::milliseconds patience,
            RetentionPolicy retention);
  void run();
  bool group_is_full() const;
  bool may_lend(Clock::time_point now) const;
  void lend(std::unique_lock<std::mutex>& lock);
  void defer_old(std::unique_lock<std::mutex>& lock, Clock::time_point now, const std::string& why);
  void open_store(std::unique_lock<std::mutex>& lock);
  void commit_group(std::unique_lock<std::mutex>& lock);
  bool reopen(Error& error);
  /// Makes counts of one old day, if there is one.
  void age_day(std::unique_lock<std::mutex>& lock);
  Result<std::optional<AgedDay>> age_oldest_day();
  void note_kept_from();
  std::vector<CommitResult> write(const std::vector<Batch>& batches);
  Result<std::uint64_t> append(std::span<const Batch> batches);
  std::string borrower_names() const;

  const std::string path_;
  const std::chrono::milliseconds patience_;
  std::unique_ptr<Store> store_;  // the thread's own
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Waiting> waiting_;
  std::size_t waiting_accesses_ = 0;
  std::deque<Borrower> asking_;
  std::vector<Borrower> lent_;
  Turn turn_ = Turn::lend;
  Clock::time_point next_opening_{};
  const RetentionPolicy retention_;
  Clock::time_point next_aging_{};
  bool has_aged_ = false;  ///< since the last checkpoint
  std::atomic<Duration::rep> kept_from_ = UtcTime::min().time_since_epoch().count();
  std::uint64_t next_loan_ = 1;
  bool stopping_ = false;
  Status status_;
  std::thread thread_;
};

}  // namespace teiten
