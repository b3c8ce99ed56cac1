#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

#include "access/batch.h"
#include "net/special_purpose.h"
#include "store/store.h"

/// Data for the tests of the store: documentation addresses only, the same on every machine.
namespace teiten::test {

/// A folder of its own for one test, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    static int counter = 0;
    path_ = std::filesystem::temp_directory_path() /
            ("teiten-store-test-" + std::to_string(::getpid()) + "-" + std::to_string(counter++));
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

inline UtcTime utc(const std::string& text) {
  return TimeZone().parse(text).value();
}

/// Numbers without the standard library's distributions, which differ between machines.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t below(std::uint64_t n) { return engine_() % n; }
  bool chance(std::uint64_t percent) { return below(100) < percent; }

 private:
  std::mt19937_64 engine_;
};

/// One of `count` sources: IPv6 for every tenth, spread over 2001:db8::/32, else IPv4. The IPv4
/// addresses are 192.0.2.0/24 as far as it goes and the benchmarking block 198.18.0.0/15 past it.
inline IpAddress source_number(std::uint64_t number) {
  if (number % 10 == 9) {
    const std::uint64_t mixed = mix64(number);
    return IpAddress::v6(0x20010db800000000ULL | (mixed & 0xffffffffULL), mixed >> 32);
  }
  if (number < 256) return IpAddress::v4(0xc0000200U | static_cast<std::uint32_t>(number));
  return IpAddress::v4(0xc6120000U | (static_cast<std::uint32_t>(mix64(number)) & 0x1ffffU));
}

struct TrafficShape {
  std::uint64_t seed = 1;
  std::vector<std::string> sensors = {"tokyo", "osaka", "naha"};
  UtcTime from = std::chrono::sys_days{std::chrono::year{2007} / 10 / 20};
  std::chrono::hours length{24 * 30};
  std::uint64_t batches = 3;     ///< a sensor
  std::uint64_t accesses = 200;  ///< a batch
  std::uint64_t sources = 60;
};

inline Service service_number(std::uint64_t number) {
  constexpr std::uint16_t kTcp[] = {135, 445, 1433, 22, 80};
  switch (number % 9) {
    case 5:
      return {protocol::kUdp, 1434};
    case 6:
      return {protocol::kIcmp, 8};
    case 7:
      return {protocol::kIcmpV6, 128};
    case 8:
      return {47, 0};
    default:
      return {protocol::kTcp, kTcp[number % 9]};
  }
}

inline Access random_access(Dice& dice, const TrafficShape& shape, UtcTime from, Duration length) {
  constexpr const char* kRegions[] = {"JP", "CN", "US", "KR", "ZZ"};
  Access access;
  const auto offset =
      static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(length.count() / 1000)));
  access.first = from + std::chrono::microseconds{offset};
  access.last = access.first + std::chrono::microseconds{dice.below(60'000'000)};
  const std::uint64_t source = dice.below(shape.sources);
  access.source = source_number(source);
  access.service = service_number(dice.below(9));
  // Mostly a property of the source, but not always: databases change.
  access.region = *Region::parse(kRegions[dice.chance(90) ? source % 5 : dice.below(5)]);
  access.source_port = static_cast<std::uint16_t>(dice.below(65536));
  access.destination_port = access.service.number();
  access.kind = static_cast<Kind>(dice.chance(80) ? 1 : dice.below(kKindCount));
  access.target = static_cast<std::uint32_t>(dice.below(3));
  access.packets = static_cast<std::uint32_t>(1 + dice.below(4));
  if (dice.chance(40)) access.tool = {static_cast<Tool>(1 + dice.below(3)), dice.chance(50)};
  if (dice.chance(30)) {
    access.payload = static_cast<PayloadClass>(1 + dice.below(4));
    access.payload_digest = static_cast<std::uint32_t>(dice.below(1'000'000));
  }
  // A property of the source and of the time: some of them were not on the list yet.
  if (source % 4 == 0 && dice.chance(80))
    access.scanner = static_cast<std::uint16_t>(1 + source % 3);
  return access;
}

/// Batches of every sensor, one after another in time, conserving packets, accesses sorted by time.
inline std::vector<Batch> random_batches(const TrafficShape& shape) {
  Dice dice(shape.seed);
  std::vector<Batch> batches;
  const Duration step = Duration(shape.length) / static_cast<std::int64_t>(shape.batches);
  for (const std::string& sensor : shape.sensors) {
    for (std::uint64_t i = 0; i < shape.batches; ++i) {
      Batch batch;
      batch.sensor = sensor;
      batch.epoch = 7;
      batch.sequence = i;
      batch.range.from = shape.from + step * static_cast<std::int64_t>(i);
      batch.range.to = batch.range.from + step;
      for (std::uint64_t n = 0; n < shape.accesses; ++n) {
        batch.accesses.push_back(random_access(dice, shape, batch.range.from, step));
        batch.packets_unsolicited += batch.accesses.back().packets;
      }
      std::sort(batch.accesses.begin(), batch.accesses.end(),
                [](const Access& a, const Access& b) { return a.first < b.first; });
      add_count(batch.ignored, "multicast", 2);
      batch.frames = batch.packets_unsolicited + 2;
      batch.records = batch.accesses.size() + 1;
      batch.activity = {batch.range};
      batch.region_source = "geo-test 2007-10-01";
      batch.rule_version = 1;
      // Each batch numbers them in its own way.
      batch.scanners = {"Example Research", "Example University", "Example Scans"};
      std::rotate(batch.scanners.begin(),
                  batch.scanners.begin() + static_cast<std::ptrdiff_t>(i % 3),
                  batch.scanners.end());
      batches.push_back(std::move(batch));
    }
  }
  return batches;
}

}  // namespace teiten::test
