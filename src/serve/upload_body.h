#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "serve/budget.h"

namespace teiten {

/// Memory for a body is taken in such steps, as its bytes come: a length that is only announced
/// costs nothing.
inline constexpr std::size_t kBodyStepBytes = 256U << 10;
/// How long a body may take, and a second more for so many bytes that came: a slow line is waited
/// for, a stalled one is not, whatever length it announced.
inline constexpr auto kBodyTime = std::chrono::seconds(20);
inline constexpr std::uint64_t kLeastBytesPerSecond = 16U << 10;

/// How long after its begin a body of which `arrived` bytes came may still be waited for.
constexpr std::chrono::seconds body_patience(std::uint64_t arrived) {
  return kBodyTime +
         std::chrono::seconds(static_cast<std::int64_t>(arrived / kLeastBytesPerSecond));
}

/// The bytes of one upload as they come.
class UploadBody {
 public:
  /// Of `length` bytes, for which `share` is taken.
  UploadBody(Share& share, std::uint64_t length) : share_(share), length_(length) {}

  /// Where the next bytes go: some of those that are missing. Empty: there is no memory for them.
  /// Precondition: not is_whole().
  std::span<char> room();
  void arrived(std::size_t bytes) { arrived_ += bytes; }
  std::uint64_t arrived() const { return arrived_; }
  bool is_whole() const { return arrived_ == length_; }
  /// All of it. Precondition: is_whole().
  std::string take();

 private:
  Share& share_;
  std::uint64_t length_;
  std::uint64_t arrived_ = 0;
  std::string content_;
};

}  // namespace teiten
