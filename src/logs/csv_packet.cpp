#include "logs/csv_packet.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "logs/csv_value.h"
#include "logs/read_time.h"

namespace teiten {

Result<CsvColumns> CsvColumns::find(const CsvMapping& mapping, const CsvRow& header,
                                    std::string_view file) {
  CsvColumns columns;
  columns.count_ = header.count();
  const std::array<std::pair<std::string_view, Column*>, 12> places = {
      {{"time", &columns.time_},
       {"sensor", &columns.sensor_},
       {"source", &columns.source_},
       {"destination", &columns.destination_},
       {"protocol", &columns.protocol_},
       {"icmp_type", &columns.icmp_type_},
       {"icmp_code", &columns.icmp_code_},
       {"source_port", &columns.source_port_},
       {"destination_port", &columns.destination_port_},
       {"region", &columns.region_},
       {"tcp_flags", &columns.tcp_flags_},
       {"ttl", &columns.ttl_}}};
  const std::size_t kept = std::min(header.count(), CsvRow::kMaxFields);
  for (const auto& [key, place] : places) {
    const auto mapped = mapping.columns.find(std::string(key));
    if (mapped == mapping.columns.end()) continue;
    if (mapped->second.starts_with('=')) {
      place->constant = mapped->second.substr(1);
      continue;
    }
    for (std::size_t i = kept; i-- > 0;) {
      if (header.field(i) != mapped->second) continue;
      if (place->is_mapped()) {
        return failure(ErrorCode::invalid_argument,
                       fmt::format("{}: its header has '{}' twice: rename one of the columns", file,
                                   mapped->second));
      }
      place->index = i;
    }
    if (place->is_mapped()) continue;
    std::string names;
    for (std::size_t i = 0; i < kept && names.size() < 1000; ++i)
      names += fmt::format("{}{}", i == 0 ? "" : ", ", header.field(i));
    return failure(ErrorCode::invalid_argument,
                   fmt::format("{}: --csv {}={}: its header has no such column; it has: {}", file,
                               key, mapped->second, names));
  }
  return columns;
}

Rejection CsvColumns::read_protocol(const CsvRow& row, Packet& packet) const {
  const std::string_view text = protocol_.of(row);
  if (!is_absent_value(text)) {
    const auto number = parse_csv_protocol(text);
    if (!number) return Rejection::invalid_protocol;
    packet.protocol = *number;
    return Rejection::none;
  }
  // Flags and ICMP types belong to one protocol; ports alone may be TCP's or UDP's.
  if (!is_absent_value(tcp_flags_.of(row))) {
    packet.protocol = protocol::kTcp;
  } else if (!is_absent_value(icmp_type_.of(row))) {
    packet.protocol = packet.source.is_v4() ? protocol::kIcmp : protocol::kIcmpV6;
  } else {
    return Rejection::invalid_protocol;
  }
  return Rejection::none;
}

Rejection CsvColumns::read_ports(const CsvRow& row, Packet& packet) const {
  const auto destination = parse_whole_number(destination_port_.of(row), 65'535);
  if (!destination) return Rejection::invalid_port;
  packet.destination_port = static_cast<std::uint16_t>(*destination);
  if (source_port_.is_mapped()) {
    const auto source = parse_whole_number(source_port_.of(row), 65'535);
    if (!source) return Rejection::invalid_port;
    packet.source_port = static_cast<std::uint16_t>(*source);
  }
  packet.has_ports = true;
  if (const std::string_view flags = tcp_flags_.of(row);
      packet.is_tcp() && !is_absent_value(flags)) {
    const auto parsed = parse_csv_flags(flags);
    if (!parsed) return Rejection::invalid_tcp_flags;
    packet.has_flags = true;
    packet.tcp_flags = *parsed;
  }
  return Rejection::none;
}

Rejection CsvColumns::read_icmp(const CsvRow& row, Packet& packet) const {
  const std::string_view type_text = icmp_type_.of(row);
  if (is_absent_value(type_text)) return Rejection::none;
  const auto type = parse_whole_number(type_text, 255);
  if (!type) return Rejection::invalid_icmp_type;
  packet.has_icmp_type = true;
  packet.icmp_type = static_cast<std::uint8_t>(*type);
  if (const std::string_view code_text = icmp_code_.of(row); !is_absent_value(code_text)) {
    const auto code = parse_whole_number(code_text, 255);
    if (!code) return Rejection::invalid_icmp_type;
    packet.icmp_code = static_cast<std::uint8_t>(*code);
  }
  return Rejection::none;
}

Rejection CsvColumns::read_labels(const CsvRow& row, SensorNames& sensors, Packet& packet) const {
  if (const std::string_view ttl = ttl_.of(row); !is_absent_value(ttl)) {
    const auto value = parse_whole_number(ttl, 255);
    if (!value) return Rejection::invalid_ttl;
    packet.has_ttl = true;
    packet.ttl = static_cast<std::uint8_t>(*value);
  }
  if (region_.is_mapped()) {
    packet.has_region = true;
    packet.region_label = Region::parse(region_.of(row)).value_or(Region());
  }
  if (sensor_.is_mapped()) {
    const auto label = sensors.label_of(sensor_.of(row));
    if (!label) return Rejection::invalid_sensor;
    packet.sensor_label = *label;
  }
  return Rejection::none;
}

Rejection CsvColumns::read(const CsvRow& row, LocalClock& clock, SensorNames& sensors,
                           Packet& packet) const {
  packet = Packet{};
  if (row.count() != count_) return Rejection::wrong_column_count;
  if (const Rejection bad = read_time(time_.of(row), clock, packet.time); bad != Rejection::none)
    return bad;
  if (is_absent_value(source_.of(row))) return Rejection::no_source;
  const auto source = IpAddress::parse(source_.of(row));
  if (!source) return Rejection::invalid_source;
  packet.source = *source;
  if (const std::string_view text = destination_.of(row); !is_absent_value(text)) {
    const auto destination = IpAddress::parse(text);
    if (!destination || destination->is_unspecified()) return Rejection::invalid_destination;
    packet.destination = *destination;
    packet.has_destination = true;
  }
  if (const Rejection bad = read_protocol(row, packet); bad != Rejection::none) return bad;
  Rejection transport = Rejection::none;
  if (packet.is_tcp() || packet.is_udp()) transport = read_ports(row, packet);
  if (packet.is_icmp()) transport = read_icmp(row, packet);
  if (transport != Rejection::none) return transport;
  return read_labels(row, sensors, packet);
}

}  // namespace teiten
