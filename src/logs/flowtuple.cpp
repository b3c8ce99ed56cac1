#include "logs/flowtuple.h"

#include "logs/field_values.h"

namespace teiten {
namespace {

std::optional<std::uint32_t> within(std::int64_t value, std::int64_t max) {
  if (value < 0 || value > max) return std::nullopt;
  return static_cast<std::uint32_t>(value);
}

Rejection set_icmp_tuple(const FlowTuple& tuple, Packet& packet) {
  const std::int64_t both = tuple.destination_port;
  const auto type = within(tuple.is_version_4 ? both >> 8 : tuple.source_port.value_or(-1), 255);
  const auto code = within(tuple.is_version_4 ? both & 0xff : both, 255);
  if (!type || !code || both < 0) return Rejection::invalid_icmp_type;
  packet.has_icmp_type = true;
  packet.icmp_type = static_cast<std::uint8_t>(*type);
  packet.icmp_code = static_cast<std::uint8_t>(*code);
  return Rejection::none;
}

Rejection set_port_tuple(const FlowTuple& tuple, Packet& packet) {
  const auto source = within(tuple.source_port.value_or(0), 65'535);
  const auto destination = within(tuple.destination_port, 65'535);
  if (!source || !destination) return Rejection::invalid_port;
  packet.has_ports = true;
  packet.source_port = static_cast<std::uint16_t>(*source);
  packet.destination_port = static_cast<std::uint16_t>(*destination);
  if (!packet.is_tcp() || !tuple.tcp_flags) return Rejection::none;
  const auto flags = within(*tuple.tcp_flags, 255);
  if (!flags) return Rejection::invalid_tcp_flags;
  packet.has_flags = true;
  packet.tcp_flags = static_cast<std::uint8_t>(*flags);
  return Rejection::none;
}

void set_ip_tuple(const FlowTuple& tuple, Packet& packet) {
  if (const auto ttl = within(tuple.ttl.value_or(-1), 255)) {
    packet.has_ttl = true;
    packet.ttl = static_cast<std::uint8_t>(*ttl);
  }
  if (const auto length = within(tuple.length.value_or(-1), 65'535)) {
    packet.has_length = true;
    packet.length = static_cast<std::uint16_t>(*length);
  }
  if (const auto region = Region::parse(tuple.country)) {
    packet.has_region = true;
    packet.region_label = *region;
  }
}

}  // namespace

Rejection read_flowtuple(const FlowTuple& tuple, Packet& packet) {
  if (const Rejection bad = set_unix_time(tuple.time, 0, packet); bad != Rejection::none)
    return bad;
  const auto source = within(tuple.source, 0xffffffff);
  if (!source) return Rejection::invalid_source;
  if (*source == 0) return Rejection::no_source;
  const auto destination = within(tuple.destination, 0xffffffff);
  if (!destination || *destination == 0) return Rejection::invalid_destination;
  packet.source = IpAddress::v4(*source);
  packet.destination = IpAddress::v4(*destination);
  packet.has_destination = true;
  const auto protocol = within(tuple.protocol, 255);
  if (!protocol) return Rejection::invalid_protocol;
  packet.protocol = static_cast<std::uint8_t>(*protocol);
  if (tuple.packets == 0) return Rejection::no_packets;
  const auto packets = within(tuple.packets, 0xffffffff);
  if (!packets) return Rejection::invalid_packets;
  packet.packets = *packets;
  set_ip_tuple(tuple, packet);
  if (packet.protocol == protocol::kIcmp) return set_icmp_tuple(tuple, packet);
  return packet.is_tcp() || packet.is_udp() ? set_port_tuple(tuple, packet) : Rejection::none;
}

}  // namespace teiten
