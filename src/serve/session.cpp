#include "serve/session.h"

#include <array>
#include <charconv>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "serve/tls_failure.h"

namespace teiten {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

/// How long each part of an exchange may take. A sensor that has nothing to send keeps its
/// connection for the longest interval between batches.
constexpr auto kHandshakeTime = std::chrono::seconds(10);
constexpr auto kIdleTime = std::chrono::minutes(10);
constexpr auto kHeaderTime = std::chrono::seconds(10);
constexpr auto kWriteTime = std::chrono::seconds(10);
/// After a refusal the rest of what the sensor is sending is read and thrown away for so long: a
/// connection that is reset would take the answer with it.
constexpr auto kLingerTime = std::chrono::seconds(2);
constexpr std::size_t kReadBytes = 4096;
constexpr std::size_t kMaxBufferBytes = 64U << 10;
/// What a batch takes in memory beside its accesses.
constexpr std::size_t kBatchBytes = 8U << 10;
constexpr unsigned kStored = 204;

std::string address_of(const Session::Tcp::socket& socket) {
  Session::error_code ignored;
  return socket.remote_endpoint(ignored).address().to_string();
}

std::optional<std::uint64_t> number_from(beast::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

Session::Session(Sessions& sessions, Tcp::socket socket, asio::ssl::context& tls)
    : sessions_(sessions),
      stream_(beast::tcp_stream(std::move(socket)), tls),
      id_(sessions.add(*this, address_of(beast::get_lowest_layer(stream_).socket()))),
      buffer_(kMaxBufferBytes),
      share_(sessions.collector.waiting_bytes) {}

Session::~Session() {
  sessions_.remove(id_);
}

void Session::start() {
  beast::get_lowest_layer(stream_).expires_after(kHandshakeTime);
  stream_.async_handshake(
      asio::ssl::stream_base::server,
      [self = shared_from_this()](const error_code& error) { self->on_handshake(error); });
}

void Session::note_timeout(const error_code& error, std::string_view at) {
  if (error == beast::error::timeout) sessions_.collector.timeouts.add(at);
}

void Session::on_handshake(const error_code& error) {
  if (evicted_) return;
  Collector& collector = sessions_.collector;
  SSL* ssl = stream_.native_handle();
  if (error) {
    note_timeout(error, "handshake");
    collector.handshakes.add(tls_failure(error, ssl));
    linger();  // so that the alert arrives; it has its place among the unidentified until then
    return;
  }
  const X509* certificate = SSL_get0_peer_certificate(ssl);
  if (certificate != nullptr) peer_ = identity_of(*certificate);
  if (!peer_) {
    collector.handshakes.add("no_sensor_name");
    return;
  }
  collector.handshakes.add("ok");
  sessions_.identify(id_, peer_->sensor);
  wait_for_request();
}

void Session::wait_for_request() {
  if (sessions_.stopping) return;
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
  const auto text = [](beast::string_view view) {
    return std::string_view(view.data(), view.size());
  };
  const auto length = parser_->content_length();
  const RequestHead head{text(request.method_string()), text(request.target()),
                         text(request[http::field::content_type]), length.has_value(),
                         length.value_or(0)};
  auto admitted = sessions_.collector.intake.admit(*peer_, head, std::chrono::system_clock::now());
  if (const auto* refusal = std::get_if<Refusal>(&admitted)) {
    refuse(*refusal, true);
    return;
  }
  accept_body(std::get<BatchName>(std::move(admitted)));
}

void Session::accept_body(BatchName name) {
  name_ = std::move(name);
  first_of_identity_ = false;
  const std::uint64_t length = parser_->content_length().value_or(0);
  parser_->body_limit(length);
  body_.emplace(share_, length);
  body_began_ = std::chrono::steady_clock::now();
  beast::get_lowest_layer(stream_).expires_after(kBodyTime);
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
  if (body_->is_whole()) {
    on_body();
    return;
  }
  const std::span<char> room = body_->room();
  if (room.empty()) {
    refuse({503, "out_of_memory", "too many uploads at once", std::chrono::seconds(2)}, true);
    return;
  }
  parser_->get().body().data = room.data();
  parser_->get().body().size = room.size();
  beast::get_lowest_layer(stream_).expires_at(body_began_ + body_patience(body_->arrived()));
  http::async_read_some(
      stream_, buffer_, *parser_,
      [self = shared_from_this(), size = room.size()](const error_code& error, std::size_t) {
        self->on_body_bytes(error, size);
      });
}

/// More of the body has come, `room` being what there was place for.
void Session::on_body_bytes(const error_code& error, std::size_t room) {
  note_timeout(error, "body");
  if (error && error != http::error::need_buffer) return;
  body_->arrived(room - parser_->get().body().size);
  read_body();
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

void Session::on_body() {
  arrival_ = arrival_of_request();
  waits_for_commit_ = true;
  asio::post(sessions_.decoders, [self = shared_from_this(), body = body_->take()]() mutable {
    Session& session = *self;
    asio::io_context& io = session.sessions_.io;
    // Moved, so that the last reference never goes in this thread.
    session.decode(std::move(body));
    asio::post(io, [held = std::move(self)] {});
  });
}

Refusal Session::keep_conflicting(const std::string& body) {
  const auto kept = sessions_.collector.quarantine.keep_conflicting(name_.sensor, name_.epoch,
                                                                    name_.sequence, body);
  if (!kept.ok())
    return {503, "quarantine_full",
            "another batch of this number is stored, and the collector's quarantine takes no more",
            std::chrono::minutes(5)};
  sessions_.collector.health.note_conflicting(name_.sensor, arrival_.at);
  return {202, "conflicting", "kept aside and not counted: another batch of this number is stored"};
}

std::variant<Batch, Refusal> Session::take(const std::string& body) {
  Collector& collector = sessions_.collector;
  if (auto refused = collector.intake.refuse_peer(*peer_, arrival_.at)) return *std::move(refused);
  auto taken = collector.intake.take(name_, body, arrival_.at, collector.committer->kept_from());
  const auto* batch = std::get_if<Batch>(&taken);
  if (batch == nullptr) return taken;
  share_.release();
  if (!share_.take(batch->accesses.size() * sizeof(Access) + kBatchBytes))
    return Refusal{503, "out_of_memory", "too many uploads at once", std::chrono::seconds(2)};
  const RecentBatches::Known known = collector.recent.note(name_, body);
  if (known == RecentBatches::Known::other) return keep_conflicting(body);
  first_of_identity_ = known == RecentBatches::Known::first;
  return taken;
}

/// In a thread of the decoders.
void Session::decode(std::string body) {
  // A library's exception must not end the collector, and memory may be short for one batch.
  std::variant<Batch, Refusal> taken =
      Refusal{503, "out_of_memory", "out of memory", std::chrono::seconds(10)};
  try {
    taken = take(body);
  } catch (const std::bad_alloc&) {
  }
  body = {};
  auto* batch = std::get_if<Batch>(&taken);
  if (batch == nullptr) {
    asio::post(sessions_.io,
               [self = shared_from_this(), refusal = std::get<Refusal>(std::move(taken))] {
                 self->on_decoded(refusal);
               });
    return;
  }
  summary_ = BatchSummary::of(*batch);
  sessions_.collector.committer->submit(
      std::move(*batch), [self = shared_from_this()](const CommitResult& result) mutable {
        asio::io_context& io = self->sessions_.io;
        asio::post(io, [held = std::move(self), result] { held->on_committed(result); });
      });
}

void Session::on_decoded(const Refusal& refusal) {
  waits_for_commit_ = false;
  if (!refusal.kept_aside.empty()) {
    sessions_.collector.health.note_kept_aside(name_.sensor, arrival_, refusal.kept_aside,
                                               refusal.error);
  }
  refuse(refusal, false);
}

void Session::on_committed(const CommitResult& result) {
  waits_for_commit_ = false;
  Collector& collector = sessions_.collector;
  if (result.outcome != CommitOutcome::committed && first_of_identity_)
    collector.recent.forget(name_);
  switch (result.outcome) {
    case CommitOutcome::committed:
      collector.health.note(name_.sensor, arrival_, summary_);
      collector.uploads.add("stored");
      respond(kStored, "", {}, false);
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
  sessions_.collector.uploads.add(refusal.counter);
  respond(refusal.status, refusal.error, refusal.retry_after, close);
}

void Session::respond(unsigned status, const std::string& error, std::chrono::seconds retry_after,
                      bool close) {
  body_.reset();
  share_.release();
  http::response<http::string_body>& response =
      response_.emplace(static_cast<http::status>(status), 11);
  response.set(http::field::server, "teiten");
  if (retry_after.count() > 0)
    response.set(http::field::retry_after, std::to_string(retry_after.count()));
  if (!error.empty()) {
    response.set(http::field::content_type, "application/json");
    const nlohmann::json body = {{"error", error}};
    response.body() = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  }
  const bool keep = !close && parser_ && parser_->keep_alive() && !sessions_.stopping;
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

}  // namespace teiten
