#pragma once

#include <filesystem>
#include <string>

#include <unistd.h>

#include "access/batch.h"

/// Data for the tests of the wire: documentation addresses only.
namespace teiten::wire_test {

/// A folder of its own for one test, removed at the end.
class TemporaryFolder {
 public:
  /// Below `parent` if that exists, else where temporary files go.
  explicit TemporaryFolder(const std::filesystem::path& parent = {}) {
    const bool there = !parent.empty() && std::filesystem::is_directory(parent);
    const std::filesystem::path below = there ? parent : std::filesystem::temp_directory_path();
    std::string pattern = (below / "teiten-wire-test-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// 2026-06-17T00:00:00Z plus `microseconds`.
inline UtcTime at(std::int64_t microseconds) {
  return UtcTime(std::chrono::seconds(1'781'654'400) + std::chrono::microseconds(microseconds));
}

/// Two accesses, and something in every field.
inline Batch small_batch() {
  Batch batch;
  batch.sensor = "tokyo-1";
  batch.epoch = 0xfedcba9876543210ULL;
  batch.sequence = 300;
  batch.range = {at(0), at(5'000'000)};
  batch.live = true;
  batch.frames = 31;
  batch.records = 30;
  batch.packets_unsolicited = 5;
  batch.solicited = 7;
  batch.dropped = 2;
  batch.ignored = {{"broadcast", 3}, {"multicast", 10}};
  batch.anomalies = {{"truncated_ipv4_header", 4}};
  batch.rejected = {{"empty_line", 2}};
  batch.limits = {{"late_packets", 1}};
  batch.visits = 2;
  batch.activity = {{at(1'000), at(4'000'000)}};
  batch.region_source = "labels of the input";
  batch.rule_version = 1;
  batch.scanners = {"Example Research", "例の大学"};

  Access scan;
  scan.first = at(1'000) + Duration(7);
  scan.last = at(2'500'000) + Duration(999);
  scan.source = *IpAddress::parse("198.51.100.7");
  scan.service = {protocol::kTcp, 1433};
  scan.region = {'J', 'P'};
  scan.source_port = 6000;
  scan.destination_port = 1433;
  scan.kind = Kind::scan;
  scan.continues = true;
  scan.has_region_label = true;
  scan.target = 0x80000001U;
  scan.packets = 4;
  scan.tool = {Tool::masscan, true};
  scan.scanner = 2;
  Access query;
  query.first = query.last = at(3'000'000);
  query.source = *IpAddress::parse("2001:db8::53");
  query.service = {protocol::kUdp, 53};
  query.source_port = 65535;
  query.destination_port = 53;
  query.kind = Kind::amplification_probe;
  query.target = 3;
  query.packets = 1;
  query.payload = PayloadClass::dns_query;
  query.payload_digest = 0xdeadbeefU;
  batch.accesses = {scan, query};
  return batch;
}

}  // namespace teiten::wire_test
