#include "simulate/simulator.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <tuple>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "simulate/test_support.h"

namespace teiten {
namespace {

using nlohmann::json;
using test::SeenPacket;
using test::TestDirectory;

struct Outcome {
  std::vector<SeenPacket> packets;
  json truth;
  SimulateSummary summary;
  Digest digest;
};

Outcome run(const TestDirectory& directory, const Scenario& scenario, std::uint64_t seed,
            double scale = 1.0) {
  const GeoDatabases geo = test::invented_geo(directory);
  SimulateOptions options;
  options.seed = seed;
  options.scale = scale;
  options.pcap_path = directory.path("s.pcap");
  options.truth_path = directory.path("s.json");
  options.sensors_path = directory.path("s.toml");
  auto summary = simulate(scenario, geo, options);
  EXPECT_TRUE(summary.ok()) << (summary.ok() ? "" : summary.error().message);
  Outcome result;
  result.summary = *summary;
  result.packets = test::packets_of(options.pcap_path);
  const test::Bytes bytes = test::file_bytes(options.pcap_path);
  result.digest = digest_of(std::as_bytes(std::span(bytes)));
  const test::Bytes text = test::file_bytes(*options.truth_path);
  result.truth = json::parse(text.begin(), text.end());
  return result;
}

Scenario talot2() {
  auto scenario = load_scenario("talot2-2007");
  EXPECT_TRUE(scenario.ok());
  return *scenario;
}

Scenario talot2_from(const char* first, const char* last) {
  Scenario scenario = talot2();
  scenario.first_day = *parse_day(first);
  scenario.last_day = *parse_day(last);
  return scenario;
}

/// Month number of a Japanese day.
unsigned month_of(const SeenPacket& packet) {
  const Day day{std::chrono::sys_days{std::chrono::days{test::japanese_day(packet)}}};
  return static_cast<unsigned>(day.month());
}

struct Counted {
  std::size_t packets = 0;
  std::size_t source_days = 0;
  std::size_t sources = 0;
};

/// Sources counted once a day, sensor and service, over the packets that `wanted` takes.
template <typename Wanted>
Counted count(const std::vector<SeenPacket>& packets, Wanted wanted) {
  Counted counted;
  std::vector<std::tuple<std::uint32_t, std::int64_t, std::uint32_t, std::uint32_t>> visitors;
  std::vector<std::uint32_t> sources;
  for (const SeenPacket& packet : packets) {
    if (!wanted(packet)) continue;
    ++counted.packets;
    visitors.emplace_back(packet.source, test::japanese_day(packet), packet.target,
                          packet.service());
    sources.push_back(packet.source);
  }
  std::sort(visitors.begin(), visitors.end());
  std::sort(sources.begin(), sources.end());
  counted.source_days =
      static_cast<std::size_t>(std::unique(visitors.begin(), visitors.end()) - visitors.begin());
  counted.sources =
      static_cast<std::size_t>(std::unique(sources.begin(), sources.end()) - sources.begin());
  return counted;
}

/// Contact attempts: packets of one 5-tuple and initial sequence number without a gap of more than
/// 130 s; 25 s where there is no sequence number of the sender's choice.
std::size_t attempts(const std::vector<SeenPacket>& packets) {
  std::map<std::array<std::uint64_t, 3>, std::int64_t> last;
  std::size_t count = 0;
  for (const SeenPacket& packet : packets) {
    const bool isn = packet.protocol == 6 && !packet.is_backscatter();
    const std::uint64_t ports =
        packet.protocol == 1 ? packet.icmp_type * 256U + packet.icmp_code : packet.destination_port;
    const std::array<std::uint64_t, 3> key = {
        (std::uint64_t{packet.source} << 32) | packet.target,
        (std::uint64_t{packet.protocol} << 40) | (std::uint64_t{packet.source_port} << 16) | ports,
        isn ? packet.sequence : 0U};
    const auto [found, added] = last.try_emplace(key, packet.microseconds);
    const std::int64_t timeout = isn ? 130'000'000 : 25'000'000;
    if (added || packet.microseconds - found->second > timeout) ++count;
    found->second = packet.microseconds;
  }
  return count;
}

TEST(Simulator, ReproducesThePublishedTotalsOfJuly2007) {
  const TestDirectory directory("simulate-july");
  const Scenario july = talot2_from("2007-07-01", "2007-07-31");
  for (const std::uint64_t seed : {2U, 3U, 5U, 7U, 11U, 2007U}) {
    const Outcome result = run(directory, july, seed);
    const Counted counted = count(result.packets, [](const SeenPacket&) { return true; });
    // 282,889 and 277 × 310 with 2 % to either side.
    EXPECT_NEAR(static_cast<double>(counted.packets), 282'889, 5'657) << seed;
    EXPECT_NEAR(static_cast<double>(counted.source_days), 85'870, 1'717) << seed;
    EXPECT_NEAR(static_cast<double>(counted.sources), 55'000, 3'000) << seed;
  }
}

/// One run of six months that several tests look at.
class SixMonths : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    directory_ = new TestDirectory("simulate-six-months");
    result_ = new Outcome(run(*directory_, talot2(), 1));
  }
  static void TearDownTestSuite() {
    delete result_;
    delete directory_;
  }
  static const Outcome& result() { return *result_; }

