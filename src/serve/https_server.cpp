#include "serve/https_server.h"

#include <algorithm>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <openssl/ssl.h>

#include "serve/acceptor.h"
#include "serve/listen_address.h"
#include "serve/session.h"
#include "serve/sessions.h"

namespace teiten {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

constexpr auto kAcceptPause = std::chrono::milliseconds(100);
constexpr unsigned kMaxDecoders = 4;

class Server final : public HttpsServer {
 public:
  Server(asio::io_context& io, Collector& collector)
      : io_(io),
        acceptor_(io),
        pause_(io),
        tls_(asio::ssl::context::tls_server),
        sessions_(io, collector,
                  std::clamp(std::thread::hardware_concurrency(), 1U, kMaxDecoders)) {}
  ~Server() override;

  Result<void> open(FileDescriptor listening, const IssuedCertificate& certificate);
  std::string endpoint() const override {
    error_code ignored;
    const auto local = acceptor_.local_endpoint(ignored);
    return format_endpoint(local.address().to_string(), local.port());
  }
  Result<void> use_certificate(const IssuedCertificate& certificate) override;
  void stop() override;
  bool busy() const override { return sessions_.any_answering(); }

 private:
  void accept();
  void on_accept(const error_code& error, Tcp::socket socket);

  asio::io_context& io_;
  Tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  asio::ssl::context tls_;
  Sessions sessions_;
};

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

Result<void> Server::open(FileDescriptor listening, const IssuedCertificate& certificate) {
  TEITEN_CHECK(use_certificate(certificate));
  SSL_CTX* context = tls_.native_handle();
  const std::string& ca = sessions_.collector.authority.certificate();
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

  TEITEN_CHECK(accept_from(acceptor_, std::move(listening)));
  accept();
  return {};
}

void Server::accept() {
  acceptor_.async_accept([this](const error_code& error, Tcp::socket socket) {
    if (error != asio::error::operation_aborted) on_accept(error, std::move(socket));
  });
}

void Server::on_accept(const error_code& error, Tcp::socket socket) {
  if (sessions_.stopping) return;
  if (error) {
    // No descriptor is free, most likely: others will become so.
    sessions_.collector.handshakes.add("not_accepted");
    pause_.expires_after(kAcceptPause);
    pause_.async_wait([this](const error_code& stopped) {
      if (!stopped) accept();
    });
    return;
  }
  if (sessions_.full()) {
    sessions_.collector.handshakes.add("too_many_connections");
  } else {
    error_code ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    std::make_shared<Session>(sessions_, std::move(socket), tls_)->start();
  }
  accept();
}

/// What still waits in the io_context refers to this server: it is ended first.
Server::~Server() {
  stop();
  constexpr int kRounds = 1000;
  for (int i = 0; i < kRounds && !sessions_.empty(); ++i) {
    sessions_.close_all();
    io_.restart();
    io_.run_for(std::chrono::milliseconds(1));
  }
}

void Server::stop() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
  sessions_.stop();
}

}  // namespace

Result<std::unique_ptr<HttpsServer>> HttpsServer::serve(asio::io_context& io, Collector& collector,
                                                        FileDescriptor listening,
                                                        const IssuedCertificate& certificate) {
  auto server = std::make_unique<Server>(io, collector);
  TEITEN_CHECK(server->open(std::move(listening), certificate));
  return std::unique_ptr<HttpsServer>(std::move(server));
}

}  // namespace teiten
