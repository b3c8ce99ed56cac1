#pragma once

#include <map>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "serve/collector.h"
#include "serve/connection_limits.h"

namespace teiten {

class Session;

/// The connections of a server, and what they share. In the io_context's thread, but for
/// `collector` and `decoders`.
class Sessions {
 public:
  Sessions(boost::asio::io_context& context, Collector& shared, std::size_t threads)
      : io(context), collector(shared), decoders(threads) {}

  /// A new connection's number; makes room for its handshake.
  ConnectionLimits::Id add(Session& session, const std::string& address);
  /// The session has shown a certificate of this sensor; makes room among that sensor's.
  void identify(ConnectionLimits::Id id, const std::string& sensor);
  void remove(ConnectionLimits::Id id);

  bool full() const { return open_.size() >= kMaxConnections; }
  bool empty() const { return open_.empty(); }
  bool any_answering() const;
  /// Cuts what is not whole, and answers nothing new from now on.
  void stop();
  void close_all();

  boost::asio::io_context& io;
  Collector& collector;
  boost::asio::thread_pool decoders;
  bool stopping = false;

 private:
  void close(const ConnectionLimits::Eviction& evicted);

  std::map<ConnectionLimits::Id, Session*> open_;
  ConnectionLimits limits_;
  ConnectionLimits::Id next_ = 1;
};

}  // namespace teiten
