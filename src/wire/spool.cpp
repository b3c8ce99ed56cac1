#include "wire/spool.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <deque>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "wire/batch_codec.h"
#include "wire/spool_segment.h"
#include "wire/spool_state.h"

namespace teiten {
namespace {

/// Segments are at most this part of the spool, because room is made by a segment.
constexpr std::uint64_t kLeastSegments = 8;
constexpr std::string_view kSegmentSuffix = ".segment";
constexpr std::size_t kSegmentDigits = 16;
/// A clock before this was never set (a board without a battery): age is not judged by it.
constexpr std::int64_t kClockIsSet = 1'704'067'200;  // 2024-01-01

std::string segment_name(std::uint64_t number) {
  return fmt::format("{:016x}{}", number, kSegmentSuffix);
}

/// Nothing for another file's name.
std::optional<std::uint64_t> segment_number(std::string_view name) {
  if (name.size() != kSegmentDigits + kSegmentSuffix.size() || !name.ends_with(kSegmentSuffix))
    return std::nullopt;
  std::uint64_t number = 0;
  for (const char c : name.substr(0, kSegmentDigits)) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return std::nullopt;
    number = number << 4 | static_cast<std::uint64_t>(digit ? c - '0' : c - 'a' + 10);
  }
  if (number == 0 || number > kMaxSegmentNumber) return std::nullopt;
  return number;
}

struct Segment {
  std::uint64_t number = 0;
  FileDescriptor file;
  std::uint64_t size = 0;           ///< up to its last whole record
  std::uint64_t waiting = 0;        ///< batches that were not acknowledged
  std::uint64_t waiting_bytes = 0;  ///< with their headers
  std::int64_t newest = 0;          ///< stamp of its newest record
  SegmentReader reader() const { return {file.number(), size}; }
};

class FolderSpool final : public Spool {
 public:
  FolderSpool(std::string path, FileDescriptor folder, SpoolLimits limits, SpoolState state,
              std::int64_t opened)
      : path_(std::move(path)),
        folder_(std::move(folder)),
        limits_(limits),
        state_(std::move(state)),
        opened_(opened),
        opened_uptime_(uptime()) {
    limits_.segment_bytes = std::min(limits_.segment_bytes, limits_.bytes / kLeastSegments);
  }

  Result<void> load();
  Result<void> append(const SpooledBatch& batch) override;
  Result<std::optional<SpooledBatch>> front() override;
  Result<void> acknowledge_front() override;
  SpoolStatus status() const override;
  std::vector<SpoolGap> gaps() const override { return state_.gaps(); }
  void forget_gaps(std::span<const SpoolGap> reported) override { state_.forget_gaps(reported); }
  std::optional<SpoolNote> latest_note() const override {
    if (note_) return note_->note;
    return std::nullopt;
  }

 private:
  /// The batch that front() gave last.
  struct Given {
    SpoolMark begin;
    SpoolMark end;
    std::uint64_t epoch = 0;
    std::uint64_t sequence = 0;
  };

  static std::int64_t uptime();
  std::int64_t now() const { return opened_ + (uptime() - opened_uptime_); }
  Error io_failure(const std::string& what, int reason) const;
  Result<std::vector<std::uint64_t>> list_segments() const;
  void load_segment(std::uint64_t number, bool last);
  Result<void> begin_segment();
  void abandon_active(std::uint64_t size);
  void discard_oldest();
  void remove_oldest();
  /// The latest note outlives the segment with its batch.
  void keep_note_of(std::uint64_t segment);
  void expire();
  std::uint64_t disk_bytes() const;

