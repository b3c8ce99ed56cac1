#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "simulate/scenario.h"
#include "simulate/sim_packet.h"

namespace teiten {

/// Bytes of a frame that are captured, as `tcpdump -s 96` did: all headers, little of a payload.
inline constexpr std::size_t kSnapLength = 96;

/// Builds the Ethernet frames of simulated packets: IPv4 with correct lengths and checksums, and
/// the looks of the tool that sends (TTL, window, options) that stay the same for one source.
class FrameBuilder {
 public:
  explicit FrameBuilder(const std::vector<ScenarioSensor>& sensors);

  struct Frame {
    std::span<const std::uint8_t> captured;  ///< valid until the next build()
    std::uint32_t length = 0;                ///< on the wire
  };
  Frame build(const SimPacket& packet);

 private:
  void ethernet(std::uint8_t sensor);
  void ipv4(const SimPacket& packet, std::uint8_t protocol, std::uint16_t payload);
  void tcp(const SimPacket& packet);
  void udp(const SimPacket& packet);
  void echo(const SimPacket& packet);
  void icmp_error(const SimPacket& packet);
  void put8(std::size_t at, std::uint8_t value) { bytes_[at] = value; }
  void put16(std::size_t at, std::uint32_t value);
  void put32(std::size_t at, std::uint32_t value);
  /// Ones' complement sum of big-endian words of [from, to), which has an even length.
  std::uint32_t sum(std::size_t from, std::size_t to) const;
  /// Of a TCP segment or UDP datagram with its pseudo header; what lies past the buffer is zero.
  std::uint16_t transport_checksum(const SimPacket& packet, std::uint8_t protocol,
                                   std::size_t length) const;

  std::vector<std::uint32_t> addresses_;
  std::array<std::uint8_t, 128> bytes_{};
  std::size_t end_ = 0;  ///< of what is in the buffer
};

}  // namespace teiten
