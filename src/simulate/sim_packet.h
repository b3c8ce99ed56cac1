#pragma once

#include <cstdint>

#include "net/service.h"
#include "simulate/scenario.h"

namespace teiten {

/// What kind of packet it is on the wire.
enum class Shape : std::uint8_t {
  syn,
  udp,
  echo,
  syn_ack,
  rst,
  rst_ack,
  unreachable,    ///< ICMP type 3, quoting a forged packet
  time_exceeded,  ///< ICMP type 11, quoting a forged packet
};

/// One packet to be written. 36 bytes or less: a day of them is held and sorted.
struct SimPacket {
  std::int64_t time = 0;               ///< microseconds since 1970
  std::uint32_t source = 0;            ///< IPv4, host order
  std::uint32_t sequence = 0;          ///< TCP initial sequence number
  std::uint16_t source_port = 0;       ///< echo: the identifier; ICMP error: the quoted source port
  std::uint16_t destination_port = 0;  ///< echo: the sequence number; ICMP error: quoted one
  std::uint16_t ip_id = 0;
  std::uint16_t payload = 0;  ///< bytes of UDP payload
  std::uint8_t sensor = 0;    ///< index
  std::uint8_t region = 0;    ///< index into the scenario's regions
  std::uint8_t family = 0;    ///< index
  Shape shape = Shape::syn;
  Sender tool = Sender::raw;
  bool starts_access = false;  ///< the first packet of its contact that the sensor sees
  /// Local days between the contact's first packet and this one.
  std::uint8_t days_after_start = 0;
};

constexpr bool is_icmp_error(Shape shape) {
  return shape == Shape::unreachable || shape == Shape::time_exceeded;
}

constexpr bool is_backscatter(Shape shape) {
  return shape != Shape::syn && shape != Shape::udp && shape != Shape::echo;
}

/// The service its access is about: for TCP backscatter the victim's.
constexpr Service service_of(const SimPacket& packet) {
  switch (packet.shape) {
    case Shape::syn:
      return {protocol::kTcp, packet.destination_port};
    case Shape::udp:
      return {protocol::kUdp, packet.destination_port};
    case Shape::echo:
      return {protocol::kIcmp, 8};
    case Shape::unreachable:
      return {protocol::kIcmp, 3};
    case Shape::time_exceeded:
      return {protocol::kIcmp, 11};
    case Shape::syn_ack:
    case Shape::rst:
    case Shape::rst_ack:
      break;
  }
  return {protocol::kTcp, packet.source_port};
}

}  // namespace teiten
