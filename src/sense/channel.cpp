#include "sense/channel.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>

#include "wire/batch_codec.h"
#include "wire/little_endian.h"

namespace teiten {
namespace {

/// Length of the body (4 bytes) and type.
constexpr std::size_t kHeaderBytes = 5;
constexpr std::size_t kNoteFields = std::tuple_size_v<SpoolNote>;
/// The last are whether there is a note, and the note.
constexpr std::size_t kBatchFields = 8 + kNoteFields;
constexpr std::size_t kLossFields = 4;
constexpr std::size_t kEndpointBytes = 18;
constexpr std::size_t kMaxBody = kMaxBatchBytes + kBatchFields * 8;

std::string with_header(MessageType type, std::string_view body) {
  std::string wire(kHeaderBytes, '\0');
  store_little(wire.data(), static_cast<std::uint32_t>(body.size()));
  wire[4] = static_cast<char>(type);
  return wire.append(body);
}

template <typename... Numbers>
std::string packed(Numbers... numbers) {
  std::string bytes(sizeof...(numbers) * 8, '\0');
  char* at = bytes.data();
  ((store_little(at, numbers), at += 8), ...);
  return bytes;
}

std::uint64_t number_at(const std::string& body, std::size_t index) {
  return load_little<std::uint64_t>(body.data() + index * 8);
}

Error malformed() {
  return failure(ErrorCode::malformed,
                 "the processes of the sensor do not understand each other; restart it");
}

}  // namespace

std::string to_wire(const BatchMessage& message) {
  const std::uint64_t noted = message.note ? 1 : 0;
  std::string body =
      packed(message.epoch, message.sequence, message.frames, message.unsolicited, message.dropped,
             static_cast<std::uint64_t>(message.to), message.told, noted);
  for (const std::uint64_t number : message.note.value_or(SpoolNote{}))
    body += packed(number);
  return with_header(MessageType::batch, body + message.bytes);
}

std::string to_wire(const LossMessage& message) {
  return with_header(MessageType::loss,
                     packed(message.batches, message.packets, message.discarded, message.number));
}

std::string to_wire(const CollectorsMessage& message) {
  std::string body;
  for (const Endpoint& endpoint : message.endpoints) {
    std::string bytes(kEndpointBytes, '\0');
    store_little(bytes.data(), endpoint.address.high());
    store_little(bytes.data() + 8, endpoint.address.low());
    store_little(bytes.data() + 16, endpoint.port);
    body += bytes;
  }
  return with_header(MessageType::collectors, body);
}

Result<BatchMessage> batch_message(const Message& message) {
  const std::string& body = message.body;
  if (body.size() < kBatchFields * 8) return malformed();
  BatchMessage batch;
  batch.epoch = number_at(body, 0);
  batch.sequence = number_at(body, 1);
  batch.frames = number_at(body, 2);
  batch.unsolicited = number_at(body, 3);
  batch.dropped = number_at(body, 4);
  batch.to = static_cast<std::int64_t>(number_at(body, 5));
  batch.told = number_at(body, 6);
  if (number_at(body, 7) != 0) {
    batch.note.emplace();
    for (std::size_t i = 0; i < kNoteFields; ++i)
      (*batch.note)[i] = number_at(body, 8 + i);
  }
  batch.bytes = body.substr(kBatchFields * 8);
  return batch;
}

Result<LossMessage> loss_message(const Message& message) {
  if (message.body.size() != kLossFields * 8) return malformed();
  return LossMessage{number_at(message.body, 0), number_at(message.body, 1),
                     number_at(message.body, 2), number_at(message.body, 3)};
}

Result<CollectorsMessage> collectors_message(const Message& message) {
  const std::string& body = message.body;
  if (body.size() % kEndpointBytes != 0 || body.size() / kEndpointBytes > kMaxEndpoints)
    return malformed();
  CollectorsMessage collectors;
  for (const char* at = body.data(); at != body.data() + body.size(); at += kEndpointBytes) {
    collectors.endpoints.push_back(
        {IpAddress::v6(load_little<std::uint64_t>(at), load_little<std::uint64_t>(at + 8)),
         load_little<std::uint16_t>(at + 16)});
  }
  return collectors;
}

Result<bool> MessageReader::fill(int socket) {
  std::array<char, 65'536> part;
  const ssize_t size = recv(socket, part.data(), part.size(), MSG_DONTWAIT);
  if (size == 0) return false;
  if (size < 0) {
    if (errno == EAGAIN || errno == EINTR) return true;
    if (errno == ECONNRESET) return false;
    return failure(ErrorCode::io_error, fmt::format("cannot read from the sensor's other process: "
                                                    "{}",
                                                    std::strerror(errno)));
  }
  buffer_.append(part.data(), static_cast<std::size_t>(size));
  return true;
}

Result<std::optional<Message>> MessageReader::next() {
  if (buffer_.size() < kHeaderBytes) return std::optional<Message>();
  const std::size_t length = load_little<std::uint32_t>(buffer_.data());
  if (length > kMaxBody) {
    return failure(ErrorCode::limit_reached,
                   fmt::format("a message between the sensor's processes has {} bytes, more than "
                               "{}",
                               length, kMaxBody));
  }
  if (buffer_.size() < kHeaderBytes + length) return std::optional<Message>();
  Message message;
  message.type = static_cast<MessageType>(buffer_[4]);
  message.body = buffer_.substr(kHeaderBytes, length);
  buffer_.erase(0, kHeaderBytes + length);
  // A large batch must not stay for ever.
  if (buffer_.empty()) buffer_.shrink_to_fit();
  return std::optional(std::move(message));
}

bool Outbox::add(std::string message) {
  if (messages_.size() >= max_messages_ || bytes_ + message.size() > max_bytes_) return false;
  bytes_ += message.size();
  messages_.push_back(std::move(message));
  return true;
}

Result<void> Outbox::flush(int socket) {
  while (!messages_.empty()) {
    const std::string& first = messages_.front();
    const ssize_t size =
        send(socket, first.data() + written_, first.size() - written_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size < 0) {
      if (errno == EAGAIN || errno == ENOBUFS) return {};
      if (errno == EINTR) continue;
      return failure(ErrorCode::io_error,
                     "the sensor's other process has ended; this one cannot go on alone");
    }
    written_ += static_cast<std::size_t>(size);
    if (written_ < first.size()) continue;
    bytes_ -= first.size();
    written_ = 0;
    messages_.pop_front();
  }
  return {};
}

}  // namespace teiten
