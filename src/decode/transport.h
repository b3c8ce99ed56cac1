#pragma once

#include "decode/anomaly.h"
#include "decode/bytes.h"
#include "decode/decode.h"
#include "decode/packet.h"

namespace teiten {

/// What follows IP: fills ports, flags, sequence numbers, type and code by `packet.protocol` and
/// `packet.fragment`. A later fragment has none of them. What is needed must be captured (TCP: up
/// to the flags, UDP: the ports, ICMP: type and code, and the identifier of a query); a header
/// whose rest was cut by the capture is fine, one that the datagram itself is too short for is not.
Anomaly decode_transport(Bytes bytes, Packet& packet, LayerTrace* trace);

/// ICMP (RFC 792) or ICMPv6 (RFC 4443), by `packet.protocol`, and the packet that an error quotes.
Anomaly decode_icmp(Bytes bytes, Packet& packet);

}  // namespace teiten
