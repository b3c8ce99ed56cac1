#include "sense/keeper.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sense/batch_clock.h"
#include "sense/channel.h"
#include "sense/journal.h"
#include "sense/log_opener.h"
#include "sense/losses.h"
#include "sense/spool_folder.h"
#include "sense/status.h"
#include "sense/upload_loop.h"

namespace teiten {
namespace {

/// How long the end waits for batches that are left to be sent; the next start sends the rest.
constexpr auto kLastSends = std::chrono::seconds(5);
/// What has not happened for so long is over, and may be told anew.
constexpr auto kQuiet = std::chrono::minutes(5);
constexpr std::size_t kMaxWaitingMessages = 64;
constexpr std::size_t kMaxWaitingBytes = 1U << 20;

/// What resolving names and checking certificates reads besides the spool. /etc as a whole: files
/// such as resolv.conf are replaced, not rewritten, and a rule holds for the file there was.
std::vector<FileAccess> readable_files() {
  return {{"/etc"},
          {"/usr/lib"},
          {"/lib"},
          {"/lib64"},
          {"/usr/share/zoneinfo"},
          {"/usr/share/ca-certificates"},
          {"/run/systemd/resolve"},
          {"/run/resolvconf"},
          {"/run/NetworkManager"},
          {"/dev/urandom"},
          {"/dev/null", true}};
}

/// The one that the log's name stands in, and the one that it leads to. What rotation makes of a
/// log has no rule of its own: it is another file.
std::vector<std::string> folders_of(const std::string& log) {
  namespace fs = std::filesystem;
  std::error_code error;
  std::vector<std::string> folders;
  for (const fs::path& path : {fs::absolute(log, error), fs::weakly_canonical(log, error)})
    if (path.has_parent_path()) folders.push_back(path.parent_path().string());
  return folders;
}

class Keeping {
 public:
  Keeping(const KeepOptions& options, int socket, FileDescriptor log_socket, int signals,
          pid_t watcher)
      : options_(options),
        socket_(socket),
        signals_(signals),
        watcher_(watcher),
        begun_(read_clocks().running),
        last_epoch_(options.last_epoch),
        outbox_(kMaxWaitingMessages, kMaxWaitingBytes),
        wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!options.follow.empty()) log_.emplace(options.follow, std::move(log_socket));
  }

  Result<void> open() {
    TEITEN_CHECK(drop_privileges(options_.user));
    TEITEN_TRY(shared_.spool, Spool::open(options_.spool, options_.limits));
    losses_.emplace(*shared_.spool);
    shared_.status.sensor = options_.sensor;
    shared_.status.version = options_.version;
    std::unique_ptr<Uploader> uploader;
    std::vector<std::string> urls;
    if (options_.bundle) {
      TEITEN_TRY(uploader, make_uploader());
      urls = options_.bundle->collectors;
      shared_.status.collectors = urls;
      if (!options_.proxy.empty()) urls.push_back(options_.proxy);
    }
    TEITEN_TRY(auto status, StatusSocket::open(options_.spool));
    status_.emplace(std::move(status));
    std::vector<FileAccess> files = readable_files();
    files.push_back({options_.spool, true});
    if (log_) {
      TEITEN_CHECK(log_->check());
      for (const std::string& folder : folders_of(options_.follow))
        files.push_back({folder});
    }
    TEITEN_TRY(const bool landlocked, allow_only_files(files));
    (void)landlocked;  // an old kernel without it still has the user's own rights
    TEITEN_CHECK(forbid_programs());
    if (log_) log_->begin(shared_.spool->latest_note());
    if (send(socket_, "r", 1, MSG_NOSIGNAL) != 1)
      return failure(ErrorCode::io_error, "the process that captures has ended");
    tell_begin();
    if (uploader) {
      upload_ = std::make_unique<UploadLoop>(
          shared_, std::move(uploader), std::move(urls), options_.spool,
          [this](std::vector<Endpoint> endpoints) { note_endpoints(std::move(endpoints)); });
    }
    return {};
  }

  /// Until the watcher has ended; its exit status.
  Result<int> run() {
    bool open = true;
    while (open) {
      send_what_waits();
      pollfd waits[] = {
          {signals_, POLLIN, 0},
          {socket_, static_cast<short>(outbox_.empty() ? POLLIN : POLLIN | POLLOUT), 0},
          {wake_.number(), POLLIN, 0},
          {status_->descriptor(), POLLIN, 0},
          {log_ ? log_->descriptor() : -1, POLLIN, 0}};
      poll(waits, std::size(waits), log_ ? static_cast<int>(kLogLook.count()) : -1);
      if (log_) look_at_log();
      if (waits[0].revents != 0) pass_signal_on();
      if ((waits[1].revents & ~POLLOUT) != 0) {
        TEITEN_TRY(open, receive());
      }
      if (waits[2].revents != 0) take_endpoints();
      if (waits[3].revents != 0) status_->answer([this] { return status(); });
    }
    return wait_for_watcher();
  }

