#include <algorithm>
#include <chrono>
#include <csignal>
#include <optional>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/file_descriptor.h"
#include "base/private_file.h"
#include "serve/collector.h"
#include "serve/control.h"
#include "serve/https_server.h"
#include "serve/listen_address.h"
#include "serve/loan_watch.h"
#include "serve/metrics_listener.h"
#include "serve/state_folder.h"
#include "store/lend.h"

namespace teiten {
namespace {

constexpr auto kStopLook = std::chrono::milliseconds(50);
constexpr auto kSaveHealth = std::chrono::seconds(30);
constexpr auto kLookAtStore = std::chrono::seconds(1);
constexpr auto kLookAtCertificate = std::chrono::hours(1);
/// How long a sensor that is told to come later waits at most (sense/upload_loop.cpp).
constexpr auto kLongestSensorPause = std::chrono::minutes(5);
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
      tell_of_store(now);
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

  /// Says once that the store fails, and once that it is well again; and of long loans.
  void tell_of_store(std::chrono::steady_clock::time_point now) {
    const Committer::Status status = collector_.committer->status();
    if (status.store_error.empty() != store_error_.empty())
      warn_(status.store_error.empty() ? "the store is written again" : status.store_error);
    if (store_error_.empty()) failing_since_ = now;
    store_error_ = status.store_error;
    if (status.retention_error != retention_error_ && !status.retention_error.empty())
      warn_("old days cannot become daily counts: " + status.retention_error);
    retention_error_ = status.retention_error;
    if (const auto said = loan_watch_.look(status.borrowers, status.loan_age)) warn_(*said);
    excuse_sensors(std::max<std::chrono::steady_clock::duration>(
        status.loan_age, store_error_.empty() ? std::chrono::seconds(0) : now - failing_since_));
  }

  /// Who could not be answered for so long comes back after a pause of that length, at most.
  void excuse_sensors(std::chrono::steady_clock::duration unanswered) {
    if (unanswered < kStorePatience) return;
    const UtcTime now = std::chrono::system_clock::now();
    collector_.health.note_pause(
        now - unanswered,
        now + std::min<std::chrono::steady_clock::duration>(unanswered, kLongestSensorPause));
  }

  void renew_certificate() {
    // Without waiting for whoever holds the folder: connections wait for this thread.
    const auto certificate = collector_.authority.server(
        collector_.options.names, std::chrono::system_clock::now(), std::chrono::milliseconds(0));
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
  std::string retention_error_;
  std::chrono::steady_clock::time_point failing_since_{};
  LoanWatch loan_watch_;
  std::chrono::steady_clock::time_point next_look_{};
  std::chrono::steady_clock::time_point next_save_ = std::chrono::steady_clock::now() + kSaveHealth;
  std::chrono::steady_clock::time_point next_certificate_ =
      std::chrono::steady_clock::now() + kLookAtCertificate;
};

/// The socket for borrowers until something else closes it; where the collector does not come up it
/// goes as well.
class Listening {
 public:
  Listening(FileDescriptor fd, std::string store) : fd_(std::move(fd)), store_(std::move(store)) {}
  ~Listening() {
    if (fd_.is_open()) ::unlink(control_socket_path(store_).c_str());
  }
  Listening(const Listening&) = delete;
  Listening& operator=(const Listening&) = delete;
  int release() { return fd_.release(); }

 private:
  FileDescriptor fd_;
  std::string store_;
};

}  // namespace

Result<void> run_collector(const CollectorOptions& options, const GeoDatabases& geo,
                           const KnownScanners& scanners, const std::atomic<bool>& stop,
                           const std::function<void(const std::string&)>& announce,
                           const std::function<void(const std::string&)>& warn) {
  std::signal(SIGPIPE, SIG_IGN);
  raise_descriptor_limit();
  const UtcTime now = std::chrono::system_clock::now();
  TEITEN_CHECK(check_hosts(options.names));
  // First, so that a port which is taken leaves no store and no CA behind.
  TEITEN_TRY(FileDescriptor https, listen_at(options.listen));
  FileDescriptor plain;
  if (!options.metrics.empty()) {
    TEITEN_TRY(plain, listen_at(options.metrics));
  }
  TEITEN_TRY(Authority authority, Authority::open(options.state));
  TEITEN_TRY(Registry registry, Registry::open(options.state));
  TEITEN_TRY(Quarantine quarantine, Quarantine::open(options.state + "/quarantine"));
  TEITEN_TRY(const IssuedCertificate certificate, authority.server(options.names, now));
  // Before the store: whoever asks for it from now on is told to wait.
  TEITEN_TRY(const int socket, listen_for_borrowers(options.store));
  Listening listening(FileDescriptor(socket), options.store);
  TEITEN_TRY(auto committer, Committer::open(options.store, kStorePatience, options.retention));
  Collector collector(options, std::move(authority), std::move(registry), std::move(quarantine),
                      std::move(committer), geo, scanners);
  const auto saved = read_small_file(Housekeeping::path(collector), kMaxHealthBytes);
  if (saved.ok()) {
    const auto restored = collector.health.restore(*saved);
    if (!restored.ok()) warn(restored.error().message);
  }

  boost::asio::io_context io(1);
  TEITEN_TRY(const auto server, HttpsServer::serve(io, collector, std::move(https), certificate));
  std::unique_ptr<MetricsListener> metrics;
  if (!options.metrics.empty()) {
    TEITEN_TRY(metrics, MetricsListener::serve(io, std::move(plain), [&collector] {
                 return collector.metrics_text(std::chrono::system_clock::now());
               }));
  }
  const auto control = ControlSocket::serve(
      io, listening.release(), *collector.committer,
      [&collector] { return collector.status_json(std::chrono::system_clock::now()); });
  Housekeeping housekeeping(io, collector, *server, stop, warn);

  TEITEN_TRY(const auto sensors, collector.registry.list());
  for (const SensorRecord& sensor : sensors) {
    if (!sensor.damage.empty()) warn(sensor.damage + "; its batches are refused until then");
  }
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
