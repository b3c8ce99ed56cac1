#include "logs/dionaea_direction.h"
#include "logs/json_fields.h"

namespace teiten {
namespace {

/// Mnemosyne's normalised session.
constexpr JsonEndpoints kSession{"source_ip", "source_port", "destination_ip", "destination_port"};
constexpr JsonEndpoints kLogged{"src_ip", "src_port", "dest_ip", "dest_port"};
/// Payloads of the hpfeeds channels: Dionaea, Kippo and Cowrie, Amun, Snort and Suricata, Wordpot
/// and Shockpot.
constexpr JsonEndpoints kPayloads[] = {
    {"payload.remote_host", "payload.remote_port", "payload.local_host", "payload.local_port"},
    {"payload.peerIP", "payload.peerPort", "payload.hostIP", "payload.hostPort"},
    {"payload.attackerIP", "payload.attackerPort", "payload.victimIP", "payload.victimPort"},
    {"payload.source_ip", "payload.source_port", "payload.destination_ip",
     "payload.destination_port"},
    {"payload.source_ip", "payload.source_port", "payload.dest_ip", "payload.dest_port"}};
/// Elastichoney tells no port: it poses as Elasticsearch.
constexpr JsonEndpoints kElastichoney{"payload.source", "", "payload.honeypot", ""};
constexpr std::uint16_t kElasticsearchPort = 9200;

bool is_session(const JsonRecord& record) {
  return record.has("honeypot") && record.has("source_ip") &&
         (record.has("identifier") || record.has("destination_port"));
}

/// hpfeeds-logger's JSON: one shape for every channel, by whose name the records are called.
bool is_logged(const JsonRecord& record) {
  return record.has("app") && record.has("sensor") && record.has("src_ip") &&
         record.text("type").find('.') != std::string_view::npos;
}

bool is(const JsonRecord& record) {
  return is_session(record) || (record.has("channel") && record.has("ident")) || is_logged(record);
}

/// The program names a protocol that IP has, or one above TCP.
void read_protocol(const JsonRecord& record, std::string_view path, Packet& packet) {
  if (read_json_protocol(record, path, packet) != Rejection::none || packet.protocol == 0)
    packet.protocol = protocol::kTcp;
}

/// Where a payload names IP's protocol.
std::string_view transport_of(const JsonRecord& record) {
  if (record.has("payload.connection_transport")) return "payload.connection_transport";
  return record.has("payload.proto") ? "payload.proto" : "payload.protocol";
}

Rejection read_ends(const JsonRecord& record, const JsonEndpoints& ends, Packet& packet) {
  if (const Rejection bad = read_json_addresses(record, ends, packet); bad != Rejection::none)
    return bad;
  if (!packet.is_tcp() && !packet.is_udp()) return Rejection::none;
  const Rejection bad = read_json_ports(record, ends, packet);
  set_connection(packet);
  return bad;
}

Rejection read_elastichoney(const JsonRecord& record, JsonContext& context, Packet& packet) {
  if (const Rejection bad = read_json_addresses(record, kElastichoney, packet);
      bad != Rejection::none)
    return bad;
  packet.protocol = protocol::kTcp;
  packet.has_ports = true;
  packet.destination_port = kElasticsearchPort;
  set_connection(packet);
  return read_json_sensor(record, "ident", context, packet);
}

Rejection read_logged(const JsonRecord& record, JsonContext& context, Packet& packet) {
  const std::string_view type = record.text("type");
  // What a session held is told beside it, each login and command once.
  const bool told_beside =
      (type.starts_with("cowrie.") || type.starts_with("kippo.")) &&
      record.text("signature").find(" attempted on ") != std::string_view::npos;
  if (type.starts_with("p0f.") || told_beside) return Rejection::not_a_connection;
  if (record.has("dionaea_action")) {
    const Rejection direction =
        dionaea_direction({record.text("dionaea_action"), record.text("transport"), "",
                           record.number(kLogged.destination_port)});
    if (direction != Rejection::none) return direction;
  }
  read_protocol(record, "transport", packet);
  const Rejection bad = read_ends(record, kLogged, packet);
  return bad != Rejection::none ? bad : read_json_sensor(record, "sensor", context, packet);
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  if (const Rejection bad =
          read_json_time(record, "timestamp", JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  if (is_logged(record)) return read_logged(record, context, packet);
  if (is_session(record)) {
    read_protocol(record, "protocol", packet);
    const Rejection bad = read_ends(record, kSession, packet);
    return bad != Rejection::none ? bad : read_json_sensor(record, "identifier", context, packet);
  }
  for (const JsonEndpoints& ends : kPayloads) {
    if (!record.has(ends.source) || !record.has(ends.destination_port)) continue;
    if (record.has("payload.connection_type")) {
      const Rejection direction = dionaea_direction(
          {record.text("payload.connection_type"), record.text("payload.connection_transport"),
           record.text("payload.connection_protocol"), record.number(ends.destination_port)});
      if (direction != Rejection::none) return direction;
    }
    read_protocol(record, transport_of(record), packet);
    const Rejection bad = read_ends(record, ends, packet);
    return bad != Rejection::none ? bad : read_json_sensor(record, "ident", context, packet);
  }
  if (record.text("channel") == "elastichoney.events" && record.has(kElastichoney.source))
    return read_elastichoney(record, context, packet);
  return Rejection::not_a_connection;
}

}  // namespace

JsonFamily mhn_family() {
  JsonFamily family;
  family.name = "mhn";
  family.title = "MHN and hpfeeds: collections (mongoexport), the logger's JSON";
  family.example =
      R"({"_id":{"$oid":"663998ec0000000000000001"},"protocol":"mssqld","hpfeed_id":{"$oid":"663998ec0000000000000002"},"timestamp":{"$date":"2024-05-07T02:57:48.123Z"},"source_ip":"198.51.100.7","source_port":40000,"destination_ip":"192.0.2.1","destination_port":1433,"honeypot":"dionaea","identifier":"5a1c9e3e-0c3e-11ef-9262-0242ac120002"})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
