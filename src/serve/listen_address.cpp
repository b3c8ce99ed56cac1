#include "serve/listen_address.h"

#include <cerrno>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "net/ip_address.h"

namespace teiten {

Result<ListenAddress> parse_listen_address(const std::string& text) {
  const Error wrong = failure(
      ErrorCode::invalid_argument,
      fmt::format("{}: listen at ADDRESS:PORT (0.0.0.0:8443, [::]:8443)", text.substr(0, 100)));
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return wrong;
  std::string host = text.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::parse(host);
  if (!address || bracketed != (host.find(':') != std::string::npos)) return wrong;
  ListenAddress parsed{host, 0};
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, parsed.port);
  if (error != std::errc() || stop != end) return wrong;
  return parsed;
}

Result<FileDescriptor> listen_at(const std::string& address) {
  TEITEN_TRY(const ListenAddress parsed, parse_listen_address(address));
  sockaddr_in6 v6{};
  sockaddr_in v4{};
  v6.sin6_family = AF_INET6;
  v4.sin_family = AF_INET;
  v6.sin6_port = v4.sin_port = htons(parsed.port);
  const bool is_v6 = ::inet_pton(AF_INET6, parsed.host.c_str(), &v6.sin6_addr) == 1;
  if (!is_v6) ::inet_pton(AF_INET, parsed.host.c_str(), &v4.sin_addr);
  const auto* name =
      is_v6 ? reinterpret_cast<const sockaddr*>(&v6) : reinterpret_cast<const sockaddr*>(&v4);
  const socklen_t size = is_v6 ? sizeof v6 : sizeof v4;
  FileDescriptor fd(
      ::socket(is_v6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int on = 1;
  if (fd.is_open() && ::setsockopt(fd.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      ::bind(fd.number(), name, size) == 0 && ::listen(fd.number(), SOMAXCONN) == 0)
    return fd;
  const int number = errno;
  const ErrorCode code = number == EADDRINUSE                  ? ErrorCode::busy
                         : number == EACCES || number == EPERM ? ErrorCode::permission_denied
                                                               : ErrorCode::io_error;
  return failure(code, fmt::format("cannot listen at {}: {}", address, std::strerror(number)));
}

std::string format_endpoint(const std::string& address, std::uint16_t port) {
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

}  // namespace teiten
