#include <string>

#include "logs/json_fields.h"
#include "logs/zeek_conn.h"

namespace teiten {
namespace {

bool is(const JsonRecord& record) {
  return record.has("id.orig_h") && record.has("ts");
}

/// A value as conn.log's tab-separated form has it; `buffer` holds it if it is a number.
std::string_view field(const JsonRecord& record, std::string_view path, std::string& buffer) {
  const JsonValue* value = record.find(path);
  if (value == nullptr) return {};
  if (value->type == JsonValue::Type::boolean) return value->truth ? "T" : "F";
  if (value->type == JsonValue::Type::real) {
    const auto whole = record.number(path);
    buffer = whole ? std::to_string(*whole) : std::to_string(value->real);
    return buffer;
  }
  if (value->type != JsonValue::Type::integer) return value->text;
  buffer = std::to_string(value->integer);
  return buffer;
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  // Other logs of Zeek tell the same connection again.
  if (!record.has("proto") || !(record.has("conn_state") || record.has("orig_pkts")))
    return Rejection::not_a_connection;
  if (const Rejection bad = read_json_time(record, "ts", JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  std::string ports[2];
  std::string packets[2];
  std::string protocol;
  std::string unused;
  ZeekConnection connection;
  connection.source = record.text("id.orig_h");
  connection.source_port = field(record, "id.orig_p", ports[0]);
  connection.destination = record.text("id.resp_h");
  connection.destination_port = field(record, "id.resp_p", ports[1]);
  connection.protocol = record.text("proto");
  connection.ip_protocol = field(record, "ip_proto", protocol);
  connection.history = record.text("history");
  connection.state = record.text("conn_state");
  connection.local_source = field(record, "local_orig", unused);
  connection.local_destination = field(record, "local_resp", unused);
  connection.source_packets = field(record, "orig_pkts", packets[0]);
  connection.destination_packets = field(record, "resp_pkts", packets[1]);
  return read_zeek_connection(connection, packet);
}

}  // namespace

JsonFamily zeek_json_family() {
  JsonFamily family;
  family.name = "zeek-json";
  family.title = "Zeek conn.log as JSON";
  family.example =
      R"({"ts":1715050668.123456,"uid":"C1","id.orig_h":"198.51.100.7","id.orig_p":40000,"id.resp_h":"192.0.2.1","id.resp_p":1433,"proto":"tcp","conn_state":"S0","history":"S","orig_pkts":3,"resp_pkts":0})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
