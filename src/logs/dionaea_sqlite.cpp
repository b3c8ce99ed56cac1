#include "logs/dionaea_sqlite.h"

#include <cmath>

#include "logs/dionaea_direction.h"
#include "logs/field_values.h"
#include "logs/text.h"

namespace teiten {
namespace {

Rejection set_time(std::optional<double> seconds, Packet& packet) {
  // Far below what 64 bits hold; what is no number at all fails the comparison.
  if (!seconds || !(*seconds >= 0 && *seconds < 1e10)) return Rejection::invalid_time;
  const double whole = std::floor(*seconds);
  // A double holds microseconds of our time, not more.
  const auto microseconds = static_cast<std::int64_t>((*seconds - whole) * 1e6);
  return set_unix_time(static_cast<std::int64_t>(whole), microseconds * 1000, packet);
}

}  // namespace

Rejection read_dionaea_connection(const DionaeaConnection& connection, Packet& packet) {
  Rejection bad = dionaea_direction({connection.type, connection.transport, connection.service,
                                     parse_decimal(connection.local_port, 65'535)});
  if (bad != Rejection::none) return bad;
  bad = set_time(connection.time, packet);
  if (bad != Rejection::none) return bad;
  bad = set_addresses(connection.remote_host, connection.local_host, packet);
  if (bad != Rejection::none) return bad;
  // TLS is spoken over TCP; Dionaea names the inner one.
  const auto number =
      connection.transport == "tls" ? protocol::kTcp : protocol_number(connection.transport);
  if (!number) return Rejection::invalid_protocol;
  packet.protocol = *number;
  if (!packet.is_tcp() && !packet.is_udp()) return Rejection::invalid_protocol;
  bad = set_ports(connection.remote_port, connection.local_port, packet);
  if (bad == Rejection::none && packet.is_tcp()) {
    // A honeypot's connection over TCP: its SYN came.
    packet.has_flags = true;
    packet.tcp_flags = tcp_flag::kSyn;
  }
  return bad;
}

}  // namespace teiten
