#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "decode/packet.h"
#include "logs/rejection.h"

namespace teiten {

/// What the fields of honeypots', firewalls' and flow collectors' records mean, once for all
/// formats. Each function fills its part of the packet, or names what is wrong with the field.

/// Both addresses. no_source where the source is empty or 0.0.0.0 or `::`; invalid_source and
/// invalid_destination for other text that is no address of a host, and
/// for addresses of two families.
Rejection set_addresses(std::string_view source, std::string_view destination, Packet& packet);

/// Source and destination port of TCP or UDP, decimal; invalid_port.
Rejection set_ports(std::string_view source, std::string_view destination, Packet& packet);

/// ICMP type and code, decimal, each up to 255; invalid_icmp_type.
Rejection set_icmp(std::string_view type, std::string_view code, Packet& packet);

/// The protocol's number, as number or name in any case; nothing for any other text.
std::optional<std::uint8_t> protocol_number(std::string_view text);

/// How many packets the record stands for: a decimal number. no_packets for 0, invalid_packets for
/// anything else, also for what 32 bits don't hold: no flow has so many.
Rejection set_packets(std::string_view text, Packet& packet);

/// The instant so many seconds and nanoseconds after 1970. before_1990; invalid_time past kMaxYear
/// of stamp.h.
Rejection set_unix_time(std::int64_t seconds, std::int64_t nanoseconds, Packet& packet);
/// The same from text: decimal seconds with an optional fraction, of which nanoseconds are kept.
Rejection set_unix_time(std::string_view text, Packet& packet);

/// TCP flags as letters, `.` where one is not set: `S`, `SA`, `...AP.SF`; E and C are ECE and CWR.
/// Nothing if a letter is no flag.
std::optional<std::uint8_t> parse_tcp_flag_letters(std::string_view text);

/// What the first packet of a flow showed, from the flags of all its packets or-ed, as flow records
/// have them. SYN without ACK: the source opened it. SYN and ACK alone: it answered. Nothing where
/// SYN and ACK come with flags of the later life of a connection: either side may have opened it.
std::optional<std::uint8_t> first_flags(std::uint8_t all_flags);

}  // namespace teiten
