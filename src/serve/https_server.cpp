#include "serve/https_server.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <openssl/ssl.h>

#include "serve/collector.h"
#include "serve/listen_address.h"
#include "wire/batch_codec.h"

namespace teiten {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

/// How long each part of an exchange may take. A sensor that has nothing to send keeps its
/// connection for the longest interval between batches.
constexpr auto kHandshakeTime = std::chrono::seconds(10);
constexpr auto kIdleTime = std::chrono::minutes(10);
constexpr auto kHeaderTime = std::chrono::seconds(10);
constexpr auto kBodyTime = std::chrono::seconds(20);
/// Beyond kBodyTime a body may take as long as at this rate: a slow line, not a stalled one.
constexpr std::uint64_t kLeastBytesPerSecond = 16U << 10;
constexpr auto kWriteTime = std::chrono::seconds(10);
/// After a refusal the rest of what the sensor is sending is read and thrown away for so long: a
/// connection that is reset would take the answer with it.
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr auto kAcceptPause = std::chrono::milliseconds(100);
constexpr std::size_t kReadBytes = 4096;
constexpr std::size_t kMaxBufferBytes = 64U << 10;
constexpr unsigned kMaxDecoders = 4;
/// What a batch takes in memory beside its accesses.
constexpr std::size_t kBatchBytes = 8U << 10;

class Server;

/// One connection. Kept alive by the operation that it waits for.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Server& server, Tcp::socket socket, asio::ssl::context& tls);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  /// Cuts the connection unless a whole batch waits for its answer, or the answer is on its way.
  void cut();
  void close() { beast::get_lowest_layer(stream_).close(); }
  /// An upload is whole, and its answer not yet with the sensor.
  bool is_answering() const { return waits_for_commit_ || response_; }

 private:
  void on_handshake(const error_code& error);
  void wait_for_request();
  void read_header();
  void on_header(const error_code& error);
  void accept_body(BatchName name);
  void read_body();
  void on_body(const error_code& error);
  void on_decoded(const Refusal& refusal);
  void on_committed(const CommitResult& result);
  void refuse(const Refusal& refusal, bool close);
  void respond(http::status status, const std::string& error, std::chrono::seconds retry_after,
               bool close);
  void linger();
  void release_bytes();
  Arrival arrival_of_request() const;
  void note_timeout(const error_code& error, std::string_view at);

  Server& server_;
  beast::ssl_stream<beast::tcp_stream> stream_;
  bool handshaking_ = true;
  bool waits_for_commit_ = false;
  bool over_limit_ = false;
  std::optional<PeerIdentity> peer_;
  beast::flat_buffer buffer_{kMaxBufferBytes};
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::string_body>> response_;
  BatchName name_;
  Arrival arrival_;
  BatchSummary summary_;
  std::size_t reserved_bytes_ = 0;
};

class Server final : public HttpsServer {
 public:
  Server(asio::io_context& io, Collector& collector)
      : collector_(collector),
        io_(io),
        acceptor_(io),
        pause_(io),
        tls_(asio::ssl::context::tls_server),
        decoders_(std::clamp(std::thread::hardware_concurrency(), 1U, kMaxDecoders)) {}
  ~Server() override;

  Result<void> open(const std::string& address, const IssuedCertificate& certificate);
  std::string endpoint() const override {
    error_code ignored;
    const auto local = acceptor_.local_endpoint(ignored);
    return format_endpoint(local.address().to_string(), local.port());
  }
  Result<void> use_certificate(const IssuedCertificate& certificate) override;
  void stop() override;
  bool busy() const override {
    return std::any_of(sessions_.begin(), sessions_.end(),
                       [](const Session* session) { return session->is_answering(); });
  }

