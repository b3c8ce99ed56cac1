#include "logs/json_fields.h"

namespace teiten {
namespace {

constexpr JsonEndpoints kEnds{"src_ip", "src_port", "dest_ip", "dest_port"};
/// Sentrypeer's own names, where they were not made T-Pot's.
constexpr JsonEndpoints kOwnEnds{"source_ip", "source_port", "destination_ip", "destination_port"};

bool is(const JsonRecord& record) {
  return record.has("type") && (record.has("src_ip") || record.has("source_ip")) &&
         record.has("@timestamp");
}

/// IP's protocol, where a honeypot tells it; several call the service so.
void read_protocol(const JsonRecord& record, Packet& packet) {
  for (const std::string_view path :
       {"proto", "transport", "transport_type", "attack_connection.protocol", "protocol"}) {
    if (read_json_protocol(record, path, packet) == Rejection::none && packet.protocol != 0) return;
  }
  const std::string_view type = record.text("type");
  packet.protocol = type == "Ddospot" ? protocol::kUdp : protocol::kTcp;
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  const std::string_view type = record.text("type");
  const JsonEndpoints& ends = record.has("src_ip") ? kEnds : kOwnEnds;
  // Passive fingerprints, the host's own traffic, and what Suricata says of a connection.
  if (type == "P0f" || type == "Fatt" || type == "NGINX" || type == "Suricata" ||
      !record.has(ends.destination_port))
    return Rejection::not_a_connection;
  if (const Rejection bad =
          read_json_time(record, "@timestamp", JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_addresses(record, ends, packet); bad != Rejection::none)
    return bad;
  read_protocol(record, packet);
  if (packet.is_tcp() || packet.is_udp()) {
    if (const Rejection bad = read_json_ports(record, ends, packet); bad != Rejection::none)
      return bad;
  }
  set_connection(packet);
  set_tpot_destination(record, packet);
  return read_json_sensor(record, "t-pot_hostname", context, packet);
}

}  // namespace

JsonFamily tpot_family() {
  JsonFamily family;
  family.name = "tpot";
  family.title = "T-Pot (search hits of any of its honeypots)";
  family.example =
      R"({"hits":{"total":{"value":1},"hits":[{"_index":"logstash-2024.05.07","_id":"1","_source":{"@timestamp":"2024-05-07T02:57:48.123Z","type":"Honeytrap","src_ip":"198.51.100.7","src_port":40000,"dest_ip":"192.0.2.1","dest_port":1433,"protocol":"tcp","t-pot_hostname":"tokyo"}}]}})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
