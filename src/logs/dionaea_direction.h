#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "logs/rejection.h"

namespace teiten {

/// What Dionaea's records of every form say of a connection, but for addresses and time.
struct DionaeaDirection {
  std::string_view type;       ///< accept, reject, pending, connect, listen, bind
  std::string_view transport;  ///< tcp, udp, tls
  std::string_view service;    ///< what it calls protocol
  std::optional<std::int64_t> local_port = {};
};

/// none for a connection that somebody made to the honeypot, `outbound` for one that it made itself
/// (downloads, shells), `not_a_connection` for a socket that only listens and for a SipCall, which
/// tells its SipSession again. Over UDP, and of every SipSession, Dionaea says `connect` of the
/// first packet of a peer too: then the local port is a service's.
Rejection dionaea_direction(const DionaeaDirection& connection);

}  // namespace teiten
