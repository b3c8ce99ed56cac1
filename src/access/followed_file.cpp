#include "access/followed_file.h"

#include <algorithm>
#include <limits>

namespace teiten {

Result<std::unique_ptr<FollowedFile>> FollowedFile::open(const std::string& path,
                                                         const SourceOptions& options,
                                                         SensorMap& sensors,
                                                         std::vector<RecordRun> known) {
  TEITEN_TRY(auto input, GrowingInput::open(path));
  GrowingInput* growing = input.get();
  return std::unique_ptr<FollowedFile>(
      new FollowedFile(std::move(input), growing, options, sensors, std::move(known)));
}

Result<std::unique_ptr<FollowedFile>> FollowedFile::adopt(const std::string& name,
                                                          FileDescriptor file,
                                                          const SourceOptions& options,
                                                          SensorMap& sensors,
                                                          std::vector<RecordRun> known) {
  TEITEN_TRY(auto input, GrowingInput::adopt(name, std::move(file)));
  GrowingInput* growing = input.get();
  return std::unique_ptr<FollowedFile>(
      new FollowedFile(std::move(input), growing, options, sensors, std::move(known)));
}

std::unique_ptr<FollowedFile> FollowedFile::of_whole(std::unique_ptr<Input> input,
                                                     const SourceOptions& options,
                                                     SensorMap& sensors,
                                                     std::vector<RecordRun> known) {
  return std::unique_ptr<FollowedFile>(
      new FollowedFile(std::move(input), nullptr, options, sensors, std::move(known)));
}

Result<void> FollowedFile::skip_all(UtcTime now) {
  known_ = {{0, std::numeric_limits<std::uint64_t>::max()}};
  next_run_ = 0;
  TEITEN_TRY(const std::uint64_t given, read(1, now, [](const Record&) {}));
  (void)given;  // none: all are known
  known_.clear();
  next_run_ = 0;
  return {};
}

Result<std::uint64_t> FollowedFile::read(std::uint64_t limit, UtcTime now,
                                         const std::function<void(const Record&)>& sink) {
  if (!source_) {
    TEITEN_TRY(const auto beginning, input_->peek(1));
    if (beginning.empty()) return std::uint64_t{0};
    TEITEN_TRY(source_, RecordSource::open(*input_, options_, sensors_));
  }
  source_->set_now(now);
  std::uint64_t given = 0;
  while (given < limit) {
    TEITEN_TRY(const bool more, source_->next(record_));
    if (!more) break;
    const std::uint64_t number = record_.number - 1;
    if (record_.has_time) {
      if (range_.empty()) range_ = {record_.time, record_.time};
      range_.from = std::min(range_.from, record_.time);
      range_.to = std::max(range_.to, record_.time + std::chrono::microseconds(1));
    }
    while (next_run_ < known_.size() && known_[next_run_].to <= number)
      ++next_run_;
    if (next_run_ < known_.size() && number >= known_[next_run_].from) continue;
    log_.add(number, record_hash(record_.raw));
    ++counted_;
    ++given;
    sink(record_);
  }
  return given;
}

FollowedProgress FollowedFile::take_progress() {
  FollowedProgress progress;
  if (growing_ != nullptr) progress.digest = growing_->digest();
  progress.bytes = input_->offset();
  progress.settled = source_ ? source_->records() : 0;
  progress.counted = counted_;
  progress.name = input_->name();
  progress.format = source_ ? source_->format() : "";
  progress.range = range_;
  progress.records = log_.take();
  return progress;
}

}  // namespace teiten
