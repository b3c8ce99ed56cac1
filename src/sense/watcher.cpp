#include "sense/watcher.h"

#include <cstdio>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <poll.h>

#include "capture/capture_reader.h"
#include "capture/live_capture.h"
#include "sense/address_watch.h"
#include "sense/batch_maker.h"
#include "sense/channel.h"
#include "sense/open_connections.h"
#include "wire/batch_codec.h"

namespace teiten {
namespace {

/// Batches that wait for the other process: five minutes' worth of them, or as much as it takes in
/// one.
constexpr std::size_t kMaxWaitingBatches = 64;
constexpr std::size_t kMaxWaitingBytes = 8U << 20;
/// Frames that are read before clocks, addresses and the other process are looked at again.
constexpr std::size_t kFramesPerLook = 4096;
/// How long the end waits for the other process to take what is left.
constexpr auto kLastWait = std::chrono::seconds(10);

/// The way of batches to the keeper, and of what it says back.
class Keeper {
 public:
  explicit Keeper(int socket) : socket_(socket), outbox_(kMaxWaitingBatches, kMaxWaitingBytes) {}

  bool send(const Batch& batch) {
    BatchMessage message;
    message.epoch = batch.epoch;
    message.sequence = batch.sequence;
    message.frames = batch.frames;
    message.unsolicited = batch.packets_unsolicited;
    message.dropped = batch.dropped;
    message.to = to_microseconds(batch.range.to);
    message.told = told_;
    message.bytes = encode_batch(batch);
    return outbox_.add(to_wire(message));
  }

  pollfd waits_for() const {
    return {socket_, static_cast<short>(outbox_.empty() ? POLLIN : POLLIN | POLLOUT), 0};
  }

  Result<void> flush() { return outbox_.flush(socket_); }

  /// Writes everything, as fast as it is taken.
  Result<void> flush_all(std::optional<Duration> patience) {
    const Duration begun = read_clocks().running;
    while (!outbox_.empty()) {
      TEITEN_CHECK(outbox_.flush(socket_));
      if (outbox_.empty()) break;
      pollfd wait{socket_, POLLOUT, 0};
      poll(&wait, 1, 100);
      if (patience && read_clocks().running - begun > *patience)
        return failure(ErrorCode::busy, "the spool does not take the last batches; they are lost");
    }
    return {};
  }

  /// False once it wants no more.
  Result<bool> receive(BatchMaker& maker) {
    TEITEN_TRY(const bool open, reader_.fill(socket_));
    while (true) {
      TEITEN_TRY(const auto message, reader_.next());
      if (!message) break;
      TEITEN_CHECK(obey(*message, maker));
    }
    return open;
  }

 private:
  Result<void> obey(const Message& message, BatchMaker& maker) {
    if (message.type == MessageType::collectors) {
      TEITEN_TRY(auto collectors, collectors_message(message));
      maker.set_collectors(std::move(collectors.endpoints));
    } else if (message.type == MessageType::loss) {
      TEITEN_TRY(const LossMessage loss, loss_message(message));
      maker.add_dropped(loss.packets);
      maker.add_limit(kUnkeptBatches, loss.batches);
      maker.add_limit(kSpoolDiscarded, loss.discarded);
      told_ = loss.number;
    }
    return {};
  }

  int socket_;
  Outbox outbox_;
  MessageReader reader_;
  std::uint64_t told_ = 0;  ///< number of the latest LossMessage
};

Result<void> confine(const User& user) {
  TEITEN_CHECK(drop_privileges(user));
  TEITEN_TRY(const bool landlocked, allow_only_files({}));
  (void)landlocked;  // the filter of calls forbids opening files as well
  return allow_only_watching();
}

BatchMakerOptions maker_options(const WatchOptions& options) {
  BatchMakerOptions maker;
  maker.sensor = options.sensor;
  maker.batch_length = options.batch_length;
  // The kernel's blocks and our own look at them.
  if (options.replay.empty()) maker.hand_over = 2 * kLiveHandOver;
  maker.keep_local = options.keep_local;
  maker.last_epoch = options.last_epoch;
  return maker;
}

/// Watches interfaces.
class LiveWatch {
 public:
  LiveWatch(const WatchOptions& options, int socket, int signals)
      : options_(options), signals_(signals), keeper_(socket) {}

  Result<void> run() {
    TEITEN_CHECK(open());
    TEITEN_CHECK(confine(options_.user));
    while (true) {
      TEITEN_TRY(const bool stop, look());
      if (stop) return stop_watching();
    }
  }

 private:
  Result<void> open() {
    for (const std::string& interface : options_.interfaces) {
      TEITEN_TRY(auto capture, LiveCapture::open({interface, options_.buffer_bytes}));
      captures_.push_back(std::move(capture));
    }
    std::vector<Prefix> watched = options_.addresses;
    if (watched.empty()) {
      TEITEN_TRY(addresses_, AddressWatch::open(options_.interfaces));
      watched = addresses_->prefixes();
    }
    const Instant start = read_clocks();
    TEITEN_TRY(maker_,
               BatchMaker::create(maker_options(options_), watched, start,
                                  [this](const Batch& batch) { return keeper_.send(batch); }));
    for (const Packet& sent : open_connections(start.wall))
      maker_->expect_answers(sent);
    return {};
  }

