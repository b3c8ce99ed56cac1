#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sense/batch_maker.h"
#include "wire/spool.h"

/// What the process that captures and the one that keeps say to each other, over a socket pair.
namespace teiten {

/// A batch on its way to the spool.
struct BatchMessage {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::uint64_t frames = 0;
  std::uint64_t unsolicited = 0;
  std::uint64_t dropped = 0;
  std::int64_t to = 0;            ///< end of its range, µs since 1970
  std::uint64_t told = 0;         ///< number of the latest LossMessage that its counts hold
  std::optional<SpoolNote> note;  ///< to be kept with it
  std::string bytes;              ///< encode_batch()
};

/// What was lost on the way from the watcher to the collector since the last such message.
struct LossMessage {
  std::uint64_t batches = 0;    ///< that the spool could not take (a full disk)
  std::uint64_t packets = 0;    ///< in them
  std::uint64_t discarded = 0;  ///< batches that the spool pushed out
  std::uint64_t number = 0;     ///< of such messages, from 1
};

/// Where the batches are sent to, whole.
struct CollectorsMessage {
  std::vector<Endpoint> endpoints;
};
inline constexpr std::size_t kMaxEndpoints = 256;

enum class MessageType : std::uint8_t { batch = 1, loss = 2, collectors = 3 };
struct Message {
  MessageType type = MessageType::batch;
  std::string body;
};

std::string to_wire(const BatchMessage& message);
std::string to_wire(const LossMessage& message);
std::string to_wire(const CollectorsMessage& message);
/// Errors: malformed.
Result<BatchMessage> batch_message(const Message& message);
Result<LossMessage> loss_message(const Message& message);
Result<CollectorsMessage> collectors_message(const Message& message);

/// Puts messages together from what a stream gives. The other side may be in an attacker's hands.
class MessageReader {
 public:
  /// Reads what waits on the socket, up to one buffer; false at its end. Errors: io_error.
  Result<bool> fill(int socket);
  /// The next whole message, if it is there. Errors: malformed, limit_reached (longer than a
  /// batch).
  Result<std::optional<Message>> next();

 private:
  std::string buffer_;
};

/// Messages that wait for room in a socket: bounded, so that a reader that stands still costs no
/// more memory.
class Outbox {
 public:
  Outbox(std::size_t max_messages, std::size_t max_bytes)
      : max_messages_(max_messages), max_bytes_(max_bytes) {}

  /// False if it is full.
  bool add(std::string message);
  /// Writes what the socket takes, without waiting. io_error where nobody reads any more.
  Result<void> flush(int socket);
  bool empty() const { return messages_.empty(); }
  /// Whether it is less than half full.
  bool has_room() const { return messages_.size() < max_messages_ / 2 && bytes_ < max_bytes_ / 2; }

 private:
  std::size_t max_messages_;
  std::size_t max_bytes_;
  std::size_t bytes_ = 0;
  std::size_t written_ = 0;  ///< of the first message
  std::deque<std::string> messages_;
};

}  // namespace teiten
