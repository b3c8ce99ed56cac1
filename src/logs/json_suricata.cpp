#include <utility>

#include "logs/json_fields.h"

namespace teiten {
namespace {

constexpr JsonEndpoints kEnds{"src_ip", "src_port", "dest_ip", "dest_port"};
constexpr std::string_view kTpotHost = "t-pot_hostname";

/// ConPot has events and sources too, but no flows.
bool is(const JsonRecord& record) {
  // A quiet sensor writes hardly anything else.
  if (record.text("event_type") == "stats") return record.has("stats.uptime");
  return !record.text("event_type").empty() && record.has("src_ip") && !record.has("eventid") &&
         (record.has("proto") || record.has("flow_id"));
}

std::string_view counted_event(EveEvents events) {
  switch (events) {
    case EveEvents::flow:
      return "flow";
    case EveEvents::netflow:
      return "netflow";
    case EveEvents::drop:
      return "drop";
    default:
      return "alert";
  }
}

/// All flags that the client sent in a flow, as hexadecimal digits: a SYN among them came first.
void read_flags(const JsonRecord& record, Packet& packet) {
  std::string_view text = record.text("tcp.tcp_flags_ts");
  unsigned flags = 0;
  for (; !text.empty(); text.remove_prefix(1)) {
    const char c = text.front();
    const bool digit = c >= '0' && c <= '9';
    if (!digit && (c < 'a' || c > 'f')) return;
    flags = (flags * 16 + static_cast<unsigned>(digit ? c - '0' : c - 'a' + 10)) & 0xffU;
  }
  if (flags == 0) return;
  packet.has_flags = true;
  packet.tcp_flags =
      (flags & tcp_flag::kSyn) != 0 ? tcp_flag::kSyn : static_cast<std::uint8_t>(flags);
}

/// A drop event tells the packet's own header.
Rejection read_drop(const JsonRecord& record, Packet& packet) {
  if (packet.is_tcp() && record.has("drop.syn")) {
    constexpr std::pair<std::string_view, std::uint8_t> kFlags[] = {
        {"drop.fin", tcp_flag::kFin}, {"drop.syn", tcp_flag::kSyn}, {"drop.rst", tcp_flag::kRst},
        {"drop.psh", tcp_flag::kPsh}, {"drop.ack", tcp_flag::kAck}, {"drop.urg", tcp_flag::kUrg}};
    packet.has_flags = true;
    for (const auto& [path, flag] : kFlags) {
      const JsonValue* value = record.find(path);
      if (value != nullptr && value->truth) packet.tcp_flags |= flag;
    }
  }
  if (const auto ttl = record.number("drop.ttl"); ttl && *ttl >= 0 && *ttl <= 255) {
    packet.has_ttl = true;
    packet.ttl = static_cast<std::uint8_t>(*ttl);
    packet.ip_id = static_cast<std::uint16_t>(record.number("drop.ipid").value_or(0));
  }
  return Rejection::none;
}

Rejection read_event(const JsonRecord& record, EveEvents counted, JsonContext& context,
                     Packet& packet) {
  if (record.text("event_type") != counted_event(counted)) return Rejection::not_a_connection;
  const bool flow = counted == EveEvents::flow;
  // The event is written when the flow ends.
  const std::string_view start = flow ? "flow.start" : "netflow.start";
  if (const Rejection bad = read_json_time(record, record.has(start) ? start : "timestamp",
                                           JsonZone::local, context, packet.time);
      bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_addresses(record, kEnds, packet); bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_protocol(record, "proto", packet); bad != Rejection::none)
    return bad;
  Rejection bad = Rejection::none;
  if (packet.is_tcp() || packet.is_udp()) bad = read_json_ports(record, kEnds, packet);
  if (packet.is_icmp()) bad = read_json_icmp(record, "icmp_type", "icmp_code", packet);
  if (bad != Rejection::none) return bad;
  if (flow) {
    if (packet.is_tcp()) read_flags(record, packet);
    return read_json_packets(record, "flow.pkts_toserver", packet);
  }
  if (counted == EveEvents::netflow) return read_json_packets(record, "netflow.pkts", packet);
  return counted == EveEvents::drop ? read_drop(record, packet) : Rejection::none;
}

/// At T-Pot alerts tell again what a honeypot told.
Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  const EveEvents counted = record.has(kTpotHost) ? EveEvents::flow : context.eve;
  if (const Rejection bad = read_event(record, counted, context, packet); bad != Rejection::none)
    return bad;
  return read_json_sensor(record, kTpotHost, context, packet);
}

}  // namespace

JsonFamily suricata_family() {
  JsonFamily family;
  family.name = "suricata";
  family.title = "Suricata EVE (flow events; without any netflow, drop or alert events)";
  family.example =
      R"({"timestamp":"2024-05-07T11:58:48.123456+0900","flow_id":1,"event_type":"flow","src_ip":"198.51.100.7","src_port":40000,"dest_ip":"192.0.2.1","dest_port":1433,"proto":"TCP","flow":{"pkts_toserver":3,"pkts_toclient":0,"start":"2024-05-07T11:57:48.123456+0900"},"tcp":{"tcp_flags_ts":"02"}})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
