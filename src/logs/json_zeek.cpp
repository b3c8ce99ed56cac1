#include "logs/json_fields.h"

namespace teiten {
namespace {

constexpr JsonEndpoints kEnds{"id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p"};

bool is(const JsonRecord& record) {
  return record.has("id.orig_h") && record.has("ts");
}

/// The flags of the originator's first packet, by the first letter of its own in the history (S, H,
/// R, F, D, A: Zeek's conn.log), or by the state of the connection.
void read_flags(const JsonRecord& record, Packet& packet) {
  packet.has_flags = true;
  for (const char c : record.text("history")) {
    switch (c) {
      case 'S':
        packet.tcp_flags = tcp_flag::kSyn;
        return;
      case 'H':
        packet.tcp_flags = tcp_flag::kSyn | tcp_flag::kAck;
        return;
      case 'R':
        packet.tcp_flags = tcp_flag::kRst;
        return;
      case 'F':
        packet.tcp_flags = tcp_flag::kFin | tcp_flag::kAck;
        return;
      case 'D':
        packet.tcp_flags = tcp_flag::kPsh | tcp_flag::kAck;
        return;
      case 'A':
        packet.tcp_flags = tcp_flag::kAck;
        return;
      default:
        break;
    }
  }
  const std::string_view state = record.text("conn_state");
  packet.has_flags = state == "S0" || state == "SF" || state == "REJ" || state == "S1";
  packet.tcp_flags = packet.has_flags ? tcp_flag::kSyn : std::uint8_t{0};
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  // Other logs of Zeek tell the same connection again.
  if (!record.has("proto") || !(record.has("conn_state") || record.has("orig_pkts")))
    return Rejection::not_a_connection;
  if (const Rejection bad = read_json_time(record, "ts", JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_addresses(record, kEnds, packet); bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_protocol(record, "proto", packet); bad != Rejection::none)
    return bad;
  if (packet.protocol == protocol::kIcmp && !packet.source.is_v4())
    packet.protocol = protocol::kIcmpV6;
  Rejection bad = Rejection::none;
  if (packet.is_tcp() || packet.is_udp()) bad = read_json_ports(record, kEnds, packet);
  if (packet.is_icmp()) bad = read_json_icmp(record, "id.orig_p", "id.resp_p", packet);
  if (bad != Rejection::none) return bad;
  if (packet.is_tcp()) read_flags(record, packet);
  return read_json_packets(record, "orig_pkts", packet);
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