  std::string path_;
  FileDescriptor folder_;
  SpoolLimits limits_;
  SpoolState state_;
  std::int64_t opened_;
  std::int64_t opened_uptime_;
  std::deque<Segment> segments_;  ///< the oldest first
  bool active_ = false;           ///< the last segment takes further records
  std::uint64_t next_number_ = 1;
  std::optional<Given> given_;
  std::optional<KeptNote> note_;  ///< the latest
  std::uint64_t discarded_ = 0;
  std::uint64_t damaged_ = 0;
};

std::int64_t FolderSpool::uptime() {
  timespec time{};
  ::clock_gettime(CLOCK_BOOTTIME, &time);
  return time.tv_sec;
}

Error FolderSpool::io_failure(const std::string& what, int reason) const {
  return failure(
      reason == EACCES || reason == EPERM ? ErrorCode::permission_denied : ErrorCode::io_error,
      fmt::format("spool {}: cannot {}: {}", path_, what, std::strerror(reason)));
}

Result<std::vector<std::uint64_t>> FolderSpool::list_segments() const {
  const int copy = ::openat(folder_.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* listing = copy < 0 ? nullptr : ::fdopendir(copy);
  if (listing == nullptr) {
    const int reason = errno;
    if (copy >= 0) ::close(copy);
    return io_failure("list it", reason);
  }
  std::vector<std::uint64_t> numbers;
  while (const dirent* entry = ::readdir(listing))
    if (const auto number = segment_number(entry->d_name)) numbers.push_back(*number);
  ::closedir(listing);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

Result<void> FolderSpool::load() {
  TEITEN_TRY(const std::vector<std::uint64_t> numbers, list_segments());
  next_number_ = std::max(next_number_, state_.mark().segment + 1);
  note_ = state_.note();
  for (const std::uint64_t number : numbers) {
    next_number_ = std::max(next_number_, number + 1);
    load_segment(number, number == numbers.back());
  }
  state_.save_gaps();
  expire();
  ::fsync(folder_.number());
  return {};
}

void FolderSpool::load_segment(std::uint64_t number, bool last) {
  const std::string name = segment_name(number);
  const SpoolMark mark = state_.mark();
  if (number < mark.segment) {
    ::unlinkat(folder_.number(), name.c_str(), 0);
    return;
  }
  Segment segment;
  segment.number = number;
  segment.file = FileDescriptor(
      ::openat(folder_.number(), name.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat info {};
  if (!segment.file.is_open() || ::fstat(segment.file.number(), &info) != 0 ||
      !S_ISREG(info.st_mode)) {
    ++damaged_;
    return;
  }
  segment.size = static_cast<std::uint64_t>(info.st_size);
  // Without its header a segment is read all the same: its records have their own.
  const bool headed = segment.reader().is_segment(number);
  if (!headed && segment.size >= kSegmentHeaderBytes) ++damaged_;
  const std::uint64_t done = number == mark.segment ? mark.offset : 0;
  std::uint64_t offset = std::min<std::uint64_t>(kSegmentHeaderBytes, segment.size);
  using Kind = SegmentItem::Kind;
  while (true) {
    const SegmentItem item = segment.reader().item_at(offset);
    if (item.kind == Kind::end) break;
    if (item.kind == Kind::torn_tail) {
      // A write that never ended: nobody was told that this batch is here.
      if (last && ::ftruncate(segment.file.number(), static_cast<off_t>(item.begin)) == 0)
        ::fdatasync(segment.file.number());
      segment.size = item.begin;
      break;
    }
    offset = item.end;
    if (item.note && (!note_ || number >= note_->segment)) note_ = {number, *item.note};
    if (item.begin < done) continue;
    if (item.kind != Kind::record) ++damaged_;
    if (item.kind == Kind::damaged_content) state_.add_gap(item.epoch, item.sequence, 0);
    if (item.kind != Kind::record) continue;
    ++segment.waiting;
    segment.waiting_bytes += item.end - item.begin;
    // What was spooled while the clock was not set ages from now on.
    segment.newest = std::max(segment.newest, item.stamp < kClockIsSet ? now() : item.stamp);
  }
  if (segment.waiting > 0) {
    segments_.push_back(std::move(segment));
  } else {
    keep_note_of(number);
    ::unlinkat(folder_.number(), name.c_str(), 0);
  }
}

void FolderSpool::keep_note_of(std::uint64_t segment) {
  if (note_ && note_->segment == segment) state_.keep_note(*note_);
}

std::uint64_t FolderSpool::disk_bytes() const {
  std::uint64_t bytes = 0;
  for (const Segment& segment : segments_)
    bytes += segment.size;
  return bytes;
}

void FolderSpool::remove_oldest() {
  const std::uint64_t number = segments_.front().number;
  keep_note_of(number);
  if (segments_.size() == 1) active_ = false;
  segments_.pop_front();
  if (state_.mark() < SpoolMark{number + 1, 0}) state_.set_mark({number + 1, 0});
  ::unlinkat(folder_.number(), segment_name(number).c_str(), 0);
  ::fsync(folder_.number());
}

void FolderSpool::discard_oldest() {
  const Segment& oldest = segments_.front();
  const SpoolMark mark = state_.mark();
  const std::uint64_t done = oldest.number == mark.segment ? mark.offset : 0;
  for (std::uint64_t offset = std::max<std::uint64_t>(kSegmentHeaderBytes, done);;) {
    const SegmentItem item = oldest.reader().item_at(offset);
    if (item.kind == SegmentItem::Kind::end || item.kind == SegmentItem::Kind::torn_tail) break;
    offset = item.end;
    if (item.kind == SegmentItem::Kind::record)
      state_.add_gap(item.epoch, item.sequence, oldest.number);
  }
  discarded_ += oldest.waiting;
  // First the word that they are gone, then they go.
  keep_note_of(oldest.number);
  state_.save_gaps();
  remove_oldest();
}

void FolderSpool::expire() {
  const std::int64_t time = now();
  if (time < kClockIsSet) return;
  const std::int64_t age = std::chrono::seconds(limits_.age).count();
  while (!segments_.empty() && segments_.front().newest < time - age)
    discard_oldest();
}

Result<void> FolderSpool::begin_segment() {
  Segment segment;
  segment.number = next_number_;
  const std::string name = segment_name(segment.number);
  segment.file = FileDescriptor(::openat(folder_.number(), name.c_str(),
                                         O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!segment.file.is_open()) return io_failure("begin a segment", errno);
  ++next_number_;
  const std::string header = segment_header(segment.number);
  const ssize_t put = ::pwrite(segment.file.number(), header.data(), header.size(), 0);
  if (put != static_cast<ssize_t>(header.size()) || ::fsync(folder_.number()) != 0) {
    const int reason = put >= 0 && put < static_cast<ssize_t>(header.size()) ? ENOSPC : errno;
    ::unlinkat(folder_.number(), name.c_str(), 0);
    return io_failure("begin a segment", reason);
  }
  segment.size = header.size();
  segments_.push_back(std::move(segment));
  active_ = true;
  return {};
}

void FolderSpool::abandon_active(std::uint64_t size) {
  Segment& active = segments_.back();
  // Also where the cut fails: the next batch begins another segment, and a tail is no record.
  active_ = ::ftruncate(active.file.number(), static_cast<off_t>(size)) == 0;
  if (active.waiting > 0) return;
  const std::string name = segment_name(active.number);
  segments_.pop_back();
  active_ = false;
  ::unlinkat(folder_.number(), name.c_str(), 0);
}

Result<void> FolderSpool::append(const SpooledBatch& batch) {
  const std::uint64_t needed = segment_record_bytes(batch);
  const std::uint64_t largest = limits_.bytes - std::min(limits_.bytes, kSegmentHeaderBytes);
  if (batch.bytes.size() > kMaxBatchBytes || needed > largest) {
    return failure(ErrorCode::limit_reached,
                   fmt::format("spool {}: a batch of {} bytes does not fit: make batches smaller, "
                               "or the spool larger than {} bytes",
                               path_, batch.bytes.size(), limits_.bytes));
  }
  expire();
  if (active_ && segments_.back().size + needed > std::max<std::uint64_t>(limits_.segment_bytes, 1))
    active_ = segments_.back().waiting == 0 && segments_.back().size == kSegmentHeaderBytes;
  // A segment that was read to its end while it was the newest.
  if (!active_ && !segments_.empty() && segments_.front().waiting == 0) remove_oldest();
  while (!segments_.empty() &&
         disk_bytes() + needed + (active_ ? 0 : kSegmentHeaderBytes) > limits_.bytes)
    discard_oldest();
  if (!active_) TEITEN_CHECK(begin_segment());
  Segment& active = segments_.back();
  const std::int64_t stamp = now();
  const std::string record = segment_record(batch, stamp);
  std::size_t written = 0;
  int reason = 0;
  while (written < record.size() && reason == 0) {
    const ssize_t put =
        ::pwrite(active.file.number(), record.data() + written, record.size() - written,
                 static_cast<off_t>(active.size + written));
    if (put > 0) written += static_cast<std::size_t>(put);
    if (put < 0 && errno != EINTR) reason = errno;
    if (put == 0) reason = ENOSPC;
  }
  if (reason == 0 && ::fdatasync(active.file.number()) != 0) reason = errno;
  if (reason != 0) {
    abandon_active(active.size);
    return io_failure("keep a batch", reason);
  }
  active.size += record.size();
  ++active.waiting;
  active.waiting_bytes += record.size();
  active.newest = std::max(active.newest, stamp < kClockIsSet ? active.newest : stamp);
  if (batch.note) note_ = {active.number, *batch.note};
  return {};
}

Result<std::optional<SpooledBatch>> FolderSpool::front() {
  expire();
  while (!segments_.empty()) {
    Segment& oldest = segments_.front();
    const SpoolMark mark = state_.mark();
    std::uint64_t offset = oldest.number == mark.segment
                               ? std::max<std::uint64_t>(mark.offset, kSegmentHeaderBytes)
                               : kSegmentHeaderBytes;
    while (oldest.waiting > 0) {
      SegmentItem item = oldest.reader().item_at(offset);
      offset = item.end;
      if (item.kind == SegmentItem::Kind::end || item.kind == SegmentItem::Kind::torn_tail) break;
      if (item.kind != SegmentItem::Kind::record) continue;
      given_ =
          Given{{oldest.number, item.begin}, {oldest.number, item.end}, item.epoch, item.sequence};
      return std::optional(
          SpooledBatch{item.epoch, item.sequence, std::move(item.content), item.note});
    }
    if (oldest.waiting == 0 && segments_.size() == 1) break;
    // Sound when it was opened or written, not any more.
    damaged_ += oldest.waiting;
    remove_oldest();
  }
  return std::optional<SpooledBatch>();
}

Result<void> FolderSpool::acknowledge_front() {
  if (!given_) {
    return failure(ErrorCode::invalid_argument,
                   fmt::format("spool {}: no batch was given to acknowledge", path_));
  }
  const Given given = *std::exchange(given_, std::nullopt);
  if (segments_.empty() || given.begin.segment != segments_.front().number) {
    // Discarded while it was on its way: it arrived all the same.
    state_.take_back(given.epoch, given.sequence);
    state_.save_gaps();
    return {};
  }
  Segment& oldest = segments_.front();
  --oldest.waiting;
  oldest.waiting_bytes -= given.end.offset - given.begin.offset;
  state_.set_mark(given.end);
  if (oldest.waiting == 0 && !(active_ && segments_.size() == 1)) remove_oldest();
  return {};
}

SpoolStatus FolderSpool::status() const {
  SpoolStatus status;
  for (const Segment& segment : segments_) {
    status.batches += segment.waiting;
    status.bytes += segment.waiting_bytes;
  }
  status.limit_bytes = limits_.bytes;
  status.discarded_batches = discarded_;
  status.damaged_records = damaged_;
  return status;
}

}  // namespace

Result<std::unique_ptr<Spool>> Spool::open(const std::string& folder, SpoolLimits limits,
                                           Clock clock) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    const int reason = errno;
    return failure(
        reason == EACCES ? ErrorCode::permission_denied : ErrorCode::io_error,
        fmt::format("{}: cannot make the spool's folder: {}", folder, std::strerror(reason)));
  }
  FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor.is_open()) {
    const int reason = errno;
    return failure(
        reason == EACCES ? ErrorCode::permission_denied : ErrorCode::io_error,
        fmt::format("{}: cannot open the spool's folder: {}", folder, std::strerror(reason)));
  }
  TEITEN_TRY(SpoolState state, SpoolState::open(descriptor.number(), folder));
  const auto now =
      clock ? clock() : std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  auto spool = std::make_unique<FolderSpool>(folder, std::move(descriptor), limits,
                                             std::move(state), now.time_since_epoch().count());
  TEITEN_CHECK(spool->load());
  return std::unique_ptr<Spool>(std::move(spool));
}

}  // namespace teiten
