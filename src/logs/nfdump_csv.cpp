#include "logs/nfdump_csv.h"

#include <algorithm>
#include <array>
#include <optional>

#include "logs/field_values.h"
#include "logs/formats.h"
#include "logs/read_time.h"
#include "logs/text.h"

namespace teiten {
namespace {

/// A column's name in the old and in the new header.
struct Column {
  std::string_view old_name;
  std::string_view new_name;
};

bool has_name(std::string_view field, const Column& column) {
  return field == column.old_name || field == column.new_name;
}

constexpr Column kTime = {"ts", "firstSeen"};
constexpr Column kSource = {"sa", "srcAddr"};
constexpr Column kDestination = {"da", "dstAddr"};
constexpr Column kPackets = {"ipkt", "packets"};

bool is_header(const Fields& fields) {
  bool time = false;
  bool source = false;
  bool destination = false;
  for (std::size_t i = 0; i < std::min(fields.count(), Fields::kMaxFields); ++i) {
    time = time || has_name(fields[i], kTime);
    source = source || has_name(fields[i], kSource);
    destination = destination || has_name(fields[i], kDestination);
  }
  return time && source && destination;
}

/// Flow records have an ICMP message in place of the destination port: `type.code`, or the number
/// type × 256 + code.
Rejection set_icmp_port(std::string_view text, Packet& packet) {
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos) {
    return set_icmp(text.substr(0, point), trim(text.substr(point + 1)), packet);
  }
  const auto number = parse_decimal(text, 65'535);
  if (!number) return Rejection::invalid_icmp_type;
  packet.has_icmp_type = true;
  packet.icmp_type = static_cast<std::uint8_t>(*number >> 8);
  packet.icmp_code = static_cast<std::uint8_t>(*number & 0xff);
  return Rejection::none;
}

}  // namespace

void NfdumpParser::read_header() {
  struct Place {
    Column column;
    std::size_t* at;
  };
  const std::array<Place, 10> places = {{{kTime, &time_},
                                         {kSource, &source_},
                                         {kDestination, &destination_},
                                         {{"sp", "srcPort"}, &source_port_},
                                         {{"dp", "dstPort"}, &destination_port_},
                                         {{"pr", "proto"}, &protocol_},
                                         {{"flg", "flags"}, &flags_},
                                         {kPackets, &packets_},
                                         {{"icmpType", "icmpTYpe"}, &icmp_type_},
                                         {{"icmpcode", "icmpCode"}, &icmp_code_}}};
  columns_ = fields_.count();
  summary_ = false;
  for (const Place& place : places) {
    *place.at = kNoField;
    for (std::size_t i = std::min(columns_, Fields::kMaxFields); i-- > 0;)
      if (has_name(fields_[i], place.column)) *place.at = i;
  }
  for (std::size_t i = 0; packets_ == kNoField && i < std::min(columns_, Fields::kMaxFields); ++i)
    if (fields_[i] == "inPackets") packets_ = i;
}

std::string_view NfdumpParser::field(std::size_t column) const {
  return trim(fields_[column]);
}

Rejection NfdumpParser::read_transport(Packet& packet) const {
  if (packet.is_icmp()) {
    if (icmp_type_ != kNoField && icmp_code_ != kNoField) {
      return set_icmp(field(icmp_type_), field(icmp_code_), packet);
    }
    return destination_port_ == kNoField ? Rejection::none
                                         : set_icmp_port(field(destination_port_), packet);
  }
  if (!packet.is_tcp() && !packet.is_udp()) return Rejection::none;
  const Rejection bad = set_ports(source_port_ == kNoField ? "0" : field(source_port_),
                                  field(destination_port_), packet);
  if (bad != Rejection::none || !packet.is_tcp() || flags_ == kNoField) return bad;
  const auto all = parse_tcp_flag_letters(field(flags_));
  if (!all) return Rejection::invalid_tcp_flags;
  // Collectors that get no flags write none at all.
  const auto first = *all == 0 ? std::nullopt : first_flags(*all);
  packet.has_flags = first.has_value();
  packet.tcp_flags = first.value_or(0);
  return Rejection::none;
}

std::optional<Rejection> NfdumpParser::parse(std::string_view line, Packet& packet) {
  fields_.split(line, ',');
  if (is_header(fields_)) {
    read_header();
    return std::nullopt;
  }
  if (trim(line) == "Summary") summary_ = true;
  if (summary_ || trim(line) == "No matching flows") return std::nullopt;
  // Newer versions end the header with a comma, but not the rows.
  if (fields_.count() != columns_ && fields_.count() + 1 != columns_) {
    return Rejection::wrong_column_count;
  }
  Rejection bad = read_time(field(time_), clock_, packet.time);
  if (bad != Rejection::none) return bad;
  bad = set_addresses(field(source_), field(destination_), packet);
  if (bad != Rejection::none) return bad;
  const auto number = protocol_number(field(protocol_));
  if (!number) return Rejection::invalid_protocol;
  packet.protocol = *number;
  bad = read_transport(packet);
  if (bad == Rejection::none && packets_ != kNoField) bad = set_packets(field(packets_), packet);
  return bad;
}

bool NfdumpParser::recognises(std::string_view line) {
  Fields fields;
  fields.split(line, ',');
  return is_header(fields);
}

LogFormat nfdump_format() {
  LogFormat format;
  format.name = "nfdump";
  format.title = "NetFlow v5, v9 and IPFIX through `nfdump -o csv`";
  format.example =
      "ts,te,td,sa,da,sp,dp,pr,flg,fwd,stos,ipkt,ibyt\n"
      "2023-11-14 22:13:20,2023-11-14 22:13:21,1.000,198.51.100.7,192.0.2.1,40000,23,TCP,......S.,"
      "0,0,2,80\n";
  format.recognises = [](const LogBeginning& beginning) {
    return !beginning.lines.empty() && NfdumpParser::recognises(beginning.lines.front());
  };
  format.open = [](Input& input, const LogOptions& options) {
    return read_lines(input, "nfdump", std::make_unique<NfdumpParser>(options.zone));
  };
  return format;
}

}  // namespace teiten
