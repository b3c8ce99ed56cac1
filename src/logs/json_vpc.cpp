#include "logs/json_fields.h"
#include "logs/vpc_flow.h"

namespace teiten {
namespace {

/// An event of CloudWatch Logs that holds a record of version 2 as text: `timestamp` in
/// milliseconds, `message`, and `id`, `eventId` or `ingestionTime`, nothing else but the stream's
/// name. In any other record with a `message` that is what a program logged, perhaps for a
/// stranger.
bool is_event(const JsonRecord& record) {
  const std::string_view message = record.text("message");
  const bool named = record.has("id") || record.has("eventId") || record.has("ingestionTime");
  constexpr std::size_t kMostMembers = 6;
  return named && record.number("timestamp") && record.text("timestamp").empty() &&
         record.size() <= kMostMembers && !record.has("src_ip") && message.starts_with("2 ") &&
         VpcFlowParser::recognises(message);
}

bool is(const JsonRecord& record) {
  return (record.has("srcaddr") && record.has("dstaddr") && record.has("action")) ||
         is_event(record);
}

/// The first of two spellings that is there.
std::string_view either(const JsonRecord& record, std::string_view a, std::string_view b) {
  return record.has(a) ? a : b;
}

/// The packet's own address, where it is told; else that of the interface's side.
std::string_view address(const JsonRecord& record, std::string_view own,
                         std::string_view own_dashed, std::string_view other) {
  const std::string_view path = either(record, own, own_dashed);
  const std::string_view text = record.text(path);
  return text.empty() || text == "-" ? other : path;
}

Rejection read_event(const JsonRecord& record, JsonContext& context, Packet& packet) {
  VpcFlowParser parser;
  const auto rejection = parser.parse(record.text("message"), packet);
  if (!rejection || *rejection != Rejection::none)
    return rejection.value_or(Rejection::not_a_connection);
  if (packet.sensor_label == 0) return Rejection::none;
  const auto label = context.sensors.label_of(parser.sensor_names().front());
  if (!label) return Rejection::invalid_sensor;
  packet.sensor_label = *label;
  return Rejection::none;
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  if (is_event(record)) return read_event(record, context, packet);
  const std::string_view status = record.text(either(record, "log-status", "log_status"));
  if (status == "NODATA") return Rejection::no_data;
  if (status == "SKIPDATA") return Rejection::skipped_data;
  if (const Rejection bad = read_json_time(record, either(record, "start", "start_time"),
                                           JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  const JsonEndpoints ends{address(record, "pkt_srcaddr", "pkt-srcaddr", "srcaddr"), "srcport",
                           address(record, "pkt_dstaddr", "pkt-dstaddr", "dstaddr"), "dstport"};
  if (const Rejection bad = read_json_addresses(record, ends, packet); bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_protocol(record, "protocol", packet); bad != Rejection::none)
    return bad;
  if (packet.is_tcp() || packet.is_udp()) {
    if (const Rejection bad = read_json_ports(record, ends, packet); bad != Rejection::none)
      return bad;
  }
  const auto flags = record.number(either(record, "tcp-flags", "tcp_flags"));
  if (packet.is_tcp() && flags && *flags >= 0 && *flags < 256)
    set_vpc_flags(static_cast<std::uint8_t>(*flags), packet);
  const std::string_view direction =
      record.text(either(record, "flow-direction", "flow_direction"));
  if (const Rejection bad = vpc_verdict(record.text("action"), direction, packet);
      bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_packets(record, "packets", packet); bad != Rejection::none)
    return bad;
  return read_json_sensor(record, either(record, "interface-id", "interface_id"), context, packet);
}

}  // namespace

JsonFamily vpc_json_family() {
  JsonFamily family;
  family.name = "vpc-json";
  family.title = "AWS VPC flow logs as JSON";
  family.example =
      R"({"version":5,"account_id":"123456789010","interface_id":"eni-1","srcaddr":"198.51.100.7","dstaddr":"192.0.2.1","srcport":40000,"dstport":1433,"protocol":6,"packets":3,"bytes":120,"start":1715050668,"end":1715050700,"action":"REJECT","log_status":"OK","tcp_flags":2})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
