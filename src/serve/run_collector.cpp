#include <chrono>
#include <csignal>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/private_file.h"
#include "serve/collector.h"
#include "serve/control.h"
#include "serve/https_server.h"
#include "serve/metrics_listener.h"
#include "serve/state_folder.h"
#include "store/lend.h"

namespace teiten {
namespace {

constexpr auto kStopLook = std::chrono::milliseconds(50);
constexpr auto kSaveHealth = std::chrono::seconds(30);
constexpr auto kLookAtStore = std::chrono::seconds(1);
constexpr auto kLookAtCertificate = std::chrono::hours(1);
/// How long answers may take to leave when the collector ends.
constexpr auto kLastAnswers = std::chrono::seconds(3);
constexpr std::size_t kMaxHealthBytes = 64U << 20;

/// A thousand sensors and more, each with a descriptor.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  [[maybe_unused]] const int ignored = ::setrlimit(RLIMIT_NOFILE, &limit);
}

/// What is done every so often until the collector is to stop.
class Housekeeping {
 public:
  Housekeeping(boost::asio::io_context& io, Collector& collector, HttpsServer& server,
               const std::atomic<bool>& stop, const std::function<void(const std::string&)>& warn)
      : io_(io), timer_(io), collector_(collector), server_(server), stop_(stop), warn_(warn) {
    tick();
  }

  void save_health() {
    const auto saved = write_private_file(path(collector_), collector_.health.saved());
    if (!saved.ok()) warn_(saved.error().message);
  }
  static std::string path(const Collector& collector) {
    return collector.options.state + "/health.json";
  }

 private:
  void tick() {
    if (stop_) {
      io_.stop();
      return;
    }
    const auto now = std::chrono::steady_clock::now();
    if (now >= next_save_) {
      next_save_ = now + kSaveHealth;
      save_health();
    }
    if (now >= next_look_) {
      next_look_ = now + kLookAtStore;
      tell_of_store();
    }
    if (now >= next_certificate_) {
      next_certificate_ = now + kLookAtCertificate;
      renew_certificate();
    }
    timer_.expires_after(kStopLook);
    timer_.async_wait([this](const boost::system::error_code& error) {
      if (!error) tick();
    });
  }

  /// Says once that the store fails, and once that it is well again.
  void tell_of_store() {
    const std::string error = collector_.committer->status().store_error;
    if (error.empty() != store_error_.empty())
      warn_(error.empty() ? "the store is written again" : error);
    store_error_ = error;
  }

  void renew_certificate() {
    const auto certificate =
        collector_.authority.server(collector_.options.names, std::chrono::system_clock::now());
    if (!certificate.ok()) {
      warn_(certificate.error().message);
      return;
    }
    const auto used = server_.use_certificate(*certificate);
    if (!used.ok()) warn_(used.error().message);
  }

  boost::asio::io_context& io_;
  boost::asio::steady_timer timer_;
  Collector& collector_;
  HttpsServer& server_;
  const std::atomic<bool>& stop_;
  const std::function<void(const std::string&)>& warn_;
  std::string store_error_;
  std::chrono::steady_clock::time_point next_look_{};
  std::chrono::steady_clock::time_point next_save_ = std::chrono::steady_clock::now() + kSaveHealth;
  std::chrono::steady_clock::time_point next_certificate_ =
      std::chrono::steady_clock::now() + kLookAtCertificate;
};

/// A descriptor until something else closes it.
class Listening {
 public:
  explicit Listening(int fd) : fd_(fd) {}
  ~Listening() {
    if (fd_ >= 0) ::close(fd_);
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

}  // namespace

Result<void> run_collector(const CollectorOptions& options, const GeoDatabases& geo,
                           const KnownScanners& scanners, const std::atomic<bool>& stop,
                           const std::function<void(const std::string&)>& announce,
                           const std::function<void(const std::string&)>& warn) {
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  const UtcTime now = std::chrono::system_clock::now();
  TEITEN_TRY(Authority authority, Authority::open(options.state));
  TEITEN_TRY(Registry registry, Registry::open(options.state));
  TEITEN_TRY(Quarantine quarantine, Quarantine::open(options.state + "/quarantine"));
  TEITEN_TRY(const IssuedCertificate certificate, authority.server(options.names, now));
  // Before the store: whoever asks for it from now on is told to wait.
  TEITEN_TRY(const int socket, listen_for_borrowers(options.store));
  Listening listening(socket);
  TEITEN_TRY(auto committer, Committer::open(options.store));
  Collector collector(options, std::move(authority), std::move(registry), std::move(quarantine),
                      std::move(committer), geo, scanners);
  const auto saved = read_small_file(Housekeeping::path(collector), kMaxHealthBytes);
  if (saved.ok()) {
    const auto restored = collector.health.restore(*saved);
    if (!restored.ok()) warn(restored.error().message);
  }

  boost::asio::io_context io(1);
  TEITEN_TRY(const auto server, HttpsServer::listen(io, collector, options.listen, certificate));
  std::unique_ptr<MetricsListener> metrics;
  if (!options.metrics.empty()) {
    TEITEN_TRY(metrics, MetricsListener::listen(io, options.metrics, [&collector] {
                 return collector.metrics_text(std::chrono::system_clock::now());
               }));
  }
  const auto control = ControlSocket::serve(
      io, listening.release(), *collector.committer,
      [&collector] { return collector.status_json(std::chrono::system_clock::now()); });
  Housekeeping housekeeping(io, collector, *server, stop, warn);

  TEITEN_TRY(const auto sensors, collector.registry.list());
  announce(fmt::format(
      "listening at {} as {}, store {}, {} sensor{} in {}{}", server->endpoint(),
      fmt::join(options.names, ", "), options.store, sensors.size(), sensors.size() == 1 ? "" : "s",
      options.state,
      metrics ? fmt::format(", metrics at http://{}/metrics", metrics->endpoint()) : ""));
  io.run();

  server->stop();
  control->stop();
  collector.committer->stop();
  const auto until = std::chrono::steady_clock::now() + kLastAnswers;
  do {
    io.restart();
    io.run_for(std::chrono::milliseconds(10));
  } while (server->busy() && std::chrono::steady_clock::now() < until);
  housekeeping.save_health();
  ::unlink(control_socket_path(options.store).c_str());
  return {};
}

}  // namespace teiten
