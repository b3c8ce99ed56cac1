#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sense/channel.h"
#include "wire/spool.h"

namespace teiten {

/// What was lost on the way to the collector, until a batch that tells of it is in the spool: the
/// watcher is told, its next batch tells, and only when that one was spooled is the loss forgotten,
/// on disk too.
class Losses {
 public:
  /// `spool` must outlive this.
  explicit Losses(Spool& spool) : spool_(spool) {}

  /// What the watcher is to be told now; nothing while there is nothing, or while it was told and
  /// its batch has not come yet. To be given back by untell() if it cannot be told after all.
  std::optional<LossMessage> next();
  void untell();
  /// A batch was spooled that tells every loss up to the message numbered `told`.
  void spooled(std::uint64_t told);
  /// A batch could not be spooled: what it tells is lost with it.
  void unkept(std::uint64_t told, std::uint64_t packets);

 private:
  Spool& spool_;
  std::uint64_t number_ = 0;  ///< of the latest message
  std::optional<LossMessage> told_;
  std::vector<SpoolGap> told_gaps_;
  std::uint64_t batches_ = 0;  ///< not told yet
  std::uint64_t packets_ = 0;
};

}  // namespace teiten
