#include "logs/zeek_conn.h"

#include <algorithm>
#include <array>
#include <utility>

#include "logs/field_values.h"
#include "logs/formats.h"
#include "logs/text.h"

namespace teiten {
namespace {

bool is_true(std::string_view text) {
  return text == "T" || text == "true";
}

bool is_zero(std::string_view text) {
  return text == "0";
}

/// Only the responder was seen: by the packet counts, or without them by the history, whose lower
/// case letters are the responder's.
bool only_responder(const ZeekConnection& connection) {
  if (!connection.source_packets.empty()) {
    return is_zero(connection.source_packets) && !connection.destination_packets.empty() &&
           !is_zero(connection.destination_packets);
  }
  bool responder = false;
  for (const char c : connection.history) {
    if (c >= 'A' && c <= 'Z') return false;
    responder = responder || (c >= 'a' && c <= 'z');
  }
  return responder;
}

/// Flags of the first packet that the source sent. `upper`: the source is the originator.
std::optional<std::uint8_t> flags_of(std::string_view history, bool upper) {
  for (const char c : history) {
    if (!is_letter(c) || upper != (c <= 'Z')) continue;
    switch (upper ? c : static_cast<char>(c - 'a' + 'A')) {
      case 'S':
        return tcp_flag::kSyn;
      case 'H':
        return static_cast<std::uint8_t>(tcp_flag::kSyn | tcp_flag::kAck);
      case 'A':
        return tcp_flag::kAck;
      case 'D':
        return static_cast<std::uint8_t>(tcp_flag::kAck | tcp_flag::kPsh);
      case 'F':
        return static_cast<std::uint8_t>(tcp_flag::kFin | tcp_flag::kAck);
      case 'R':
        return tcp_flag::kRst;
      default:
        // A bad checksum, a retransmission, an odd combination: says nothing of the flags.
        return std::nullopt;
    }
  }
  return std::nullopt;
}

/// The states in which Zeek saw the originator's SYN.
bool began_with_syn(std::string_view state) {
  return state == "S0" || state == "S1" || state == "S2" || state == "S3" || state == "SF" ||
         state == "REJ" || state == "RSTO" || state == "RSTR" || state == "RSTOS0" || state == "SH";
}

Rejection set_protocol(const ZeekConnection& connection, Packet& packet) {
  auto number = protocol_number(connection.protocol);
  if (const auto ip = parse_decimal(connection.ip_protocol, 255); !number && ip) {
    number = static_cast<std::uint8_t>(*ip);
  }
  if (!number) return Rejection::invalid_protocol;
  // Zeek calls both ICMPs "icmp".
  packet.protocol =
      *number == protocol::kIcmp && !packet.source.is_v4() ? protocol::kIcmpV6 : *number;
  return Rejection::none;
}

}  // namespace

Rejection read_zeek_connection(ZeekConnection connection, Packet& packet) {
  const bool turned = only_responder(connection);
  if (turned) {
    std::swap(connection.source, connection.destination);
    std::swap(connection.source_packets, connection.destination_packets);
    std::swap(connection.local_source, connection.local_destination);
  }
  if (is_true(connection.local_source)) return Rejection::outbound;
  Rejection bad = set_addresses(connection.source, connection.destination, packet);
  if (bad == Rejection::none) bad = set_protocol(connection, packet);
  if (bad == Rejection::none && !connection.source_packets.empty()) {
    bad = set_packets(connection.source_packets, packet);
  }
  if (bad != Rejection::none) return bad;
  // The originator's "port" is the ICMP type, the responder's the code, whoever is the source.
  if (packet.is_icmp()) {
    return set_icmp(connection.source_port, connection.destination_port, packet);
  }
  if (!packet.is_tcp() && !packet.is_udp()) return Rejection::none;
  if (turned) std::swap(connection.source_port, connection.destination_port);
  bad = set_ports(connection.source_port, connection.destination_port, packet);
  if (bad == Rejection::none && packet.is_tcp()) {
    auto flags = flags_of(connection.history, !turned);
    if (connection.history.empty() && began_with_syn(connection.state)) flags = tcp_flag::kSyn;
    packet.has_flags = flags.has_value();
    packet.tcp_flags = flags.value_or(0);
  }
  return bad;
}

void ZeekConnParser::read_columns(std::string_view names) {
  fields_.split(names, separator_);
  columns_ = fields_.count();
  const std::array<std::pair<std::string_view, std::size_t*>, 13> places = {
      {{"ts", &time_},
       {"id.orig_h", &source_},
       {"id.orig_p", &source_port_},
       {"id.resp_h", &destination_},
       {"id.resp_p", &destination_port_},
       {"proto", &protocol_},
       {"ip_proto", &ip_protocol_},
       {"history", &history_},
       {"conn_state", &state_},
       {"local_orig", &local_source_},
       {"local_resp", &local_destination_},
       {"orig_pkts", &source_packets_},
       {"resp_pkts", &destination_packets_}}};
  for (const auto& [name, place] : places) {
    *place = kNoField;
    for (std::size_t i = std::min(columns_, Fields::kMaxFields); i-- > 0;)
      if (fields_[i] == name) *place = i;
  }
}

void ZeekConnParser::read_header(std::string_view line) {
  constexpr std::string_view kSeparator = "#separator ";
  if (line.starts_with(kSeparator)) {
    // Written as an escape (`\x09`), or as the character itself.
    const std::string_view text = line.substr(kSeparator.size());
    unsigned value = 0;
    if (text.size() == 4 && text.starts_with("\\x")) {
      for (const char c : text.substr(2)) {
        const char lower = static_cast<char>(c | 0x20);
        const bool letter = lower >= 'a' && lower <= 'f';
        if (!letter && !is_digit(c)) return;
        value = value * 16 + static_cast<unsigned>(letter ? lower - 'a' + 10 : c - '0');
      }
      separator_ = static_cast<char>(value);
    } else if (text.size() == 1) {
      separator_ = text.front();
    }
    return;
  }
  const std::size_t end = std::min(line.find(separator_), line.size());
  const std::string_view key = line.substr(0, end);
  const std::string_view value = line.substr(std::min(end + 1, line.size()));
  if (key == "#unset_field") unset_ = value.substr(0, 64);
  if (key == "#empty_field") empty_ = value.substr(0, 64);
  if (key == "#fields") read_columns(value);
}

std::string_view ZeekConnParser::field(std::size_t column) const {
  const std::string_view text = fields_[column];
  return text == unset_ || text == empty_ ? std::string_view() : text;
}

std::optional<Rejection> ZeekConnParser::parse(std::string_view line, Packet& packet) {
  if (line.front() == '#') {
    read_header(line);
    return std::nullopt;
  }
  fields_.split(line, separator_);
  if (fields_.count() != columns_) return Rejection::wrong_column_count;
  if (const Rejection bad = set_unix_time(field(time_), packet); bad != Rejection::none) return bad;
  ZeekConnection connection;
  connection.source = field(source_);
  connection.source_port = field(source_port_);
  connection.destination = field(destination_);
  connection.destination_port = field(destination_port_);
  connection.protocol = field(protocol_);
  connection.ip_protocol = field(ip_protocol_);
  connection.history = field(history_);
  connection.state = field(state_);
  connection.local_source = field(local_source_);
  connection.local_destination = field(local_destination_);
  connection.source_packets = field(source_packets_);
  connection.destination_packets = field(destination_packets_);
  return read_zeek_connection(connection, packet);
}

bool ZeekConnParser::recognises(std::string_view beginning) {
  if (!beginning.starts_with("#")) return false;
  const std::size_t fields = beginning.find("#fields");
  if (fields == std::string_view::npos || (fields > 0 && beginning[fields - 1] != '\n')) {
    return false;
  }
  const std::string_view line = beginning.substr(fields, beginning.find('\n', fields) - fields);
  // Other logs of Zeek have the addresses too, but only conn.log says how a connection went.
  return line.find("id.orig_h") != std::string_view::npos &&
         (line.find("conn_state") != std::string_view::npos ||
          line.find("orig_pkts") != std::string_view::npos);
}

LogFormat zeek_format() {
  LogFormat format;
  format.name = "zeek";
  format.title = "Zeek conn.log, tab-separated with its header";
  format.example =
      "#separator \\x09\n"
      "#set_separator\t,\n"
      "#empty_field\t(empty)\n"
      "#unset_field\t-\n"
      "#path\tconn\n"
      "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\tduration\t"
      "orig_bytes\tresp_bytes\tconn_state\tlocal_orig\tlocal_resp\tmissed_bytes\thistory\t"
      "orig_pkts\torig_ip_bytes\tresp_pkts\tresp_ip_bytes\ttunnel_parents\n"
      "1700000000.123456\tCk7d2\t198.51.100.7\t40000\t192.0.2.1\t23\ttcp\t-\t-\t-\t-\tS0\tF\tT\t0\t"
      "S\t1\t40\t0\t0\t(empty)\n";
  format.recognises = [](const LogBeginning& beginning) {
    return ZeekConnParser::recognises(beginning.text);
  };
  format.open = [](Input& input, const LogOptions&) {
    return read_lines(input, "zeek", std::make_unique<ZeekConnParser>());
  };
  return format;
}

}  // namespace teiten
