#include "logs/filterlog.h"

#include <algorithm>
#include <array>
#include <utility>

#include "logs/field_values.h"
#include "logs/formats.h"
#include "logs/pf_icmp.h"
#include "logs/stamp.h"
#include "logs/syslog_header.h"
#include "logs/text.h"

namespace teiten {
namespace {

// Fields of every record.
constexpr std::size_t kAction = 6;
constexpr std::size_t kDirection = 7;
constexpr std::size_t kVersion = 8;

/// Where the fields of one IP version stand.
struct Layout {
  std::size_t ttl, protocol, length, source, destination, transport;
};
constexpr Layout kIpv4 = {11, 15, 17, 18, 19, 20};
constexpr Layout kIpv6 = {11, 13, 14, 15, 16, 17};
constexpr std::size_t kIpv4Id = 12;
constexpr std::size_t kIpv4Offset = 13;
constexpr std::size_t kIpv4Flags = 14;
constexpr std::uint32_t kIpv6Header = 40;

/// IPv6 extension headers: what follows them is told in words of their own.
bool is_extension_header(std::uint8_t protocol_number) {
  return protocol_number == 0 || protocol_number == 43 || protocol_number == 44 ||
         protocol_number == 60;
}

enum class Verdict { blocked, allowed, unknown };

Verdict verdict_of_action(std::string_view action) {
  if (action == "block" || action == "reject" || action == "synproxy-drop") return Verdict::blocked;
  for (const std::string_view other : {"pass", "match", "scrub", "nat", "binat", "rdr"})
    if (action == other) return Verdict::allowed;
  return Verdict::unknown;
}

/// filterlog says the ICMP type in words, and the number of nothing; other types are glued to the
/// length that follows.
constexpr std::array<std::pair<std::string_view, std::uint8_t>, 18> kIcmpTypes = {
    {{"request", 8},
     {"reply", 0},
     {"unreachproto", 3},
     {"unreachport", 3},
     {"unreach", 3},
     {"needfrag", 3},
     {"redirect", 5},
     {"timexceed", 11},
     {"paramprob", 12},
     {"maskreply", 18},
     {"tstampreply", 14},
     {"tstamp", 13},
     {"routeradv", 9},
     {"router solicitation", 10},
     {"source quench", 4},
     {"information request", 15},
     {"information reply", 16},
     {"address mask request", 17}}};

/// Type 3 has a code of its own word for these.
std::uint8_t code_of(std::string_view word) {
  if (word == "unreachproto") return 2;
  if (word == "unreachport") return 3;
  if (word == "needfrag") return 4;
  return 0;
}

void set_echo_id(std::string_view text, Packet& packet) {
  packet.source_port = static_cast<std::uint16_t>(parse_decimal(text, 65'535).value_or(0));
}

/// Newer OPNsense: `datalength=64,echoreq,0,77,1`: length, type, code, of an echo its identifier
/// and number. Before, the length stood alone.
void set_pf_icmp(const Fields& fields, const Layout& at, Packet& packet) {
  const bool six = packet.protocol == protocol::kIcmpV6;
  const auto type = pf_icmp_type(six, fields[at.transport + 1]);
  if (!type) return;
  packet.has_icmp_type = true;
  packet.icmp_type = *type;
  packet.icmp_code = pf_icmp_code(six, *type, fields[at.transport + 2]).value_or(0);
  const bool echo = six ? *type == 128 || *type == 129 : *type == 8 || *type == 0;
  if (echo) set_echo_id(fields[at.transport + 3], packet);
}

void set_icmp_words(const Fields& fields, const Layout& at, Packet& packet) {
  if (!packet.is_icmp()) return;
  if (fields[at.transport].starts_with("datalength=")) {
    set_pf_icmp(fields, at, packet);
    return;
  }
  if (packet.protocol != protocol::kIcmp) return;
  const std::string_view word = fields[at.transport];
  const auto* type = std::find_if(kIcmpTypes.begin(), kIcmpTypes.end(),
                                  [&](const auto& entry) { return word.starts_with(entry.first); });
  if (type == kIcmpTypes.end()) return;
  packet.has_icmp_type = true;
  packet.icmp_type = type->second;
  packet.icmp_code = code_of(type->first);
  if (type->second == 8 || type->second == 0) set_echo_id(fields[at.transport + 1], packet);
}

/// Flags, sequence, acknowledgement, window: after the ports and the payload's length.
void set_tcp(const Fields& fields, const Layout& at, Packet& packet) {
  const std::string_view letters = fields[at.transport + 3];
  const auto flags = parse_tcp_flag_letters(letters);
  if (!flags || letters.empty()) return;
  packet.has_flags = true;
  packet.tcp_flags = *flags;
  // `seq` or `seq:end`; no acknowledgement is printed without ACK.
  const std::string_view sequence = fields[at.transport + 4];
  const auto first = parse_decimal(sequence.substr(0, sequence.find(':')), 0xffffffff);
  const auto window = parse_decimal(fields[at.transport + 6], 65'535);
  const auto acknowledgement = parse_decimal(fields[at.transport + 5], 0xffffffff);
  if (!first || !window) return;
  packet.has_sequence = true;
  packet.sequence = *first;
  packet.acknowledgement = acknowledgement.value_or(0);
  packet.window = static_cast<std::uint16_t>(*window);
}

Rejection set_transport(const Fields& fields, const Layout& at, Packet& packet) {
  if (packet.fragment == FragmentPosition::later) return Rejection::none;
  if (packet.is_tcp() || packet.is_udp()) {
    if (fields.count() < at.transport + 2) return Rejection::truncated_line;
    const Rejection bad = set_ports(fields[at.transport], fields[at.transport + 1], packet);
    if (bad == Rejection::none && packet.is_tcp()) set_tcp(fields, at, packet);
    return bad;
  }
  set_icmp_words(fields, at, packet);
  return Rejection::none;
}

void set_ip(const Fields& fields, const Layout& at, Packet& packet) {
  const bool v4 = packet.source.is_v4();
  if (const auto ttl = parse_decimal(fields[at.ttl], 255)) {
    packet.has_ttl = true;
    packet.ttl = static_cast<std::uint8_t>(*ttl);
    if (v4) {
      packet.ip_id = static_cast<std::uint16_t>(parse_decimal(fields[kIpv4Id], 65'535).value_or(0));
    }
  }
  if (const auto length = parse_decimal(fields[at.length], 65'535)) {
    packet.has_length = true;
    packet.length =
        static_cast<std::uint16_t>(std::min(*length + (v4 ? 0U : kIpv6Header), 65'535U));
  }
  if (!v4) return;
  if (const auto offset = parse_decimal(fields[kIpv4Offset], 65'535); offset && *offset > 0) {
    packet.fragment = FragmentPosition::later;
  } else if (fields[kIpv4Flags] == "+") {
    packet.fragment = FragmentPosition::first;
  }
}

}  // namespace

Rejection parse_filterlog(const Fields& fields, Packet& packet) {
  if (fields.count() <= kVersion) return Rejection::truncated_line;
  const std::string_view version = fields[kVersion];
  if (version != "4" && version != "6") return Rejection::truncated_line;
  const Layout& at = version == "4" ? kIpv4 : kIpv6;
  switch (verdict_of_action(fields[kAction])) {
    case Verdict::blocked:
      break;
    case Verdict::allowed:
      return Rejection::allowed;
    case Verdict::unknown:
      return Rejection::truncated_line;
  }
  if (fields[kDirection] == "out") return Rejection::outbound;
  if (fields[kDirection] != "in") return Rejection::truncated_line;
  // `truncated-ip…`, `bad-hlen=…`, `error='…'` in place of what the header should have held.
  if (!fields[kVersion + 1].starts_with("0x")) {
    return fields.count() > kVersion + 1 ? Rejection::incomplete_packet : Rejection::truncated_line;
  }
  if (fields.count() <= at.destination) return Rejection::truncated_line;
  if (const Rejection bad = set_addresses(fields[at.source], fields[at.destination], packet);
      bad != Rejection::none) {
    return bad;
  }
  if (packet.source.is_v4() != (version == "4")) return Rejection::invalid_source;
  const auto number = parse_decimal(fields[at.protocol], 255);
  if (!number) return Rejection::invalid_protocol;
  packet.protocol = static_cast<std::uint8_t>(*number);
  if (version == "6" && is_extension_header(packet.protocol)) return Rejection::invalid_protocol;
  set_ip(fields, at, packet);
  return set_transport(fields, at, packet);
}

namespace {

constexpr std::string_view kProgram = "filterlog";

/// What filterlog wrote into a line.
struct Found {
  std::optional<Stamp> stamp;
  std::size_t data = std::string_view::npos;
};

/// Where a record begins in what stands behind the tag; a relay that takes RFC 5424 apart may leave
/// some of it there.
std::size_t record_in(std::string_view line, std::size_t message) {
  const std::size_t comma = line.find(',', message);
  if (comma == std::string_view::npos) return comma;
  const std::size_t blank = line.rfind(' ', comma);
  return blank == std::string_view::npos || blank < message ? message : blank + 1;
}

/// The tag must stand where a program's name stands: anything else is another program that quotes
/// such a line, or somebody who talks to it.
Found find_record(std::string_view line) {
  if (line.find(kProgram) == std::string_view::npos) return {};
  if (const auto header = parse_syslog_header(line, kProgram)) {
    if (header->program != kProgram) return {};
    return {header->stamp, record_in(line, header->message)};
  }
  const auto sender = find_syslog_tag(line, 0, kProgram);
  if (!sender || !sender->is_certain || sender->program != kProgram) return {};
  return {std::nullopt, record_in(line, sender->message)};
}

/// A record with a verdict, a direction and an IP version: nothing else looks so.
bool is_filterlog_line(std::string_view line) {
  const Found found = find_record(line);
  if (found.data == std::string_view::npos) return false;
  Fields fields;
  fields.split(line.substr(found.data), ',');
  Packet packet;
  return parse_filterlog(fields, packet) != Rejection::truncated_line;
}

}  // namespace

std::optional<Rejection> FilterlogParser::parse(std::string_view line, Packet& packet) {
  const auto first = line_stamp(line);
  const int year = first ? years_.observe(*first) : 0;
  const auto [stamp, data] = find_record(line);
  if (data == std::string_view::npos) return Rejection::not_a_firewall_line;
  fields_.split(line.substr(data), ',');
  if (const Rejection bad = parse_filterlog(fields_, packet); bad != Rejection::none) return bad;
  if (!stamp) return Rejection::invalid_time;
  const bool same = first && first->end == stamp->end;
  const auto time = clock_.resolve(*stamp, same ? year : years_.year_of(*stamp));
  if (!time) return Rejection::invalid_time;
  packet.time = *time;
  return Rejection::none;
}

LogFormat filterlog_format() {
  LogFormat format;
  format.name = "filterlog";
  format.alias = "pf";
  format.title = "pf's filterlog in syslog (pfSense, OPNsense)";
  format.example =
      "<134>1 2024-05-07T11:57:48.123456+09:00 gw filterlog 12345 - - "
      "5,,,1000000103,em0,match,block,in,4,0x0,,244,54321,0,none,6,tcp,40,198.51.100.7,192.0.2.1,"
      "40000,1433,0,S,12345678,,1024,,\n";
  format.recognises_line = is_filterlog_line;
  format.open = [](Input& input, const LogOptions& options) -> Result<std::unique_ptr<LogReader>> {
    TEITEN_TRY(const int year, first_year_of(input, options.year, options.zone));
    return read_lines(input, "filterlog", std::make_unique<FilterlogParser>(options.zone, year));
  };
  return format;
}

}  // namespace teiten
