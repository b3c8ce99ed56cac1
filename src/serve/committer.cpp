#include "serve/committer.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "store/rewrite.h"

namespace teiten {
namespace {

/// A batch costs this much in a group even if it is empty.
constexpr std::size_t kBatchWeight = 10;

/// What a sensor is told where the store fails; the operator reads Status::store_error.
constexpr const char* kNotWritable = "the collector cannot write its store now";

/// The store itself is in order, this batch is not.
bool is_batch_fault(const Error& error) {
  return error.code == ErrorCode::invalid_argument;
}

/// DuckDB refuses something, and neither disk nor memory is at fault: it may be one batch's doing.
bool may_be_batch_fault(const Error& error) {
  return is_batch_fault(error) || error.code == ErrorCode::internal;
}

}  // namespace

Result<std::unique_ptr<Committer>> Committer::open(const std::string& store,
                                                   std::chrono::milliseconds patience,
                                                   RetentionPolicy retention) {
  auto opened = Store::open(store, StoreMode::write, StoreLoan::none);
  if (!opened.ok() && opened.error().code != ErrorCode::busy) return opened.error();
  std::unique_ptr<Store> ready = opened.ok() ? std::move(*opened) : nullptr;
  std::unique_ptr<Committer> committer(
      new Committer(store, std::move(ready), patience, std::move(retention)));
  if (!opened.ok()) committer->status_.store_error = opened.error().message;
  committer->thread_ = std::thread([raw = committer.get()] { raw->run(); });
  return committer;
}

Committer::Committer(std::string path, std::unique_ptr<Store> store,
                     std::chrono::milliseconds patience, RetentionPolicy retention)
    : path_(std::move(path)),
      patience_(patience),
      store_(std::move(store)),
      retention_(std::move(retention)) {
  note_kept_from();
}

Committer::~Committer() {
  stop();
}

void Committer::submit(Batch batch, CommitDone done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      waiting_accesses_ += batch.accesses.size() + kBatchWeight;
      waiting_.push_back({std::move(batch), std::move(done), Clock::now()});
      changed_.notify_one();
      return;
    }
  }
  done({CommitOutcome::deferred, "the collector is stopping"});
}

std::uint64_t Committer::borrow(StoreMode mode, std::string name, std::function<void()> granted) {
  const std::lock_guard lock(mutex_);
  asking_.push_back({next_loan_, mode, std::move(name), std::move(granted), {}});
  changed_.notify_one();
  return next_loan_++;
}

void Committer::give_back(std::uint64_t loan) {
  const std::lock_guard lock(mutex_);
  const auto is_it = [&](const Borrower& borrower) { return borrower.loan == loan; };
  std::erase_if(asking_, is_it);
  std::erase_if(lent_, is_it);
  changed_.notify_one();
}

void Committer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

Committer::Status Committer::status() const {
  const std::lock_guard lock(mutex_);
  Status status = status_;
  status.waiting_batches = waiting_.size();
  if (!waiting_.empty()) {
    status.oldest_wait = std::chrono::duration_cast<std::chrono::milliseconds>(
        Clock::now() - waiting_.front().since);
  }
  for (const Borrower& borrower : lent_) {
    status.borrowers.push_back(borrower.name);
    status.loan_age = std::max(
        status.loan_age,
        std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - borrower.lent_at));
  }
  return status;
}

std::string Committer::borrower_names() const {
  std::string names;
  for (const Borrower& borrower : lent_)
    names += (names.empty() ? "" : ", ") + borrower.name;
  return names;
}

bool Committer::group_is_full() const {
  return waiting_accesses_ >= kGroupAccesses || waiting_.size() >= kGroupBatches;
}

/// Whether the next that asks for the store may have it now.
bool Committer::may_lend(Clock::time_point now) const {
  if (asking_.empty()) return false;
  // Nothing is committed meanwhile where the store cannot be opened: who asks shall see why.
  if (lent_.empty()) return waiting_.empty() || turn_ == Turn::lend || !status_.store_error.empty();
  const bool all_readers =
      asking_.front().mode == StoreMode::read && lent_.front().mode == StoreMode::read;
  return all_readers && (waiting_.empty() || now - waiting_.front().since < kJoinPatience);
}

void Committer::lend(std::unique_lock<std::mutex>& lock) {
  Borrower borrower = std::move(asking_.front());
  asking_.pop_front();
  const auto granted = std::move(borrower.granted);
  borrower.lent_at = Clock::now();
  lent_.push_back(std::move(borrower));
  ++status_.loans;
  turn_ = Turn::commit;
  lock.unlock();
  store_.reset();
  granted();
  lock.lock();
}

/// Answers those that have waited too long for a store that is not there.
void Committer::defer_old(std::unique_lock<std::mutex>& lock, Clock::time_point now,
                          const std::string& why) {
  std::vector<CommitDone> deferred;
  while (!waiting_.empty() && (stopping_ || now - waiting_.front().since >= patience_)) {
    waiting_accesses_ -= waiting_.front().batch.accesses.size() + kBatchWeight;
    deferred.push_back(std::move(waiting_.front().done));
    waiting_.pop_front();
  }
  if (deferred.empty()) return;
  lock.unlock();
  for (const CommitDone& done : deferred)
    done({CommitOutcome::deferred, why});
  lock.lock();
}

void Committer::open_store(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  auto opened = Store::open(path_, StoreMode::write, StoreLoan::none);
  lock.lock();
  if (opened.ok()) {
    store_ = std::move(*opened);
    note_kept_from();  // whoever had it may have made counts of old days
    status_.store_error.clear();
    return;
  }
  ++status_.store_errors;
  status_.store_error = opened.error().message;
  next_opening_ = Clock::now() + kReopenPause;
}

