#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <sys/types.h>

#include "base/file_descriptor.h"
#include "base/result.h"
#include "wire/spool.h"

namespace teiten {

/// How often it is looked which file has the log's name.
inline constexpr std::chrono::milliseconds kLogLook{250};

/// Opens a log and what rotation makes of it, for a process that may open no file; reads none of
/// their bytes.
class LogOpener {
 public:
  /// `socket`: see log_channel.h.
  LogOpener(std::string path, FileDescriptor socket)
      : path_(std::move(path)), socket_(std::move(socket)) {}

  /// Whether the log can be read, if it is there. Errors: permission_denied, unsupported, io_error.
  Result<void> check() const;
  /// Says where to begin: behind the batch that was spooled last.
  void begin(const std::optional<SpoolNote>& note);
  /// Readable (poll) when the other process asks something.
  int descriptor() const { return socket_.number(); }
  /// Answers, and tells of another file with the log's name.
  void look();
  /// Why no file has the name, as far as look() knows; empty if one has.
  const std::string& missing() const { return missing_; }

 private:
  struct Identity {
    dev_t device = 0;
    ino_t inode = 0;
    friend bool operator==(const Identity&, const Identity&) = default;
  };
  void take_questions();
  void tell_rotated();
  void tell_named();

  std::string path_;
  FileDescriptor socket_;
  bool asked_ = false;
  bool answered_ = false;         ///< a question: before it nothing is told
  std::optional<Identity> told_;  ///< the file told last
  bool told_gone_ = false;
  std::string missing_;
};

}  // namespace teiten