  /// Where this one cannot go on: the other then has nothing to say.
  void end_watcher() {
    if (watcher_ == 0) return;
    // Not allowed while it is root, before it watches; then it ends because it is told nothing.
    if (kill(watcher_, SIGKILL) != 0) shutdown(socket_, SHUT_RDWR);
    waitpid(watcher_, nullptr, 0);
  }

  /// Sends what is left: everything, if the input has ended and nobody wants to stop.
  void finish() {
    if (!upload_) return;
    const bool all = options_.ends && !stopping_;
    upload_->end_with(all ? UploadLoop::Last::all : UploadLoop::Last::attempt);
    const Duration begun = read_clocks().running;
    while (!upload_->ended()) {
      pollfd waits[] = {{signals_, POLLIN, 0}, {status_->descriptor(), POLLIN, 0}};
      poll(waits, std::size(waits), 20);
      if (waits[1].revents != 0) status_->answer([this] { return status(); });
      if (waits[0].revents != 0 || (!all && read_clocks().running - begun > kLastSends)) {
        // The spool is whole at any instant; an attempt under way is not waited for.
        tell_end();
        std::fflush(stderr);
        _exit(0);
      }
    }
  }

  void tell_end() {
    const SensorStatus status = this->status();
    tell(fmt::format(
        "ends: {} frames, {} of them unsolicited packets, in {} batches; {} wait in the spool",
        status.frames, status.packets_unsolicited, status.batches, status.spool.batches));
  }

 private:
  Result<std::unique_ptr<Uploader>> make_uploader() {
    UploadOptions upload;
    upload.sensor = options_.sensor;
    upload.program_version = options_.version;
    upload.collectors = options_.bundle->collectors;
    upload.proxy = options_.proxy;
    upload.bytes_per_second = options_.bytes_per_second;
    TEITEN_CHECK(write_credentials(options_.spool, *options_.bundle, upload));
    return Uploader::create(std::move(upload));
  }

  void pass_signal_on() {
    signalfd_siginfo signal{};
    if (read(signals_, &signal, sizeof signal) != sizeof signal) return;
    stopping_ = true;
    // The watcher ends its batch and itself. A signal would not reach it while it is root.
    shutdown(socket_, SHUT_WR);
  }

  /// False once the watcher has closed its end.
  Result<bool> receive() {
    TEITEN_TRY(const bool open, reader_.fill(socket_));
    while (true) {
      TEITEN_TRY(auto message, reader_.next());
      if (!message) return open;
      TEITEN_TRY(auto batch, batch_message(*message));
      TEITEN_CHECK(keep(std::move(batch)));
    }
  }

  Result<void> keep(BatchMessage batch) {
    // Before the batch: what was spooled is never counted again under the same name.
    Result<void> kept;
    if (batch.epoch > last_epoch_) {
      kept = write_last_epoch(options_.spool, batch.epoch);
      if (kept.ok()) last_epoch_ = batch.epoch;
    }
    const std::lock_guard lock(shared_.mutex);
    if (kept.ok())
      kept =
          shared_.spool->append({batch.epoch, batch.sequence, std::move(batch.bytes), batch.note});
    SensorStatus& status = shared_.status;
    ++status.batches;
    status.frames += batch.frames;
    status.packets_unsolicited += batch.unsolicited;
    status.dropped += batch.dropped;
    status.epoch = batch.epoch;
    status.watched_to = batch.to;
    tell_losses(batch, kept);
    if (kept.ok()) {
      losses_->spooled(batch.told);
    } else {
      ++status.unkept;
      status.last_error = kept.error().message;
      losses_->unkept(batch.told, batch.frames + batch.dropped);
    }
    shared_.changed.notify_all();
    return {};
  }

  void tell_begin() const {
    const SpoolStatus spool = shared_.spool->status();
    std::string to = "nobody";
    if (options_.bundle) to = fmt::format("{}", fmt::join(options_.bundle->collectors, ", "));
    tell(fmt::format("{} begins as {}: {}; sends to {}; spool {} with {} batches, {} of {} bytes",
                     options_.version, options_.sensor, options_.watches, to, options_.spool,
                     spool.batches, spool.bytes, spool.limit_bytes));
  }

  void look_at_log() {
    log_->look();
    const Duration now = read_clocks().running;
    if (log_->missing().empty()) {
      log_missing_.ends(options_.follow + ": is there", now);
    } else {
      log_missing_.begins(log_->missing() + "; waiting for it, nothing is watched", now);
    }
  }