 private:
  static TestDirectory* directory_;
  static Outcome* result_;
};
TestDirectory* SixMonths::directory_ = nullptr;
Outcome* SixMonths::result_ = nullptr;

TEST_F(SixMonths, AreSortedByTimeAndInsideTheirRange) {
  const auto& packets = result().packets;
  EXPECT_TRUE(std::is_sorted(packets.begin(), packets.end(), [](const auto& a, const auto& b) {
    return a.microseconds < b.microseconds;
  }));
  // 2007-02-01 and 2007-08-01 in Japan are 15:00 UTC of the day before.
  EXPECT_GE(packets.front().microseconds, 1'170'255'600'000'000);
  EXPECT_LT(packets.back().microseconds, 1'185'894'000'000'000);
}

TEST_F(SixMonths, DeclineGently) {
  const std::array<int, 6> days = {28, 31, 30, 31, 30, 31};
  double previous = 0;
  std::array<double, 6> rates{};
  for (unsigned month = 2; month <= 7; ++month) {
    const Counted counted = count(
        result().packets, [&](const SeenPacket& packet) { return month_of(packet) == month; });
    const double rate = static_cast<double>(counted.packets) / days.at(month - 2) / 10;
    rates.at(month - 2) = rate;
    if (month > 2) {
      EXPECT_LT(rate, previous) << month;
      EXPECT_GT(rate, 0.94 * previous) << month;
    }
    previous = rate;
  }
  // More than 10 % over the six months: what a report calls a slow decline.
  EXPECT_LT(rates[5], 0.90 * rates[0]);
}

TEST_F(SixMonths, RankServicesAsTheReportDoes) {
  std::map<std::uint32_t, std::size_t> packets;
  for (const SeenPacket& packet : result().packets) {
    if (month_of(packet) == 7 && !packet.is_backscatter()) ++packets[packet.service()];
  }
  std::vector<std::pair<std::size_t, std::uint32_t>> ranked;
  for (const auto& [service, n] : packets)
    ranked.emplace_back(n, service);
  std::sort(ranked.rbegin(), ranked.rend());
  constexpr std::uint32_t kTcp = 6 * 65536;
  constexpr std::uint32_t kUdp = 17 * 65536;
  const std::vector<std::uint32_t> expected = {kTcp + 135,  kTcp + 445,  kUdp + 1026, kUdp + 1027,
                                               65536 + 8,   kTcp + 1433, kTcp + 139,  kUdp + 1028,
                                               kTcp + 2967, kTcp + 5900};
  for (std::size_t i = 0; i < expected.size(); ++i)
    EXPECT_EQ(ranked[i].second, expected[i]) << "rank " << i + 1;
}

TEST_F(SixMonths, RiseOn1433From16July) {
  // 2007-07-01 in Japan is day 13,695 since 1970.
  const auto sources_per_day = [&](std::uint32_t port, int from, int to) {
    std::map<std::int64_t, std::vector<std::uint32_t>> sources;
    for (const SeenPacket& packet : result().packets) {
      const std::int64_t day = test::japanese_day(packet) - 13'695 + 1;
      if (packet.protocol == 6 && packet.destination_port == port && day >= from && day <= to)
        sources[day].push_back(packet.source);
    }
    double sum = 0;
    for (auto& [day, list] : sources) {
      std::sort(list.begin(), list.end());
      sum += static_cast<double>(std::unique(list.begin(), list.end()) - list.begin());
    }
    return sum / (to - from + 1);
  };
  EXPECT_NEAR(sources_per_day(1433, 1, 15), 105, 12);
  EXPECT_NEAR(sources_per_day(1433, 16, 31), 205, 20);
  EXPECT_NEAR(sources_per_day(2967, 1, 15), 45, 7);
  EXPECT_NEAR(sources_per_day(2967, 16, 31), 73, 9);
  EXPECT_GT(sources_per_day(5900, 16, 31), 1.2 * sources_per_day(5900, 1, 15));
}

TEST_F(SixMonths, HaveATruthThatIsWhatWasWritten) {
  const json& months = result().truth["months"];
  ASSERT_EQ(months.size(), 6U);
  std::size_t packets = 0;
  std::size_t accesses = 0;
  for (unsigned month = 2; month <= 7; ++month) {
    const json& truth = months[month - 2];
    const Counted all = count(result().packets,
                              [&](const SeenPacket& packet) { return month_of(packet) == month; });
    EXPECT_EQ(truth["packets"], all.packets);
    EXPECT_EQ(truth["source_days"], all.source_days);
    EXPECT_EQ(truth["sources"], all.sources);
    packets += all.packets;
    accesses += truth["accesses"].get<std::size_t>();
    for (const json& service : truth["services"]) {
      if (service["service"] != "1433/tcp" && service["service"] != "1026/udp" &&
          service["service"] != "8/icmp")
        continue;
      const std::uint32_t code = Service::parse(service["service"].get<std::string>())->code();
      const Counted one = count(result().packets, [&](const SeenPacket& packet) {
        return month_of(packet) == month && !packet.is_backscatter() && packet.service() == code;
      });
      EXPECT_EQ(service["packets"], one.packets);
      EXPECT_EQ(service["source_days"], one.source_days);
    }
    const Counted backscatter = count(result().packets, [&](const SeenPacket& packet) {
      return month_of(packet) == month && packet.is_backscatter();
    });
    EXPECT_EQ(truth["backscatter"]["packets"], backscatter.packets);
    EXPECT_EQ(truth["backscatter"]["source_days"], backscatter.source_days);
  }
  EXPECT_EQ(packets, result().packets.size());
  EXPECT_EQ(result().summary.packets, result().packets.size());
  EXPECT_EQ(accesses, attempts(result().packets));
}

TEST_F(SixMonths, DivideIntoPartsThatSumUp) {
  for (const json& month : result().truth["months"]) {
    for (const char* measure : {"packets", "accesses", "source_days", "packets_by_access_start",
                                "source_days_by_access_start"}) {
      for (const char* part : {"regions", "sensors", "families"}) {
        std::size_t sum = 0;
        for (const json& entry : month[part])
          sum += entry[measure].get<std::size_t>();
        EXPECT_EQ(sum, month[measure]) << part << " " << measure;
      }
      std::size_t services = month["backscatter"][measure].get<std::size_t>();
      for (const json& entry : month["services"])
        services += entry[measure].get<std::size_t>();
      EXPECT_EQ(services, month[measure]) << measure;
    }
  }
}

TEST_F(SixMonths, DrawSourcesFromTheirRegion) {
  // invented_geo() gives the regions a /8 each, in the order of their codes.
  std::map<std::uint32_t, std::size_t> by_block;
  std::size_t july = 0;
  for (const SeenPacket& packet : result().packets) {
    ++by_block[packet.source >> 24];
    EXPECT_NE(packet.source & 0xff, 0U);
    EXPECT_NE(packet.source & 0xff, 255U);
    july += month_of(packet) == 7 ? 1 : 0;
  }
  EXPECT_GT(july, 0U);
  std::size_t planted = 0;
  std::map<std::string, std::size_t> by_region;
  for (const json& month : result().truth["months"]) {
    for (const json& region : month["regions"])
      by_region[region["region"].get<std::string>()] += region["packets"].get<std::size_t>();
  }
  std::uint32_t block = 11;
  for (const auto& [region, packets] : by_region) {
    EXPECT_EQ(by_block[block], packets) << region;
    planted += packets;
    ++block;
  }
  EXPECT_EQ(planted, result().packets.size());
}

TEST(Simulator, GivesTheSameBytesForASeedEverywhere) {
  const TestDirectory directory("simulate-digest");
  const Scenario days = talot2_from("2007-07-14", "2007-07-17");
  const Outcome first = run(directory, days, 42);
  const Outcome again = run(directory, days, 42);
  EXPECT_EQ(first.digest.hex(), again.digest.hex());
  // Written down once; GCC 12 and Clang 14 give it, optimised or not, with and without fused
  // multiply-add.
  EXPECT_EQ(first.digest.hex(), "ab47c9f3f344b7d7c446c519940406e4");
  const Outcome other = run(directory, days, 43);
  EXPECT_NE(first.digest.hex(), other.digest.hex());
}

TEST(Simulator, MultipliesVisitsByTheScale) {
  const TestDirectory directory("simulate-scale");
  const Scenario days = talot2_from("2007-07-02", "2007-07-06");
  const auto one = static_cast<double>(run(directory, days, 5).packets.size());
  const auto three = static_cast<double>(run(directory, days, 5, 3.0).packets.size());
  EXPECT_NEAR(three / one, 3.0, 0.12);
}

TEST(Simulator, SilencesASensorDuringItsOutage) {
  const TestDirectory directory("simulate-outage");
  const Scenario days = talot2_from("2007-07-19", "2007-07-21");
  Scenario failing = days;
  const auto at = [](const char* text) { return *TimeZone().parse(text); };
  failing.outages = {{8, {at("2007-07-19T20:00"), at("2007-07-20T08:00")}}};
  const Outcome whole = run(directory, days, 9);
  const Outcome result = run(directory, failing, 9);
  const std::uint32_t target = days.sensors[8].address.v4_bits();
  const auto out = [&](const SeenPacket& packet) {
    return packet.target == target &&
           packet.microseconds >= to_microseconds(at("2007-07-19T20:00")) &&
           packet.microseconds < to_microseconds(at("2007-07-20T08:00"));
  };
  const auto missing =
      static_cast<std::size_t>(std::count_if(whole.packets.begin(), whole.packets.end(), out));
  EXPECT_GT(missing, 200U);
  EXPECT_EQ(std::count_if(result.packets.begin(), result.packets.end(), out), 0);
  // Nothing else changed.
  EXPECT_EQ(whole.packets.size() - missing, result.packets.size());
  EXPECT_EQ(result.truth["months"][0]["packets"], result.packets.size());
  EXPECT_EQ(result.truth["months"][0]["accesses"], attempts(result.packets));
  ASSERT_EQ(result.truth["outages"].size(), 1U);
  EXPECT_EQ(result.truth["outages"][0], json({{"sensor", "sensor-09"},
                                              {"from", "2007-07-19T20:00:00Z"},
                                              {"to", "2007-07-20T08:00:00Z"}}));
}

TEST(Simulator, WritesTheSensorsFile) {
  const TestDirectory directory("simulate-sensors");
  Scenario day = talot2_from("2007-07-19", "2007-07-19");
  day.sensors.resize(2);
  day.outages.clear();
  run(directory, day, 1);
  const test::Bytes bytes = test::file_bytes(directory.path("s.toml"));
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()),
            "# The sensors of the simulated scenario talot2-2007.\n"
            "\n[[sensor]]\nname = \"sensor-01\"\naddresses = [\"192.0.2.11/32\"]\n"
            "\n[[sensor]]\nname = \"sensor-02\"\naddresses = [\"192.0.2.76/32\"]\n");
}

