#include <chrono>
#include <utility>

#include "logs/firewall_header.h"
#include "logs/json_fields.h"
#include "logs/stamp.h"

namespace teiten {
namespace {

constexpr JsonEndpoints kEnds{"src_ip", "src_port", "dest_ip", "dest_port"};

bool is(const JsonRecord& record) {
  return (record.has("ip.protocol") || record.has("ip6.nexthdr")) &&
         (record.has("oob.in") || record.has("oob.prefix") || record.has("raw.pktlen"));
}

Rejection direction_of(const JsonRecord& record) {
  const std::string_view action = record.text("action");
  const RuleVerdict verdict = verdict_of(record.text("oob.prefix"));
  if (action == "allowed" || (action != "blocked" && verdict == RuleVerdict::allowed))
    return Rejection::allowed;
  if (verdict == RuleVerdict::audited) return Rejection::audit;
  const bool in = !record.text("oob.in").empty();
  const bool out = !record.text("oob.out").empty();
  if (in && out) return Rejection::forwarded;
  return !in && out ? Rejection::outbound : Rejection::none;
}

/// A flag that is set is there, as 1.
void read_tcp(const JsonRecord& record, Packet& packet) {
  constexpr std::pair<std::string_view, std::uint8_t> kFlags[] = {
      {"tcp.fin", tcp_flag::kFin}, {"tcp.syn", tcp_flag::kSyn}, {"tcp.rst", tcp_flag::kRst},
      {"tcp.psh", tcp_flag::kPsh}, {"tcp.ack", tcp_flag::kAck}, {"tcp.urg", tcp_flag::kUrg}};
  // Every TCP header that was read has a window.
  packet.has_flags = record.has("tcp.window");
  for (const auto& [path, flag] : kFlags) {
    const JsonValue* value = record.find(path);
    if (value == nullptr || !(value->truth || value->integer == 1)) continue;
    packet.has_flags = true;
    packet.tcp_flags |= flag;
  }
  const auto sequence = record.number("tcp.seq");
  if (!sequence) return;
  packet.has_sequence = true;
  packet.sequence = static_cast<std::uint32_t>(*sequence);
  packet.acknowledgement = static_cast<std::uint32_t>(record.number("tcp.ackseq").value_or(0));
  packet.window = static_cast<std::uint16_t>(record.number("tcp.window").value_or(0));
}

/// A stamp without an offset is local time of some zone; the kernel's seconds are UTC.
Rejection read_time_of(const JsonRecord& record, JsonContext& context, UtcTime& time) {
  constexpr std::string_view kSeconds = "oob.time.sec";
  const std::string_view path = record.has("timestamp") ? "timestamp" : "@timestamp";
  const auto stamp = parse_time_column(record.text(path));
  const bool certain = stamp && stamp->has_offset;
  if (certain || !record.has(kSeconds))
    return read_json_time(record, path, JsonZone::local, context, time);
  if (const Rejection bad = read_json_time(record, kSeconds, JsonZone::utc, context, time);
      bad != Rejection::none)
    return bad;
  const auto microseconds = record.number("oob.time.usec").value_or(0);
  if (microseconds > 0 && microseconds < 1'000'000) time += std::chrono::microseconds(microseconds);
  return Rejection::none;
}

void read_ip6(const JsonRecord& record, Packet& packet) {
  constexpr std::int64_t kHeader = 40;
  if (const auto limit = record.number("ip6.hoplimit"); limit && *limit >= 0 && *limit <= 255) {
    packet.has_ttl = true;
    packet.ttl = static_cast<std::uint8_t>(*limit);
  }
  if (const auto length = record.number("ip6.payloadlen");
      length && *length >= 0 && *length <= 65'535 - kHeader) {
    packet.has_length = true;
    packet.length = static_cast<std::uint16_t>(*length + kHeader);
  }
}

void read_ip(const JsonRecord& record, Packet& packet) {
  if (const auto ttl = record.number("ip.ttl"); ttl && *ttl >= 0 && *ttl <= 255) {
    packet.has_ttl = true;
    packet.ttl = static_cast<std::uint8_t>(*ttl);
    packet.ip_id = static_cast<std::uint16_t>(record.number("ip.id").value_or(0));
  }
  if (const auto length = record.number("ip.totlen"); length && *length > 0 && *length <= 65'535) {
    packet.has_length = true;
    packet.length = static_cast<std::uint16_t>(*length);
  }
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  if (const Rejection direction = direction_of(record); direction != Rejection::none)
    return direction;
  if (const Rejection bad = read_time_of(record, context, packet.time); bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_addresses(record, kEnds, packet); bad != Rejection::none)
    return bad;
  const std::string_view number = record.has("ip.protocol") ? "ip.protocol" : "ip6.nexthdr";
  if (const Rejection bad = read_json_protocol(record, number, packet); bad != Rejection::none)
    return bad;
  if (packet.source.is_v4()) {
    read_ip(record, packet);
  } else {
    read_ip6(record, packet);
  }
  if (packet.is_tcp() || packet.is_udp()) {
    const Rejection bad = read_json_ports(record, kEnds, packet);
    if (packet.is_tcp()) read_tcp(record, packet);
    return bad;
  }
  if (!packet.is_icmp()) return Rejection::none;
  const bool six = packet.protocol == protocol::kIcmpV6;
  return read_json_icmp(record, six ? "icmpv6.type" : "icmp.type",
                        six ? "icmpv6.code" : "icmp.code", packet);
}

}  // namespace

JsonFamily ulogd_json_family() {
  JsonFamily family;
  family.name = "ulogd-json";
  family.title = "ulogd2 JSON output (nftables, iptables NFLOG)";
  family.example =
      R"({"timestamp": "2024-05-07T11:57:48.123456+0900", "dvc": "gw", "raw.pktlen": 40, "oob.prefix": "nft-drop: ", "oob.in": "eth0", "oob.out": "", "src_ip": "198.51.100.7", "dest_ip": "192.0.2.1", "ip.protocol": 6, "ip.ttl": 244, "ip.totlen": 40, "ip.id": 54321, "src_port": 40000, "dest_port": 1433, "tcp.seq": 1, "tcp.ackseq": 0, "tcp.window": 1024, "tcp.syn": 1})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
