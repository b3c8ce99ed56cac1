#include <utility>

#include "logs/json_fields.h"

namespace teiten {
namespace {

constexpr JsonEndpoints kEnds{"sip", "sport", "dip", "dport"};

bool is(const JsonRecord& record) {
  return record.has("sip") && record.has("proto") && record.has("time");
}

/// One letter a flag, `1` and `2` for CWR and ECE.
void read_flags(std::string_view text, Packet& packet) {
  constexpr std::pair<char, std::uint8_t> kFlags[] = {
      {'F', tcp_flag::kFin}, {'S', tcp_flag::kSyn}, {'R', tcp_flag::kRst}, {'P', tcp_flag::kPsh},
      {'A', tcp_flag::kAck}, {'U', tcp_flag::kUrg}, {'2', tcp_flag::kEce}, {'1', tcp_flag::kCwr}};
  for (const char c : text) {
    for (const auto& [letter, flag] : kFlags) {
      if (c != letter) continue;
      packet.has_flags = true;
      packet.tcp_flags |= flag;
    }
  }
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  if (const Rejection bad = read_json_time(record, "time", JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_addresses(record, kEnds, packet); bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_protocol(record, "proto", packet); bad != Rejection::none)
    return bad;
  if (packet.is_icmp()) return read_json_icmp(record, "sport", "dport", packet);
  if (!packet.is_tcp() && !packet.is_udp()) return Rejection::none;
  if (packet.is_tcp()) read_flags(record.text("flags"), packet);
  return read_json_ports(record, kEnds, packet);
}

}  // namespace

JsonFamily dshield_json_family() {
  JsonFamily family;
  family.name = "dshield-json";
  family.title = "DShield sensor, the JSON that it submits";
  family.example =
      R"({"type":"firewall","logs":[{"time":1715050668,"flags":"S","sip":"198.51.100.7","dip":"192.0.2.1","proto":6,"sport":40000,"dport":1433,"version":4}]})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
