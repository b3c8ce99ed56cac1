#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "access/record_log.h"
#include "access/record_source.h"
#include "base/hash.h"
#include "capture/growing_input.h"
#include "logs/repeated_run.h"

namespace teiten {

/// How far a followed file was read.
struct FollowedProgress {
  Digest digest;  ///< of the bytes taken
  std::uint64_t bytes = 0;
  std::uint64_t settled = 0;  ///< records of these bytes that need not be read again
  std::uint64_t counted = 0;  ///< records that read() gave
  std::string name;
  std::string format;                 ///< empty before there was a record to tell it by
  TimeRange range;                    ///< from the first to the last record that has a time
  std::vector<RecordHashes> records;  ///< hashes of what read() gave since the last call
};

/// A log that is open and grows, and how far it was read.
class FollowedFile {
 public:
  /// `known`: see PlannedInput::known. Both options and sensors must outlive it.
  static Result<std::unique_ptr<FollowedFile>> open(const std::string& path,
                                                    const SourceOptions& options,
                                                    SensorMap& sensors,
                                                    std::vector<RecordRun> known);

  /// The same of a file that is open already; was_replaced() needs the name.
  static Result<std::unique_ptr<FollowedFile>> adopt(const std::string& name, FileDescriptor file,
                                                     const SourceOptions& options,
                                                     SensorMap& sensors,
                                                     std::vector<RecordRun> known);

  /// One that nobody writes to any more, such as a compressed one; its progress has no digest.
  static std::unique_ptr<FollowedFile> of_whole(std::unique_ptr<Input> input,
                                                const SourceOptions& options, SensorMap& sensors,
                                                std::vector<RecordRun> known);

  /// Passes over every record that is there: what read() gives comes after them.
  Result<void> skip_all(UtcTime now);
  /// Gives the whole records that have come since the last call and were not known, up to `limit`;
  /// how many. `now`: what is much later is no record (Rejection::future_time).
  Result<std::uint64_t> read(std::uint64_t limit, UtcTime now,
                             const std::function<void(const Record&)>& sink);

  /// The state that read() has reached, with the hashes of records since the last call.
  FollowedProgress take_progress();
  /// Another file has the name, or none.
  bool was_replaced() const { return growing_ != nullptr && growing_->was_replaced(); }
  bool was_truncated() const { return growing_ != nullptr && growing_->was_truncated(); }
  /// Nobody writes to it any more.
  void set_ended() {
    if (growing_ != nullptr) growing_->set_ended();
  }

 private:
  FollowedFile(std::unique_ptr<Input> input, GrowingInput* growing, const SourceOptions& options,
               SensorMap& sensors, std::vector<RecordRun> known)
      : input_(std::move(input)),
        growing_(growing),
        options_(options),
        sensors_(sensors),
        known_(std::move(known)) {}

  std::unique_ptr<Input> input_;
  GrowingInput* growing_;  ///< input_, if it may grow
  const SourceOptions& options_;
  SensorMap& sensors_;
  std::unique_ptr<RecordSource> source_;  ///< once there is a line to tell the format by
  std::vector<RecordRun> known_;
  std::size_t next_run_ = 0;
  Record record_;
  RecordLog log_;
  std::uint64_t counted_ = 0;
  TimeRange range_;
};

}  // namespace teiten
