#include "serve/metrics_listener.h"

#include <chrono>
#include <set>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>

#include "serve/acceptor.h"
#include "serve/listen_address.h"

namespace teiten {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using Tcp = asio::ip::tcp;

constexpr auto kExchangeTime = std::chrono::seconds(10);
constexpr std::uint32_t kMaxRequestBytes = 8U << 10;

class Listener;

/// One question and its answer.
class Exchange : public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(Listener& listener, Tcp::socket socket);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  void start();
  void close() { stream_.close(); }

 private:
  void answer();

  Listener& listener_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{2UL * kMaxRequestBytes};
  http::request_parser<http::empty_body> parser_;
  http::response<http::string_body> response_;
};

class Listener final : public MetricsListener {
 public:
  Listener(asio::io_context& io, std::function<std::string()> text)
      : io_(io), acceptor_(io), text_(std::move(text)) {}
  ~Listener() override {
    error_code ignored;
    acceptor_.close(ignored);
    constexpr int kRounds = 1000;
    for (int i = 0; i < kRounds && !open_.empty(); ++i) {
      for (Exchange* one : open_)
        one->close();
      io_.restart();
      io_.run_for(std::chrono::milliseconds(1));
    }
  }
  Result<void> open(FileDescriptor listening) {
    TEITEN_CHECK(accept_from(acceptor_, std::move(listening)));
    accept();
    return {};
  }
  std::string endpoint() const override {
    error_code ignored;
    const auto local = acceptor_.local_endpoint(ignored);
    return format_endpoint(local.address().to_string(), local.port());
  }

  std::string text() const { return text_(); }
  void add(Exchange* one) { open_.insert(one); }
  void remove(Exchange* one) { open_.erase(one); }

 private:
  void accept() {
    acceptor_.async_accept([this](const error_code& error, Tcp::socket socket) {
      if (error == asio::error::operation_aborted) return;  // this may be gone
      if (!error && open_.size() < kMaxMetricsConnections)
        std::make_shared<Exchange>(*this, std::move(socket))->start();
      accept();
    });
  }

  asio::io_context& io_;
  Tcp::acceptor acceptor_;
  std::function<std::string()> text_;
  std::set<Exchange*> open_;
};

Exchange::Exchange(Listener& listener, Tcp::socket socket)
    : listener_(listener), stream_(std::move(socket)) {
  listener_.add(this);
}

Exchange::~Exchange() {
  listener_.remove(this);
}

void Exchange::start() {
  parser_.header_limit(kMaxRequestBytes);
  stream_.expires_after(kExchangeTime);
  http::async_read_header(stream_, buffer_, parser_,
                          [self = shared_from_this()](const error_code& error, std::size_t) {
                            if (!error) self->answer();
                          });
}

void Exchange::answer() {
  const bool right =
      parser_.get().method() == http::verb::get && parser_.get().target() == "/metrics";
  response_.result(right ? http::status::ok : http::status::not_found);
  response_.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
  response_.body() = right ? listener_.text() : "GET /metrics is all there is\n";
  response_.keep_alive(false);
  response_.prepare_payload();
  http::async_write(stream_, response_,
                    [self = shared_from_this()](const error_code&, std::size_t) {
                      error_code ignored;
                      self->stream_.socket().shutdown(Tcp::socket::shutdown_both, ignored);
                    });
}

}  // namespace

Result<std::unique_ptr<MetricsListener>> MetricsListener::serve(asio::io_context& io,
                                                                FileDescriptor listening,
                                                                std::function<std::string()> text) {
  auto listener = std::make_unique<Listener>(io, std::move(text));
  TEITEN_CHECK(listener->open(std::move(listening)));
  return std::unique_ptr<MetricsListener>(std::move(listener));
}

}  // namespace teiten
