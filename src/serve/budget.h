#pragma once

#include <atomic>
#include <cstddef>

namespace teiten {

/// A number of bytes that all connections share. Safe for several threads.
class Budget {
 public:
  explicit Budget(std::size_t limit) : limit_(limit) {}
  /// False, and nothing taken, if that would pass the limit.
  bool try_take(std::size_t bytes) {
    std::size_t used = used_;
    do {
      if (bytes > limit_ || used > limit_ - bytes) return false;
    } while (!used_.compare_exchange_weak(used, used + bytes));
    return true;
  }
  void give_back(std::size_t bytes) { used_ -= bytes; }
  std::size_t used() const { return used_; }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

/// What one upload has taken of a budget, until this is destroyed.
class Share {
 public:
  explicit Share(Budget& budget) : budget_(budget) {}
  ~Share() { release(); }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  std::size_t bytes() const { return bytes_; }
  /// False, and nothing more taken, if the budget has no more.
  bool take(std::size_t more) {
    if (!budget_.try_take(more)) return false;
    bytes_ += more;
    return true;
  }
  void release() {
    budget_.give_back(bytes_);
    bytes_ = 0;
  }

 private:
  Budget& budget_;
  std::size_t bytes_ = 0;
};

}  // namespace teiten
