#include "enrich/mmdb.h"

#include <gtest/gtest.h>

#include "enrich/mmdb_record.h"
#include "enrich/test_mmdb.h"

namespace teiten {
namespace {

using test::Bytes;
using test::flat_record;
using test::TestDirectory;
using test::TestMmdb;

TestMmdb small_database() {
  TestMmdb mmdb;
  mmdb.ip_version = 6;
  mmdb.add("1.2.0.0/16", flat_record("JP"));
  mmdb.add("5.6.7.0/24", test::maxmind_record("CN"));
  mmdb.add("2001:200::/32", flat_record("KR"));
  mmdb.alias_v4_at("2002::/16");
  return mmdb;
}

/// Whatever the bytes, the answer is a table or one error that names the file.
void expect_table_or_error(const std::string& path) {
  const auto regions = read_mmdb(path);
  if (!regions.ok()) {
    EXPECT_NE(regions.error().message.find(path), std::string::npos) << regions.error().message;
    return;
  }
  for (const char* address : {"1.2.3.4", "5.6.7.8", "255.255.255.255", "2001:200::1"})
    regions->table.find(*IpAddress::parse(address));
}

TEST(Mmdb, SurvivesChangedBytes) {
  const TestDirectory directory("mmdb-flips");
  const Bytes sound = small_database().build();
  std::uint64_t state = 7;
  for (int round = 0; round < 3000; ++round) {
    Bytes bytes = sound;
    const int changes = 1 + round % 4;
    for (int i = 0; i < changes; ++i) {
      state = mix64(state + 0x9e3779b97f4a7c15ULL);
      bytes[state % bytes.size()] = static_cast<std::uint8_t>(state >> 56);
    }
    expect_table_or_error(directory.write("flipped.mmdb", bytes));
  }
}

TEST(Mmdb, SurvivesEveryTruncation) {
  const TestDirectory directory("mmdb-cut");
  const Bytes sound = small_database().build();
  for (std::size_t size = 0; size < sound.size(); size += 3) {
    expect_table_or_error(
        directory.write("cut.mmdb", Bytes(sound.begin(), sound.begin() + static_cast<long>(size))));
  }
}

TEST(Mmdb, RefusesATreeThatLoops) {
  const TestDirectory directory("mmdb-loop");
  TestMmdb mmdb;
  mmdb.add("1.0.0.0/8", flat_record("JP"));
  mmdb.set_branch(1, 1, 1);  // 01… leads to itself, for ever
  const std::string path = directory.write("loop.mmdb", mmdb.build());
  const auto regions = read_mmdb(path);
  ASSERT_FALSE(regions.ok());
  EXPECT_EQ(regions.error().code, ErrorCode::malformed);
  EXPECT_EQ(regions.error().message,
            "the geolocation database " + path +
                " is broken (its search tree is too deep): fetch it again");
}

TEST(Mmdb, StopsAtATreeWithMorePathsThanNodes) {
  const TestDirectory directory("mmdb-paths");
  TestMmdb mmdb;
  mmdb.ip_version = 6;
  // 127 nodes, both branches of each to the next: 2^127 paths.
  for (std::size_t node = 0; node < 126; ++node) {
    mmdb.set_branch(node, 0, node + 1);
    mmdb.set_branch(node, 1, node + 1);
  }
  const std::string path = directory.write("paths.mmdb", mmdb.build());
  const auto regions = read_mmdb(path);
  ASSERT_FALSE(regions.ok());
  EXPECT_EQ(regions.error().code, ErrorCode::limit_reached);
  EXPECT_NE(regions.error().message.find("kMaxTreeVisits"), std::string::npos);
}

// 23 levels of nodes that are shared, with another country at each second address: 2^23 ranges.
TEST(Mmdb, StopsAtMoreRangesThanCountriesHave) {
  const TestDirectory directory("mmdb-ranges");
  TestMmdb mmdb;
  mmdb.add("128.0.0.0/1", flat_record("JP"));
  mmdb.add("0.0.0.0/1", flat_record("CN"));
  const std::array<std::uint64_t, 2> countries = mmdb.branches(0);
  constexpr std::size_t kLevels = 23;
  for (std::size_t level = 0; level < kLevels; ++level) {
    for (const std::size_t side : {0U, 1U})
      mmdb.set_branch(level, side, level + 1 < kLevels ? level + 1 : countries.at(side));
  }
  const auto regions = read_mmdb(directory.write("ranges.mmdb", mmdb.build()));
  ASSERT_FALSE(regions.ok());
  EXPECT_EQ(regions.error().code, ErrorCode::limit_reached);
  EXPECT_NE(regions.error().message.find("kMaxRegionRanges"), std::string::npos);
}

TEST(MmdbRecord, FollowsPointersOnce) {
  // At 0: the text "JP" (0x42 'J' 'P'); at 3: a map of one field whose value points to 0.
  Bytes data = test::mmdb_text("JP");
  data.push_back(0xe1);
  test::append(data, test::mmdb_text("country_code"));
  data.insert(data.end(), {0x20, 0x00});
  EXPECT_EQ(region_of_record(data, 3).to_string(), "JP");
  // A pointer to a pointer is forbidden.
  data[data.size() - 1] = static_cast<std::uint8_t>(data.size() - 2);
  EXPECT_EQ(region_of_record(data, 3).to_string(), "ZZ");
}

TEST(MmdbRecord, StopsWhereARecordClaimsMoreThanThereIs) {
  // A map of 16,843,036 fields in a section of 60 kB that is made of empty texts.
  Bytes data = {0xff, 0xff, 0xff, 0xff};
  data.resize(60'000, 0x40);
  EXPECT_EQ(region_of_record(data, 0).to_string(), "ZZ");
  // Arrays in arrays, each of 28, as deep as the section.
  Bytes nested = {0xe1, 0x41, 'a'};
  for (int i = 0; i < 10'000; ++i)
    nested.insert(nested.end(), {0x1c, 0x04});
  EXPECT_EQ(region_of_record(nested, 0).to_string(), "ZZ");
  EXPECT_EQ(region_of_record({}, 0).to_string(), "ZZ");
  EXPECT_EQ(region_of_record(data, data.size() + 5).to_string(), "ZZ");
}

TEST(MmdbRecord, ReadsAFieldBehindLongerOnes) {
  const Bytes data = test::mmdb_map({{"city", test::mmdb_map({{"names", test::mmdb_map({})}})},
                                     {"note", test::mmdb_text(std::string(200, 'n'))},
                                     {"flag", {0x01, 0x07}},  // boolean true: no payload
                                     {"country_code", test::mmdb_text("de")}});
  EXPECT_EQ(region_of_record(data, 0).to_string(), "DE");
}

}  // namespace
}  // namespace teiten