  // --- for sessions
  Collector& collector() { return collector_; }
  asio::io_context& io() { return io_; }
  asio::thread_pool& decoders() { return decoders_; }
  bool stopping() const { return stopping_; }
  void add(Session* session) {
    sessions_.insert(session);
    collector_.connections = sessions_.size();
  }
  void remove(Session* session, bool handshaking, const std::optional<PeerIdentity>& peer) {
    sessions_.erase(session);
    collector_.connections = sessions_.size();
    if (handshaking) --handshakes_;
    if (!peer) return;
    const auto at = by_sensor_.find(peer->sensor);
    if (at != by_sensor_.end() && --at->second == 0) by_sensor_.erase(at);
  }
  void end_handshake() { --handshakes_; }
  /// How many connections of the sensor there are, this one included.
  std::size_t count_sensor(const std::string& sensor) { return ++by_sensor_[sensor]; }

 private:
  void accept();
  void on_accept(const error_code& error, Tcp::socket socket);

  Collector& collector_;
  asio::io_context& io_;
  Tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  asio::ssl::context tls_;
  std::set<Session*> sessions_;
  std::size_t handshakes_ = 0;
  std::map<std::string, std::size_t> by_sensor_;
  bool stopping_ = false;
  asio::thread_pool decoders_;
};

// --- Session

Session::Session(Server& server, Tcp::socket socket, asio::ssl::context& tls)
    : server_(server), stream_(beast::tcp_stream(std::move(socket)), tls) {
  server_.add(this);
}

Session::~Session() {
  release_bytes();
  server_.remove(this, handshaking_, peer_);
}

void Session::start() {
  beast::get_lowest_layer(stream_).expires_after(kHandshakeTime);
  stream_.async_handshake(
      asio::ssl::stream_base::server,
      [self = shared_from_this()](const error_code& error) { self->on_handshake(error); });
}

void Session::cut() {
  if (!waits_for_commit_ && !response_) close();
}

void Session::note_timeout(const error_code& error, std::string_view at) {
  if (error == beast::error::timeout) server_.collector().timeouts.add(at);
}

/// Why a handshake failed, as a word.
std::string_view handshake_failure(const error_code& error, SSL* ssl) {
  if (error == beast::error::timeout) return "timeout";
  if (error.category() != asio::error::get_ssl_category()) return "disconnected";
  switch (ERR_GET_REASON(static_cast<unsigned long>(error.value()))) {
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return "no_certificate";
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_WRONG_VERSION_NUMBER:
      return "wrong_tls_version";
    case SSL_R_HTTP_REQUEST:
      return "no_tls";
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return SSL_get_verify_result(ssl) == X509_V_ERR_CERT_HAS_EXPIRED ? "expired_certificate"
                                                                       : "untrusted_certificate";
    default:
      return "other";
  }
}

void Session::on_handshake(const error_code& error) {
  handshaking_ = false;
  server_.end_handshake();
  Collector& collector = server_.collector();
  SSL* ssl = stream_.native_handle();
  if (error) {
    note_timeout(error, "handshake");
    collector.handshakes.add(handshake_failure(error, ssl));
    linger();  // so that the alert arrives
    return;
  }
  const X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate != nullptr) peer_ = identity_of(*certificate);
  if (!peer_) {
    collector.handshakes.add("no_sensor_name");
    return;
  }
  collector.handshakes.add("ok");
  over_limit_ = server_.count_sensor(peer_->sensor) > kMaxSensorConnections;
  wait_for_request();
}

void Session::wait_for_request() {
  if (server_.stopping()) return;
  parser_.reset();
  response_.reset();
  if (buffer_.size() > 0) {
    read_header();
    return;
  }
  buffer_ = beast::flat_buffer(kMaxBufferBytes);  // idle connections keep nothing
  beast::get_lowest_layer(stream_).expires_after(kIdleTime);
  stream_.async_read_some(buffer_.prepare(kReadBytes),
                          [self = shared_from_this()](const error_code& error, std::size_t bytes) {
                            self->note_timeout(error, "idle");
                            if (error) return;
                            self->buffer_.commit(bytes);
                            self->read_header();
                          });
}

