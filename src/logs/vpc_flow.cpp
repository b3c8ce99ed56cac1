#include "logs/vpc_flow.h"

#include <algorithm>
#include <array>
#include <utility>

#include "logs/field_values.h"
#include "logs/formats.h"
#include "logs/stamp.h"
#include "logs/text.h"
#include "net/special_purpose.h"

namespace teiten {
namespace {

constexpr std::string_view kDefaultFields =
    "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log-status";

/// A CloudWatch export writes when it got the record before each.
std::string_view without_export_stamp(std::string_view line) {
  const std::size_t blank = line.find(' ');
  if (blank == std::string_view::npos || blank < 20 || line[blank - 1] != 'Z') return line;
  return parse_time_column(line.substr(0, blank)) ? line.substr(blank + 1) : line;
}

bool is_status(std::string_view text) {
  return text == "OK" || text == "NODATA" || text == "SKIPDATA";
}

}  // namespace

Rejection vpc_verdict(std::string_view action, std::string_view direction, const Packet& packet) {
  if (direction == "egress") return Rejection::outbound;
  if (action == "REJECT") return Rejection::none;
  const bool inward = direction == "ingress" ||
                      (is_local(use_of(packet.destination)) && !is_local(use_of(packet.source)));
  const bool asked_by_source =
      packet.is_tcp() && packet.has_flags &&
      (packet.tcp_flags & (tcp_flag::kSyn | tcp_flag::kAck)) == tcp_flag::kSyn;
  return inward && asked_by_source ? Rejection::none : Rejection::allowed;
}

void set_vpc_flags(std::uint8_t bits, Packet& packet) {
  constexpr std::uint8_t kSynAck = tcp_flag::kSyn | tcp_flag::kAck;
  packet.has_flags = bits != 0;
  packet.tcp_flags =
      (bits & tcp_flag::kSyn) != 0 ? static_cast<std::uint8_t>(bits & kSynAck) : bits;
}

VpcFlowParser::VpcFlowParser() {
  fields_.split(kDefaultFields, ' ');
  read_header();
}

void VpcFlowParser::read_header() {
  const std::array<std::pair<std::string_view, std::size_t*>, 14> places = {
      {{"srcaddr", &source_},
       {"dstaddr", &destination_},
       {"pkt-srcaddr", &packet_source_},
       {"pkt-dstaddr", &packet_destination_},
       {"srcport", &source_port_},
       {"dstport", &destination_port_},
       {"protocol", &protocol_},
       {"packets", &packets_},
       {"start", &start_},
       {"action", &action_},
       {"log-status", &status_},
       {"interface-id", &interface_},
       {"tcp-flags", &flags_},
       {"flow-direction", &direction_}}};
  columns_ = fields_.count();
  for (const auto& [name, place] : places) {
    *place = kNoField;
    for (std::size_t i = std::min(columns_, Fields::kMaxFields); i-- > 0;)
      if (fields_[i] == name) *place = i;
  }
}

std::string_view VpcFlowParser::field(std::size_t column) const {
  const std::string_view text = fields_[column];
  return text == "-" ? std::string_view() : text;
}

Rejection VpcFlowParser::read_transport(Packet& packet) const {
  // ICMP has ports of 0, and its type is not told.
  if (!packet.is_tcp() && !packet.is_udp()) return Rejection::none;
  const Rejection bad = set_ports(field(source_port_), field(destination_port_), packet);
  if (bad != Rejection::none || !packet.is_tcp() || field(flags_).empty()) return bad;
  const auto flags = parse_decimal(field(flags_), 255);
  if (!flags) return Rejection::invalid_tcp_flags;
  set_vpc_flags(static_cast<std::uint8_t>(*flags), packet);
  return Rejection::none;
}

std::optional<Rejection> VpcFlowParser::parse(std::string_view line, Packet& packet) {
  line = without_export_stamp(line);
  fields_.split(trim(line), ' ');
  if (!is_digit(char_at(line, 0)) && (line.find("srcaddr") != std::string_view::npos)) {
    read_header();
    return std::nullopt;
  }
  if (fields_.count() != columns_) return Rejection::wrong_column_count;
  const std::string_view status = field(status_);
  if (status == "NODATA") return Rejection::no_data;
  if (status == "SKIPDATA") return Rejection::skipped_data;
  if (const Rejection bad = set_unix_time(field(start_), packet); bad != Rejection::none)
    return bad;
  const auto either = [this](std::size_t first, std::size_t second) {
    return field(first).empty() ? field(second) : field(first);
  };
  Rejection bad = set_addresses(either(packet_source_, source_),
                                either(packet_destination_, destination_), packet);
  if (bad != Rejection::none) return bad;
  const auto number = parse_decimal(field(protocol_), 255);
  if (!number) return Rejection::invalid_protocol;
  packet.protocol = static_cast<std::uint8_t>(*number);
  bad = read_transport(packet);
  if (bad == Rejection::none && packets_ != kNoField) bad = set_packets(field(packets_), packet);
  if (bad == Rejection::none) bad = vpc_verdict(field(action_), field(direction_), packet);
  if (bad != Rejection::none) return bad;
  const auto label = sensors_.label_of(field(interface_));
  if (!label) return Rejection::invalid_sensor;
  packet.sensor_label = *label;
  return Rejection::none;
}

bool VpcFlowParser::recognises(std::string_view line) {
  Fields fields;
  fields.split(line, ' ');
  std::size_t known = 0;
  for (const std::string_view name : {"srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr"})
    for (std::size_t i = 0; i < std::min(fields.count(), Fields::kMaxFields); ++i)
      if (fields[i] == name) ++known;
  if (known >= 2) return true;
  fields.split(without_export_stamp(line), ' ');
  return fields.count() == 14 && fields[0] == "2" && is_status(fields[13]) &&
         (fields[3] == "-" || IpAddress::parse(fields[3]).has_value());
}

LogFormat vpc_format() {
  LogFormat format;
  format.name = "vpc";
  format.title = "AWS VPC flow logs as text: version 2, or any fields under a header";
  format.example =
      "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes "
      "start "
      "end action log-status\n"
      "2 123456789010 eni-0123456789abcdef0 198.51.100.7 192.0.2.1 40000 1433 6 2 80 1700000000 "
      "1700000059 REJECT OK\n";
  format.recognises = [](const LogBeginning& beginning) {
    return !beginning.lines.empty() && VpcFlowParser::recognises(beginning.lines.front());
  };
  format.open = [](Input& input, const LogOptions&) {
    return read_lines(input, "vpc", std::make_unique<VpcFlowParser>());
  };
  return format;
}

}  // namespace teiten
