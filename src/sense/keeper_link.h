#pragma once

#include <chrono>
#include <optional>

#include <poll.h>

#include "sense/batch_maker.h"
#include "sense/channel.h"

namespace teiten {

/// How long the end waits for the other process to take what is left.
inline constexpr std::chrono::seconds kLastWait{10};

/// The way of batches from the process that makes them to the keeper, and of what it says back.
class KeeperLink {
 public:
  explicit KeeperLink(int socket);

  /// False where too much waits already. `note`: see SpooledBatch::note.
  bool send(const Batch& batch, const std::optional<SpoolNote>& note = {});
  /// Whether much more may wait: who can wait himself makes no batches until then.
  bool has_room() const { return outbox_.has_room(); }
  pollfd waits_for() const;
  Result<void> flush() { return outbox_.flush(socket_); }
  /// Writes everything, as fast as it is taken. Errors: busy past `patience`.
  Result<void> flush_all(std::optional<Duration> patience);
  /// Takes what was said to `maker`; false once nothing more is wanted. What is said before there
  /// is a maker waits for it.
  Result<bool> receive(BatchMaker* maker);

 private:
  Result<void> obey(const Message& message, BatchMaker& maker);

  int socket_;
  Outbox outbox_;
  MessageReader reader_;
  std::uint64_t told_ = 0;  ///< number of the latest LossMessage
};

}  // namespace teiten
