#pragma once

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include "serve/sessions.h"
#include "serve/upload_body.h"

namespace teiten {

/// Longest head of a request.
inline constexpr std::uint32_t kMaxHeaderBytes = 8U << 10;

/// One connection: its handshake, then uploads one after another. Kept alive by the operation that
/// it waits for. In the io_context's thread.
class Session : public std::enable_shared_from_this<Session> {
 public:
  using Tcp = boost::asio::ip::tcp;
  using error_code = boost::system::error_code;

  Session(Sessions& sessions, Tcp::socket socket, boost::asio::ssl::context& tls);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start();
  /// Cuts the connection unless a whole batch waits for its answer, or the answer is on its way.
  void cut() {
    if (!is_answering()) close();
  }
  void close() { boost::beast::get_lowest_layer(stream_).close(); }
  /// Closes it for a newer one's sake, which is counted already.
  void evict() {
    evicted_ = true;
    close();
  }
  /// An upload is whole, and its answer not yet with the sensor.
  bool is_answering() const { return waits_for_commit_ || response_; }

 private:
  void on_handshake(const error_code& error);
  void wait_for_request();
  void read_header();
  void on_header(const error_code& error);
  void accept_body(BatchName name);
  void read_body();
  void on_body_bytes(const error_code& error, std::size_t room);
  void on_body();
  void decode(std::string body);
  /// The batch, ready for the store, with memory taken for it.
  std::variant<Batch, Refusal> take(const std::string& body);
  /// What becomes of a batch whose identity came with other content.
  Refusal keep_conflicting(const std::string& body);
  void on_decoded(const Refusal& refusal);
  void on_committed(const CommitResult& result);
  void refuse(const Refusal& refusal, bool close);
  void respond(unsigned status, const std::string& error, std::chrono::seconds retry_after,
               bool close);
  void linger();
  Arrival arrival_of_request() const;
  void note_timeout(const error_code& error, std::string_view at);

  Sessions& sessions_;
  boost::beast::ssl_stream<boost::beast::tcp_stream> stream_;
  ConnectionLimits::Id id_;
  bool waits_for_commit_ = false;
  bool evicted_ = false;
  bool first_of_identity_ = false;
  std::optional<PeerIdentity> peer_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::buffer_body>> parser_;
  std::optional<boost::beast::http::response<boost::beast::http::string_body>> response_;
  BatchName name_;
  Arrival arrival_;
  BatchSummary summary_;
  Share share_;  ///< of Collector::waiting_bytes
  std::optional<UploadBody> body_;
  std::chrono::steady_clock::time_point body_began_;
};

}  // namespace teiten
