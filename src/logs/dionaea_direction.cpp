#include "logs/dionaea_direction.h"

namespace teiten {
namespace {

/// Linux hands out ports for outgoing packets from here on (ip_local_port_range).
constexpr std::int64_t kFirstEphemeral = 32'768;

}  // namespace

Rejection dionaea_direction(const DionaeaDirection& connection) {
  const std::string_view type = connection.type;
  if (connection.service == "SipCall") return Rejection::not_a_connection;
  if (type == "accept" || type == "reject" || type == "pending") return Rejection::none;
  if (type != "connect") return Rejection::not_a_connection;
  const bool may_answer = connection.transport == "udp" || connection.service == "SipSession";
  return may_answer && connection.local_port.value_or(kFirstEphemeral) < kFirstEphemeral
             ? Rejection::none
             : Rejection::outbound;
}

}  // namespace teiten
