#include "access/sensors.h"

#include <cstdio>
#include <fstream>

#include <gtest/gtest.h>

namespace teiten {
namespace {

IpAddress address(std::string_view text) {
  return *IpAddress::parse(text);
}

SensorMap map_of(std::initializer_list<const char*> options) {
  std::vector<SensorSpec> specs;
  for (const char* option : options)
    specs.push_back(parse_sensor(option).value());
  return SensorMap::create(std::move(specs)).value();
}

TEST(Sensors, TargetIsTheIndexOfTheAddress) {
  SensorMap map = map_of({"tokyo=192.0.2.0/30,198.51.100.8", "osaka=2001:db8::/64"});
  EXPECT_FALSE(map.open());
  EXPECT_EQ(map.find(address("192.0.2.3")), (SensorMap::Target{0, 3}));
  EXPECT_EQ(map.find(address("198.51.100.8")), (SensorMap::Target{0, 4}));
  EXPECT_EQ(map.find(address("192.0.2.4")), std::nullopt);
  EXPECT_EQ(map.find(address("2001:db8::7"))->sensor, 1);
  EXPECT_NE(map.find(address("2001:db8::7")), map.find(address("2001:db8::8")));
  EXPECT_EQ(map.find(address("2001:db8:0:1::7")), std::nullopt);
}

TEST(Sensors, OpenMapNumbersAddressesInOrderOfSight) {
  SensorMap map = SensorMap::create({}).value();
  EXPECT_TRUE(map.open());
  EXPECT_EQ(map.find(address("192.0.2.9"))->target, 0U);
  EXPECT_EQ(map.find(address("192.0.2.1"))->target, 1U);
  EXPECT_EQ(map.find(address("192.0.2.9"))->target, 0U);
  EXPECT_EQ(map.names().at(0), "sensor-1");
}

TEST(Sensors, PastTheLimitTargetsShareTheLastNumber) {
  SensorMap map = SensorMap::create({}).value();
  for (std::uint32_t i = 0; i < kMaxNumberedTargets; ++i)
    ASSERT_EQ(map.find(IpAddress::v4(0x0b000000 + i))->target, i);
  EXPECT_EQ(map.unnumbered(), 0U);
  EXPECT_EQ(map.find(address("12.0.0.1"))->target, 262'144U);
  EXPECT_EQ(map.find(address("12.0.0.2"))->target, 262'144U);
  EXPECT_EQ(map.unnumbered(), 2U);
  EXPECT_EQ(map.find(address("11.0.0.5"))->target, 5U);
}

TEST(Sensors, BadOnesAreRefused) {
  for (const char* text :
       {"", "=192.0.2.1", "a b=192.0.2.1", "a=192.0.2.1/33", "a=", "a=192.0.2.1,", "-"}) {
    EXPECT_FALSE(parse_sensor(text).ok()) << text;
  }
  const auto create = [](std::initializer_list<const char*> options) {
    std::vector<SensorSpec> specs;
    for (const char* option : options)
      specs.push_back(parse_sensor(option).value());
    return SensorMap::create(std::move(specs)).ok();
  };
  EXPECT_FALSE(create({"a=192.0.2.1", "a=192.0.2.2"}));
  EXPECT_FALSE(create({"a=192.0.2.0/24", "b=192.0.2.7"}));
  EXPECT_FALSE(create({"a", "b"}));
  EXPECT_FALSE(create({"a=192.0.2.1", "b"}));
  EXPECT_TRUE(create({"観測点"}));
}

TEST(Sensors, FileOfTables) {
  const std::string path = ::testing::TempDir() + "sensors_test.toml";
  std::ofstream(path)
      << "[[sensor]]\nname = \"tokyo\"\naddresses = [\"192.0.2.1\", "
         "\"2001:db8::1\"]\n[[sensor]]\nname = \"osaka\"\naddresses = [\"198.51.100.0/24\"]\n";
  const auto specs = load_sensors(path);
  ASSERT_TRUE(specs.ok()) << specs.error().message;
  ASSERT_EQ(specs->size(), 2U);
  EXPECT_EQ(specs->at(1).prefixes.at(0).to_string(), "198.51.100.0/24");
  std::ofstream(path) << "[[sensor]]\nname = \"tokyo\"\nadresses = []\n";
  const auto unknown = load_sensors(path);
  ASSERT_FALSE(unknown.ok());
  EXPECT_NE(unknown.error().message.find("sensors_test.toml:3: unknown key 'adresses'"),
            std::string::npos)
      << unknown.error().message;
  std::remove(path.c_str());
  EXPECT_FALSE(load_sensors(path).ok());
}

}  // namespace
}  // namespace teiten
