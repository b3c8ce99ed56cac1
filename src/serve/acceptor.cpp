#include "serve/acceptor.h"

#include <fmt/format.h>
#include <sys/socket.h>

namespace teiten {

Result<void> accept_from(boost::asio::ip::tcp::acceptor& acceptor, FileDescriptor listening) {
  using Tcp = boost::asio::ip::tcp;
  sockaddr_storage name{};
  socklen_t size = sizeof name;
  const bool named =
      ::getsockname(listening.number(), reinterpret_cast<sockaddr*>(&name), &size) == 0;
  boost::system::error_code error;
  acceptor.assign(named && name.ss_family == AF_INET6 ? Tcp::v6() : Tcp::v4(), listening.number(),
                  error);
  if (error) {
    return failure(ErrorCode::internal,
                   fmt::format("cannot accept connections: {}", error.message()));
  }
  listening.release();
  return {};
}

}  // namespace teiten
