#include "serve/listen_address.h"

#include <charconv>

#include <fmt/format.h>

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

std::string format_endpoint(const std::string& address, std::uint16_t port) {
  return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                : fmt::format("[{}]:{}", address, port);
}

}  // namespace teiten