  /// What changes with this batch. Under the spool's mutex.
  void tell_losses(const BatchMessage& batch, const Result<void>& kept) {
    const Duration now = read_clocks().running;
    if (kept.ok()) {
      unkept_.ends("batches are spooled again", now);
    } else {
      unkept_.begins(kept.error().message + "; what is observed now is lost", now);
    }
    if (batch.dropped > 0) {
      last_drop_ = now;
      drops_.begins(fmt::format("{} packets were lost before they were looked at", batch.dropped),
                    now);
    } else if (now - last_drop_ > kQuiet) {
      drops_.ends("no packets are lost any more", now);
    }
    const std::uint64_t discarded = shared_.spool->status().discarded_batches;
    if (discarded > discarded_) {
      last_discard_ = now;
      full_.begins("the spool is full or too old: its oldest batches go unsent", now);
    } else if (now - last_discard_ > kQuiet) {
      full_.ends("the spool has room again", now);
    }
    discarded_ = discarded;
    const std::uint64_t before = std::exchange(epoch_, batch.epoch);
    if (before != 0 && before != batch.epoch)
      tell("a new epoch begins: the monitored addresses changed, or the clock was set back");
  }

  void send_what_waits() {
    {
      const std::lock_guard lock(shared_.mutex);
      const auto loss = losses_->next();
      if (loss && !outbox_.add(to_wire(*loss))) losses_->untell();
    }
    // A watcher that has ended is seen by its end of the socket.
    (void)outbox_.flush(socket_);
  }

  /// On the upload's thread.
  void note_endpoints(std::vector<Endpoint> endpoints) {
    {
      const std::lock_guard lock(endpoints_mutex_);
      if (endpoints.empty() || endpoints == endpoints_) return;
      endpoints_ = std::move(endpoints);
    }
    const std::uint64_t one = 1;
    (void)!write(wake_.number(), &one, sizeof one);
  }

  void take_endpoints() {
    std::uint64_t count = 0;
    (void)!read(wake_.number(), &count, sizeof count);
    const std::lock_guard lock(endpoints_mutex_);
    (void)outbox_.add(to_wire(CollectorsMessage{endpoints_}));
  }

  SensorStatus status() {
    const std::lock_guard lock(shared_.mutex);
    SensorStatus status = shared_.status;
    status.spool = shared_.spool->status();
    status.uptime_seconds = static_cast<std::uint64_t>(
        std::chrono::floor<std::chrono::seconds>(read_clocks().running - begun_).count());
    return status;
  }

  Result<int> wait_for_watcher() {
    int status = 0;
    while (waitpid(watcher_, &status, 0) < 0) {
      if (errno != EINTR)
        return failure(ErrorCode::internal, "the process that captures is not ours");
    }
    watcher_ = 0;
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    return failure(ErrorCode::io_error,
                   fmt::format("the process that captures was ended by signal {}; what it had "
                               "since the last batch is lost",
                               WTERMSIG(status)));
  }

  const KeepOptions& options_;
  int socket_;
  int signals_;
  pid_t watcher_;  ///< 0 once it has ended
  Duration begun_;
  std::uint64_t last_epoch_;
  MessageReader reader_;
  Outbox outbox_;
  bool stopping_ = false;
  std::mutex endpoints_mutex_;
  std::vector<Endpoint> endpoints_;
  FileDescriptor wake_;
  std::optional<StatusSocket> status_;
  std::optional<LogOpener> log_;
  Trouble log_missing_;
  Trouble unkept_;
  Trouble drops_;
  Trouble full_;
  Duration last_drop_{};
  Duration last_discard_{};
  std::uint64_t discarded_ = 0;
  std::uint64_t epoch_ = 0;  ///< of the latest batch; 0: there is none yet
  SharedSpool shared_;
  std::optional<Losses> losses_;  ///< under its mutex
  std::unique_ptr<UploadLoop> upload_;
};

}  // namespace

int run_keeper(const KeepOptions& options, int socket, FileDescriptor log_socket, int signals,
               pid_t watcher) {
  Keeping keeping(options, socket, std::move(log_socket), signals, watcher);
  const auto say = [&keeping](const Error& error) {
    keeping.end_watcher();
    std::fputs(fmt::format("teiten: {}\n", error.message).c_str(), stderr);
    return error.code == ErrorCode::invalid_argument ? 2 : 1;
  };
  if (auto opened = keeping.open(); !opened.ok()) return say(opened.error());
  const auto ended = keeping.run();
  if (!ended.ok()) return say(ended.error());
  if (*ended == 0) keeping.finish();
  keeping.tell_end();
  return *ended;
}

}  // namespace teiten
