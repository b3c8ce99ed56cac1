#include "analyze/families.h"

#include <array>

#include <gtest/gtest.h>

#include "analyze/profile_test_data.h"
#include "analyze/service_pairs.h"

namespace teiten {
namespace {

using test::ProfileBuilder;
using test::ProfileDice;
using test::service;

std::vector<std::string> ids(const FamilyFindings& findings) {
  std::vector<std::string> result;
  for (const Family& family : findings.families)
    result.push_back(family.id);
  return result;
}

using Ids = std::vector<std::string>;

/// 2,600 sources of five services that nothing ties together.
void add_background(ProfileBuilder& builder) {
  builder.add({"22/tcp"}, "JP", 100);
  for (const char* text : {"22/tcp", "23/tcp", "25/tcp", "8/icmp", "1434/udp"}) {
    builder.add({text}, "US", 300, 1);
    builder.add({text}, "CN", 200, 2);
  }
}

TEST(Families, SourcesThatAskForBothMakeOne) {
  ProfileBuilder builder;
  add_background(builder);
  builder.add({"135/tcp", "445/tcp"}, "JP", 60, 3);
  builder.add({"135/tcp", "139/tcp"}, "JP", 30, 4);
  builder.add({"135/tcp", "445/tcp"}, "CN", 10, 5);
  builder.add({"135/tcp"}, "JP", 100);
  const FamilyFindings findings = find_families(builder.profiles);
  ASSERT_EQ(ids(findings), Ids{"135+139+445/tcp"});
  EXPECT_EQ(findings.sources, 2800U);
  // 135, 139, 445 and the five of the background: 28 pairs.
  EXPECT_EQ(findings.candidate_services, 8U);
  EXPECT_EQ(findings.pairs_tested, 28U);

  const Family& family = findings.families[0];
  // Those that asked for 135/tcp alone do not belong to it.
  EXPECT_EQ(family.sources, 100U);
  EXPECT_EQ(family.sensors, 3U);
  ASSERT_EQ(family.regions.size(), 2U);
  EXPECT_EQ(family.regions[0].region, Region('J', 'P'));
  EXPECT_EQ(family.regions[0].sources, 90U);
  // 290 of 2,800 sources are JP: 0.9 ÷ 0.103571.
  EXPECT_NEAR(family.regions[0].enrichment, 8.689655, 1e-5);
  EXPECT_EQ(family.main_regions, (std::vector<Region>{Region('J', 'P')}));
  EXPECT_EQ(family.continuity, Family::Continuity::unknown);

  // 135+445: 70 of 200 and 70; 135+139: 30 of 200 and 30. 139 and 445 never together.
  ASSERT_EQ(family.pairs.size(), 2U);
  EXPECT_EQ(family.pairs[0].b, service("445/tcp"));
  EXPECT_EQ(family.pairs[0].both, 70U);
  EXPECT_EQ(family.pairs[0].only_a, 130U);
  EXPECT_EQ(family.pairs[0].only_b, 0U);
  EXPECT_EQ(family.pairs[0].neither, 2600U);
  EXPECT_NEAR(family.pairs[0].jaccard, 0.35, 1e-12);
  EXPECT_NEAR(family.pairs[1].jaccard, 0.15, 1e-12);
}

// 17 of 101 is more than the eighth that the region sends of all, but chance alone gives as much.
TEST(Families, MainRegionsNeedMoreThanChance) {
  ProfileBuilder builder;
  builder.add({"22/tcp"}, "US", 250);
  builder.add({"22/tcp"}, "CN", 1750);
  builder.add({"80/tcp", "8080/tcp"}, "US", 17);
  builder.add({"80/tcp", "8080/tcp"}, "CN", 84);
  const FamilyFindings findings = find_families(builder.profiles);
  ASSERT_EQ(ids(findings), Ids{"80+8080/tcp"});
  EXPECT_GT(findings.families[0].regions[1].enrichment, 1.2);
  EXPECT_TRUE(findings.families[0].main_regions.empty());
}

// One service of two resembles the pair by half, and is no member all the same.
TEST(Families, AMemberSharesTwoServices) {
  ProfileBuilder builder;
  add_background(builder);
  builder.add({"80/tcp", "8080/tcp"}, "US", 60);
  builder.add({"80/tcp"}, "US", 100);
  const FamilyFindings findings = find_families(builder.profiles);
  ASSERT_EQ(ids(findings), Ids{"80+8080/tcp"});
  EXPECT_EQ(findings.families[0].sources, 60U);
}

// 60 of 1,060 who ask for either ask for both: the odds are high, but the two are not one thing.
TEST(Families, AFewOfManyAreNoPair) {
  ProfileBuilder builder;
  add_background(builder);
  builder.add({"80/tcp", "8080/tcp"}, "US", 60);
  builder.add({"80/tcp"}, "US", 1000);
  EXPECT_TRUE(find_families(builder.profiles).families.empty());
  FamilyOptions options;
  options.min_jaccard = 0.05;
  EXPECT_EQ(ids(find_families(builder.profiles, options)), Ids{"80+8080/tcp"});
}

// 120 of 480 (Jaccard index 0.25), odds ratio 1.93 with a low end of 1.2: popular together.
TEST(Families, WeakOddsAreNoPair) {
  ProfileBuilder builder;
  builder.add({"80/tcp", "8080/tcp"}, "US", 120);
  builder.add({"80/tcp"}, "US", 180);
  builder.add({"8080/tcp"}, "US", 180);
  builder.add({"22/tcp"}, "US", 520);
  EXPECT_TRUE(find_families(builder.profiles).families.empty());
  FamilyOptions options;
  options.min_odds_ratio_low = 1;
  EXPECT_EQ(ids(find_families(builder.profiles, options)), Ids{"80+8080/tcp"});
}

// In JP two thirds ask for each of two services and elsewhere hardly anybody does, but within JP
// asking for one says nothing of the other.
TEST(Families, RegionMixIsNoBehaviour) {
  ProfileBuilder builder;
  builder.add({"135/tcp", "445/tcp"}, "JP", 400);
  builder.add({"135/tcp"}, "JP", 200);
  builder.add({"445/tcp"}, "JP", 200);
  builder.add({"22/tcp"}, "JP", 100);
  builder.add({"22/tcp"}, "US", 3000);
  const FamilyFindings findings = find_families(builder.profiles);
  EXPECT_TRUE(findings.families.empty());
  ASSERT_EQ(findings.region_mix.size(), 1U);
  EXPECT_NEAR(findings.region_mix[0].jaccard, 0.5, 1e-12);
  EXPECT_GT(findings.region_mix[0].odds_ratio_low, 2);
  // 400·100 ÷ (200·200): no association at all.
  EXPECT_NEAR(findings.region_mix[0].stratified_odds_ratio, 1.0, 1e-12);
}

TEST(Families, ABusySourceTiesNothing) {
  ProfileBuilder builder;
  add_background(builder);
  builder.add({"22/tcp", "23/tcp", "25/tcp", "1/tcp", "2/tcp", "3/tcp", "4/tcp", "5/tcp", "6/tcp",
               "7/tcp", "8/tcp"},
              "US", 200);
  const FamilyFindings findings = find_families(builder.profiles);
  EXPECT_TRUE(findings.families.empty());
  EXPECT_EQ(findings.busy_sources, 200U);
}

TEST(Families, FewSourcesMakeNone) {
  ProfileBuilder builder;
  add_background(builder);
  builder.add({"135/tcp", "445/tcp"}, "JP", 19);
  builder.add({"135/tcp"}, "JP", 10);
  builder.add({"445/tcp"}, "JP", 10);
  EXPECT_TRUE(find_families(builder.profiles).families.empty());
  builder.add({"135/tcp", "445/tcp"}, "JP", 1);
  EXPECT_EQ(ids(find_families(builder.profiles)), Ids{"135+445/tcp"});
}

// Half in one, half in the other: it belongs to none.
TEST(Families, ASourceBetweenTwoBelongsToNone) {
  ProfileBuilder builder;
  add_background(builder);
  builder.add({"1/tcp", "2/tcp"}, "US", 60);
  builder.add({"3/tcp", "4/tcp"}, "US", 60);
  builder.add({"1/tcp", "2/tcp", "3/tcp", "4/tcp"}, "US", 1);
  const FamilyFindings findings = find_families(builder.profiles);
  ASSERT_EQ(ids(findings), (Ids{"1+2/tcp", "3+4/tcp"}));
  EXPECT_EQ(findings.families[0].sources, 60U);
  EXPECT_EQ(findings.families[1].sources, 60U);
}

TEST(Families, ContinuityIsByServices) {
  ProfileBuilder before;
  add_background(before);
  before.add({"1/tcp", "2/tcp", "3/tcp"}, "US", 50);
  before.add({"10/tcp", "11/tcp"}, "US", 50);
  ProfileBuilder now;  // the same addresses in the same order
  add_background(now);
  now.add({"1/tcp", "2/tcp"}, "US", 50);
  now.add({"11/tcp", "12/tcp"}, "US", 40);
  now.add({"20/tcp", "21/tcp"}, "US", 30);
  const FamilyFindings findings = find_families(now.profiles, before.profiles);
  ASSERT_EQ(ids(findings), (Ids{"1+2/tcp", "11+12/tcp", "20+21/tcp"}));
  EXPECT_EQ(findings.families[0].continuity, Family::Continuity::same);
  EXPECT_EQ(findings.families[0].previous, "1+2+3/tcp");
  EXPECT_NEAR(findings.families[0].overlap, 2.0 / 3, 1e-12);
  EXPECT_NEAR(findings.families[0].returning_share, 1.0, 1e-12);
  EXPECT_EQ(findings.families[1].continuity, Family::Continuity::partly);
  EXPECT_NEAR(findings.families[1].overlap, 0.5, 1e-12);
  EXPECT_EQ(findings.families[2].continuity, Family::Continuity::fresh);
  EXPECT_EQ(findings.families[2].previous, "");
}

TEST(Families, IdNamesProtocolsOnce) {
  EXPECT_EQ(family_id(std::array{service("135/tcp"), service("445/tcp")}), "135+445/tcp");
  EXPECT_EQ(family_id(std::array{service("8/icmp"), service("80/tcp"), service("53/udp")}),
            "8/icmp+80/tcp+53/udp");
}

// Services drawn independently by sources of which some ask for one and some for five.
TEST(Families, NoiseMakesNone) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    ProfileDice dice(seed);
    ProfileBuilder builder;
    for (int source = 0; source < 4000; ++source) {
      std::vector<SourceCell> cells;
      const std::uint64_t count = 1 + dice.below(2) + (dice.chance(0.1) ? dice.below(5) : 0);
      for (std::uint64_t i = 0; i < count; ++i) {
        // Popularity falls with the square: few services of many, many of few.
        const double u = dice.uniform();
        const auto port = static_cast<std::uint16_t>(1 + 60 * u * u);
        SourceCell entry = test::cell("1/tcp", dice.chance(0.5) ? "US" : "CN");
        entry.service = Service(protocol::kTcp, port);
        cells.push_back(entry);
      }
      builder.add(cells);
    }
    EXPECT_EQ(ids(find_families(builder.profiles)), Ids{}) << seed;
  }
}

PairAssociation edge(const char* a, const char* b, double jaccard) {
  PairAssociation pair;
  pair.a = service(a);
  pair.b = service(b);
  pair.jaccard = jaccard;
  return pair;
}

TEST(Components, ALargeOneLosesItsWeakestPairs) {
  const std::array pairs = {edge("1/tcp", "2/tcp", 0.9), edge("2/tcp", "3/tcp", 0.2),
                            edge("3/tcp", "4/tcp", 0.8), edge("4/tcp", "5/tcp", 0.3)};
  const auto whole = components(pairs, 5);
  ASSERT_EQ(whole.size(), 1U);
  EXPECT_EQ(whole[0].size(), 5U);
  const auto parts = components(pairs, 3);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0], (std::vector{service("1/tcp"), service("2/tcp")}));
  EXPECT_EQ(parts[1], (std::vector{service("3/tcp"), service("4/tcp"), service("5/tcp")}));
  // 5/tcp hangs on by the weakest pair of its part and is dropped.
  const auto smaller = components(pairs, 2);
  ASSERT_EQ(smaller.size(), 2U);
  EXPECT_EQ(smaller[1], (std::vector{service("3/tcp"), service("4/tcp")}));
}

}  // namespace
}  // namespace teiten
