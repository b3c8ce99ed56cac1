#include "logs/json_fields.h"

namespace teiten {
namespace {

constexpr JsonEndpoints kEnds{"attack_connection.remote_ip", "attack_connection.remote_port",
                              "attack_connection.local_ip", "attack_connection.local_port"};

bool is(const JsonRecord& record) {
  return record.has("attack_connection.remote_ip");
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  // An attack that honeytrap found within another has no connection of its own.
  const JsonValue* is_virtual = record.find("is_virtual");
  if (is_virtual != nullptr && is_virtual->truth) return Rejection::not_a_connection;
  if (const Rejection bad =
          read_json_time(record, "start_time", JsonZone::local, context, packet.time);
      bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_addresses(record, kEnds, packet); bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_protocol(record, "attack_connection.protocol", packet);
      bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_ports(record, kEnds, packet); bad != Rejection::none)
    return bad;
  set_connection(packet);
  return Rejection::none;
}

}  // namespace

JsonFamily honeytrap_family() {
  JsonFamily family;
  family.name = "honeytrap";
  family.title = "honeytrap attacker log (logJSON)";
  family.example =
      R"({ "is_virtual": false, "start_time": "2024-05-07 02:57:48 UTC", "end_time": "2024-05-07 02:57:58 UTC", "attack_connection": { "protocol": "tcp", "remote_ip": "198.51.100.7", "remote_port": 40000, "local_ip": "192.0.2.1", "local_port": 1433 }, "download_count": 0 })";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
