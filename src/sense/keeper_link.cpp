#include "sense/keeper_link.h"

#include "sense/batch_clock.h"
#include "wire/batch_codec.h"

namespace teiten {
namespace {

/// Batches that wait for the other process: five minutes' worth of them, or as much as it takes in
/// one.
constexpr std::size_t kMaxWaitingBatches = 64;
constexpr std::size_t kMaxWaitingBytes = 8U << 20;

}  // namespace

KeeperLink::KeeperLink(int socket)
    : socket_(socket), outbox_(kMaxWaitingBatches, kMaxWaitingBytes) {}

bool KeeperLink::send(const Batch& batch, const std::optional<SpoolNote>& note) {
  BatchMessage message;
  message.epoch = batch.epoch;
  message.sequence = batch.sequence;
  message.frames = batch.frames;
  message.unsolicited = batch.packets_unsolicited;
  message.dropped = batch.dropped;
  message.to = to_microseconds(batch.range.to);
  message.told = told_;
  message.note = note;
  message.bytes = encode_batch(batch);
  return outbox_.add(to_wire(message));
}

pollfd KeeperLink::waits_for() const {
  return {socket_, static_cast<short>(outbox_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
}

Result<void> KeeperLink::flush_all(std::optional<Duration> patience) {
  const Duration begun = read_clocks().running;
  while (!outbox_.empty()) {
    TEITEN_CHECK(outbox_.flush(socket_));
    if (outbox_.empty()) break;
    pollfd wait{socket_, POLLOUT, 0};
    poll(&wait, 1, 100);
    if (patience && read_clocks().running - begun > *patience)
      return failure(ErrorCode::busy, "the spool does not take the last batches; they are lost");
  }
  return {};
}

Result<bool> KeeperLink::receive(BatchMaker* maker) {
  TEITEN_TRY(const bool open, reader_.fill(socket_));
  while (maker != nullptr) {
    TEITEN_TRY(const auto message, reader_.next());
    if (!message) break;
    TEITEN_CHECK(obey(*message, *maker));
  }
  return open;
}

Result<void> KeeperLink::obey(const Message& message, BatchMaker& maker) {
  if (message.type == MessageType::collectors) {
    TEITEN_TRY(auto collectors, collectors_message(message));
    maker.set_collectors(std::move(collectors.endpoints));
  } else if (message.type == MessageType::loss) {
    TEITEN_TRY(const LossMessage loss, loss_message(message));
    maker.add_dropped(loss.packets);
    maker.add_limit(kUnkeptBatches, loss.batches);
    maker.add_limit(kSpoolDiscarded, loss.discarded);
    told_ = loss.number;
  }
  return {};
}

}  // namespace teiten
