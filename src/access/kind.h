#pragma once

#include "access/access.h"
#include "decode/packet.h"

namespace teiten {

/// Kind of the access that begins with `packet`. A pure function of the packet: rules by TCP flags
/// and ICMP type (Moore et al. 2006, Wustrow et al. 2010; RST+ACK is backscatter), and for UDP by
/// the payload, else by the ports (docs/kinds.md).
Kind kind_of(const Packet& packet);

/// What the access is about: the destination port, for backscatter and reflection over TCP or UDP
/// the source port (the service of the host that answers), the ICMP type, or the bare IP protocol.
Service service_of(const Packet& packet, Kind kind);

/// An ICMP or ICMPv6 message that answers a query (echo reply and the like).
bool is_icmp_reply(const Packet& packet);
/// An ICMP or ICMPv6 error: it quotes the packet it is about.
bool is_icmp_error(const Packet& packet);

}  // namespace teiten
