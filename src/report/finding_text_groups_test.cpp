#include <gtest/gtest.h>

#include "report/finding_text.h"
#include "report/finding_text_test_data.h"

namespace teiten {
namespace {

using test::en;
using test::ja;
using test::kEn;
using test::kJa;

CoTargeting japanese() {
  return {*Service::parse("1433/tcp"),
          {Region('J', 'P')},
          {*Service::parse("135/tcp"), *Service::parse("139/tcp"), *Service::parse("445/tcp")},
          1204,
          611,
          0.5075,
          0.031,
          9.4};
}

CoTargeting continental() {
  return {*Service::parse("1433/tcp"),
          {Region('C', 'N'), Region('K', 'R'), Region('H', 'K')},
          {*Service::parse("2967/tcp"), *Service::parse("3306/tcp")},
          3120,
          1300,
          0.41667,
          0.02,
          12};
}

TEST(FindingText, SaysWhatTheSourcesOfARiseAlsoAskedFor) {
  EXPECT_EQ(ja().co_targeting(kJa, japanese(), {}, nullptr),
            "日本から1433(TCP)へアクセスした1,204の発信元のうち、611(50.8%)は、135(TCP)、139(TCP)、"
            "445(TCP)のいずれかにもアクセスしていました(その他の地域の発信元では3.1%)。");
  EXPECT_EQ(en().co_targeting(kEn, japanese(), {}, nullptr),
            "Of the 1,204 sources from Japan that asked for 1433(TCP), 611 (50.8%) also asked for "
            "135(TCP), 139(TCP) or 445(TCP); of the sources from elsewhere, 3.1% did.");
}

TEST(FindingText, SpeaksOfInfectionOnlyWithAReason) {
  const std::vector<KnownMalware> one = {{"Blaster", {*Service::parse("135/tcp")}}};
  EXPECT_EQ(
      ja().co_targeting(kJa, japanese(), one, nullptr),
      "日本から1433(TCP)へアクセスした1,204の発信元のうち、611(50.8%)は、135(TCP)、139(TCP)、"
      "445(TCP)のいずれかにもアクセスしていました(その他の地域の発信元では3.1%)。同じ発信元がこれ"
      "らの宛先ポートを組み合わせて探していることと、これらの宛先ポートで感染を広げるものとして"
      "Blaster(135(TCP))が知られていることから、感染したコンピュータからの感染活動と思われます。");
  const std::vector<KnownMalware> two = {
      {"Agobot", {*Service::parse("135/tcp"), *Service::parse("445/tcp")}},
      {"Sasser", {*Service::parse("445/tcp")}}};
  EXPECT_EQ(en().co_targeting(kEn, japanese(), two, nullptr),
            "Of the 1,204 sources from Japan that asked for 1433(TCP), 611 (50.8%) also asked for "
            "135(TCP), 139(TCP) or 445(TCP); of the sources from elsewhere, 3.1% did. Because the "
            "same sources search for these ports together, and Agobot (135(TCP) and "
            "445(TCP)) and Sasser (445(TCP)) are known to spread by them, these are probably "
            "infected computers that look for others to infect.");
}

TEST(FindingText, TellsTwoGroupsApart) {
  const CoTargeting first = japanese();
  EXPECT_TRUE(
      ja().co_targeting(kJa, continental(), {}, &first)
          .ends_with("日本の発信元とは、発信元地域も、合わせてアクセスする宛先ポートも異なること"
                     "から、異なる集団と思われます。"));
  const std::vector<KnownMalware> bot = {{"Spybot", {*Service::parse("2967/tcp")}}};
  EXPECT_TRUE(ja().co_targeting(kJa, continental(), bot, &first)
                  .ends_with("異なることから、異なる種類のボットと思われます。"));
  EXPECT_TRUE(
      en().co_targeting(kEn, continental(), bot, &first)
          .ends_with("They differ from the sources from Japan both in region and in the "
                     "other ports they ask for, so they are probably another kind of bot."));
  EXPECT_TRUE(en().co_targeting(kEn, continental(), {}, &first)
                  .ends_with("so they are probably another group."));
}

TEST(FindingText, KeepsGroupsTogetherWithoutEvidence) {
  CoTargeting same_region = continental();
  same_region.regions.push_back(Region('J', 'P'));
  EXPECT_FALSE(are_different_groups(japanese(), same_region));
  CoTargeting same_service = continental();
  same_service.with.push_back(*Service::parse("445/tcp"));
  EXPECT_FALSE(are_different_groups(japanese(), same_service));
  CoTargeting chance = continental();
  chance.odds_ratio_low = 0.9;
  EXPECT_FALSE(are_different_groups(japanese(), chance));
  EXPECT_TRUE(are_different_groups(japanese(), continental()));
  const CoTargeting first = japanese();
  EXPECT_EQ(ja().co_targeting(kJa, chance, {}, &first).find("異なる"), std::string::npos);
}

Family family_of(std::vector<std::string_view> services, std::vector<RegionShare> regions) {
  Family family;
  for (const auto& id : services)
    family.services.push_back(*Service::parse(id));
  family.sources = 10234;
  for (const RegionShare& share : regions) {
    if (share.share >= 0.1 && share.enrichment >= 1.2) family.main_regions.push_back(share.region);
  }
  family.regions = std::move(regions);
  return family;
}

TEST(FindingText, DescribesAFamily) {
  Family windows =
      family_of({"135/tcp", "139/tcp", "445/tcp"},
                {{Region('J', 'P'), 7320, 0.71526, 2.8}, {Region('C', 'N'), 900, 0.088, 0.5}});
  EXPECT_EQ(ja().family(kJa, windows, {}, nullptr),
            "135(TCP)、139(TCP)、445(TCP)は、同じ発信元が組み合わせてアクセスする宛先ポートです("
            "主にこれらへアクセスした発信元"
            "10,234)。発信元は主に日本(71.5%)です。");
  EXPECT_EQ(en().family(kEn, windows, {}, nullptr),
            "The same sources asked for 135(TCP), 139(TCP) and 445(TCP) together (10,234 sources "
            "that asked for most of these and little else; "
            "mainly from Japan, 71.5%).");
  windows.population = PopulationEstimate{12800.4, 12100, 13700};
  windows.continuity = Family::Continuity::same;
  EXPECT_EQ(ja().family(kJa, windows, {}, nullptr),
            "135(TCP)、139(TCP)、445(TCP)は、同じ発信元が組み合わせてアクセスする宛先ポートです("
            "主にこれらへアクセスした発信元"
            "10,234)。発信元は主に日本(71.5%)"
            "です。発信元が宛先を無作為に選んでいるとすれば、観測点に届かなかったものも含め、発信元"
            "は少なくともおよそ12,800(95%区間12,100～13,"
            "700)と推定されます。前月にも同じ組み合わせが見られました。");
  EXPECT_EQ(en().family(kEn, windows, {}, nullptr),
            "The same sources asked for 135(TCP), 139(TCP) and 445(TCP) together (10,234 sources "
            "that asked for most of these and little else; "
            "mainly from Japan, 71.5%). If they choose addresses at random, there were at least "
            "about 12,800 of them (95% interval 12,100 to 13,700), those that reached no sensor "
            "included. The same combination was there in the previous month.");
}

TEST(FindingText, TellsAFamilyFromAnother) {
  const Family first = family_of({"135/tcp", "1433/tcp"}, {{Region('J', 'P'), 7320, 0.715, 2.8}});
  Family second = family_of({"1433/tcp", "2967/tcp"},
                            {{Region('C', 'N'), 6000, 0.6, 2.5}, {Region('K', 'R'), 2000, 0.2, 4}});
  const std::vector<std::string> risen = {"1433/tcp"};
  second.continuity = Family::Continuity::fresh;
  EXPECT_EQ(
      ja().family(kJa, second, risen, &first),
      "1433(TCP)、2967(TCP)は、同じ発信元が組み合わせてアクセスする宛先ポートです("
      "主にこれらへアクセスした発信元10,234)。"
      "発信元は主に中国(60.0%)と韓国(20.0%)です。このうち1433(TCP)は、当月増加した宛先ポートです。"
      "135(TCP)、1433(TCP)"
      "の発信元とは、発信元地域も宛先ポートの組み合わせも異なります。前月には見ら"
      "れなかった組み合わせです。");
  EXPECT_EQ(en().family(kEn, second, risen, &first),
            "The same sources asked for 1433(TCP) and 2967(TCP) together (10,234 sources that "
            "asked for most of these and little else; mainly "
            "from China, 60.0%; South Korea, 20.0%). Of these, 1433(TCP) rose this month. They "
            "differ from the sources of 135(TCP) and 1433(TCP) in region and in the ports they ask "
            "for. The previous month did not have this combination.");
  Family partly = family_of({"80/tcp", "8080/tcp"}, {});
  partly.continuity = Family::Continuity::partly;
  EXPECT_EQ(ja().family(kJa, partly, {}, &first),
            "80(TCP)、8080(TCP)は、同じ発信元が組み合わせてアクセスする宛先ポートです("
            "主にこれらへアクセスした発信元10,234)。"
            "前月に見られた組み合わせと、一部が共通しています。");
  EXPECT_EQ(en().family(kEn, partly, {}, &first),
            "The same sources asked for 80(TCP) and 8080(TCP) together (10,234 sources that asked "
            "for most of these and little else). It shares "
            "a part with a combination of the previous month.");
}

TEST(FindingText, SaysThatAllOfAFamilyRose) {
  const Family all = family_of({"1433/tcp", "2967/tcp"}, {});
  const std::vector<std::string> risen = {"1433/tcp", "2967/tcp"};
  EXPECT_TRUE(
      ja().family(kJa, all, risen, nullptr).ends_with("いずれも、当月増加した宛先ポートです。"));
  EXPECT_TRUE(en().family(kEn, all, risen, nullptr).ends_with(" All of them rose this month."));
}

}  // namespace
}  // namespace teiten
