#include "enrich/geo.h"

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>
#include <maxminddb.h>
#include <netinet/in.h>

#include "enrich/test_mmdb.h"
#include "net/special_purpose.h"

namespace teiten {
namespace {

using test::flat_record;
using test::maxmind_record;
using test::TestDirectory;
using test::TestMmdb;

UtcTime at(std::string_view day) {
  return *TimeZone().parse(day);
}

std::string region(const GeoDatabases& geo, std::string_view address, UtcTime time = {}) {
  return geo.region_of(*IpAddress::parse(address), time).to_string();
}

GeoDatabases open_bytes(const TestDirectory& directory, TestMmdb& mmdb) {
  const std::string path = directory.write("test.mmdb", mmdb.build());
  auto geo = GeoDatabases::open({{path, std::nullopt}});
  EXPECT_TRUE(geo.ok()) << (geo.ok() ? "" : geo.error().message);
  return std::move(geo).value();
}

TEST(GeoFile, TakesADateAfterTheLastAt) {
  const auto dated = GeoFile::parse("a/b.mmdb@2013-04-01");
  ASSERT_TRUE(dated.ok());
  EXPECT_EQ(dated->path, "a/b.mmdb");
  EXPECT_EQ(format_day(*dated->date), "2013-04-01");

  const auto scoped = GeoFile::parse("node_modules/@scope/c.mmdb");
  ASSERT_TRUE(scoped.ok());
  EXPECT_EQ(scoped->path, "node_modules/@scope/c.mmdb");
  EXPECT_FALSE(scoped->date);

  const auto no_day = GeoFile::parse("a.mmdb@2013-02-30");
  ASSERT_FALSE(no_day.ok());
  EXPECT_EQ(no_day.error().message,
            "'2013-02-30' in --geo a.mmdb@2013-02-30 is not a date: write FILE@YYYY-MM-DD");
  EXPECT_FALSE(GeoFile::parse("").ok());
  EXPECT_FALSE(GeoFile::parse("@2013-04-01").ok());
}

TEST(GeoDatabases, ReadsEveryRecordSize) {
  for (const int size : {24, 28, 32}) {
    const TestDirectory directory("geo-size");
    TestMmdb mmdb;
    mmdb.record_size = size;
    mmdb.add("1.2.0.0/16", flat_record("JP"));
    mmdb.add("1.2.3.0/24", flat_record("CN"));
    mmdb.add("9.0.0.0/8", flat_record("US"));
    const GeoDatabases geo = open_bytes(directory, mmdb);
    EXPECT_EQ(region(geo, "1.2.2.255"), "JP") << size;
    EXPECT_EQ(region(geo, "1.2.3.0"), "CN") << size;
    EXPECT_EQ(region(geo, "1.2.3.255"), "CN") << size;
    EXPECT_EQ(region(geo, "1.2.4.0"), "JP") << size;
    EXPECT_EQ(region(geo, "1.1.255.255"), "ZZ") << size;
    EXPECT_EQ(region(geo, "9.255.255.255"), "US") << size;
    EXPECT_EQ(region(geo, "255.255.255.254"), "ZZ") << size;
    EXPECT_EQ(region(geo, "2001:db8::1"), "ZZ") << size;
  }
}

TEST(GeoDatabases, ReadsNestedAndFlatRecords) {
  const TestDirectory directory("geo-layout");
  TestMmdb mmdb;
  mmdb.add("1.0.0.0/8", maxmind_record("JP"));
  mmdb.add("2.0.0.0/8", maxmind_record("KR", "registered_country"));
  mmdb.add("3.0.0.0/8", test::mmdb_map({{"country", test::mmdb_text("TW")}}));
  mmdb.add("4.0.0.0/8", test::mmdb_map({{"country", test::mmdb_text("Japan")},
                                        {"country_code", test::mmdb_text("JP")}}));
  mmdb.add("5.0.0.0/8", test::mmdb_map({{"asn", test::mmdb_number(6, 64496)}}));
  const GeoDatabases geo = open_bytes(directory, mmdb);
  EXPECT_EQ(region(geo, "1.1.1.1"), "JP");
  EXPECT_EQ(region(geo, "2.1.1.1"), "KR");
  EXPECT_EQ(region(geo, "3.1.1.1"), "TW");
  EXPECT_EQ(region(geo, "4.1.1.1"), "JP");
  EXPECT_EQ(region(geo, "5.1.1.1"), "ZZ");
}

TEST(GeoDatabases, GivesIpv4OnceHoweverOftenATreeRepeatsIt) {
  const TestDirectory directory("geo-alias");
  TestMmdb mmdb;
  mmdb.ip_version = 6;
  mmdb.add("1.2.0.0/16", flat_record("JP"));
  mmdb.add("2001:200::/32", flat_record("KR"));
  mmdb.add("2a00::/12", flat_record("DE"));
  mmdb.alias_v4_at("2002::/16");
  mmdb.alias_v4_at("64:ff9b::/96");
  const GeoDatabases geo = open_bytes(directory, mmdb);
  const auto networks = geo.networks();
  ASSERT_TRUE(networks.ok());
  std::vector<std::string> texts;
  for (const auto& network : *networks)
    texts.push_back(network.prefix.to_string() + " " + network.region.to_string());
  EXPECT_EQ(texts, (std::vector<std::string>{"1.2.0.0/16 JP", "2001:200::/32 KR", "2a00::/12 DE"}));
  EXPECT_EQ(region(geo, "1.2.3.4"), "JP");
  EXPECT_EQ(region(geo, "2002:102:304::1"), "JP");
  EXPECT_EQ(region(geo, "64:ff9b::102:304"), "JP");
  EXPECT_EQ(region(geo, "2001:200::1"), "KR");
  EXPECT_EQ(region(geo, "2001:201::1"), "ZZ");
}

TEST(GeoDatabases, SplitsNeighboursIntoPrefixes) {
  const TestDirectory directory("geo-networks");
  TestMmdb mmdb;
  // 1.2.3.0 to 1.2.6.255: no single prefix.
  for (const char* prefix : {"1.2.3.0/24", "1.2.4.0/24", "1.2.5.0/24", "1.2.6.0/24"})
    mmdb.add(prefix, flat_record("JP"));
  mmdb.add("1.2.7.128/25", flat_record("CN"));
  const GeoDatabases geo = open_bytes(directory, mmdb);
  const auto networks = geo.networks();
  ASSERT_TRUE(networks.ok());
  std::vector<std::string> texts;
  for (const auto& network : *networks)
    texts.push_back(network.prefix.to_string() + " " + network.region.to_string());
  EXPECT_EQ(texts, (std::vector<std::string>{"1.2.3.0/24 JP", "1.2.4.0/23 JP", "1.2.6.0/24 JP",
                                             "1.2.7.128/25 CN"}));
}

TEST(GeoDatabases, NeverLooksUpSpecialAddresses) {
  const TestDirectory directory("geo-special");
  TestMmdb mmdb;
  mmdb.add("0.0.0.0/1", flat_record("JP"));
  mmdb.add("128.0.0.0/1", flat_record("JP"));
  const GeoDatabases geo = open_bytes(directory, mmdb);
  EXPECT_EQ(region(geo, "8.8.8.8"), "JP");
  for (const char* special : {"10.1.2.3", "127.0.0.1", "192.0.2.1", "198.51.100.1", "203.0.113.1",
                              "100.64.0.1", "169.254.0.1", "224.0.0.1", "255.255.255.255", "::1"}) {
    EXPECT_EQ(region(geo, special), "ZZ") << special;
  }
}

TEST(GeoDatabases, TakesTheNewestDatedAtOrBeforeElseTheOldest) {
  const TestDirectory directory("geo-dates");
  std::vector<GeoFile> files;
  for (const char* code : {"US", "JP", "CN"}) {
    TestMmdb mmdb;
    mmdb.add("1.0.0.0/8", flat_record(code));
    files.push_back({directory.write(std::string(code) + ".mmdb", mmdb.build()), std::nullopt});
  }
  files[0].date = parse_day("2013-04-01");
  files[1].date = parse_day("2007-07-01");  // not in order of dates
  files[2].date = parse_day("2010-01-01");
  auto geo = GeoDatabases::open(files);
  ASSERT_TRUE(geo.ok()) << geo.error().message;
  EXPECT_EQ(region(*geo, "1.1.1.1", at("2001-01-01")), "JP");
  EXPECT_EQ(region(*geo, "1.1.1.1", at("2007-07-01")), "JP");
  EXPECT_EQ(region(*geo, "1.1.1.1", at("2009-12-31T23:59:59")), "JP");
  EXPECT_EQ(region(*geo, "1.1.1.1", at("2010-01-01")), "CN");
  EXPECT_EQ(region(*geo, "1.1.1.1", at("2013-03-31T23:59")), "CN");
  EXPECT_EQ(region(*geo, "1.1.1.1", at("2026-01-01")), "US");
  EXPECT_EQ(geo->source_at(at("2011-01-01")), "CN 2010-01-01");
  ASSERT_EQ(geo->databases().size(), 3U);
  EXPECT_EQ(geo->databases()[0].name, "JP");
  EXPECT_EQ(geo->networks()->front().region.to_string(), "US");
  EXPECT_EQ(geo->networks_at(at("2008-01-01"))->front().region.to_string(), "JP");
}

TEST(GeoDatabases, CountsFromItsBuildDateWhereNoneIsGiven) {
  const TestDirectory directory("geo-build");
  TestMmdb mmdb;
  mmdb.add("1.0.0.0/8", flat_record("JP"));
  mmdb.build_epoch = 1'365'033'600;  // date -u -d @1365033600: 2013-04-04 00:00
  const GeoDatabases geo = open_bytes(directory, mmdb);
  EXPECT_EQ(geo.source_at({}), "test 2013-04-04");
}

TEST(GeoDatabases, NamesTheFileAndWhatToDo) {
  const TestDirectory directory("geo-errors");
  const auto message = [](const std::string& path) {
    const auto geo = GeoDatabases::open({{path, std::nullopt}});
    return geo.ok() ? std::string("opened") : geo.error().message;
  };
  const std::string missing = directory.path("none.mmdb");
  EXPECT_EQ(message(missing),
            "no geolocation database at " + missing +
                ": run 'make setup' (it installs one from npm), or name an MMDB file with --geo "
                "FILE or the environment variable TEITEN_GEO");
  EXPECT_NE(message(directory.path("")).find("is a directory"), std::string::npos);
  const std::string empty = directory.write("empty.mmdb", {});
  EXPECT_NE(message(empty).find("cannot read the geolocation database " + empty),
            std::string::npos);
  const std::string text = directory.write("text.mmdb", test::Bytes(5000, 'x'));
  EXPECT_NE(message(text).find("cannot read the geolocation database " + text), std::string::npos);
  TestMmdb other;
  other.add("1.0.0.0/8", test::mmdb_map({{"asn", test::mmdb_number(6, 64496)}}));
  const std::string asn = directory.write("asn.mmdb", other.build());
  EXPECT_NE(message(asn).find(asn + " has no country codes"), std::string::npos);
}

TEST(GeoDatabases, TakesTheVariableWhereNoFileIsGiven) {
  const TestDirectory directory("geo-variable");
  TestMmdb mmdb;
  mmdb.add("1.0.0.0/8", flat_record("JP"));
  const std::string path = directory.write("mine.mmdb", mmdb.build());
  const char* before = std::getenv("TEITEN_GEO");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("TEITEN_GEO", (path + "@2009-01-02").c_str(), 1);
  auto geo = GeoDatabases::open({});
  if (before == nullptr) {
    ::unsetenv("TEITEN_GEO");
  } else {
    ::setenv("TEITEN_GEO", kept.c_str(), 1);
  }
  ASSERT_TRUE(geo.ok()) << geo.error().message;
  EXPECT_EQ(geo->source_at({}), "mine 2009-01-02");
}

MMDB_lookup_result_s look_up(const MMDB_s& mmdb, const IpAddress& address) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  v4.sin_addr.s_addr = htonl(address.v4_bits());
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  for (std::size_t byte = 0; byte < 16; ++byte) {
    const std::uint64_t half = byte < 8 ? address.high() : address.low();
    v6.sin6_addr.s6_addr[byte] = static_cast<std::uint8_t>(half >> (56 - 8 * (byte % 8)));
  }
  const auto* socket = address.is_v4() ? reinterpret_cast<const sockaddr*>(&v4)
                                       : reinterpret_cast<const sockaddr*>(&v6);
  int error = MMDB_SUCCESS;
  return MMDB_lookup_sockaddr(&mmdb, socket, &error);
}

/// libmaxminddb's own lookup as the other opinion, on addresses all over the space.
TEST(GeoDatabases, AgreesWithLibmaxminddbOnTheDefaultDatabase) {
  if (!std::filesystem::exists(TEITEN_DEFAULT_MMDB))
    GTEST_SKIP() << "no database at " << TEITEN_DEFAULT_MMDB;
  auto geo = GeoDatabases::open({{TEITEN_DEFAULT_MMDB, std::nullopt}});
  ASSERT_TRUE(geo.ok()) << geo.error().message;
  MMDB_s mmdb;
  ASSERT_EQ(MMDB_open(TEITEN_DEFAULT_MMDB, MMDB_MODE_MMAP, &mmdb), MMDB_SUCCESS);
  std::uint64_t state = 42;
  const auto random = [&state] { return state = mix64(state + 0x9e3779b97f4a7c15ULL); };
  std::size_t known = 0;
  for (int i = 0; i < 200'000; ++i) {
    const bool v4 = i % 2 == 0;
    const IpAddress address =
        v4 ? IpAddress::v4(static_cast<std::uint32_t>(random() >> 20))
           : IpAddress::v6(0x2000000000000000ULL | (random() & 0x0fff'ffff'0000'0000ULL), random());
    if (is_special(use_of(address)) || (address.high() >> 48) == 0x2002) continue;
    MMDB_lookup_result_s found = look_up(mmdb, address);
    std::string expected = "ZZ";
    MMDB_entry_data_s data;
    if (found.found_entry &&
        MMDB_get_value(&found.entry, &data, "country_code", nullptr) == MMDB_SUCCESS &&
        data.has_data) {
      expected.assign(data.utf8_string, data.data_size);
      ++known;
    }
    ASSERT_EQ(geo->region_of(address, {}).to_string(), expected) << address.to_string();
  }
  EXPECT_GT(known, 60'000U);
  MMDB_close(&mmdb);
}

}  // namespace
}  // namespace teiten
