#include "simulate/frame_builder.h"

#include <algorithm>

#include "simulate/random.h"

namespace teiten {
namespace {

constexpr std::size_t kIp = 14;  // after the Ethernet header
constexpr std::size_t kTransport = kIp + 20;
constexpr std::uint16_t kEtherTypeIpv4 = 0x0800;
constexpr std::uint16_t kDontFragment = 0x4000;

std::uint16_t folded(std::uint32_t total) {
  while (total > 0xffff)
    total = (total & 0xffff) + (total >> 16);
  return static_cast<std::uint16_t>(~total & 0xffff);
}

/// What stays the same for a source: a fixed mix of its address.
std::uint64_t habit(std::uint32_t source, std::uint64_t of) {
  return stable_mix((static_cast<std::uint64_t>(source) << 8) + of);
}

std::uint8_t ttl_of(const SimPacket& packet) {
  const auto hops = static_cast<unsigned>(6 + habit(packet.source, 1) % 20);
  unsigned initial = 128;
  switch (packet.tool) {
    case Sender::windows:
      break;
    case Sender::linux_host:
    case Sender::mirai:
    case Sender::unicornscan:
      initial = 64;
      break;
    case Sender::raw:
      // A quarter of the raw-socket tools starts at 255, as programs that fill in the header do.
      initial = habit(packet.source, 2) % 4 == 0 ? 255 : 128;
      break;
    case Sender::zmap:
    case Sender::zmap_4_1:
    case Sender::masscan:
    case Sender::masscan_2023:
      initial = 255;
      break;
    case Sender::nmap:
      initial = static_cast<unsigned>(37 + stable_mix(packet.sequence) % 23);
      break;
  }
  return static_cast<std::uint8_t>(initial - hops);
}

std::uint16_t window_of(const SimPacket& packet) {
  if (packet.shape == Shape::rst || packet.shape == Shape::rst_ack) return 0;
  switch (packet.tool) {
    case Sender::windows:
      return habit(packet.source, 3) % 3 == 0 ? 16384 : 65535;  // Windows 2000, Windows XP
    case Sender::linux_host:
      return 5840;
    case Sender::raw:
      return 16384;
    case Sender::zmap:
    case Sender::zmap_4_1:
      return 65535;
    case Sender::masscan:
    case Sender::nmap:
      return 1024;
    case Sender::masscan_2023:
      return 1025;
    case Sender::mirai:
      return static_cast<std::uint16_t>(habit(packet.source, 3));
    case Sender::unicornscan:
      return 4096;
  }
  return 0;
}

std::uint8_t flags_of(Shape shape) {
  switch (shape) {
    case Shape::syn:
      return 0x02;
    case Shape::syn_ack:
      return 0x12;
    case Shape::rst:
      return 0x04;
    default:
      return 0x14;
  }
}

}  // namespace

FrameBuilder::FrameBuilder(const std::vector<ScenarioSensor>& sensors) {
  for (const ScenarioSensor& sensor : sensors)
    addresses_.push_back(sensor.address.v4_bits());
}

void FrameBuilder::put16(std::size_t at, std::uint32_t value) {
  bytes_[at] = static_cast<std::uint8_t>(value >> 8);
  bytes_[at + 1] = static_cast<std::uint8_t>(value);
}

void FrameBuilder::put32(std::size_t at, std::uint32_t value) {
  put16(at, value >> 16);
  put16(at + 2, value & 0xffff);
}

std::uint32_t FrameBuilder::sum(std::size_t from, std::size_t to) const {
  std::uint32_t total = 0;
  for (std::size_t at = from; at < to; at += 2)
    total += (static_cast<std::uint32_t>(bytes_[at]) << 8) | bytes_[at + 1];
  return total;
}

std::uint16_t FrameBuilder::transport_checksum(const SimPacket& packet, std::uint8_t protocol,
                                               std::size_t length) const {
  const std::uint32_t target = addresses_[packet.sensor];
  std::uint32_t total = (packet.source >> 16) + (packet.source & 0xffff) + (target >> 16) +
                        (target & 0xffff) + protocol + static_cast<std::uint32_t>(length);
  // An odd last byte is followed by a zero: the buffer past the payload is zero.
  const std::size_t to = std::min(kTransport + length + (length & 1), bytes_.size());
  total += sum(kTransport, to);
  return folded(total);
}

FrameBuilder::Frame FrameBuilder::build(const SimPacket& packet) {
  bytes_.fill(0);
  ethernet(packet.sensor);
  std::uint32_t length = 0;
  switch (packet.shape) {
    case Shape::udp:
      udp(packet);
      length = static_cast<std::uint32_t>(kTransport + 8 + packet.payload);
      break;
    case Shape::echo:
      echo(packet);
      length = static_cast<std::uint32_t>(end_);
      break;
    case Shape::unreachable:
    case Shape::time_exceeded:
      icmp_error(packet);
      length = static_cast<std::uint32_t>(end_);
      break;
    default:
      tcp(packet);
      length = static_cast<std::uint32_t>(end_);
  }
  // No Ethernet frame is shorter than 60 bytes; the padding is captured with it.
  length = std::max(length, 60U);
  return {std::span(bytes_).first(std::min<std::size_t>(length, kSnapLength)), length};
}

void FrameBuilder::ethernet(std::uint8_t sensor) {
  // Locally administered addresses: the sensor, and the gateway before it.
  bytes_[0] = 0x02;
  bytes_[5] = static_cast<std::uint8_t>(sensor + 1);
  bytes_[6] = 0x02;
  bytes_[7] = 0x01;
  bytes_[11] = static_cast<std::uint8_t>(sensor + 1);
  put16(12, kEtherTypeIpv4);
}

void FrameBuilder::ipv4(const SimPacket& packet, std::uint8_t protocol, std::uint16_t payload) {
  put8(kIp, 0x45);
  put16(kIp + 2, 20U + payload);
  put16(kIp + 4, packet.ip_id);
  const bool connects = (packet.tool == Sender::windows || packet.tool == Sender::linux_host) &&
                        protocol == protocol::kTcp;
  put16(kIp + 6, connects ? kDontFragment : 0U);
  put8(kIp + 8, ttl_of(packet));
  put8(kIp + 9, protocol);
  put32(kIp + 12, packet.source);
  put32(kIp + 16, addresses_[packet.sensor]);
  put16(kIp + 10, folded(sum(kIp, kTransport)));
}

void FrameBuilder::tcp(const SimPacket& packet) {
  const bool reset = packet.shape == Shape::rst || packet.shape == Shape::rst_ack;
  std::size_t options = 0;
  if (!reset && packet.tool == Sender::windows) {
    options = 8;
    put32(kTransport + 20, 0x020405b4);  // MSS 1460
    put32(kTransport + 24, 0x01010402);  // NOP, NOP, SACK permitted
  } else if (!reset && packet.tool == Sender::linux_host) {
    options = 20;
    put32(kTransport + 20, 0x020405b4);
    put32(kTransport + 24, 0x0402080a);  // SACK permitted, timestamps
    put32(kTransport + 28, static_cast<std::uint32_t>(packet.time / 10'000));  // 100 ticks a second
    put32(kTransport + 32, packet.shape == Shape::syn_ack ? 1U : 0U);
    put32(kTransport + 36, 0x01030302);  // NOP, window scale 2
  } else if (!reset && packet.tool == Sender::zmap_4_1) {
    options = 12;
    put32(kTransport + 20, 0x020405b4);
    put32(kTransport + 24, 0x01030308);  // NOP, window scale 8
    put32(kTransport + 28, 0x01010402);
  } else if (!reset && (packet.tool == Sender::masscan_2023 || packet.tool == Sender::nmap ||
                        packet.tool == Sender::unicornscan)) {
    options = 4;
    put32(kTransport + 20, 0x020405b4);
  }
  const std::size_t header = 20 + options;
  put16(kTransport, packet.source_port);
  put16(kTransport + 2, packet.destination_port);
  put32(kTransport + 4, packet.sequence);
  if (packet.shape == Shape::syn_ack || packet.shape == Shape::rst_ack)
    put32(kTransport + 8, static_cast<std::uint32_t>(stable_mix(packet.sequence)));
  put8(kTransport + 12, static_cast<std::uint8_t>((header / 4) << 4));
  put8(kTransport + 13, flags_of(packet.shape));
  put16(kTransport + 14, window_of(packet));
  put16(kTransport + 16, transport_checksum(packet, protocol::kTcp, header));
  ipv4(packet, protocol::kTcp, static_cast<std::uint16_t>(header));
  end_ = kTransport + header;
}

void FrameBuilder::udp(const SimPacket& packet) {
  const auto length = static_cast<std::uint16_t>(8 + packet.payload);
  put16(kTransport, packet.source_port);
  put16(kTransport + 2, packet.destination_port);
  put16(kTransport + 4, length);
  // First bytes that tell the protocol; the rest of every payload is zero.
  constexpr std::size_t kPayload = kTransport + 8;
  if (packet.destination_port == 1434) {
    put8(kPayload, 0x04);
  } else if (packet.destination_port >= 1026 && packet.destination_port <= 1029) {
    put32(kPayload, 0x04002800);       // DCE/RPC 4, connectionless request, idempotent
    put32(kPayload + 4, 0x10000000);   // little-endian
    put32(kPayload + 24, 0xf8917b5a);  // interface of the Messenger service
    put32(kPayload + 28, 0x00ffd011);
    put32(kPayload + 32, 0xa9b200c0);
    put32(kPayload + 36, 0x4fb6e6fc);
  }
  const std::uint16_t checksum = transport_checksum(packet, protocol::kUdp, length);
  put16(kTransport + 6, checksum == 0 ? 0xffffU : checksum);  // RFC 768: 0 means "none"
  ipv4(packet, protocol::kUdp, length);
  end_ = kPayload + packet.payload;
}

void FrameBuilder::echo(const SimPacket& packet) {
  constexpr std::uint16_t kLength = 8 + 32;  // 32 bytes of data, as ping on Windows sends
  put8(kTransport, 8);
  put16(kTransport + 4, packet.source_port);
  put16(kTransport + 6, packet.destination_port);
  for (std::size_t i = 0; i < 32; ++i)
    put8(kTransport + 8 + i, static_cast<std::uint8_t>('a' + i % 23));
  put16(kTransport + 2, folded(sum(kTransport, kTransport + kLength)));
  ipv4(packet, protocol::kIcmp, kLength);
  end_ = kTransport + kLength;
}

void FrameBuilder::icmp_error(const SimPacket& packet) {
  constexpr std::uint16_t kLength = 8 + 20 + 8;  // RFC 792: the IP header and 64 bits of its data
  constexpr std::size_t kQuoted = kTransport + 8;
  const bool expired = packet.shape == Shape::time_exceeded;
  put8(kTransport, expired ? 11 : 3);
  // An unreachable host, port or one that a filter hides; on the way, a TTL that ran out.
  constexpr std::array<std::uint8_t, 3> kCodes = {1, 3, 13};
  put8(kTransport + 1, expired ? std::uint8_t{0} : kCodes[habit(packet.source, 4) % kCodes.size()]);
  put8(kQuoted, 0x45);
  put16(kQuoted + 2, 40);
  put16(kQuoted + 4, packet.ip_id);
  put8(kQuoted + 8, expired ? std::uint8_t{1} : static_cast<std::uint8_t>(40 + packet.ip_id % 60));
  put8(kQuoted + 9, protocol::kTcp);
  put32(kQuoted + 12, addresses_[packet.sensor]);
  // The victim is the router's neighbour where a router answers.
  put32(kQuoted + 16, expired ? packet.source ^ 0x04U : packet.source);
  put16(kQuoted + 10, folded(sum(kQuoted, kQuoted + 20)));
  put16(kQuoted + 20, packet.source_port);
  put16(kQuoted + 22, packet.destination_port);
  put32(kQuoted + 24, packet.sequence);
  put16(kTransport + 2, folded(sum(kTransport, kTransport + kLength)));
  ipv4(packet, protocol::kIcmp, kLength);
  end_ = kTransport + kLength;
}

}  // namespace teiten
