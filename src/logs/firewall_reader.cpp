#include "logs/firewall_line.h"
#include "logs/formats.h"
#include "logs/readers.h"

namespace teiten {
namespace {

/// A record with both directions and addresses told: nothing else looks so.
bool is_firewall_line(std::string_view text) {
  FirewallHeader header;
  Packet packet;
  switch (parse_firewall_line(text, header, packet)) {
    case Rejection::none:
    case Rejection::allowed:
    case Rejection::audit:
    case Rejection::outbound:
    case Rejection::forwarded:
    case Rejection::incomplete_packet:
    case Rejection::no_source:
    case Rejection::invalid_source:
    case Rejection::invalid_destination:
    case Rejection::invalid_protocol:
      return true;
    default:
      return false;
  }
}

}  // namespace

LogFormat firewall_format() {
  LogFormat format;
  format.name = "iptables";
  format.alias = "firewall";
  format.title = "Linux kernel firewall log (iptables, nftables, UFW, firewalld, ulogd2 syslog)";
  format.example =
      "Aug 16 06:25:20 vps kernel: [12345.678901] [UFW BLOCK] IN=ens3 OUT= SRC=198.51.100.7 "
      "DST=192.0.2.1 LEN=40 TOS=0x00 PREC=0x00 TTL=244 ID=54321 PROTO=TCP SPT=40000 DPT=1433 "
      "WINDOW=1024 RES=0x00 SYN URGP=0";
  format.recognises_line = is_firewall_line;
  format.open = FirewallReader::open;
  return format;
}

Result<std::unique_ptr<LogReader>> FirewallReader::open(Input& input, const LogOptions& options) {
  TEITEN_TRY(const int first_year, first_year_of(input, options.year, options.zone));
  return std::unique_ptr<LogReader>(std::make_unique<FirewallReader>(input, options, first_year));
}

Rejection FirewallReader::read_line(const LineSource::Line& text, Packet& packet) {
  const auto stamp = line_stamp(text.text);
  const int year = stamp ? years_.observe(*stamp) : 0;
  if (text.too_long) return Rejection::line_too_long;
  FirewallHeader header;
  const Rejection rejection = parse_firewall_line(text.text, header, packet);
  if (rejection != Rejection::none) return rejection;
  if (!header.stamp) return Rejection::invalid_time;
  const bool same = stamp && stamp->end == header.stamp->end;
  const auto time = clock_.resolve(*header.stamp, same ? year : years_.year_of(*header.stamp));
  if (!time) return Rejection::invalid_time;
  packet.time = *time;
  return Rejection::none;
}

}  // namespace teiten
