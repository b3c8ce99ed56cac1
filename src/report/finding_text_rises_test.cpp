#include <limits>

#include <gtest/gtest.h>

#include "report/finding_text.h"
#include "report/finding_text_test_data.h"

namespace teiten {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;
using test::en;
using test::ja;
using test::july;
using test::kEn;
using test::kJa;

Surge sql_surge() {
  Surge surge;
  surge.service = "1433/tcp";
  surge.shape = SurgeShape::since_change;
  surge.first = july(17);
  surge.last = july(31);
  surge.open = true;
  surge.baseline = 105.2;
  surge.level = 199.8;
  surge.latest = 199.8;
  surge.ratio = 1.899;
  surge.peak = 231;
  surge.peak_day = july(24);
  surge.sources = 2871;
  surge.sensors = 10;
  surge.sensors_up = 10;
  surge.change = ChangeDate{july(16), 8.2, 1.9};
  return surge;
}

Surge region_rise(std::string code, double baseline, double ratio) {
  Surge rise;
  rise.service = "1433/tcp";
  rise.region = std::move(code);
  rise.baseline = baseline;
  rise.ratio = ratio;
  return rise;
}

TEST(FindingText, ListsWhatRose) {
  EXPECT_EQ(ja().surges(kJa, {}), "発信元の増加を確認できた宛先ポートはありませんでした。");
  EXPECT_EQ(en().surges(kEn, {}), "No service was found to draw more sources than before.");
  std::vector<Surge> list = {sql_surge()};
  list[0].shape = SurgeShape::sharp;
  EXPECT_EQ(
      ja().surges(kJa, list),
      "宛先ポート別に見ると、1433(TCP)「Microsoft SQL Server」で、アクセスする発信元が急増しまし"
      "た。");
  list.push_back(sql_surge());
  list[1].service = "5900/tcp";
  EXPECT_EQ(
      ja().surges(kJa, list),
      "宛先ポート別に見ると、1433(TCP)「Microsoft SQL Server」と5900(TCP)で、アクセスする発信元が"
      "それぞれ増加しました。");
  EXPECT_EQ(en().surges(kEn, list),
            "By service, more sources than before asked for 1433(TCP) (Microsoft SQL Server) and "
            "5900(TCP).");
}

TEST(FindingText, SaysSinceWhenAndFromWhere) {
  Surge surge = sql_surge();
  surge.regions = {region_rise("CN", 40, 2.14), region_rise("JP", 22, 1.75)};
  EXPECT_EQ(
      ja().surge(kJa, surge, "2.1.1", false),
      "7月の後半(7月16日)から、1433(TCP)「Microsoft SQL Server」へアクセスする発信元が増加しまし"
      "た(図2.1.1)。1日あたりの発信元数は、それまでの105から平均200へ、1.9倍になりました"
      "(最も多い7月24日は231)。この間の発信元は合わせて2,871で、10観測点すべてで観測しました。"
      "発信元地域別に見ると、中国(2.1倍)と日本(1.8倍)からの発信元が増えています。");
  EXPECT_EQ(en().surge(kEn, surge, "2.1.1", false),
            "Since the second half of July (16 July), more sources have asked for 1433(TCP) "
            "(Microsoft SQL Server) (Figure 2.1.1). Distinct sources a day went from 105 before to "
            "200 on average, 1.9 times as many (the most, 231, on 24 July). In this time there "
            "were 2,871 sources, which between them reached all 10 sensors. By region, the rise "
            "shows in sources from China (2.1 "
            "times) and Japan (1.8 times).");
}

TEST(FindingText, SaysTheDayOfARiseInTheFirstHalf) {
  Surge surge = sql_surge();
  surge.change->day = july(9);
  EXPECT_EQ(
      ja().surge(kJa, surge, "", false).substr(0, std::string("7月9日から、1433(TCP)").size()),
      "7月9日から、1433(TCP)");
  EXPECT_TRUE(
      en().surge(kEn, surge, "", false).starts_with("From 9 July on, more sources asked for "));
  surge.shape = SurgeShape::rise;  // no word about a change: the first day of the rise
  EXPECT_TRUE(ja().surge(kJa, surge, "", false).starts_with("7月17日から、"));
  EXPECT_TRUE(en().surge(kEn, surge, "", false).starts_with("From 17 July on, "));
}

TEST(FindingText, SaysThatARiseEnded) {
  Surge surge = sql_surge();
  surge.shape = SurgeShape::sharp;
  surge.first = july(5);
  surge.last = july(12);
  surge.open = false;
  EXPECT_TRUE(
      ja().surge(kJa, surge, "", false)
          .starts_with("7月5日から7月12日にかけて、1433(TCP)「Microsoft SQL Server」へアクセスする"
                       "発信元が急増しました。"));
  EXPECT_TRUE(en().surge(kEn, surge, "", false)
                  .starts_with("From 5 July to 12 July, far more sources asked for 1433(TCP) "));
  surge.shape = SurgeShape::temporary;
  surge.last = july(5);
  EXPECT_TRUE(
      ja().surge(kJa, surge, "2.1.3", false)
          .starts_with("7月5日に、1433(TCP)「Microsoft SQL Server」へアクセスする発信元が一時的に"
                       "増加しました(図2.1.3)。"));
  EXPECT_TRUE(en().surge(kEn, surge, "", false)
                  .starts_with("On 5 July, more sources asked for a time for 1433(TCP) "));
}

TEST(FindingText, SaysThatThereWereNoSourcesBefore) {
  Surge surge = sql_surge();
  surge.service = "4899/tcp";
  surge.baseline = 0;
  surge.ratio = std::numeric_limits<double>::infinity();
  surge.level = 12;
  surge.sources = 1;
  surge.sensors = 1;
  surge.sensors_up = 1;
  surge.top1_share = 0.624;
  surge.regions = {region_rise("US", 0, std::numeric_limits<double>::infinity())};
  EXPECT_EQ(
      ja().surge(kJa, surge, "", false),
      "7月の後半(7月16日)から、4899(TCP)へアクセスする発信元が増加しました。1日あたりの発信元数"
      "は、それまで0でしたが、平均12になりました(最も多い7月24日は231)"
      "。この間の発信元は合わせて1で、"
      "1観測点すべてで観測しました。発信元地域別に見ると、米国からの発信元が増えています。"
      "ただし、この間のパケットの62.4%は1つの発信元からのものです。");
  EXPECT_EQ(en().surge(kEn, surge, "", false),
            "Since the second half of July (16 July), more sources have asked for 4899(TCP). "
            "Distinct sources a day went from none before to 12 on average (the most, 231, on 24 "
            "July). In this time there was 1 source, which reached 1 sensor. By region, the rise "
            "shows in "
            "sources from the United States. One source alone sent 62.4% of the packets in this "
            "time, though.");
}

TEST(FindingText, NamesWeaknessesWithTheirDatesAndNoIntent) {
  const std::vector<KnownWeakness> old = {{"MS02-061", year(2002) / month(10) / day(16), false}};
  EXPECT_EQ(
      ja().known_aims(kJa, "1433/tcp", old),
      "1433(TCP)へのアクセスには、Microsoft SQL Serverの脆弱性や弱いパスワードを狙うものが知られて"
      "います。関連する既知の脆弱性には、MS02-061(2002年10月16日公表)があります。");
  EXPECT_EQ(en().known_aims(kEn, "1433/tcp", old),
            "Some accesses to 1433(TCP) are known to aim at vulnerabilities and weak passwords of "
            "Microsoft SQL Server. Known vulnerability reached through it: MS02-061 (published 16 "
            "October "
            "2002).");
  EXPECT_EQ(ja().known_aims(kJa, "9/tcp", {}), "");
  EXPECT_EQ(en().known_aims(kEn, "9/tcp", {}), "");
}

TEST(FindingText, NamesACauseOnlyWhereTheDateIsNear) {
  const std::vector<KnownWeakness> list = {{"CVE-2007-0001", july(10), true},
                                           {"MS02-061", year(2002) / month(10) / day(16), false}};
  EXPECT_EQ(
      ja().known_aims(kJa, "9/tcp", list),
      "関連する既知の脆弱性には、CVE-2007-0001(2007年7月10日公表)とMS02-061(2002年10月16日公表)が"
      "あります。CVE-2007-0001の公表は増加の前14日以内であり、増加のきっかけになった可能性がありま"
      "す(因果関係を確かめたものではありません)。");
  EXPECT_EQ(en().known_aims(kEn, "9/tcp", list),
            "Known vulnerabilities reached through it: CVE-2007-0001 (published 10 July 2007) and "
            "MS02-061 "
            "(published 16 October 2002). CVE-2007-0001 was published in the 14 days before the "
            "rise and may have set it off; that it did has not been shown.");
  EXPECT_TRUE(is_near(july(2), july(16)));
  EXPECT_FALSE(is_near(july(1), july(16)));
  EXPECT_TRUE(is_near(july(16), july(16)));
  EXPECT_FALSE(is_near(july(17), july(16))) << "what came later set nothing off";
}

TEST(FindingText, SaysThatARiseOfAnEarlierMonthGoesOn) {
  Surge surge = sql_surge();
  surge.shape = SurgeShape::rise;
  surge.change.reset();
  surge.first = year(2007) / month(6) / day(25);
  EXPECT_TRUE(
      ja().surge(kJa, surge, "2.1.1", false)
          .starts_with(
              "6月25日から、1433(TCP)「Microsoft SQL Server」へアクセスする発信元が多い状態が"
              "続いています(図2.1.1)。"));
  EXPECT_TRUE(
      en().surge(kEn, surge, "2.1.1", false)
          .starts_with("Since 25 June, more sources have asked for 1433(TCP) (Microsoft SQL "
                       "Server) (Figure 2.1.1)."));
  const std::vector<Surge> list = {surge};
  EXPECT_EQ(ja().surges(kJa, list),
            "宛先ポート別に見ると、1433(TCP)「Microsoft SQL "
            "Server」で、アクセスする発信元がそれまでより多く"
            "なっています。");
}

TEST(FindingText, LeavesARatioToNextToNothingUnsaid) {
  Surge surge = sql_surge();
  surge.regions = {region_rise("BR", 0.1, 93.3), region_rise("CN", 0.5, 4)};
  EXPECT_NE(
      ja().surge(kJa, surge, "", false).find("ブラジルと中国(4.0倍)からの発信元が増えています。"),
      std::string::npos);
  EXPECT_NE(en().surge(kEn, surge, "", false).find("sources from Brazil and China (4.0 times)."),
            std::string::npos);
}

// The mean of 13 a day stood for 33 days; the last week of it had 5.9.
TEST(FindingText, SaysThatAnOpenRiseIsFading) {
  Surge surge = sql_surge();
  surge.baseline = 3.3;
  surge.level = 13;
  surge.latest = 5.9;
  EXPECT_NE(en().surge(kEn, surge, "", false)
                .find("The rise is fading: over the last week observed it was 5.9 a day."),
            std::string::npos);
  EXPECT_NE(ja().surge(kJa, surge, "", false)
                .find("ただし、観測した最後の一週間は1日平均5.9に下がっています。"),
            std::string::npos);
  surge.latest = 8.2;  // 4.9 above the baseline, and half of the excess is 4.85
  EXPECT_EQ(en().surge(kEn, surge, "", false).find("fading"), std::string::npos);
  surge.latest = 5.9;
  surge.open = false;
  EXPECT_EQ(ja().surge(kJa, surge, "", false).find("ただし"), std::string::npos);
}

TEST(FindingText, JoinsRisesOfTheSameDay) {
  const Surge surge = sql_surge();
  EXPECT_TRUE(ja().surge(kJa, surge, "2.1.2", true).starts_with("同じく7月の後半(7月16日)から、"));
  EXPECT_TRUE(en().surge(kEn, surge, "2.1.2", true)
                  .starts_with("Also since the second half of July (16 July), more sources "));
}

TEST(FindingText, CountsTheSensorsThatARiseReached) {
  Surge surge = sql_surge();
  surge.sensors = 7;
  EXPECT_NE(ja().surge(kJa, surge, "", false).find("で、10観測点のうち7観測点で観測しました。"),
            std::string::npos);
  EXPECT_NE(en().surge(kEn, surge, "", false).find(" reached 7 of 10 sensors."), std::string::npos);
}

TEST(FindingText, TellsBothDatesWhereARiseChangedLater) {
  Surge surge;
  surge.service = "6666/tcp";
  surge.first = july(2);
  surge.last = july(31);
  surge.baseline = 3.3;
  surge.level = 11;
  surge.ratio = 3.4;
  surge.peak = 24;
  surge.peak_day = july(25);
  surge.sensors = surge.sensors_up = 9;
  surge.change = ChangeDate{july(5), 8.98, 2.9};
  EXPECT_FALSE(surge.changed_later());
  EXPECT_EQ(en().surge(kEn, surge, "", false).find("changed most"), std::string::npos);
  surge.change->day = july(21);
  EXPECT_TRUE(surge.changed_later());
  EXPECT_NE(en().surge(kEn, surge, "", false)
                .find(" It changed most on 21 July: 2.9 times as many a day from then on as "
                      "earlier in the month."),
            std::string::npos);
  EXPECT_NE(ja().surge(kJa, surge, "", false)
                .find("変化が最も大きかったのは7月21日で、"
                      "それ以降は当月のそれまでの2.9倍です。"),
            std::string::npos);
  surge.regions = {surge};
  surge.regions[0].region = "ZZ";
  EXPECT_EQ(en().surge(kEn, surge, "", false).find("By region"), std::string::npos);
  EXPECT_EQ(ja().surge(kJa, surge, "", false).find("地域別"), std::string::npos);
}

// --- new and narrow

TEST(FindingText, SaysThatAServiceIsNew) {
  NewService service{"4899/tcp", july(12), july(12), 0.0056, 90, 12, 6, 8, 1, 0.00001};
  EXPECT_EQ(ja().new_service(kJa, service),
            "7月12日に、それまでの90日間にほとんどアクセスのなかった4899(TCP)へ、12個の発"
            "信元(ネットワーク数8)"
            "からアクセスがありました。アクセスがあったのは1日だけで、合わせて6観測点"
            "に届きました。");
  EXPECT_EQ(en().new_service(kEn, service),
            "On 12 July, 12 sources in 8 networks asked for 4899(TCP), for which there was next to "
            "nothing in the 90 days before. In all, 6 sensors saw it, on 1 day.");
  service.days = 2;
  EXPECT_TRUE(ja().new_service(kJa, service)
                  .ends_with("アクセスがあったのは2日で、合わせて6観測点に届きました。"));
  EXPECT_TRUE(en().new_service(kEn, service).ends_with("In all, 6 sensors saw it, on 2 days."));
  service.last = july(14);
  EXPECT_TRUE(ja().new_service(kJa, service).starts_with("7月12日から7月14日にかけて、"));
  EXPECT_TRUE(en().new_service(kEn, service).starts_with("From 12 July to 14 July, 12 sources"));
}

TEST(FindingText, NeverCallsOneSourceAWideRise) {
  OneSourceRise rise{"22/tcp", "US", july(5), july(7), 12345, 0.9412, 80.4, 85.2, 3};
  EXPECT_EQ(
      ja().one_source(kJa, rise),
      "7月5日から7月7日にかけて、22(TCP)へのパケットが増えましたが、その94.1%(12,345個)は米国の1つ"
      "の発信元からのもので、広い範囲からの増加ではありません。この発信元を除くと1日あたり85個で、"
      "そ"
      "れまでは80個でした。");
  EXPECT_EQ(
      en().one_source(kEn, rise),
      "From 5 July to 7 July, packets to 22(TCP) rose, but 94.1% of them (12,345 packets) came "
      "from one source in the United States; this is no wide rise. Without that source there "
      "were 85 a day, after 80 a day before.");
  // The others rose as well: then the one is not all that there was.
  rise.packets_without = 161;
  EXPECT_EQ(en().one_source(kEn, rise).find("wide"), std::string::npos);
  EXPECT_EQ(ja().one_source(kJa, rise).find("広い範囲"), std::string::npos);
  EXPECT_TRUE(
      en().one_source(kEn, rise).ends_with("in the United States. Without that source "
                                           "there were 161 a day, after 80 a day before."));
  rise.packets_without = 0.01;
  rise.packets_before = 0;
  EXPECT_TRUE(ja().one_source(kJa, rise).ends_with(
      "この発信元を除くと1日あたり0個で、それまでは0個でした。"));
  EXPECT_TRUE(en().one_source(kEn, rise).ends_with("there were 0 a day, after 0 a day before."));
  rise.last = rise.first;
  rise.region = "ZZ";
  EXPECT_TRUE(
      ja().one_source(kJa, rise).starts_with("7月5日に、22(TCP)へのパケットが増えましたが、その94."
                                             "1%(12,345個)は1つの発信元からのもので、"));
  EXPECT_TRUE(
      en().one_source(kEn, rise).starts_with("On 5 July, packets to 22(TCP) rose, but 94.1% of "
                                             "them (12,345 packets) came from one source; "));
}

}  // namespace
}  // namespace teiten
