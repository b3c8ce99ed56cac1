#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "decode/packet.h"

namespace teiten {

/// Connections that are remembered at most: those of a busy host.
inline constexpr std::size_t kMaxOpenConnections = 16'384;

/// The connections in a table of the kernel's (/proc/net/tcp, tcp6, udp, udp6), each as a packet
/// that this host sent in it, at `time`. Lines that are none of such a table are left out.
std::vector<Packet> connections_in(std::string_view table, std::uint8_t protocol_number,
                                   UtcTime time);
/// Every open connection of this host's (of its network namespace); none where the kernel does not
/// tell.
std::vector<Packet> open_connections(UtcTime time);

}  // namespace teiten
