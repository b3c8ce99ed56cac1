#pragma once

#include <cstdint>
#include <string>

#include "base/file_descriptor.h"
#include "base/result.h"

namespace teiten {

/// Where to listen.
struct ListenAddress {
  std::string host;  ///< an IPv4 or IPv6 address
  std::uint16_t port = 0;
};

/// "0.0.0.0:8443", "[::]:8443"; an error that shows the form for anything else.
Result<ListenAddress> parse_listen_address(const std::string& text);
/// The same form.
std::string format_endpoint(const std::string& address, std::uint16_t port);

/// Listens there: a stream socket that does not block. Errors: invalid_argument (no such form),
/// busy (somebody listens there), permission_denied, io_error.
Result<FileDescriptor> listen_at(const std::string& address);

}  // namespace teiten
