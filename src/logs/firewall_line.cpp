#include "logs/firewall_line.h"

#include <algorithm>
#include <array>
#include <optional>

#include "logs/firewall_fields.h"
#include "logs/text.h"

namespace teiten {
namespace {

/// Records looked at in one line, from its end; a logger that splices joins two or three.
constexpr std::size_t kMaxRecords = 8;
/// Interface names have at most 15 characters (IFNAMSIZ); loggers on other systems get some more.
constexpr std::size_t kMaxInterfaceBytes = 32;

constexpr std::uint8_t kUdpLite = 136;

/// The kernel's names, and ulogd2's.
std::optional<std::uint8_t> protocol_of(std::string_view text) {
  if (text == "TCP") return protocol::kTcp;
  if (text == "UDP") return protocol::kUdp;
  if (text == "ICMP") return protocol::kIcmp;
  if (text == "ICMPv6") return protocol::kIcmpV6;
  if (const auto number = parse_decimal(text, 255)) return static_cast<std::uint8_t>(*number);
  if (text == "UDPLITE") return kUdpLite;
  if (text == "ESP") return std::uint8_t{50};
  if (text == "AH") return std::uint8_t{51};
  if (text == "SCTP") return std::uint8_t{132};
  if (text == "IGMP") return std::uint8_t{2};
  if (text == "GRE") return std::uint8_t{47};
  return parse_protocol(text);
}

bool is_echo(const Packet& packet) {
  return packet.is_icmp() &&
         (packet.protocol == protocol::kIcmp ? packet.icmp_type == 8 || packet.icmp_type == 0
                                             : packet.icmp_type == 128 || packet.icmp_type == 129);
}

/// True where `value` is the last thing in the line and the kernel would have printed more.
bool may_be_cut(std::string_view value, const FirewallFields& fields) {
  return !fields.last_word.empty() && !value.empty() &&
         value.data() + value.size() == fields.last_word.data() + fields.last_word.size() &&
         fields.ttl.data() != nullptr;
}

void set_tcp(const FirewallFields& fields, Packet& packet) {
  const auto sequence = parse_decimal(fields.sequence, 0xffffffff);
  const auto acknowledgement = parse_decimal(fields.acknowledgement, 0xffffffff);
  const auto window = parse_decimal(fields.window, 65'535);
  if (sequence && acknowledgement && window) {
    packet.has_sequence = true;
    packet.sequence = *sequence;
    packet.acknowledgement = *acknowledgement;
    packet.window = static_cast<std::uint16_t>(*window);
  }
  // The kernel prints RES=, the flags that are set, URGP=; ulogd2 leaves out RES=, some of its
  // users' formats URGP= too. A line cut before URGP= may lack flags.
  packet.has_flags = fields.has_urgent_pointer
                         ? fields.window.data() != nullptr || fields.has_reserved
                         : fields.has_flag_word && !fields.has_reserved;
  if (packet.has_flags) packet.tcp_flags = fields.tcp_flags;
}

Rejection set_ports(const FirewallFields& fields, Packet& packet) {
  if (fields.is_incomplete) return Rejection::incomplete_packet;
  if (fields.source_port.empty() || fields.destination_port.empty() ||
      may_be_cut(fields.destination_port, fields)) {
    return Rejection::truncated_line;
  }
  const auto source = parse_decimal(fields.source_port, 65'535);
  const auto destination = parse_decimal(fields.destination_port, 65'535);
  if (!source || !destination) return Rejection::invalid_port;
  packet.has_ports = true;
  packet.source_port = static_cast<std::uint16_t>(*source);
  packet.destination_port = static_cast<std::uint16_t>(*destination);
  if (packet.is_tcp()) set_tcp(fields, packet);
  return Rejection::none;
}

Rejection set_icmp(const FirewallFields& fields, Packet& packet) {
  if (fields.icmp_type.data() == nullptr && fields.is_incomplete) {
    return Rejection::incomplete_packet;
  }
  if (fields.icmp_type.empty() || fields.icmp_code.empty()) return Rejection::truncated_line;
  const auto type = parse_decimal(fields.icmp_type, 255);
  const auto code = parse_decimal(fields.icmp_code, 255);
  if (!type || !code) return Rejection::invalid_icmp_type;
  packet.has_icmp_type = true;
  packet.icmp_type = static_cast<std::uint8_t>(*type);
  packet.icmp_code = static_cast<std::uint8_t>(*code);
  if (is_echo(packet) && fields.has_echo_sequence) {
    packet.source_port =
        static_cast<std::uint16_t>(parse_decimal(fields.echo_id, 65'535).value_or(0));
  }
  return Rejection::none;
}

Rejection set_transport(const FirewallFields& fields, Packet& packet) {
  if (fields.later_fragment) {
    packet.fragment = FragmentPosition::later;
    return Rejection::none;
  }
  if (fields.more_fragments) packet.fragment = FragmentPosition::first;
  if (packet.is_tcp() || packet.is_udp()) return set_ports(fields, packet);
  if (packet.is_icmp()) return set_icmp(fields, packet);
  return fields.is_incomplete ? Rejection::incomplete_packet : Rejection::none;
}

Rejection set_addresses(const FirewallFields& fields, Packet& packet) {
  if (fields.spliced || fields.source.data() == nullptr) return Rejection::truncated_line;
  const auto source = IpAddress::parse(fields.source);
  if (fields.destination.data() == nullptr) return Rejection::truncated_line;
  if (!source) return Rejection::invalid_source;
  if (source->is_unspecified()) return Rejection::no_source;
  const auto destination = IpAddress::parse(fields.destination);
  if (fields.protocol.empty()) {
    return fields.is_incomplete ? Rejection::incomplete_packet : Rejection::truncated_line;
  }
  if (!destination || destination->is_unspecified()) return Rejection::invalid_destination;
  packet.source = *source;
  packet.destination = *destination;
  packet.has_destination = true;
  return Rejection::none;
}

void set_ip(const FirewallFields& fields, Packet& packet) {
  if (const auto length = parse_decimal(fields.length, 65'535)) {
    packet.has_length = true;
    packet.length = static_cast<std::uint16_t>(*length);
  }
  if (const auto ttl = parse_decimal(fields.ttl, 255)) {
    packet.has_ttl = true;
    packet.ttl = static_cast<std::uint8_t>(*ttl);
    packet.ip_id = static_cast<std::uint16_t>(parse_decimal(fields.id, 65'535).value_or(0));
  }
}

Rejection set_packet(const FirewallFields& fields, Packet& packet) {
  if (const Rejection bad = set_addresses(fields, packet); bad != Rejection::none) return bad;
  const auto number = protocol_of(fields.protocol);
  if (!number) {
    return may_be_cut(fields.protocol, fields) && !is_digit(fields.protocol.front())
               ? Rejection::truncated_line
               : Rejection::invalid_protocol;
  }
  packet.protocol = *number;
  set_ip(fields, packet);
  return set_transport(fields, packet);
}

/// The packet between the brackets, if its flow is told in full.
void set_quoted(std::string_view text, Packet& packet) {
  Packet inner;
  const FirewallFields fields = split_firewall_fields(text);
  if (set_packet(fields, inner) != Rejection::none) return;
  if (inner.fragment == FragmentPosition::later) return;
  packet.has_quoted = true;
  packet.quoted_source = inner.source;
  packet.quoted_destination = inner.destination;
  packet.quoted_protocol = inner.protocol;
  packet.quoted_source_port = inner.source_port;
  packet.quoted_destination_port = inner.destination_port;
}

/// The record that begins with `IN=` at the beginning of `text`.
Rejection parse_record(std::string_view text, const FirewallHeader& header, Packet& packet) {
  packet = Packet{};
  const FirewallFields fields = split_firewall_fields(text);
  if (header.foreign || fields.is_arp) return Rejection::not_a_firewall_line;
  if (!fields.has_out && fields.source.data() == nullptr) {
    // Cut within or right after `IN=eth0 OU`, or a word of some other line that ends in IN=.
    const bool cut = std::string_view("OUT=").starts_with(fields.last_word) ||
                     fields.last_word.starts_with("IN=");
    return header.from_kernel && cut ? Rejection::truncated_line : Rejection::not_a_firewall_line;
  }
  switch (verdict_of(header.prefix)) {
    case RuleVerdict::audited:
      return Rejection::audit;
    case RuleVerdict::allowed:
      return Rejection::allowed;
    case RuleVerdict::blocked:
      break;
  }
  if (fields.in.empty()) return Rejection::outbound;
  if (!fields.out.empty()) return Rejection::forwarded;
  const Rejection rejection = set_packet(fields, packet);
  if (rejection == Rejection::none && packet.is_icmp() && !fields.quoted.empty()) {
    set_quoted(fields.quoted, packet);
  }
  return rejection;
}

/// Where `IN=` begins a record: at each `=` that ends `IN=` but not `PHYSIN=`, with a value no
/// longer than an interface's name. Only the last ones are kept.
struct RecordStarts {
  std::array<std::size_t, kMaxRecords> at{};
  std::size_t count = 0;
  std::size_t first = std::string_view::npos;  ///< of all, kept or not

  void add(std::size_t start) {
    first = std::min(first, start);
    if (count == at.size()) {
      std::move(at.begin() + 1, at.end(), at.begin());
      --count;
    }
    at[count++] = start;
  }
};

RecordStarts find_records(std::string_view line) {
  RecordStarts starts;
  for (std::size_t equals = line.find('='); equals != std::string_view::npos;
       equals = line.find('=', equals + 1)) {
    if (equals < 2 || line[equals - 1] != 'N' || line[equals - 2] != 'I') continue;
    if (equals >= 6 && line.substr(equals - 6, 4) == "PHYS") continue;
    const std::size_t value = line.substr(equals + 1, kMaxInterfaceBytes + 1).find(' ');
    if (value == std::string_view::npos && line.size() - equals - 1 > kMaxInterfaceBytes) continue;
    starts.add(equals - 2);
  }
  return starts;
}

/// A line without `IN=`: the rest of a record whose beginning is lost, an outgoing packet from a
/// logger that leaves out empty interfaces, or nothing of ours.
Rejection without_record(std::string_view line) {
  const auto has = [line](std::string_view key) {
    return line.find(key) != std::string_view::npos;
  };
  if (line.find('=') == std::string_view::npos || !has(" PROTO=")) {
    return Rejection::not_a_firewall_line;
  }
  if (has(" OUT=") && has(" SRC=") && has(" DST=")) return Rejection::outbound;
  return has("SRC=") || has("DST=") || has(" SPT=") || has(" DPT=")
             ? Rejection::truncated_line
             : Rejection::not_a_firewall_line;
}

}  // namespace

Rejection parse_firewall_line(std::string_view line, FirewallHeader& header, Packet& packet) {
  line = trim(line);
  if (line.empty()) return Rejection::empty_line;
  const RecordStarts starts = find_records(line);
  if (starts.count == 0) return without_record(line);
  // Whoever spoke before the first record may have been told all of them.
  const FirewallHeader whole = parse_firewall_header(line.substr(0, starts.first));
  Rejection last = Rejection::none;
  std::size_t end = line.size();
  for (std::size_t i = starts.count; i-- > 0;) {
    const std::size_t begin = i == 0 ? 0 : starts.at[i - 1];
    header =
        starts.count == 1 ? whole : parse_firewall_header(line.substr(begin, starts.at[i] - begin));
    if (!header.stamp) header.stamp = line_stamp(line);
    header.foreign = header.foreign || whole.foreign;
    const Rejection rejection =
        parse_record(line.substr(starts.at[i], end - starts.at[i]), header, packet);
    if (rejection != Rejection::truncated_line && rejection != Rejection::not_a_firewall_line) {
      return rejection;
    }
    if (last != Rejection::truncated_line) last = rejection;
    end = starts.at[i];
  }
  return last;
}

}  // namespace teiten
