#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace teiten {

/// What a sensor gets from its collector (`teiten sensor add`): its name, where to send, and by
/// what both know each other.
struct Bundle {
  std::string sensor;
  std::vector<std::string> collectors;  ///< https://host:port, in order of preference
  std::string ca;                       ///< PEM
  std::string certificate;              ///< PEM
  std::string key;                      ///< PEM
};

/// Reads a bundle: TOML. invalid_argument says what is wrong in which line; an unknown key is an
/// error that lists the valid ones.
Result<Bundle> load_bundle(const std::string& path);
/// The same of its text; `origin` names it in messages.
Result<Bundle> parse_bundle(const std::string& origin, std::string_view text);

/// The host and the port of "https://host:port" or "http://host:port", without brackets; the port
/// is that of the scheme where none is given. invalid_argument for anything else.
struct HostPort {
  std::string host;
  std::string port;
  friend bool operator==(const HostPort&, const HostPort&) = default;
};
Result<HostPort> host_and_port(std::string_view url);

}  // namespace teiten
