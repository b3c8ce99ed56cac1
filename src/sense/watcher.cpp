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
#include "sense/keeper_link.h"
#include "sense/log_watch.h"
#include "sense/open_connections.h"

namespace teiten {
namespace {

/// Frames that are read before clocks, addresses and the other process are looked at again.
constexpr std::size_t kFramesPerLook = 4096;
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
    TEITEN_CHECK(confine_watcher(options_.user));
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
      TEITEN_TRY(open, keeper_.receive(maker_.get()));
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
  KeeperLink keeper_;
  std::vector<std::unique_ptr<LiveCapture>> captures_;
  std::optional<AddressWatch> addresses_;
  std::unique_ptr<BatchMaker> maker_;
};

/// Reads a capture file as if its packets came now: the clock is theirs.
Result<void> replay(const WatchOptions& options, int socket, int signals) {
  TEITEN_TRY(const auto input, Input::open(options.replay));
  TEITEN_TRY(const auto reader, CaptureReader::open(*input));
  TEITEN_CHECK(confine_watcher(options.user));
  KeeperLink keeper(socket);
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

Result<void> confine_watcher(const User& user) {
  TEITEN_CHECK(drop_privileges(user));
  TEITEN_TRY(const bool landlocked, allow_only_files({}));
  (void)landlocked;  // the filter of calls forbids opening files as well
  return allow_only_watching();
}

int run_watcher(const WatchOptions& options, int socket, int log_socket, int signals) {
  const auto watch = [&]() -> Result<void> {
    if (!options.follow.empty()) return LogWatch(options, socket, log_socket, signals).run();
    if (!options.replay.empty()) return replay(options, socket, signals);
    return LiveWatch(options, socket, signals).run();
  };
  const auto done = watch();
  if (done.ok()) return 0;
  std::fputs(fmt::format("teiten: {}\n", done.error().message).c_str(), stderr);
  return done.error().code == ErrorCode::invalid_argument ? 2 : 1;
}

}  // namespace teiten
