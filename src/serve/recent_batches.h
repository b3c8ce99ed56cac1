#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "base/hash.h"
#include "serve/intake.h"

namespace teiten {

/// Batches whose content is remembered: at a batch every five seconds those of a thousand sensors
/// for a quarter of an hour, of ten for a day, in some 20 MB.
inline constexpr std::size_t kMaxRecentBatches = 200'000;

/// Remembers what came under which identity, so that the same identity with other content is not
/// taken for a batch that is sent again. The store keeps no digest of a batch (it gathers them by
/// the hour), so this holds while the collector runs and the batch is among the last ones. Safe for
/// several threads.
class RecentBatches {
 public:
  enum class Known : std::uint8_t { first, same, other };

  explicit RecentBatches(std::size_t most = kMaxRecentBatches) : most_(most) {}

  /// Whether this identity came before, and with this content; the first content is remembered.
  Known note(const BatchName& name, std::string_view content);
  /// What was noted as the first was not stored.
  void forget(const BatchName& name);

 private:
  struct Mix {
    std::size_t operator()(const Digest& digest) const { return digest.low; }
  };
  std::size_t most_;
  std::mutex mutex_;
  std::unordered_map<Digest, std::uint64_t, Mix> contents_;  ///< by the identity's digest
  std::deque<Digest> order_;  ///< as they came; may name what is forgotten
};

}  // namespace teiten
