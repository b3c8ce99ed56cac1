#include "traffic.h"

#include <algorithm>
#include <random>

#include "access/slice.h"

namespace teiten::bench {
namespace {

constexpr std::uint16_t kPorts[] = {135, 445, 139, 1433, 2967, 5900, 22, 80, 3306, 1080};
UtcTime start() {
  return UtcTime{std::chrono::seconds(1'183'248'000)};
}

}  // namespace

std::vector<Packet> syn_packets(std::size_t count) {
  std::mt19937 random(1);
  std::vector<Packet> packets;
  packets.reserve(count + 2);
  while (packets.size() < count) {
    Packet p;
    p.time = start() + std::chrono::milliseconds(packets.size() * 80);
    p.source = IpAddress::v4(static_cast<std::uint32_t>(0x0b000000U + random() % 4'000'000));
    p.destination = IpAddress::v4(static_cast<std::uint32_t>(0xc0000200U + random() % 256));
    p.has_destination = p.has_ports = p.has_flags = p.has_sequence = p.has_ttl = true;
    p.protocol = protocol::kTcp;
    p.tcp_flags = tcp_flag::kSyn;
    p.source_port = static_cast<std::uint16_t>(1024 + random() % 4000);
    p.destination_port = kPorts[random() % std::size(kPorts)];
    p.sequence = static_cast<std::uint32_t>(random());
    packets.push_back(p);
    for (const int seconds : {3, 9}) {
      p.time = packets[packets.size() - 1].time + std::chrono::seconds(seconds);
      packets.push_back(p);
    }
  }
  packets.resize(count);
  std::sort(packets.begin(), packets.end(),
            [](const Packet& a, const Packet& b) { return a.time < b.time; });
  return packets;
}

std::vector<std::byte> syn_frame() {
  const unsigned char bytes[] = {0x02, 0,    0,    0,    0,    1,    0x02, 0, 0,   0,
                                 0,    2,    0x08, 0x00,  // Ethernet
                                 0x45, 0,    0,    48,   0x12, 0x34, 0x40, 0, 113, 6,
                                 0,    0,    198,  51,   100,  7,    192,  0, 2,   1,  // IPv4
                                 0x9c, 0x40, 0x05, 0x99, 0,    0,    0,    7, 0,   0,
                                 0,    0,    0x70, 0x02, 0xff, 0xff, 0,    0, 0,   0,  // TCP
                                 2,    4,    5,    0xb4, 1,    1,    4,    2};
  std::vector<std::byte> frame;
  for (const unsigned char byte : bytes)
    frame.push_back(static_cast<std::byte>(byte));
  return frame;
}

Batch batch_of(std::size_t accesses, std::uint64_t sequence) {
  std::mt19937 random(static_cast<unsigned>(sequence + 1));
  Batch batch;
  batch.sensor = "bench";
  batch.epoch = 1;
  batch.sequence = sequence;
  for (std::size_t i = 0; i < accesses; ++i) {
    Access access;
    access.first = start() + std::chrono::milliseconds((sequence * accesses + i) * 250);
    access.last = access.first + std::chrono::seconds(9);
    access.source = IpAddress::v4(static_cast<std::uint32_t>(0x0b000000U + random() % 800'000));
    access.service = Service(protocol::kTcp, kPorts[random() % std::size(kPorts)]);
    access.source_port = static_cast<std::uint16_t>(1024 + random() % 4000);
    access.destination_port = access.service.number();
    access.region = Region(static_cast<char>('A' + random() % 8), 'N');
    access.kind = Kind::scan;
    access.target = static_cast<std::uint32_t>(random() % 256);
    access.packets = 3;
    batch.accesses.push_back(access);
    batch.packets_unsolicited += 3;
  }
  batch.frames = batch.packets_unsolicited;
  batch.range = {batch.accesses.front().first, batch.accesses.back().last};
  batch.activity = {batch.range};
  return batch;
}

}  // namespace teiten::bench
