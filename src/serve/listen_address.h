#pragma once

#include <cstdint>
#include <string>

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

}  // namespace teiten
