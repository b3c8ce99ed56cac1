#include "logs/json_fields.h"

namespace teiten {
namespace {

constexpr JsonEndpoints kEnds{"source_ip", "source_port", "destination_ip", "destination_port"};

bool is(const JsonRecord& record) {
  return record.has("session_id") && record.has("source_ip") && record.has("destination_port");
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  // A try to log in is part of a session; one that goes on is told again when it ends.
  const JsonValue* ended = record.find("session_ended");
  if (record.has("auth_id") ||
      (ended != nullptr && ended->type == JsonValue::Type::boolean && !ended->truth))
    return Rejection::not_a_connection;
  if (const Rejection bad =
          read_json_time(record, "timestamp", JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_addresses(record, kEnds, packet); bad != Rejection::none)
    return bad;
  // What it calls protocol is the service; all of them run over TCP.
  packet.protocol = protocol::kTcp;
  if (const Rejection bad = read_json_ports(record, kEnds, packet); bad != Rejection::none)
    return bad;
  set_connection(packet);
  return Rejection::none;
}

}  // namespace

JsonFamily heralding_family() {
  JsonFamily family;
  family.name = "heralding";
  family.title = "Heralding session log (log_session.json)";
  family.example =
      R"({"timestamp": "2024-05-07 02:57:48.123456", "duration": 3, "session_id": "5a1c", "source_ip": "198.51.100.7", "source_port": 40000, "destination_ip": "192.0.2.1", "destination_port": 22, "protocol": "ssh", "num_auth_attempts": 1})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