void Committer::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    const auto now = Clock::now();
    if (may_lend(now)) {
      lend(lock);
      continue;
    }
    if (!lent_.empty()) {
      defer_old(lock, now, fmt::format("the store is on loan to teiten {}", borrower_names()));
      if (stopping_) return;
      changed_.wait_for(lock, std::chrono::milliseconds(200));
      continue;
    }
    if (store_ == nullptr && now >= next_opening_) {
      open_store(lock);
      continue;
    }
    if (store_ == nullptr) {
      defer_old(lock, now, kNotWritable);
      if (stopping_) return;
      changed_.wait_until(lock, next_opening_);
      continue;
    }
    if (retention_.days > 0 && now >= next_aging_ && !stopping_) {
      age_day(lock);
      continue;
    }
    if (waiting_.empty()) {
      if (stopping_) break;
      // No loan is asked for either: it would have been granted above.
      if (retention_.days > 0) {
        changed_.wait_until(lock, next_aging_);
      } else {
        changed_.wait(lock);
      }
      continue;
    }
    const auto due = waiting_.front().since + kGroupWait;
    if (now < due && !group_is_full() && !stopping_) {
      changed_.wait_until(lock, due);
      continue;
    }
    commit_group(lock);
    turn_ = Turn::lend;
  }
  lock.unlock();
  store_.reset();
}

void Committer::commit_group(std::unique_lock<std::mutex>& lock) {
  std::vector<Batch> batches;
  std::vector<CommitDone> done;
  std::size_t accesses = 0;
  while (!waiting_.empty() && batches.size() < kGroupBatches) {
    const std::size_t weight = waiting_.front().batch.accesses.size() + kBatchWeight;
    if (!batches.empty() && accesses + weight > kGroupAccesses) break;
    accesses += weight;
    batches.push_back(std::move(waiting_.front().batch));
    done.push_back(std::move(waiting_.front().done));
    waiting_.pop_front();
  }
  waiting_accesses_ -= accesses;
  lock.unlock();
  const std::vector<CommitResult> results = write(batches);
  for (std::size_t i = 0; i < done.size(); ++i)
    done[i](results[i]);
  lock.lock();
}

Result<std::uint64_t> Committer::append(std::span<const Batch> batches) {
  auto added = store_->append(batches);
  const std::lock_guard lock(mutex_);
  if (!added.ok()) return added;
  ++status_.transactions;
  status_.committed_batches += batches.size();
  status_.new_batches += *added;
  if (*added == batches.size())
    for (const Batch& batch : batches)
      status_.new_accesses += batch.accesses.size();
  status_.store_error.clear();
  return added;
}

void Committer::note_kept_from() {
  if (store_ == nullptr) return;
  const auto kept = store_->retention();
  if (kept.ok() && *kept) kept_from_ = (*kept)->kept_from.time_since_epoch().count();
}

/// Nothing more to do: the store is written anew, once, so that no address stays in a free block.
Result<std::optional<AgedDay>> Committer::age_oldest_day() {
  const UtcTime now = std::chrono::system_clock::now();
  TEITEN_TRY(const auto aged, store_->age_day(retention_.first_kept(now), retention_.zone));
  if (!aged && has_aged_) {
    store_.reset();  // opened again by run()
    TEITEN_CHECK(rewrite_store(path_));
    has_aged_ = false;
  }
  return aged;
}

void Committer::age_day(std::unique_lock<std::mutex>& lock) {
  lock.unlock();
  const auto aged = age_oldest_day();
  note_kept_from();
  lock.lock();
  const bool more = aged.ok() && *aged;
  next_aging_ = Clock::now() + (more ? Clock::duration(kAgingPause) : Clock::duration(kAgingRest));
  status_.retention_error = aged.ok() ? "" : aged.error().message;
  if (!more) return;
  has_aged_ = true;
  status_.aged_accesses += (*aged)->accesses;
}

/// False, and why, if the store cannot be opened anew.
bool Committer::reopen(Error& error) {
  store_.reset();
  auto opened = Store::open(path_, StoreMode::write, StoreLoan::none);
  if (!opened.ok()) {
    error = opened.error();
    return false;
  }
  store_ = std::move(*opened);
  error = {ErrorCode::invalid_argument, error.message};
  return true;
}

/// One result a batch. What is wrong with one batch must not keep the others out.
std::vector<CommitResult> Committer::write(const std::vector<Batch>& batches) {
  std::vector<CommitResult> results(batches.size());
  auto all = append(batches);
  if (all.ok()) {
    for (CommitResult& result : results)
      result.outcome = CommitOutcome::committed;
    return results;
  }
  Error error = all.error();
  bool usable = may_be_batch_fault(error);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    // After some failures DuckDB does nothing more with a connection.
    if (usable && error.code == ErrorCode::internal) usable = reopen(error);
    if (usable) {
      const auto one = append({&batches[i], 1});
      if (one.ok()) {
        results[i].outcome = CommitOutcome::committed;
        continue;
      }
      error = one.error();
      usable = may_be_batch_fault(error);
    }
    // What DuckDB refuses without a reason of ours stays with its sensor: it may be our mistake.
    const bool refused = usable && is_batch_fault(error);
    results[i].outcome = refused ? CommitOutcome::refused : CommitOutcome::deferred;
    results[i].reason = refused ? error.message : kNotWritable;
  }
  if (!usable || error.code == ErrorCode::internal) {
    store_.reset();
    const std::lock_guard lock(mutex_);
    ++status_.store_errors;
    status_.store_error = error.message;
    next_opening_ = Clock::now() + kReopenPause;
  }
  return results;
}

}  // namespace teiten
