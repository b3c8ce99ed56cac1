#pragma once

#include <cstdint>
#include <fstream>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "enrich/geo.h"
#include "enrich/test_mmdb.h"
#include "simulate/scenario.h"

/// For the tests of this folder: a geolocation database with invented allocations, and a reader of
/// capture files that shares nothing with the code that writes them.
namespace teiten::test {

/// Every region that talot2-2007 names owns one /8, in alphabetical order from 11.0.0.0/8 on
/// (127.0.0.0/8 is far behind the last one). AR is 11, AU 12, …
inline GeoDatabases invented_geo(const TestDirectory& directory) {
  const auto scenario = load_scenario("talot2-2007");
  std::set<std::string> regions;
  for (const TrafficFamily& family : scenario->families) {
    for (const RegionWeight& share : family.regions)
      regions.insert(share.region.to_string());
  }
  TestMmdb mmdb;
  int block = 11;
  for (const std::string& region : regions)
    mmdb.add(std::to_string(block++) + ".0.0.0/8", flat_record(region));
  const std::string path = directory.write("invented.mmdb", mmdb.build());
  auto geo = GeoDatabases::open({{path, std::nullopt}});
  if (!geo.ok()) ADD_FAILURE() << geo.error().message;
  return std::move(geo).value();
}

/// What a frame says, read byte by byte.
struct SeenPacket {
  std::int64_t microseconds = 0;
  std::uint32_t source = 0;
  std::uint32_t target = 0;
  std::uint8_t protocol = 0;
  std::uint8_t flags = 0;  ///< TCP
  std::uint8_t icmp_type = 0;
  std::uint8_t icmp_code = 0;
  std::uint16_t source_port = 0;  ///< ICMP echo: the identifier
  std::uint16_t destination_port = 0;
  std::uint32_t sequence = 0;
  std::uint16_t ip_length = 0;
  std::uint32_t frame_length = 0;

  bool is_backscatter() const {
    if (protocol == 6) return (flags & 0x04) != 0 || (flags & 0x12) == 0x12;
    return protocol == 1 && icmp_type != 8;
  }
  /// "135/tcp" as a number: protocol × 65536 + port or ICMP type; the victim's port for
  /// backscatter.
  std::uint32_t service() const {
    if (protocol == 1) return 0x10000U + icmp_type;
    return protocol * 0x10000U + (is_backscatter() ? source_port : destination_port);
  }
};

inline Bytes file_bytes(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Reads a little-endian microsecond capture of Ethernet frames with 20-byte IPv4 headers.
inline std::vector<SeenPacket> packets_of(const std::string& path) {
  const Bytes file = file_bytes(path);
  const auto little = [&](std::size_t at) {
    return file[at] + 0x100U * file[at + 1] + 0x10000U * file[at + 2] + 0x1000000U * file[at + 3];
  };
  const auto big = [&](std::size_t at) {
    return static_cast<std::uint16_t>(file[at] * 0x100U + file[at + 1]);
  };
  const auto big4 = [&](std::size_t at) { return 0x10000U * big(at) + big(at + 2); };
  std::vector<SeenPacket> packets;
  EXPECT_EQ(little(0), 0xa1b2c3d4U);
  std::size_t at = 24;
  while (at + 16 <= file.size()) {
    SeenPacket packet;
    packet.microseconds = static_cast<std::int64_t>(little(at)) * 1'000'000 + little(at + 4);
    const std::size_t captured = little(at + 8);
    packet.frame_length = little(at + 12);
    const std::size_t ip = at + 16 + 14;
    EXPECT_EQ(big(ip - 2), 0x0800);
    EXPECT_EQ(file[ip], 0x45);
    packet.ip_length = big(ip + 2);
    packet.protocol = file[ip + 9];
    packet.source = big4(ip + 12);
    packet.target = big4(ip + 16);
    const std::size_t transport = ip + 20;
    if (packet.protocol == 1) {
      packet.icmp_type = file[transport];
      packet.icmp_code = file[transport + 1];
      if (packet.icmp_type == 8) packet.source_port = big(transport + 4);
    } else {
      packet.source_port = big(transport);
      packet.destination_port = big(transport + 2);
    }
    if (packet.protocol == 6) {
      packet.sequence = big4(transport + 4);
      packet.flags = file[transport + 13];
    }
    packets.push_back(packet);
    at += 16 + captured;
  }
  EXPECT_EQ(at, file.size());
  return packets;
}

/// Days since 1970 in Japan.
inline std::int64_t japanese_day(const SeenPacket& packet) {
  return (packet.microseconds + 9LL * 3600 * 1'000'000) / (86400LL * 1'000'000);
}

}  // namespace teiten::test
