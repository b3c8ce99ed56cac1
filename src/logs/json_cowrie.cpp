#include "logs/json_fields.h"

namespace teiten {
namespace {

constexpr JsonEndpoints kEnds{"src_ip", "src_port", "dst_ip", "dst_port"};
/// T-Pot's names.
constexpr JsonEndpoints kTpotEnds{"src_ip", "src_port", "dest_ip", "dest_port"};

bool is(const JsonRecord& record) {
  return record.text("eventid").starts_with("cowrie.");
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  if (record.text("eventid") != "cowrie.session.connect") return Rejection::not_a_connection;
  if (const Rejection bad =
          read_json_time(record, "timestamp", JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  const JsonEndpoints& ends = record.has("dest_port") ? kTpotEnds : kEnds;
  if (const Rejection bad = read_json_addresses(record, ends, packet); bad != Rejection::none)
    return bad;
  packet.protocol = protocol::kTcp;
  if (const Rejection bad = read_json_ports(record, ends, packet); bad != Rejection::none)
    return bad;
  set_connection(packet);
  set_tpot_destination(record, packet);
  return read_json_sensor(record, record.has("t-pot_hostname") ? "t-pot_hostname" : "sensor",
                          context, packet);
}

}  // namespace

JsonFamily cowrie_family() {
  JsonFamily family;
  family.name = "cowrie";
  family.title = "Cowrie JSON log (cowrie.session.connect)";
  family.example =
      R"({"eventid":"cowrie.session.connect","src_ip":"198.51.100.7","src_port":40000,"dst_ip":"192.0.2.1","dst_port":2222,"session":"a1b2","protocol":"ssh","sensor":"tokyo","timestamp":"2024-05-07T02:57:48.123456Z"})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
