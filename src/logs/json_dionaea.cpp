#include "logs/dionaea_direction.h"
#include "logs/json_fields.h"

namespace teiten {
namespace {

constexpr JsonEndpoints kEnds{"src_ip", "src_port", "dst_ip", "dst_port"};
constexpr JsonEndpoints kTpotEnds{"src_ip", "src_port", "dest_ip", "dest_port"};
/// As documented, before addresses moved to the record's top.
constexpr JsonEndpoints kOldEnds{"connection.remote.address", "connection.remote.port",
                                 "connection.local.address", "connection.local.port"};

bool is(const JsonRecord& record) {
  return record.has("connection.transport") && record.has("connection.type");
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  const JsonEndpoints& ends = record.has("src_ip") || !record.has(kOldEnds.source)
                                  ? (record.has("dest_port") ? kTpotEnds : kEnds)
                                  : kOldEnds;
  const std::string_view transport = record.text("connection.transport");
  if (const Rejection direction = dionaea_direction({record.text("connection.type"), transport,
                                                     record.text("connection.protocol"),
                                                     record.number(ends.destination_port)});
      direction != Rejection::none)
    return direction;
  if (const Rejection bad =
          read_json_time(record, "timestamp", JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_addresses(record, ends, packet); bad != Rejection::none)
    return bad;
  if (transport == "tls") {
    packet.protocol = protocol::kTcp;
  } else if (const Rejection bad = read_json_protocol(record, "connection.transport", packet);
             bad != Rejection::none) {
    return bad;
  }
  if (const Rejection bad = read_json_ports(record, ends, packet); bad != Rejection::none)
    return bad;
  set_connection(packet);
  set_tpot_destination(record, packet);
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
