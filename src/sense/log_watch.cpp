#include "sense/log_watch.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capture/decompressor.h"
#include "capture/descriptor_input.h"
#include "logs/log_format.h"

namespace teiten {
namespace {

/// Records that are read before clocks and the other process are looked at again.
constexpr std::uint64_t kRecordsPerLook = 4096;
/// How often a log is looked at while nothing else happens.
constexpr std::chrono::nanoseconds kMostLook = std::chrono::seconds(1);
/// A logger writes to a file that has lost its name until it is told of the rotation: given up
/// after two batches without a line, within these bounds.
constexpr std::chrono::nanoseconds kLeastPatience = std::chrono::milliseconds(500);
constexpr std::chrono::nanoseconds kMostPatience = std::chrono::seconds(10);
/// How long the end goes on reading what is there already.
constexpr std::chrono::nanoseconds kLastReads = std::chrono::seconds(5);

/// Two files that begin with the same so many bytes, times of lines among them, are copies.
constexpr std::size_t kBeginningCompared = 256;

/// Of no byte there is no digest that would tell: the file itself is known by its inode.
LogPosition beginning(ino_t inode = 0) {
  return {{inode, 0}, 0, 0};
}

ino_t inode_of(const FileDescriptor& file) {
  struct stat status {};
  return fstat(file.number(), &status) == 0 ? status.st_ino : 0;
}

std::vector<std::byte> beginning_of(const FileDescriptor& file) {
  std::vector<std::byte> bytes(kBeginningCompared);
  const ssize_t size = pread(file.number(), bytes.data(), bytes.size(), 0);
  bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
  return bytes;
}

}  // namespace

SpoolNote to_note(const LogPosition& position, const std::string& log) {
  return {digest_of(std::as_bytes(std::span(log))).low, position.digest.high, position.digest.low,
          position.bytes, position.settled};
}

std::optional<LogPosition> position_of(const SpoolNote& note, const std::string& log) {
  if (note[0] != digest_of(std::as_bytes(std::span(log))).low) return std::nullopt;
  return LogPosition{{note[1], note[2]}, note[3], note[4]};
}

LogWatch::LogWatch(const WatchOptions& options, int socket, int log_socket, int signals)
    : options_(options),
      log_socket_(log_socket),
      signals_(signals),
      keeper_(socket),
      source_(options.source),
      at_(read_clocks()) {}

Duration LogWatch::patience() const {
  return std::clamp<Duration>(2 * options_.batch_length, kLeastPatience, kMostPatience);
}

bool LogWatch::send(const Batch& batch) {
  return keeper_.send(batch, to_note(position_.value_or(beginning()), options_.follow));
}

Result<void> LogWatch::run() {
  // A zone's file is opened when it is asked for the first time.
  (void)source_.log.zone.offset_at(at_.wall);
  TEITEN_CHECK(confine_watcher(options_.user));
  ask_for_files();
  while (true) {
    std::vector<pollfd> waits{{signals_, POLLIN, 0}, keeper_.waits_for(), {log_socket_, POLLIN, 0}};
    Duration due = std::max<Duration>(next_look_ - read_clocks().running, Duration::zero());
    if (watching_) due = std::min(due, maker_->due_in(read_clocks()));
    if (more_ && keeper_.has_room()) due = Duration::zero();
    poll(waits.data(), waits.size(),
         static_cast<int>(std::chrono::ceil<std::chrono::milliseconds>(due).count()));
    if (waits[2].revents != 0) TEITEN_CHECK(take_files());
    TEITEN_CHECK(look());
    bool open = true;
    if ((waits[1].revents & ~POLLOUT) != 0) {
      TEITEN_TRY(open, keeper_.receive(maker_.get()));
    }
    TEITEN_CHECK(keeper_.flush());
    if (waits[0].revents != 0 || !open) return stop_watching();
  }
}

Result<void> LogWatch::look() {
  at_ = read_clocks();
  if (watching_) maker_->tick(at_);
  // A keeper that stands still holds up the reading: the log keeps what it has.
  if (!keeper_.has_room()) return {};
  if (!more_ && at_.running < next_look_) return {};
  next_look_ = at_.running + std::min<Duration>(options_.batch_length, kMostLook);
  more_ = false;
  if (!file_ && !files_.empty()) TEITEN_CHECK(open_next());
  watch();
  if (file_) TEITEN_CHECK(read());
  return {};
}

/// The log watches while there is a file that somebody may write to.
void LogWatch::watch() {
  const bool watches = file_ || asked_ || !files_.empty();
  if (watches == watching_ || (!maker_ && !file_)) return;
  if (!maker_) {
    BatchMakerOptions maker;
    maker.sensor = options_.sensor;
    maker.batch_length = options_.batch_length;
    maker.keep_local = options_.keep_local;
    maker.last_epoch = options_.last_epoch;
    maker.any_address = options_.addresses.empty();
    // The name was looked at before, and so were the addresses.
    maker_ = *BatchMaker::create(maker, options_.addresses, at_,
                                 [this](const Batch& batch) { return send(batch); });
  } else if (watches) {
    maker_->resume(at_);
  } else {
    maker_->pause(at_);
  }
  watching_ = watches;
}

Result<void> LogWatch::take_files() {
  while (true) {
    TEITEN_TRY(auto message, receive_log_message(log_socket_));
    if (!message) return {};
    TEITEN_CHECK(take(std::move(*message)));
    next_look_ = Duration::zero();
  }
}

Result<void> LogWatch::take(LogMessage message) {
  switch (message.kind) {
    case LogMessage::Kind::position:
      if (message.body.size() == sizeof(SpoolNote)) {
        SpoolNote note{};
        std::memcpy(note.data(), message.body.data(), sizeof note);
        position_ = position_of(note, options_.follow);
      }
      return {};
    case LogMessage::Kind::rotated:
      return take_rotated({std::move(message.body), std::move(message.file)});
    case LogMessage::Kind::named:
      take_named(Waiting{std::move(message.body), std::move(message.file)});
      return {};
    case LogMessage::Kind::gone:
      take_named(std::nullopt);
      return {};
    case LogMessage::Kind::look:
      break;
  }
  return failure(ErrorCode::malformed, "the log's opener asks for files");
}

void LogWatch::ask_for_files() {
  send_log_message(log_socket_, {LogMessage::Kind::look});
  asked_ = true;
}

/// Whether the file begins with all that was read.
Result<bool> LogWatch::goes_on_in(const FileDescriptor& file) const {
  if (!position_) return false;
  if (position_->bytes == 0) return position_->digest.high == inode_of(file);
  TEITEN_TRY(const auto digest, digest_of_beginning(file.number(), position_->bytes));
  return digest == position_->digest;
}

/// The file that was read last, and what came after it, count; older ones were read before.
Result<void> LogWatch::take_rotated(Waiting rotated) {
  if (found_ || !position_) return {};
  rotated.beginning = beginning_of(rotated.file);
  if (looks_compressed(rotated.beginning)) {
    TEITEN_TRY(found_, unpack(rotated));
    if (!rotated.packed) return {};
  } else {
    TEITEN_TRY(found_, goes_on_in(rotated.file));
  }
  rotated_.push_back(std::move(rotated));
  return {};
}

/// Whether it is the one that was read last. Whatever stands beside a log need not be one: what
/// cannot be read stays without its input.
Result<bool> LogWatch::unpack(Waiting& rotated) const {
  auto input = input_of_descriptor(rotated.name, std::move(rotated.file));
  if (!input.ok()) return false;
  const std::vector<std::uint64_t> lengths(position_->bytes > 0 ? 1 : 0, position_->bytes);
  const auto content = (*input)->content_digests(lengths);
  if (!content.ok()) return false;
  const auto beginning = (*input)->peek(kBeginningCompared);
  if (!beginning.ok()) return false;
  const auto compared = beginning->first(std::min(beginning->size(), kBeginningCompared));
  rotated.beginning.assign(compared.begin(), compared.end());
  rotated.whole = {content->whole, content->bytes, 0};
  rotated.packed = std::move(*input);
  const auto at = content->beginnings.find(position_->bytes);
  rotated.goes_on = at != content->beginnings.end() && at->second == position_->digest;
  return rotated.goes_on;
}

/// The file that has the name now comes after what was rotated.
void LogWatch::take_named(std::optional<Waiting> named) {
  asked_ = false;
  gone_ = !named;
  if (named) named->beginning = beginning_of(named->file);
  // Whatever comes is new.
  if (gone_ && !position_) position_ = beginning();
  if (std::exchange(found_, false)) {
    std::vector<std::vector<std::byte>> seen;
    if (named) seen.push_back(named->beginning);
    for (auto rotated = rotated_.rbegin(); rotated != rotated_.rend(); ++rotated) {
      // A copy of another one (NAME.bak) would count twice.
      const bool copy = std::find(seen.begin(), seen.end(), rotated->beginning) != seen.end();
      if (copy && rotated != rotated_.rbegin()) continue;
      seen.push_back(rotated->beginning);
      files_.push_back(std::move(*rotated));
    }
  }
  rotated_.clear();
  if (named) files_.push_back(std::move(*named));
}

Result<void> LogWatch::open_next() {
  Waiting next = std::move(files_.front());
  files_.pop_front();
  quiet_since_ = at_.running;
  recognise_again_ = {};
  packed_.reset();
  if (next.packed) {
    packed_ = next.whole;
    std::vector<RecordRun> known;
    if (next.goes_on) known.push_back({0, position_->settled});
    file_ = FollowedFile::of_whole(std::move(next.packed), source_, labels_, std::move(known));
    return {};
  }
  TEITEN_TRY(const bool goes_on, goes_on_in(next.file));
  const ino_t inode = inode_of(next.file);
  std::vector<RecordRun> known;
  if (goes_on) known.push_back({0, position_->settled});
  TEITEN_TRY(file_, FollowedFile::adopt(next.name, std::move(next.file), source_, labels_,
                                        std::move(known)));
  if (position_) return {};
  // What it held before this sensor came is another's observation.
  position_ = beginning(inode);
  if (auto skipped = file_->skip_all(at_.wall); !skipped.ok()) {
    if (skipped.error().code != ErrorCode::unsupported) return skipped;
    note_unknown(skipped.error());
    return {};
  }
  note_progress();
  return {};
}

void LogWatch::note_unknown(const Error& error) {
  recognise_again_ = at_.running + patience();
  if (!said_unknown_)
    std::fputs(fmt::format("teiten: {}; waiting for one\n", error.message).c_str(), stderr);
  said_unknown_ = true;
}

Result<void> LogWatch::read() {
  if (at_.running < recognise_again_) return {};
  if (file_->was_truncated()) {
    // What came between the last look and the copy stands in the copy.
    file_.reset();
    ask_for_files();
    return {};
  }
  const bool quiet = (gone_ || !files_.empty()) && at_.running - quiet_since_ >= patience();
  if (quiet) file_->set_ended();
  const auto given = file_->read(kRecordsPerLook, at_.wall,
                                 [this](const Record& record) { maker_->add(record, at_); });
  if (!given.ok()) {
    if (given.error().code != ErrorCode::unsupported) return given.error();
    note_unknown(given.error());
    if (quiet) file_.reset();
    return {};
  }
  note_progress();
  more_ = *given == kRecordsPerLook;
  if (*given > 0) quiet_since_ = at_.running;
  if (more_ || !(quiet || packed_)) return {};
  file_.reset();
  more_ = true;
  return {};
}

/// An empty file's beginning is no position: that of the file before it still leads to it.
void LogWatch::note_progress() {
  const FollowedProgress progress = file_->take_progress();
  if (source_.format == kAutomaticFormat && find_log_format(progress.format) != nullptr)
    source_.format = progress.format;
  if (packed_) {
    position_ = {packed_->digest, packed_->bytes, progress.settled};
  } else if (progress.bytes > 0) {
    position_ = {progress.digest, progress.bytes, progress.settled};
  }
}

Result<void> LogWatch::stop_watching() {
  const Duration begun = at_.running;
  do {
    next_look_ = {};
    TEITEN_CHECK(look());
    TEITEN_CHECK(keeper_.flush());
  } while (more_ && keeper_.has_room() && at_.running - begun < kLastReads);
  if (watching_) maker_->finish(at_);
  return keeper_.flush_all(kLastWait);
}

}  // namespace teiten
