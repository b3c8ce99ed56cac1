#include <string>

#include <sys/mman.h>
#include <unistd.h>

#include "access/sensors.h"
#include "base/assert.h"
#include "enrich/mmdb.h"
#include "enrich/scanners.h"
#include "enrich/test_mmdb.h"
#include "fuzz_target.h"
#include "logs/log_reader.h"
#include "report/knowledge_parser.h"
#include "simulate/builtin_scenarios.h"
#include "simulate/scenario.h"

namespace teiten::fuzz {
namespace {

/// A file without a name, for what is opened by path.
class UnnamedFile {
 public:
  explicit UnnamedFile(std::span<const std::byte> bytes) : descriptor_(::memfd_create("fuzz", 0)) {
    TEITEN_ASSERT(descriptor_ >= 0);
    TEITEN_ASSERT(::write(descriptor_, bytes.data(), bytes.size()) ==
                  static_cast<ssize_t>(bytes.size()));
  }
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;
  ~UnnamedFile() { ::close(descriptor_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }

 private:
  int descriptor_;
};

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// An error says something. (Line ends in what it quotes are cleaned where it is printed.)
template <typename T>
void expect_message(const Result<T>& result) {
  TEITEN_ASSERT(result.ok() || !result.error().message.empty());
}

void mmdb(std::span<const std::byte> bytes) {
  const UnnamedFile file(bytes);
  expect_message(read_mmdb(file.path()));
}

void sensors(std::span<const std::byte> bytes) {
  const UnnamedFile file(bytes);
  auto specs = load_sensors(file.path());
  expect_message(specs);
  if (!specs.ok()) return;
  auto map = SensorMap::create(std::move(specs).value());
  expect_message(map);
  if (map.ok()) map->find(*IpAddress::parse("192.0.2.1"));
}

void sensor_option(std::span<const std::byte> bytes) {
  expect_message(parse_sensor(text_of(bytes)));
}

void scenario(std::span<const std::byte> bytes) {
  expect_message(parse_scenario(text_of(bytes), "fuzz.toml"));
}

void scanners(std::span<const std::byte> bytes) {
  KnownScanners known;
  expect_message(known.add(text_of(bytes), "fuzz.toml"));
  known.find(*IpAddress::parse("198.51.100.7"), UtcTime{});
}

void knowledge(std::span<const std::byte> bytes) {
  expect_message(parse_knowledge("fuzz.toml", text_of(bytes)));
}

void csv_mapping(std::span<const std::byte> bytes) {
  expect_message(CsvMapping::parse(text_of(bytes)));
}

std::vector<Bytes> mmdb_seeds() {
  std::vector<Bytes> seeds;
  for (const int record_size : {24, 28, 32}) {
    test::TestMmdb mmdb;
    mmdb.record_size = record_size;
    mmdb.ip_version = record_size == 24 ? 4 : 6;
    mmdb.add("192.0.2.0/24", test::flat_record("JP"));
    mmdb.add("198.51.100.0/25", test::maxmind_record("CN"));
    const test::Bytes built = mmdb.build();
    const auto* begin = reinterpret_cast<const std::byte*>(built.data());
    seeds.emplace_back(begin, begin + built.size());
  }
  return seeds;
}

std::vector<Bytes> scenario_seeds() {
  std::vector<Bytes> seeds;
  for (const BuiltinScenario& scenario : builtin_scenarios())
    seeds.push_back(bytes_of(scenario.toml));
  return seeds;
}

}  // namespace

std::vector<FuzzTarget> file_targets() {
  return {
      {"mmdb", mmdb, mmdb_seeds()},
      {"sensors",
       sensors,
       {bytes_of("[[sensor]]\nname = \"tokyo\"\naddresses = [\"192.0.2.0/28\", "
                 "\"2001:db8::/64\"]\n[[sensor]]\nname = \"osaka\"\naddresses = "
                 "[\"203.0.113.7\"]\n")}},
      {"sensor-option", sensor_option, {bytes_of("tokyo=192.0.2.0/28,2001:db8::1"), bytes_of("a")}},
      {"scenario", scenario, scenario_seeds()},
      {"scanners",
       scanners,
       {bytes_of("[[scanner]]\nnetwork = \"198.51.100.0/24\"\norganisation = \"Example\"\n"
                 "source = \"https://example.org/\"\nfrom = 2020-01-01\nto = 2021-01-01\n")}},
      {"knowledge",
       knowledge,
       {bytes_of("[[service]]\nservice = \"1433/tcp\"\nname = \"SQL Server\"\n[service.what]\nen = "
                 "\"a\"\nja = \"b\"\n[[advisory]]\nid = \"CVE-2002-0649\"\n")}},
      {"csv-mapping", csv_mapping, {bytes_of("time=datetime,source=srcstr,protocol=proto")}},
  };
}

}  // namespace teiten::fuzz
