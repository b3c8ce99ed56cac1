#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "access/followed_file.h"
#include "sense/keeper_link.h"
#include "sense/log_channel.h"
#include "sense/watcher.h"

namespace teiten {

/// How far a log was read: the bytes whose digest this is, wherever they stand by now.
struct LogPosition {
  Digest digest;
  std::uint64_t bytes = 0;
  std::uint64_t settled = 0;  ///< records in them that are in batches
};
/// The form in which it is spooled with the batch that leads to it; `log` is the log's name.
SpoolNote to_note(const LogPosition& position, const std::string& log);
/// Nothing for the note of another log.
std::optional<LogPosition> position_of(const SpoolNote& note, const std::string& log);

/// Makes batches of a log that grows, from descriptors that another process opens (log_opener.h):
/// through rotation, truncation and restarts. Confined from its first step on.
class LogWatch {
 public:
  LogWatch(const WatchOptions& options, int socket, int log_socket, int signals);
  /// Until a signal, or until the other process wants no more.
  Result<void> run();

 private:
  struct Waiting {
    std::string name;
    FileDescriptor file;
    std::unique_ptr<Input> packed = {};  ///< of a compressed one, in place of the file
    LogPosition whole = {};              ///< its end, without the records
    bool goes_on = false;                ///< compressed: the one that was read last
    std::vector<std::byte> beginning = {};
  };

  Result<void> look();
  Result<void> take_files();
  Result<void> take(LogMessage message);
  Result<bool> goes_on_in(const FileDescriptor& file) const;
  Result<void> take_rotated(Waiting rotated);
  Result<bool> unpack(Waiting& rotated) const;
  void take_named(std::optional<Waiting> named);
  Result<void> open_next();
  Result<void> read();
  void ask_for_files();
  void note_unknown(const Error& error);
  void note_progress();
  void watch();
  Result<void> stop_watching();
  bool send(const Batch& batch);
  Duration patience() const;

  const WatchOptions& options_;
  int log_socket_;
  int signals_;
  KeeperLink keeper_;
  SourceOptions source_;                       ///< with the format, once it is known
  SensorMap labels_ = *SensorMap::create({});  ///< sensors that the log itself names
  std::optional<LogPosition> position_;        ///< nothing: the log was never followed before
  std::deque<Waiting> files_;                  ///< to be read after file_, the oldest first
  std::unique_ptr<FollowedFile> file_;
  std::vector<Waiting> rotated_;       ///< the newest first, since files were asked for
  bool found_ = false;                 ///< the last of them is the one that was read
  std::optional<LogPosition> packed_;  ///< end of file_, if it is compressed
  bool gone_ = false;                  ///< no file has the log's name
  bool asked_ = false;                 ///< files were asked for and have not come yet
  bool more_ = false;                  ///< file_ may have more right now
  Duration quiet_since_{};             ///< when file_ last gave something
  Duration next_look_{};
  Duration recognise_again_{};
  bool said_unknown_ = false;
  std::unique_ptr<BatchMaker> maker_;
  bool watching_ = false;
  Instant at_;
};

}  // namespace teiten
