#include "logs/json_fields.h"

namespace teiten {
namespace {

constexpr JsonEndpoints kEnds{"src_ip", "src_port", "dst_ip", "dst_port"};
constexpr JsonEndpoints kTpotEnds{"src_ip", "src_port", "dest_ip", "dest_port"};
/// As documented, before addresses moved to the record's top.
constexpr JsonEndpoints kOldEnds{"connection.remote.address", "connection.remote.port",
                                 "connection.local.address", "connection.local.port"};
/// Linux hands out ports for outgoing packets from here on (ip_local_port_range).
constexpr std::uint16_t kFirstEphemeral = 32'768;

bool is(const JsonRecord& record) {
  return record.has("connection.transport") && record.has("connection.type");
}

/// Whether a connection came in. Over UDP Dionaea says `connect` of the first packet of a peer too:
/// then a service's port is its own.
Rejection direction_of(std::string_view type, const Packet& packet) {
  if (type == "accept" || type == "reject") return Rejection::none;
  if (type != "connect") return Rejection::not_a_connection;
  return packet.is_udp() && packet.destination_port < kFirstEphemeral ? Rejection::none
                                                                      : Rejection::outbound;
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  const std::string_view type = record.text("connection.type");
  if (type == "listen") return Rejection::not_a_connection;
  if (const Rejection bad =
          read_json_time(record, "timestamp", JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  const JsonEndpoints& ends = record.has("src_ip") || !record.has(kOldEnds.source)
                                  ? (record.has("dest_port") ? kTpotEnds : kEnds)
                                  : kOldEnds;
  if (const Rejection bad = read_json_addresses(record, ends, packet); bad != Rejection::none)
    return bad;
  if (record.text("connection.transport") == "tls") {
    packet.protocol = protocol::kTcp;
  } else if (const Rejection bad = read_json_protocol(record, "connection.transport", packet);
             bad != Rejection::none) {
    return bad;
  }
  if (const Rejection bad = read_json_ports(record, ends, packet); bad != Rejection::none)
    return bad;
  set_connection(packet);
  if (const Rejection bad = direction_of(type, packet); bad != Rejection::none) return bad;
  return read_json_sensor(record, "t-pot_hostname", context, packet);
}

}  // namespace

JsonFamily dionaea_family() {
  JsonFamily family;
  family.name = "dionaea";
  family.title = "Dionaea JSON log (log_json)";
  family.example =
      R"({"connection": {"protocol": "mssqld", "transport": "tcp", "type": "accept"}, "dst_ip": "192.0.2.1", "dst_port": 1433, "src_hostname": "", "src_ip": "198.51.100.7", "src_port": 40000, "timestamp": "2024-05-07T02:57:48.123456"})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
