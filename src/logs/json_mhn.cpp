#include "logs/json_fields.h"

namespace teiten {
namespace {

/// Mnemosyne's normalised session.
constexpr JsonEndpoints kSession{"source_ip", "source_port", "destination_ip", "destination_port"};
/// Payloads of the hpfeeds channels: Dionaea, Kippo and Cowrie, Amun, Snort and Suricata.
constexpr JsonEndpoints kPayloads[] = {
    {"payload.remote_host", "payload.remote_port", "payload.local_host", "payload.local_port"},
    {"payload.peerIP", "payload.peerPort", "payload.hostIP", "payload.hostPort"},
    {"payload.attackerIP", "payload.attackerPort", "payload.victimIP", "payload.victimPort"},
    {"payload.source_ip", "payload.source_port", "payload.destination_ip",
     "payload.destination_port"}};

bool is_session(const JsonRecord& record) {
  return record.has("honeypot") && record.has("source_ip") && record.has("identifier");
}

bool is(const JsonRecord& record) {
  return is_session(record) || (record.has("channel") && record.has("ident"));
}

/// The program names a protocol that IP has, or one above TCP.
void read_protocol(const JsonRecord& record, std::string_view path, Packet& packet) {
  if (read_json_protocol(record, path, packet) != Rejection::none || packet.protocol == 0)
    packet.protocol = protocol::kTcp;
}

Rejection read_ends(const JsonRecord& record, const JsonEndpoints& ends, Packet& packet) {
  if (const Rejection bad = read_json_addresses(record, ends, packet); bad != Rejection::none)
    return bad;
  if (!packet.is_tcp() && !packet.is_udp()) return Rejection::none;
  const Rejection bad = read_json_ports(record, ends, packet);
  set_connection(packet);
  return bad;
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  if (const Rejection bad =
          read_json_time(record, "timestamp", JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  if (is_session(record)) {
    read_protocol(record, "protocol", packet);
    const Rejection bad = read_ends(record, kSession, packet);
    return bad != Rejection::none ? bad : read_json_sensor(record, "identifier", context, packet);
  }
  for (const JsonEndpoints& ends : kPayloads) {
    if (!record.has(ends.source) || !record.has(ends.destination_port)) continue;
    if (record.text("payload.connection_type") == "connect") return Rejection::outbound;
    if (record.text("payload.connection_type") == "listen") return Rejection::not_a_connection;
    read_protocol(record,
                  record.has("payload.connection_transport") ? "payload.connection_transport"
                                                             : "payload.proto",
                  packet);
    const Rejection bad = read_ends(record, ends, packet);
    return bad != Rejection::none ? bad : read_json_sensor(record, "ident", context, packet);
  }
  return Rejection::not_a_connection;
}

}  // namespace

JsonFamily mhn_family() {
  JsonFamily family;
  family.name = "mhn";
  family.title = "MHN and hpfeeds collections (mongoexport)";
  family.example =
      R"({"_id":{"$oid":"663998ec0000000000000001"},"protocol":"mssqld","hpfeed_id":{"$oid":"663998ec0000000000000002"},"timestamp":{"$date":"2024-05-07T02:57:48.123Z"},"source_ip":"198.51.100.7","source_port":40000,"destination_ip":"192.0.2.1","destination_port":1433,"honeypot":"dionaea","identifier":"5a1c9e3e-0c3e-11ef-9262-0242ac120002"})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