void Session::read_header() {
  parser_.emplace();
  parser_->header_limit(kMaxHeaderBytes);
  parser_->body_limit(boost::none);  // the head is looked at first
  beast::get_lowest_layer(stream_).expires_after(kHeaderTime);
  http::async_read_header(stream_, buffer_, *parser_,
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                            self->on_header(error);
                          });
}

void Session::on_header(const error_code& error) {
  note_timeout(error, "header");
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    refuse({431, "header_too_large", "the request's head is too long"}, true);
    return;
  }
  if (error.category() == make_error_code(http::error::bad_method).category() &&
      error != http::error::end_of_stream && error != http::error::partial_message) {
    refuse({400, "no_http", "this is no HTTP/1.1 request"}, true);
    return;
  }
  if (error) return;
  const auto& request = parser_->get();
  if (over_limit_) {
    refuse(
        {429, "too_many_connections",
         fmt::format("sensor {} has {} connections already", peer_->sensor, kMaxSensorConnections),
         std::chrono::seconds(5)},
        true);
    return;
  }
  const auto text = [](beast::string_view view) {
    return std::string_view(view.data(), view.size());
  };
  const auto length = parser_->content_length();
  const RequestHead head{text(request.method_string()), text(request.target()),
                         text(request[http::field::content_type]), length.has_value(),
                         length.value_or(0)};
  auto admitted = server_.collector().intake.admit(*peer_, head, std::chrono::system_clock::now());
  if (const auto* refusal = std::get_if<Refusal>(&admitted)) {
    refuse(*refusal, true);
    return;
  }
  accept_body(std::get<BatchName>(std::move(admitted)));
}

void Session::accept_body(BatchName name) {
  name_ = std::move(name);
  const std::uint64_t length = parser_->content_length().value_or(0);
  if (!server_.collector().waiting_bytes.try_take(length)) {
    refuse({503, "out_of_memory", "too many uploads at once", std::chrono::seconds(2)}, true);
    return;
  }
  reserved_bytes_ = length;
  parser_->body_limit(length);
  const auto patience = kBodyTime + std::chrono::seconds(length / kLeastBytesPerSecond);
  beast::get_lowest_layer(stream_).expires_after(patience);
  if (!beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
    read_body();
    return;
  }
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(kContinue),
                    [self = shared_from_this()](const error_code& error, std::size_t) {
                      if (!error) self->read_body();
                    });
}

void Session::read_body() {
  http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](const error_code& error, std::size_t) { self->on_body(error); });
}

