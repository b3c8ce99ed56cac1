#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/file_descriptor.h"
#include "base/result.h"

/// What the process that reads a log and the one that may open files say to each other, over a
/// socket pair of its own (SOCK_SEQPACKET): descriptors travel with the messages.
namespace teiten {

struct LogMessage {
  enum class Kind : std::uint8_t {
    position = 1,  ///< to the reader, once, first: `body` is the latest SpoolNote, or nothing
    look,          ///< from the reader: says what stands beside the log, and what has its name
    rotated,       ///< to the reader: a file that rotation made of the log
    named,         ///< to the reader: the file that has the log's name now
    gone,          ///< to the reader: no file has it
  };
  Kind kind = Kind::look;
  std::string body = {};  ///< of a file: its path, for messages
  FileDescriptor file = {};
};

/// False where the socket has no room now, or nobody is there.
bool send_log_message(int socket, const LogMessage& message);
/// Never waits; nothing where no message is there. Errors: io_error (its end), malformed.
Result<std::optional<LogMessage>> receive_log_message(int socket);

}  // namespace teiten
