#pragma once

#include <cstdint>
#include <string_view>

#include "decode/packet.h"

namespace teiten::testing {

/// Seconds after 2007-07-01T00:00:00Z (1,183,248,000 s after 1970).
inline UtcTime at(double seconds) {
  return UtcTime{std::chrono::seconds(1'183'248'000)} +
         std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

inline IpAddress address(std::string_view text) {
  return *IpAddress::parse(text);
}

inline Packet packet(double seconds, std::string_view source, std::string_view destination,
                     std::uint8_t protocol_number) {
  Packet p;
  p.time = at(seconds);
  p.source = address(source);
  p.destination = address(destination);
  p.has_destination = true;
  p.protocol = protocol_number;
  return p;
}

inline Packet tcp(double seconds, std::string_view source, std::uint16_t source_port,
                  std::string_view destination, std::uint16_t destination_port, std::uint8_t flags,
                  std::uint32_t sequence) {
  Packet p = packet(seconds, source, destination, protocol::kTcp);
  p.source_port = source_port;
  p.destination_port = destination_port;
  p.has_ports = p.has_flags = p.has_sequence = true;
  p.tcp_flags = flags;
  p.sequence = sequence;
  return p;
}

inline Packet udp(double seconds, std::string_view source, std::uint16_t source_port,
                  std::string_view destination, std::uint16_t destination_port) {
  Packet p = packet(seconds, source, destination, protocol::kUdp);
  p.source_port = source_port;
  p.destination_port = destination_port;
  p.has_ports = true;
  return p;
}

inline Packet icmp(double seconds, std::string_view source, std::string_view destination,
                   std::uint8_t type, std::uint8_t code = 0, std::uint16_t identifier = 0) {
  Packet p = packet(seconds, source, destination, protocol::kIcmp);
  p.has_icmp_type = true;
  p.icmp_type = type;
  p.icmp_code = code;
  p.source_port = identifier;
  return p;
}

}  // namespace teiten::testing
