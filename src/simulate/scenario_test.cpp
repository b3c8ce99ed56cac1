#include "simulate/scenario.h"

#include <string>

#include <gtest/gtest.h>

#include "enrich/test_mmdb.h"

namespace teiten {
namespace {

constexpr const char* kSmall = R"(name = "small"
description = "two days"
utc_offset_hours = 9
first_day = 2007-07-15
last_day = 2007-07-16
[[sensor]]
name = "one"
address = "192.0.2.1"
[[family]]
name = "sql"
visits = 2.5
contacts = 1.5
repeat = "syn"
tool = "windows"
services = { "1433/tcp" = 1.0 }
regions = { JP = 0.25, CN = 0.75 }
)";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string message(const std::string& toml) {
  const auto scenario = parse_scenario(toml, "s.toml");
  return scenario.ok() ? "accepted" : scenario.error().message;
}

TEST(Scenario, ReadsASmallOne) {
  const auto scenario = parse_scenario(kSmall, "s.toml");
  ASSERT_TRUE(scenario.ok()) << scenario.error().message;
  EXPECT_EQ(format_day(scenario->last_day), "2007-07-16");
  ASSERT_EQ(scenario->families.size(), 1U);
  const TrafficFamily& family = scenario->families[0];
  EXPECT_EQ(family.visits, 2.5);
  EXPECT_EQ(family.repeat, Repeat::syn);
  ASSERT_EQ(family.regions.size(), 2U);
  EXPECT_EQ(family.regions[0].region.to_string(), "CN");
  EXPECT_EQ(family.regions[0].share, 0.75);
  EXPECT_EQ(family.services[0].service.to_string(), "1433/tcp");
}

TEST(Scenario, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(
      message(replaced(kSmall, "visits", "visit")),
      "s.toml:11: unknown key 'visit' (valid: name, traffic, choose, visits, contacts, repeat, "
      "packets, tool, diurnal, tail, tail_udp, services, regions, change) in [[family]]");
  EXPECT_EQ(message(replaced(kSmall, "visits = 2.5", "visits = \"many\"")),
            "s.toml:11: 'visits' must be a number from 0 to 100000 in [[family]]");
  EXPECT_EQ(message(replaced(kSmall, "contacts = 1.5\n", "")),
            "s.toml:9: 'contacts' is missing (it is a number from 1 to 100) in [[family]]");
  EXPECT_EQ(message(replaced(kSmall, "CN = 0.75", "CN = 0.65")),
            "s.toml:16: the shares in 'regions' sum to 0.9, not to 1 in [[family]]");
  EXPECT_EQ(
      message(replaced(kSmall, "1433/tcp", "1433/xyz")),
      "s.toml:15: '1433/xyz' is no service that can be simulated (1433/tcp, 1026/udp, 8/icmp) "
      "in [[family]]");
  EXPECT_EQ(message(replaced(kSmall, "\"syn\"", "\"twice\"")),
            "s.toml:13: 'repeat' must be once, syn or geometric in [[family]]");
  EXPECT_EQ(message(replaced(kSmall, "2007-07-16", "2007-07-14")),
            "s.toml:5: 1 to 3660 days can be simulated in the scenario");
  EXPECT_EQ(message(replaced(kSmall, "192.0.2.1", "192.0.2.300")),
            "s.toml:8: '192.0.2.300' is no IPv4 address in [[sensor]]");
  EXPECT_NE(message(replaced(kSmall, "[[family]]", "[[familly]]")).find("unknown key 'familly'"),
            std::string::npos);
  EXPECT_NE(message(replaced(kSmall, "name = \"small\"", "name = ")).find("s.toml:1: "),
            std::string::npos);
}

TEST(Scenario, RefusesOddNumbersAndTypes) {
  for (const char* odd : {"visits = nan", "visits = -1", "visits = inf", "visits = 1e9",
                          "visits = true", "visits = [1]", "visits = 2007-01-01"}) {
    EXPECT_NE(message(replaced(kSmall, "visits = 2.5", odd)), "accepted") << odd;
  }
  EXPECT_NE(
      message(std::string(kSmall) + "[[outage]]\nsensor = \"two\"\n"
                                    "from = 2007-07-15T00:00:00Z\nto = 2007-07-15T01:00:00Z\n")
          .find("there is no sensor 'two'"),
      std::string::npos);
  EXPECT_NE(message(std::string(kSmall) + "[[outage]]\nsensor = \"one\"\n"
                                          "from = 2007-07-15T00:00:00\nto = 2007-07-15T01:00:00Z\n")
                .find("'from' must be a time from 1990 to 2199 with its offset"),
            std::string::npos);
  // Beyond 2262 nanoseconds since 1970 don't fit into 64 bits.
  EXPECT_NE(message(replaced(kSmall, "2007-07-15", "4014-06-15")).find("from 1990 to 2199"),
            std::string::npos);
  EXPECT_NE(
      message(std::string(kSmall) + "[[outage]]\nsensor = \"one\"\n"
                                    "from = 0001-07-15T00:00:00Z\nto = 2007-07-15T01:00:00Z\n")
          .find("'from' must be a time from 1990 to 2199 with its offset"),
      std::string::npos);
  EXPECT_NE(message(std::string(kSmall) + "[[sensor]]\nname = \"one\"\naddress = \"192.0.2.2\"\n")
                .find("given twice"),
            std::string::npos);
}

TEST(Scenario, HasBuiltInOnes) {
  const auto plain = load_scenario("talot2-2007");
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  EXPECT_EQ(plain->sensors.size(), 10U);
  EXPECT_TRUE(plain->outages.empty());
  EXPECT_EQ(plain->outage_mean_days_between, 0);
  const auto failing = load_scenario("talot2-2007-outages");
  ASSERT_TRUE(failing.ok()) << failing.error().message;
  EXPECT_EQ(failing->name, "talot2-2007-outages");
  EXPECT_EQ(failing->families.size(), plain->families.size());
  ASSERT_EQ(failing->outages.size(), 3U);
  EXPECT_EQ(format_utc(failing->outages[0].range.from), "2007-04-09T17:00:00Z");
}

TEST(Scenario, ComesFromAFileToo) {
  const test::TestDirectory directory("scenario");
  const std::string text(kSmall);
  const std::string path = directory.write("s.toml", test::Bytes(text.begin(), text.end()));
  const auto scenario = load_scenario(path);
  ASSERT_TRUE(scenario.ok()) << scenario.error().message;
  EXPECT_EQ(scenario->name, "small");
  const auto missing = load_scenario("nothing");
  ASSERT_FALSE(missing.ok());
  EXPECT_EQ(missing.error().message,
            "no scenario 'nothing': name a TOML file or one that is built in (talot2-2007, "
            "talot2-2007-outages)");
}

}  // namespace
}  // namespace teiten