  /// Waits for something to do and does it; true at a signal to stop.
  Result<bool> look() {
    std::vector<pollfd> waits{{signals_, POLLIN, 0}, keeper_.waits_for()};
    if (addresses_) waits.push_back({addresses_->descriptor(), POLLIN, 0});
    const std::size_t first_capture = waits.size();
    for (const auto& capture : captures_)
      waits.push_back({capture->descriptor(), POLLIN, 0});
    const auto due = std::chrono::ceil<std::chrono::milliseconds>(maker_->due_in(read_clocks()));
    poll(waits.data(), waits.size(), static_cast<int>(due.count()));
    TEITEN_CHECK(tick());
    for (std::size_t i = 0; i < captures_.size(); ++i) {
      if (waits[first_capture + i].revents != 0) TEITEN_CHECK(read(*captures_[i]));
    }
    if (addresses_ && waits[2].revents != 0) TEITEN_CHECK(follow_addresses());
    bool open = true;
    if ((waits[1].revents & ~POLLOUT) != 0) {
      TEITEN_TRY(open, keeper_.receive(*maker_));
    }
    TEITEN_CHECK(keeper_.flush());
    return waits[0].revents != 0 || !open;
  }

  Result<void> tick() {
    const Instant at = read_clocks();
    if (maker_->due_in(at) == Duration::zero()) take_dropped();
    maker_->tick(at);
    return {};
  }

  void take_dropped() {
    for (const auto& capture : captures_)
      maker_->add_dropped(capture->take_dropped());
  }

  Result<std::size_t> read(LiveCapture& capture) {
    const Instant at = read_clocks();
    return capture.read(kFramesPerLook, [&](const Frame& frame) { maker_->add(frame, at); });
  }

  /// Frames that came before the change belong to the addresses before it.
  Result<void> follow_addresses() {
    TEITEN_CHECK(addresses_->read());
    TEITEN_CHECK(read_all());
    return maker_->set_addresses(addresses_->prefixes(), read_clocks());
  }

  Result<void> read_all() {
    for (const auto& capture : captures_) {
      // Frames that keep coming are read in the next look.
      for (std::size_t left = kMaxBatchFrames; left > 0;) {
        TEITEN_CHECK(tick());
        TEITEN_TRY(const std::size_t given, read(*capture));
        if (given == 0) break;
        left -= std::min(given, left);
      }
    }
    return {};
  }

  Result<void> stop_watching() {
    // What the kernel has not handed over yet.
    poll(nullptr, 0, static_cast<int>(2 * kLiveHandOver.count()));
    TEITEN_CHECK(read_all());
    take_dropped();
    maker_->finish(read_clocks());
    return keeper_.flush_all(kLastWait);
  }

  const WatchOptions& options_;
  int signals_;
  Keeper keeper_;
  std::vector<std::unique_ptr<LiveCapture>> captures_;
  std::optional<AddressWatch> addresses_;
  std::unique_ptr<BatchMaker> maker_;
};

/// Reads a capture file as if its packets came now: the clock is theirs.
Result<void> replay(const WatchOptions& options, int socket, int signals) {
  TEITEN_TRY(const auto input, Input::open(options.replay));
  TEITEN_TRY(const auto reader, CaptureReader::open(*input));
  TEITEN_CHECK(confine(options.user));
  Keeper keeper(socket);
  std::optional<Error> unsent;
  const auto send = [&](const Batch& batch) {
    const bool taken = keeper.send(batch);
    if (auto sent = keeper.flush_all({}); !sent.ok()) unsent = sent.error();
    return taken;
  };
  std::unique_ptr<BatchMaker> maker;
  UtcTime newest{};
  const auto instant = [&newest] { return Instant{newest, newest.time_since_epoch()}; };
  std::uint64_t count = 0;
  while (!unsent) {
    Frame frame;
    TEITEN_TRY(const bool more, reader->next(frame));
    if (!more) break;
    if (frame.has_time && (!maker || frame.time > newest)) newest = frame.time;
    if (!maker) {
      TEITEN_TRY(maker,
                 BatchMaker::create(maker_options(options), options.addresses, instant(), send));
    }
    maker->tick(instant());
    maker->add(frame, instant());
    pollfd stop[] = {{signals, POLLIN, 0}, {socket, POLLRDHUP, 0}};
    if (++count % kFramesPerLook == 0 && poll(stop, std::size(stop), 0) > 0) break;
  }
  if (maker) {
    maker->add_dropped(reader->dropped());
    maker->finish(instant());
  }
  if (unsent) return *unsent;
  return {};
}

}  // namespace

int run_watcher(const WatchOptions& options, int socket, int signals) {
  const auto done = options.replay.empty() ? LiveWatch(options, socket, signals).run()
                                           : replay(options, socket, signals);
  if (done.ok()) return 0;
  std::fputs(fmt::format("teiten: {}\n", done.error().message).c_str(), stderr);
  return done.error().code == ErrorCode::invalid_argument ? 2 : 1;
}

}  // namespace teiten
