#include "serve/registry.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "store/store_test_data.h"

namespace teiten {
namespace {

using test::TemporaryFolder;

SensorRecord record(const std::string& name, const std::string& serial) {
  SensorRecord record;
  record.name = name;
  record.serial = serial;
  record.expires = test::utc("2030-01-02T03:04:05Z");
  record.created = record.renewed = test::utc("2028-12-01T00:00:00Z");
  return record;
}

TEST(Registry, KeepsWhatItIsGiven) {
  const TemporaryFolder folder;
  {
    Registry registry = Registry::open(folder.file("fleet")).value();
    ASSERT_TRUE(registry.add(record("tokyo", "AA")).ok());
    ASSERT_TRUE(registry.add(record("osaka", "BB")).ok());
    EXPECT_EQ(registry.add(record("tokyo", "CC")).error().code, ErrorCode::invalid_argument);
    EXPECT_EQ(registry.add(record("../x", "CC")).error().code, ErrorCode::invalid_argument);
  }
  const Registry again = Registry::open(folder.file("fleet")).value();
  const auto all = again.list().value();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].name, "osaka");
  EXPECT_EQ(all[1].name, "tokyo");
  EXPECT_EQ(all[1].serial, "AA");
  EXPECT_EQ(format_utc(all[1].expires), "2030-01-02T03:04:05Z");
  EXPECT_TRUE(all[1].enabled);
  EXPECT_EQ(again.find("kyoto").error().code, ErrorCode::not_found);
  EXPECT_EQ(again.find("../sensors/tokyo").error().code, ErrorCode::not_found);
}

TEST(Registry, DisablingByAnotherProcessCountsAtOnce) {
  const TemporaryFolder folder;
  Registry collector = Registry::open(folder.file("fleet")).value();
  Registry command = Registry::open(folder.file("fleet")).value();
  EXPECT_EQ(collector.admit("tokyo", "AA").value(), Admission::unknown_sensor);
  ASSERT_TRUE(command.add(record("tokyo", "AA")).ok());
  EXPECT_EQ(collector.admit("tokyo", "AA").value(), Admission::admitted);
  EXPECT_EQ(collector.admit("tokyo", "BB").value(), Admission::superseded_certificate);
  ASSERT_TRUE(command.change("tokyo", [](SensorRecord& r) { r.enabled = false; }).ok());
  EXPECT_EQ(collector.admit("tokyo", "AA").value(), Admission::disabled);
  ASSERT_TRUE(command.change("tokyo", [](SensorRecord& r) { r.enabled = true; }).ok());
  EXPECT_EQ(collector.admit("tokyo", "AA").value(), Admission::admitted);
  std::filesystem::remove(folder.file("fleet/sensors/tokyo.json"));
  EXPECT_EQ(collector.admit("tokyo", "AA").value(), Admission::unknown_sensor);
}

TEST(Registry, TheOldCertificateCountsUntilTheNewOneIsUsed) {
  const TemporaryFolder folder;
  Registry registry = Registry::open(folder.file("fleet")).value();
  ASSERT_TRUE(registry.add(record("tokyo", "AA")).ok());
  ASSERT_TRUE(registry
                  .change("tokyo",
                          [](SensorRecord& r) {
                            r.next_serial = "BB";
                            r.next_expires = test::utc("2031-01-01T00:00:00Z");
                          })
                  .ok());
  EXPECT_EQ(registry.admit("tokyo", "AA").value(), Admission::admitted);
  EXPECT_EQ(registry.admit("tokyo", "BB").value(), Admission::admitted);
  EXPECT_EQ(registry.admit("tokyo", "AA").value(), Admission::superseded_certificate);
  EXPECT_EQ(registry.admit("tokyo", "BB").value(), Admission::admitted);
  const SensorRecord now = registry.find("tokyo").value();
  EXPECT_EQ(now.serial, "BB");
  EXPECT_EQ(now.next_serial, "");
  EXPECT_EQ(format_day(now.expires), "2031-01-01");
}

TEST(Registry, WhoHoldsTheLockKeepsNobodyWaitingWhoIsAdmitted) {
  const TemporaryFolder folder;
  Registry registry = Registry::open(folder.file("fleet")).value();
  SensorRecord renewed = record("tokyo", "AA");
  renewed.next_serial = "BB";
  ASSERT_TRUE(registry.add(renewed).ok());
  {
    const auto held = FolderLock::take(folder.file("fleet"));
    ASSERT_TRUE(held.ok());
    EXPECT_EQ(registry.admit("tokyo", "AA").value(), Admission::admitted);
    EXPECT_EQ(registry.admit("tokyo", "BB").error().code, ErrorCode::busy);
    EXPECT_EQ(FolderLock::take(folder.file("fleet"), std::chrono::milliseconds(50)).error().code,
              ErrorCode::busy);
  }
  EXPECT_EQ(registry.admit("tokyo", "BB").value(), Admission::admitted);
}

TEST(Registry, ADamagedFileIsSaidOfItsSensorOnly) {
  const TemporaryFolder folder;
  Registry registry = Registry::open(folder.file("fleet")).value();
  ASSERT_TRUE(registry.add(record("osaka", "AA")).ok());
  ASSERT_TRUE(registry.add(record("tokyo", "BB")).ok());
  std::ofstream(folder.file("fleet/sensors/osaka.json")) << "{";
  std::filesystem::create_directory(folder.file("fleet/sensors/nara.json"));
  const auto all = registry.list();
  ASSERT_TRUE(all.ok()) << all.error().message;
  ASSERT_EQ(all->size(), 3U);
  EXPECT_EQ((*all)[0].name, "nara");
  EXPECT_NE((*all)[0].damage.find("sensors/nara.json"), std::string::npos);
  EXPECT_NE((*all)[1].damage.find("sensors/osaka.json is damaged"), std::string::npos);
  EXPECT_FALSE((*all)[1].enabled);
  EXPECT_EQ((*all)[2].damage, "");
  EXPECT_TRUE(registry.add(record("kyoto", "CC")).ok());
  EXPECT_FALSE(registry.admit("osaka", "AA").ok());
  EXPECT_EQ(registry.admit("tokyo", "BB").value(), Admission::admitted);
}

TEST(Registry, ADamagedFileIsSaid) {
  const TemporaryFolder folder;
  Registry registry = Registry::open(folder.file("fleet")).value();
  ASSERT_TRUE(registry.add(record("tokyo", "AA")).ok());
  for (const char* text : {"", "{}", "[1]", "{\"state\": \"perhaps\", \"serial\": \"AA\"}",
                           "{\"state\": \"enabled\", \"serial\": 5}"}) {
    std::ofstream(folder.file("fleet/sensors/tokyo.json")) << text;
    EXPECT_EQ(registry.find("tokyo").error().code, ErrorCode::malformed) << text;
    EXPECT_FALSE(registry.admit("tokyo", "AA").ok()) << text;
  }
}

}  // namespace
}  // namespace teiten
