#include "sense/log_channel.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/uio.h>

namespace teiten {
namespace {

constexpr std::size_t kMaxBody = 4096;

/// Room for one descriptor, as cmsg(3) wants it.
struct alignas(cmsghdr) Control {
  std::array<char, CMSG_SPACE(sizeof(int))> bytes{};
};

Error malformed() {
  return failure(ErrorCode::malformed,
                 "the processes of the sensor do not understand each other; restart it");
}

FileDescriptor descriptor_in(msghdr& header) {
  const cmsghdr* control = CMSG_FIRSTHDR(&header);
  if (control == nullptr || control->cmsg_level != SOL_SOCKET || control->cmsg_type != SCM_RIGHTS ||
      control->cmsg_len != CMSG_LEN(sizeof(int)))
    return FileDescriptor();
  int number = -1;
  std::memcpy(&number, CMSG_DATA(control), sizeof number);
  return FileDescriptor(number);
}

}  // namespace

bool send_log_message(int socket, const LogMessage& message) {
  std::string bytes(1, static_cast<char>(message.kind));
  bytes += message.body.substr(0, kMaxBody);
  iovec part{bytes.data(), bytes.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  Control control;
  if (message.file.is_open()) {
    header.msg_control = control.bytes.data();
    header.msg_controllen = control.bytes.size();
    cmsghdr* right = CMSG_FIRSTHDR(&header);
    right->cmsg_level = SOL_SOCKET;
    right->cmsg_type = SCM_RIGHTS;
    right->cmsg_len = CMSG_LEN(sizeof(int));
    const int number = message.file.number();
    std::memcpy(CMSG_DATA(right), &number, sizeof number);
  }
  return sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL) ==
         static_cast<ssize_t>(bytes.size());
}

Result<std::optional<LogMessage>> receive_log_message(int socket) {
  std::array<char, kMaxBody + 1> bytes;
  iovec part{bytes.data(), bytes.size()};
  Control control;
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.bytes.data();
  header.msg_controllen = control.bytes.size();
  const ssize_t size = recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::optional<LogMessage>();
  if (size <= 0)
    return failure(ErrorCode::io_error,
                   "the sensor's other process has ended; this one cannot go on alone");
  LogMessage message;
  message.file = descriptor_in(header);
  message.kind = static_cast<LogMessage::Kind>(bytes[0]);
  message.body.assign(bytes.data() + 1, static_cast<std::size_t>(size) - 1);
  const bool has_file =
      message.kind == LogMessage::Kind::rotated || message.kind == LogMessage::Kind::named;
  if (message.kind < LogMessage::Kind::position || message.kind > LogMessage::Kind::gone ||
      has_file != message.file.is_open() || (header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0)
    return malformed();
  return std::optional(std::move(message));
}

}  // namespace teiten