TEST(Simulator, LeavesNothingBehindWhenItFails) {
  const TestDirectory directory("simulate-failure");
  const GeoDatabases geo = test::invented_geo(directory);
  const Scenario day = talot2_from("2007-07-19", "2007-07-19");
  SimulateOptions options;
  options.pcap_path = directory.path("a.pcap");
  options.truth_path = directory.path("no/such/directory/truth.json");
  const auto refused = simulate(day, geo, options);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::not_found);
  EXPECT_EQ(refused.error().message,
            "cannot write " + *options.truth_path + ": No such file or directory");
  EXPECT_FALSE(std::filesystem::exists(directory.path("a.pcap")));
  EXPECT_FALSE(std::filesystem::exists(directory.path("a.pcap.part")));
}

TEST(Simulator, RefusesWhatItCannotHold) {
  const TestDirectory directory("simulate-limits");
  const GeoDatabases geo = test::invented_geo(directory);
  const Scenario day = talot2_from("2007-07-19", "2007-07-19");
  SimulateOptions options;
  EXPECT_FALSE(simulate(day, geo, options).ok());
  options.pcap_path = directory.path("a.pcap");
  options.scale = 1e6;
  const auto huge = simulate(day, geo, options);
  ASSERT_FALSE(huge.ok());
  EXPECT_EQ(huge.error().code, ErrorCode::limit_reached);
  options.scale = 0;
  EXPECT_FALSE(simulate(day, geo, options).ok());
}

}  // namespace
}  // namespace teiten
