#pragma once

#include <functional>
#include <memory>
#include <string>

#include "serve/committer.h"

namespace boost::asio {
class io_context;
}

namespace teiten {

/// Commands that talk to the collector at the same time.
inline constexpr std::size_t kMaxControlConnections = 64;

/// The collector's side of the socket beside the store (store/lend.h): lends the store, tells its
/// status. Runs in the io_context's thread.
class ControlSocket {
 public:
  virtual ~ControlSocket() = default;
  /// `listening` is listen_for_borrowers()' socket. `committer` must outlive it.
  static std::unique_ptr<ControlSocket> serve(boost::asio::io_context& io, int listening,
                                              Committer& committer,
                                              std::function<std::string()> status);
  /// Accepts no more and cuts who has not borrowed anything.
  virtual void stop() = 0;
};

}  // namespace teiten
