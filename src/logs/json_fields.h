#pragma once

#include <string_view>

#include "logs/json_family.h"

namespace teiten {

/// Paths of a record's two ends. An empty path is one that the format has not.
struct JsonEndpoints {
  std::string_view source, source_port, destination, destination_port;
};

/// What a stamp without an offset means.
enum class JsonZone : std::uint8_t {
  local,  ///< the zone asked for
  utc,    ///< the program writes UTC and does not say so
};

/// The instant at `path`: a stamp, seconds since 1970 (with a fraction) or MongoDB's date.
Rejection read_json_time(const JsonRecord& record, std::string_view path, JsonZone zone,
                         JsonContext& context, UtcTime& time);
/// The two addresses; a missing destination is not told. A source may have its port glued to it.
Rejection read_json_addresses(const JsonRecord& record, const JsonEndpoints& at, Packet& packet);
/// The ports of TCP and UDP; the destination's must be there.
Rejection read_json_ports(const JsonRecord& record, const JsonEndpoints& at, Packet& packet);
/// Type and code of ICMP at the two paths; both may be missing.
Rejection read_json_icmp(const JsonRecord& record, std::string_view type, std::string_view code,
                         Packet& packet);
/// The protocol at `path`, a name or a number.
Rejection read_json_protocol(const JsonRecord& record, std::string_view path, Packet& packet);
/// How many packets the record stands for; 1 where `path` is missing.
Rejection read_json_packets(const JsonRecord& record, std::string_view path, Packet& packet);
/// The sensor that `path` names.
Rejection read_json_sensor(const JsonRecord& record, std::string_view path, JsonContext& context,
                           Packet& packet);
/// At T-Pot a honeypot knows its container's address: then the machine's own is the destination, as
/// in Suricata's records of the same machine.
void set_tpot_destination(const JsonRecord& record, Packet& packet);
/// A honeypot's completed connection: over TCP its SYN came.
void set_connection(Packet& packet);

}  // namespace teiten