std::optional<std::uint64_t> number_from(beast::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// What the headers of an upload tell. They are a sensor's word: nothing is decided by them.
Arrival Session::arrival_of_request() const {
  constexpr std::size_t kMaxVersionBytes = 40;
  constexpr std::uint64_t kMaxMicroseconds = 9'000'000'000'000'000;
  const auto& request = parser_->get();
  Arrival arrival;
  arrival.at = std::chrono::system_clock::now();
  for (const char c : request["Teiten-Version"].substr(0, kMaxVersionBytes))
    arrival.version += c > ' ' && c < 0x7f && c != '"' && c != '\\' ? c : '?';
  if (const auto time = number_from(request["Teiten-Time"]); time && *time < kMaxMicroseconds)
    arrival.sensor_time = from_microseconds(static_cast<std::int64_t>(*time));
  arrival.spool_bytes = number_from(request["Teiten-Spool-Bytes"]);
  arrival.spool_limit_bytes = number_from(request["Teiten-Spool-Limit"]);
  return arrival;
}

void Session::on_body(const error_code& error) {
  note_timeout(error, "body");
  if (error) return;
  arrival_ = arrival_of_request();
  waits_for_commit_ = true;
  asio::post(server_.decoders(), [self = shared_from_this()]() mutable {
    Server& server = self->server_;
    Collector& collector = server.collector();
    // A library's exception must not end the collector, and memory may be short for one batch.
    std::variant<Batch, Refusal> taken =
        Refusal{503, "out_of_memory", "out of memory", std::chrono::seconds(10)};
    try {
      taken = collector.intake.take(self->name_, self->parser_->get().body(), self->arrival_.at);
    } catch (const std::bad_alloc&) {
    }
    self->parser_->get().body() = std::string();
    auto* batch = std::get_if<Batch>(&taken);
    if (batch != nullptr) {
      const std::size_t bytes = batch->accesses.size() * sizeof(Access) + kBatchBytes;
      self->release_bytes();
      if (collector.waiting_bytes.try_take(bytes)) {
        self->reserved_bytes_ = bytes;
      } else {
        taken = Refusal{503, "out_of_memory", "too many uploads at once", std::chrono::seconds(2)};
        batch = nullptr;
      }
    }
    if (batch == nullptr) {
      // Moved, so that the last reference never goes in this thread.
      asio::post(server.io(),
                 [held = std::move(self), refusal = std::get<Refusal>(std::move(taken))] {
                   held->on_decoded(refusal);
                 });
      return;
    }
    self->summary_ = BatchSummary::of(*batch);
    collector.committer->submit(
        std::move(*batch), [&server, held = std::move(self)](const CommitResult& result) mutable {
          asio::post(server.io(), [held = std::move(held), result] { held->on_committed(result); });
        });
  });
}

void Session::on_decoded(const Refusal& refusal) {
  waits_for_commit_ = false;
  refuse(refusal, false);
}

void Session::on_committed(const CommitResult& result) {
  waits_for_commit_ = false;
  Collector& collector = server_.collector();
  switch (result.outcome) {
    case CommitOutcome::committed:
      collector.health.note(name_.sensor, arrival_, summary_);
      collector.uploads.add("stored");
      respond(http::status::no_content, "", {}, false);
      return;
    case CommitOutcome::refused:
      refuse({422, "refused_by_store", result.reason}, false);
      return;
    case CommitOutcome::deferred:
      refuse({503, "store_not_ready", result.reason, std::chrono::seconds(5)}, false);
      return;
  }
}

void Session::refuse(const Refusal& refusal, bool close) {
  server_.collector().uploads.add(refusal.counter);
  respond(static_cast<http::status>(refusal.status), refusal.error, refusal.retry_after, close);
}

void Session::respond(http::status status, const std::string& error,
                      std::chrono::seconds retry_after, bool close) {
  release_bytes();
  http::response<http::string_body>& response = response_.emplace(status, 11);
  response.set(http::field::server, "teiten");
  if (retry_after.count() > 0)
    response.set(http::field::retry_after, std::to_string(retry_after.count()));
  if (!error.empty()) {
    response.set(http::field::content_type, "application/json");
    const nlohmann::json body = {{"error", error}};
    response.body() = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  const bool keep = !close && parser_ && parser_->keep_alive() && !server_.stopping();
  response.keep_alive(keep);
  response.prepare_payload();
  beast::get_lowest_layer(stream_).expires_after(kWriteTime);
  http::async_write(stream_, response,
                    [self = shared_from_this(), keep](const error_code& failed, std::size_t) {
                      self->note_timeout(failed, "answer");
                      if (failed) return;
                      if (keep) {
                        self->wait_for_request();
                      } else {
                        self->linger();
                      }
                    });
}

/// Ends our side, and reads what the other still sends until it ends too.
void Session::linger() {
  auto& tcp = beast::get_lowest_layer(stream_);
  error_code ignored;
  tcp.socket().shutdown(Tcp::socket::shutdown_send, ignored);
  tcp.expires_after(kLingerTime);
  class Drain : public std::enable_shared_from_this<Drain> {
   public:
    explicit Drain(std::shared_ptr<Session> session) : session_(std::move(session)) {}
    void read() {
      beast::get_lowest_layer(session_->stream_)
          .async_read_some(asio::buffer(thrown_away_),
                           [self = shared_from_this()](const error_code& error, std::size_t) {
                             if (!error) self->read();
                           });
    }

   private:
    std::shared_ptr<Session> session_;
    std::array<char, kReadBytes> thrown_away_{};
  };
  std::make_shared<Drain>(shared_from_this())->read();
}

void Session::release_bytes() {
  if (reserved_bytes_ > 0) server_.collector().waiting_bytes.give_back(reserved_bytes_);
  reserved_bytes_ = 0;
}

// --- Server

Result<void> Server::use_certificate(const IssuedCertificate& certificate) {
  error_code error;
  tls_.use_certificate_chain(
      asio::buffer(certificate.certificate.data(), certificate.certificate.size()), error);
  if (!error) {
    tls_.use_private_key(asio::buffer(certificate.key.data(), certificate.key.size()),
                         asio::ssl::context::pem, error);
  }
  if (!error) return {};
  return failure(ErrorCode::internal,
                 fmt::format("cannot use the collector's certificate: {}", error.message()));
}

Result<void> Server::open(const std::string& address, const IssuedCertificate& certificate) {
  TEITEN_CHECK(use_certificate(certificate));
  SSL_CTX* context = tls_.native_handle();
  const std::string& ca = collector_.authority.certificate();
  error_code error;
  tls_.add_certificate_authority(asio::buffer(ca.data(), ca.size()), error);
  if (!error) {
    tls_.set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert, error);
  }
  if (error || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1)
    return failure(ErrorCode::internal, fmt::format("cannot set up TLS: {}", error.message()));
  // A resumed session would not show its certificate again.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);

  TEITEN_TRY(const ListenAddress parsed, parse_listen_address(address));
  const Tcp::endpoint endpoint(asio::ip::make_address(parsed.host), parsed.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) {
    const ErrorCode code = error == boost::system::errc::address_in_use ? ErrorCode::busy
                           : error == boost::system::errc::permission_denied
                               ? ErrorCode::permission_denied
                               : ErrorCode::io_error;
    return failure(code, fmt::format("cannot listen at {}: {}", address, error.message()));
  }
  accept();
  return {};
}

void Server::accept() {
  acceptor_.async_accept([this](const error_code& error, Tcp::socket socket) {
    if (error != asio::error::operation_aborted) on_accept(error, std::move(socket));
  });
}

void Server::on_accept(const error_code& error, Tcp::socket socket) {
  if (stopping_) return;
  if (error) {
    // No descriptor is free, most likely: others will become so.
    collector_.handshakes.add("not_accepted");
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](const error_code& stopped) {
      if (!stopped) accept();
    });
    return;
  }
  if (sessions_.size() >= kMaxConnections || handshakes_ >= kMaxHandshakes) {
    collector_.handshakes.add("too_many_connections");
  } else {
    error_code ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    ++handshakes_;
    std::make_shared<Session>(*this, std::move(socket), tls_)->start();
  }
  accept();
}

/// What still waits in the io_context refers to this server: it is ended first.
Server::~Server() {
  stop();
  constexpr int kRounds = 1000;
  for (int i = 0; i < kRounds && !sessions_.empty(); ++i) {
    for (Session* session : sessions_)
      session->close();
    io_.restart();
    io_.run_for(std::chrono::milliseconds(1));
  }
}

void Server::stop() {
  stopping_ = true;
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  for (Session* session : sessions_)
    session->cut();
  decoders_.join();
}

}  // namespace

Result<std::unique_ptr<HttpsServer>> HttpsServer::listen(asio::io_context& io, Collector& collector,
                                                         const std::string& address,
                                                         const IssuedCertificate& certificate) {
  auto server = std::make_unique<Server>(io, collector);
  TEITEN_CHECK(server->open(address, certificate));
  return std::unique_ptr<HttpsServer>(std::move(server));
}

}  // namespace teiten
