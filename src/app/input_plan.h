#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "access/record_log.h"
#include "access/record_source.h"
#include "base/hash.h"
#include "logs/repeated_run.h"

namespace teiten {

/// One input, looked at once: what it is, and when it begins.
struct PlannedInput {
  std::string path;
  ContentDigests content;
  bool is_capture = false;
  bool has_time = false;
  UtcTime first{};  ///< time of the first record that has one
  std::unique_ptr<Input>
      input;  ///< kept open only where it cannot be opened again (standard input)
  /// Records that another input gives or the store has: they are read over. Ascending, apart from
  /// each other.
  std::vector<RecordRun> known;
};

/// Looks at every file once; the order of the answer is by first time, then by content, whatever
/// the order asked. The same content given twice is planned once. `lengths`: see
/// Input::content_digests.
Result<std::vector<PlannedInput>> plan_inputs(const std::vector<std::string>& files,
                                              const SourceOptions& options,
                                              std::span<const std::uint64_t> lengths);
/// Opens a planned input at its beginning.
Result<std::unique_ptr<Input>> open_planned(PlannedInput& planned);

/// The records of several inputs in time order. An input is opened when its first time is reached
/// and closed at its end.
class MergedRecords {
 public:
  MergedRecords(std::vector<PlannedInput>& inputs, const SourceOptions& options,
                SensorMap& sensors);
  ~MergedRecords();
  MergedRecords(const MergedRecords&) = delete;
  MergedRecords& operator=(const MergedRecords&) = delete;

  /// The next record, valid until the next call; null at the end.
  Result<const Record*> next();
  /// The input of the record that next() gave last, as the plan names it.
  const std::string& current_path() const;
  /// Bytes of the inputs read so far.
  std::uint64_t bytes_done() const;

  struct Finished {
    std::size_t input = 0;      ///< index into the plan
    std::uint64_t records = 0;  ///< given by next()
    std::uint64_t settled = 0;  ///< ImportedInput::settled
    TimeRange range;
    std::vector<RecordHashes> hashes;  ///< of a log's records that next() gave
    std::uint64_t dropped = 0;
    std::string format;
    std::optional<std::string> warning;
  };
  /// One entry an input that was read to its end.
  std::vector<Finished> take_finished() { return std::move(finished_); }

 private:
  struct Open;
  Result<void> open_due();
  Result<bool> advance(Open& open);
  void close(std::size_t index);

  std::vector<PlannedInput>& inputs_;
  const SourceOptions& options_;
  SensorMap& sensors_;
  std::size_t next_input_ = 0;
  std::vector<std::unique_ptr<Open>> open_;
  Open* current_ = nullptr;
  std::uint64_t bytes_closed_ = 0;
  std::vector<Finished> finished_;
};

}  // namespace teiten
