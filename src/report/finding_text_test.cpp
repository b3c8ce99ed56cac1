#include "report/finding_text.h"

#include <limits>

#include <gtest/gtest.h>

namespace teiten {
namespace {

using std::chrono::day;
using std::chrono::month;
using std::chrono::year;

Day july(unsigned d) {
  return year(2007) / month(7) / day(d);
}

const FindingText& ja() {
  return FindingText::in(Language::ja);
}
const FindingText& en() {
  return FindingText::in(Language::en);
}

FindingContext context_of(Language language) {
  FindingContext context;
  context.month = year(2007) / month(7);
  context.phrases = [language](std::string_view service) -> ServicePhrases {
    if (service != "1433/tcp") return {};
    if (language == Language::ja)
      return {"Microsoft SQL Server", "Microsoft SQL Serverの脆弱性や弱いパスワード"};
    return {"Microsoft SQL Server", "vulnerabilities and weak passwords of Microsoft SQL Server"};
  };
  return context;
}
const FindingContext kJa = context_of(Language::ja);
const FindingContext kEn = context_of(Language::en);

OverallStatement level(TrendWord word, double value, double previous, Interval interval) {
  OverallStatement statement;
  statement.level.word = word;
  statement.level.value = value;
  statement.level.previous = previous;
  statement.level.ratio = value / previous;
  statement.level.interval = interval;
  return statement;
}

OverallStatement no_level(std::string_view reason) {
  OverallStatement statement = level(TrendWord::cannot_tell, 912.5, 938.4, {});
  statement.level.interval.reset();
  statement.level.reason = reason;
  if (reason == "no_previous_month") statement.level.previous = 0;
  return statement;
}

OverallStatement trend(TrendWord word, double monthly, double total, double p) {
  OverallStatement statement;
  statement.trend.word = word;
  statement.trend.monthly_change = monthly;
  statement.trend.total_change = total;
  statement.trend.p_value = p;
  return statement;
}

Surge sql_surge() {
  Surge surge;
  surge.service = "1433/tcp";
  surge.shape = SurgeShape::since_change;
  surge.first = july(17);
  surge.last = july(31);
  surge.open = true;
  surge.baseline = 105.2;
  surge.level = 199.8;
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

// --- all accesses together

TEST(FindingText, SaysThatALevelIsSteady) {
  const auto steady = level(TrendWord::steady, 912.5, 938.4, {0.96, 0.99});
  EXPECT_EQ(ja().level(kJa, steady),
            "2007年7月の一方的なアクセスは、全体として6月とほぼ同じ水準で、定常化しています"
            "(1観測点・1日あたり913件、6月は938件。前月比−2.8%、90%区間−4.0%～−1.0%)。");
  EXPECT_EQ(en().level(kEn, steady),
            "Overall, unsolicited accesses in July 2007 were steady against June (913 accesses per "
            "sensor and day, 938 in June: −2.8%, 90% interval −4.0% to −1.0%).");
}

TEST(FindingText, SaysThatSourcesAreSteady) {
  auto steady = level(TrendWord::steady, 277.2, 285.1, {0.95, 0.995});
  steady.kind = CountKind::source_days;
  EXPECT_EQ(ja().level(kJa, steady),
            "延べ発信元数は、6月とほぼ横ばいです"
            "(1観測点・1日あたり277、6月は285。前月比−2.8%、90%区間−5.0%～−0.5%)。");
  steady.kind = CountKind::daily_sources;
  EXPECT_EQ(en().level(kEn, steady),
            "Sources were about the same against June (277 sources per sensor and day, 285 in "
            "June: −2.8%, 90% interval −5.0% to −0.5%).");
}

TEST(FindingText, SaysThatALevelRoseOrFell) {
  const auto more = level(TrendWord::more_than_before, 120, 100, {1.1, 1.3});
  EXPECT_EQ(ja().level(kJa, more),
            "2007年7月の一方的なアクセスは、全体として6月より増加しました"
            "(1観測点・1日あたり120件、6月は100件。前月比+20.0%、95%区間+10.0%～+30.0%)。");
  EXPECT_EQ(en().level(kEn, more),
            "Overall, unsolicited accesses in July 2007 rose against June (120 accesses per sensor "
            "and day, 100 in June: +20.0%, 95% interval +10.0% to +30.0%).");
  auto less = level(TrendWord::less_than_before, 9.04, 11.3, {0.7, 0.9});
  less.kind = CountKind::source_days;
  EXPECT_EQ(ja().level(kJa, less),
            "延べ発信元数は、6月より減少しました"
            "(1観測点・1日あたり9.0、6月は11。前月比−20.0%、95%区間−30.0%～−10.0%)。");
  EXPECT_EQ(en().level(kEn, less),
            "Source-days fell against June (9.0 source-days per sensor and day, 11 in June: "
            "−20.0%, 95% interval −30.0% to −10.0%).");
  const auto both = level(TrendWord::up_and_down, 100, 100, {0.9, 1.1});
  EXPECT_EQ(ja().level(kJa, both),
            "2007年7月の一方的なアクセスは、月の中で増減を繰り返しました"
            "(1観測点・1日あたり100件、6月は100件。前月比±0.0%、95%区間−10.0%～+10.0%)。");
  EXPECT_EQ(en().level(kEn, both),
            "Overall, unsolicited accesses in July 2007 went up and down within the month (100 "
            "accesses per sensor and day, 100 in June: ±0.0%, 95% interval −10.0% to +10.0%).");
}

TEST(FindingText, SaysWhyALevelCannotBeTold) {
  EXPECT_EQ(ja().level(kJa, no_level("few_sensors")),
            "アクセス数が6月から増えたか減ったかは、観測点が少ないため、判断できません"
            "(1観測点・1日あたり913件、6月は938件。前月比−2.8%)。");
  EXPECT_EQ(en().level(kEn, no_level("few_sensors")),
            "Whether accesses rose or fell against June cannot be told, because there are too few "
            "sensors (913 accesses per sensor and day, 938 in June: −2.8%).");
  EXPECT_EQ(ja().level(kJa, no_level("no_previous_month")),
            "アクセス数が6月から増えたか減ったかは、前月の観測データがないため、判断できません"
            "(1観測点・1日あたり913件)。");
  EXPECT_EQ(en().level(kEn, no_level("no_previous_month")),
            "Whether accesses rose or fell against June cannot be told, because the previous month "
            "has no data (913 accesses per sensor and day).");
  OverallStatement without_rate = no_level("no_previous_month");
  without_rate.level.value = 0;  // a log of one line: no rate
  EXPECT_EQ(ja().level(kJa, without_rate),
            "アクセス数が6月から増えたか減ったかは、前月の観測データがないため、判断できません。");
  EXPECT_EQ(en().level(kEn, without_rate),
            "Whether accesses rose or fell against June cannot be told, because the previous month "
            "has no data.");
  EXPECT_EQ(
      ja().level(kJa, no_level("not_significant")),
      "アクセス数が6月から増えたか減ったかは、観測点間や日々のばらつきを超える差が認められないた"
      "め、判断できません(1観測点・1日あたり913件、6月は938件。前月比−2.8%)。");
  EXPECT_EQ(
      en().level(kEn, no_level("not_significant")),
      "Whether accesses rose or fell against June cannot be told, because the difference does "
      "not exceed the variation between sensors and days (913 accesses per sensor and day, "
      "938 in June: −2.8%).");
}

TEST(FindingText, NamesTheMonthBeforeAcrossTheYear) {
  FindingContext january = kEn;
  january.month = year(2008) / month(1);
  EXPECT_EQ(en().level(january, no_level("few_sensors")),
            "Whether accesses rose or fell against December cannot be told, because there are too "
            "few sensors (913 accesses per sensor and day, 938 in December: −2.8%).");
  EXPECT_EQ(en().trend(january, trend(TrendWord::decrease, -0.12, -0.47, 0.0028)),
            "Over the six months August 2007 to January 2008, accesses per sensor and day declined "
            "(−12.0% a month, −47.0% in all, p = 0.0028).");
}

TEST(FindingText, NamesATrend) {
  const auto slow = trend(TrendWord::slow_decrease, -0.0311, -0.1461, 0.00278);
  EXPECT_EQ(ja().trend(kJa, slow),
            "2007年2月～2007年7月の1観測点・1日あたりのアクセス数は、緩やかな減少傾向にあります"
            "(1か月あたり−3.1%、期間全体で−14.6%、p=0.0028)。");
  EXPECT_EQ(
      en().trend(kEn, slow),
      "Over the six months February to July 2007, accesses per sensor and day declined slowly "
      "(−3.1% a month, −14.6% in all, p = 0.0028).");
  const struct {
    TrendWord word;
    std::string_view ja;
    std::string_view en;
  } others[] = {
      {TrendWord::slow_increase, "は、緩やかな増加傾向にあります(", " rose slowly ("},
      {TrendWord::decrease, "は、減少傾向にあります(", " declined ("},
      {TrendWord::increase, "は、増加傾向にあります(", " rose ("},
      {TrendWord::steady, "は、ほぼ横ばいです(", " stayed about the same ("},
      {TrendWord::up_and_down, "は、増減を繰り返しています。", " went up and down."},
  };
  for (const auto& each : others) {
    EXPECT_NE(ja().trend(kJa, trend(each.word, 0.05, 0.3, 0.00001)).find(each.ja),
              std::string::npos)
        << each.ja;
    EXPECT_NE(en().trend(kEn, trend(each.word, 0.05, 0.3, 0.00001)).find(each.en),
              std::string::npos)
        << each.en;
  }
  EXPECT_NE(ja().trend(kJa, trend(TrendWord::increase, 0.05, 0.3, 0.00001)).find("p<0.0001)。"),
            std::string::npos);
}

TEST(FindingText, SaysWhyATrendCannotBeTold) {
  OverallStatement none;
  none.kind = CountKind::source_days;
  none.trend.reason = "missing_months";
  EXPECT_EQ(ja().trend(kJa, none),
            "2007年2月～2007年7月の1観測点・1日あたりの延べ発信元数の増減の傾向は、観測データのない"
            "月、または一部しか観測していない月があるため、判断できません。");
  EXPECT_EQ(en().trend(kEn, none),
            "Whether source-days per sensor and day show a trend over the six months February to "
            "July 2007 cannot be told, because a month has no data or was observed in part.");
}

// --- what rose

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
      "(最も多い7月24日は231)。この間の発信元は2,871で、10観測点すべてに届きました。"
      "発信元地域別に見ると、中国(2.1倍)と日本(1.8倍)からの発信元が増えています。");
  EXPECT_EQ(en().surge(kEn, surge, "2.1.1", false),
            "Since the second half of July (16 July), more sources have asked for 1433(TCP) "
            "(Microsoft SQL Server) (Figure 2.1.1). Distinct sources a day went from 105 before to "
            "200 on average, 1.9 times as many (the most, 231, on 24 July). In this time 2,871 "
            "sources reached all 10 sensors. By region, the rise shows in sources from China (2.1 "
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
      "は、それまで0でしたが、平均12になりました(最も多い7月24日は231)。この間の発信元は1で、"
      "1観測点すべてに届きました。発信元地域別に見ると、米国からの発信元が増えています。"
      "ただし、この間のパケットの62.4%は1つの発信元からのものです。");
  EXPECT_EQ(en().surge(kEn, surge, "", false),
            "Since the second half of July (16 July), more sources have asked for 4899(TCP). "
            "Distinct sources a day went from none before to 12 on average (the most, 231, on 24 "
            "July). In this time 1 source reached 1 sensor. By region, the rise shows in "
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
            "Microsoft SQL Server. Known vulnerability behind it: MS02-061 (published 16 October "
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
      "あります。CVE-2007-0001の公表は増加の前後14日以内であり、増加のきっかけになった可能性があり"
      "ます(因果関係を確かめたものではありません)。");
  EXPECT_EQ(en().known_aims(kEn, "9/tcp", list),
            "Known vulnerabilities behind it: CVE-2007-0001 (published 10 July 2007) and MS02-061 "
            "(published 16 October 2002). CVE-2007-0001 was published within 14 days of the rise "
            "and may have set it off; that it did has not been shown.");
  EXPECT_TRUE(is_near(july(2), july(16)));
  EXPECT_FALSE(is_near(july(1), july(16)));
  EXPECT_TRUE(is_near(july(30), july(16)));
  EXPECT_FALSE(is_near(july(31), july(16)));
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

TEST(FindingText, JoinsRisesOfTheSameDay) {
  const Surge surge = sql_surge();
  EXPECT_TRUE(ja().surge(kJa, surge, "2.1.2", true).starts_with("同じく7月の後半(7月16日)から、"));
  EXPECT_TRUE(en().surge(kEn, surge, "2.1.2", true)
                  .starts_with("Also since the second half of July (16 July), more sources "));
}

TEST(FindingText, CountsTheSensorsThatARiseReached) {
  Surge surge = sql_surge();
  surge.sensors = 7;
  EXPECT_NE(ja().surge(kJa, surge, "", false).find("で、10観測点のうち7観測点に届きました。"),
            std::string::npos);
  EXPECT_NE(en().surge(kEn, surge, "", false).find(" reached 7 of 10 sensors."), std::string::npos);
}

// --- who travels together

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
  EXPECT_EQ(
      ja().family(kJa, windows, {}, nullptr),
      "135(TCP)、139(TCP)、445(TCP)は、同じ発信元が組み合わせてアクセスする宛先ポートです(発信元"
      "10,234)。発信元は主に日本(71.5%)です。");
  EXPECT_EQ(en().family(kEn, windows, {}, nullptr),
            "The same sources asked for 135(TCP), 139(TCP) and 445(TCP) together (10,234 sources; "
            "mainly from Japan, 71.5%).");
  windows.population = PopulationEstimate{12800.4, 12100, 13700};
  windows.continuity = Family::Continuity::same;
  EXPECT_EQ(
      ja().family(kJa, windows, {}, nullptr),
      "135(TCP)、139(TCP)、445(TCP)は、同じ発信元が組み合わせてアクセスする宛先ポートです(発信元"
      "10,234)。発信元は主に日本(71.5%)"
      "です。観測点に届かなかったものも含めると、発信元は少なくともおよそ12,800(95%区間12,100～13,"
      "700)と推定されます。前月にも同じ組み合わせが見られました。");
  EXPECT_EQ(en().family(kEn, windows, {}, nullptr),
            "The same sources asked for 135(TCP), 139(TCP) and 445(TCP) together (10,234 sources; "
            "mainly from Japan, 71.5%). Counting those that reached no sensor, there were at "
            "least about 12,800 sources (95% interval 12,100 to 13,700). The same combination "
            "was there in the previous month.");
}

TEST(FindingText, TellsAFamilyFromAnother) {
  const Family first = family_of({"135/tcp", "1433/tcp"}, {{Region('J', 'P'), 7320, 0.715, 2.8}});
  Family second = family_of({"1433/tcp", "2967/tcp"},
                            {{Region('C', 'N'), 6000, 0.6, 2.5}, {Region('K', 'R'), 2000, 0.2, 4}});
  const std::vector<std::string> risen = {"1433/tcp"};
  second.continuity = Family::Continuity::fresh;
  EXPECT_EQ(
      ja().family(kJa, second, risen, &first),
      "1433(TCP)、2967(TCP)は、同じ発信元が組み合わせてアクセスする宛先ポートです(発信元10,234)。"
      "発信元は主に中国(60.0%)と韓国(20.0%)です。このうち1433(TCP)は、当月増加した宛先ポートです。"
      "135(TCP)、1433(TCP)"
      "の発信元とは、発信元地域も宛先ポートの組み合わせも異なります。前月には見ら"
      "れなかった組み合わせです。");
  EXPECT_EQ(en().family(kEn, second, risen, &first),
            "The same sources asked for 1433(TCP) and 2967(TCP) together (10,234 sources; mainly "
            "from China, 60.0%; South Korea, 20.0%). Of these, 1433(TCP) rose this month. They "
            "differ from the sources of 135(TCP) and 1433(TCP) in region and in the ports they ask "
            "for. The previous month did not have this combination.");
  Family partly = family_of({"80/tcp", "8080/tcp"}, {});
  partly.continuity = Family::Continuity::partly;
  EXPECT_EQ(
      ja().family(kJa, partly, {}, &first),
      "80(TCP)、8080(TCP)は、同じ発信元が組み合わせてアクセスする宛先ポートです(発信元10,234)。"
      "前月に見られた組み合わせと、一部が共通しています。");
  EXPECT_EQ(en().family(kEn, partly, {}, &first),
            "The same sources asked for 80(TCP) and 8080(TCP) together (10,234 sources). It shares "
            "a part with a combination of the previous month.");
}

// --- new and narrow

TEST(FindingText, SaysThatAllOfAFamilyRose) {
  const Family all = family_of({"1433/tcp", "2967/tcp"}, {});
  const std::vector<std::string> risen = {"1433/tcp", "2967/tcp"};
  EXPECT_TRUE(
      ja().family(kJa, all, risen, nullptr).ends_with("いずれも、当月増加した宛先ポートです。"));
  EXPECT_TRUE(en().family(kEn, all, risen, nullptr).ends_with(" All of them rose this month."));
}

TEST(FindingText, SaysThatAServiceIsNew) {
  const NewService service{"4899/tcp", july(12), 0.0056, 90, 12, 6, 8, 1, 0.00001};
  EXPECT_EQ(ja().new_service(kJa, service),
            "7月12日から、それまでの90日間にほとんどアクセスのなかった4899(TCP)へ、12の発信元"
            "(8のネットワーク)からアクセスがありました。6観測点で1日観測しました。");
  EXPECT_EQ(
      en().new_service(kEn, service),
      "From 12 July on, 12 sources in 8 networks asked for 4899(TCP), for which there was next "
      "to nothing in the 90 days before. 6 sensors saw it on 1 day.");
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

// --- what cannot be told

TEST(FindingText, SaysWhatCannotBeTold) {
  const struct {
    CannotTell said;
    std::string_view ja;
    std::string_view en;
  } all[] = {
      {{CannotTellReason::one_sensor, 1, 3, ""},
       "観測点が1か所だけのため、観測した増減が広い範囲で起きたものか、この観測点だけのものかは判断"
       "でき"
       "ません。",
       "With one sensor only, it cannot be told whether a change is wide or this sensor's own."},
      {{CannotTellReason::few_days, 2, 10, ""},
       "当月に観測したのは2日だけのため、月の中での増減は判断できません(10日以上が必要です)。",
       "Only 2 days of the month were observed; whether anything changed within it cannot be told "
       "(10 days are needed)."},
      {{CannotTellReason::short_history, 1, 14, ""},
       "それまでの観測が1日分しかないため、宛先ポートごとの増加は判断できません("
       "比べる期間として14日以上"
       "が必要です)。",
       "Only 1 day before the month was observed; whether a service rose cannot be told (14 days "
       "are "
       "needed to compare with)."},
      {{CannotTellReason::no_regions, 0, 0, ""},
       "発信元の地域がすべて不明なため、どこからのアクセスかは示せません。",
       "The region of every source is unknown; where the accesses came from cannot be told."},
      {{CannotTellReason::saturated_sensor, 3, 0, "north"},
       "観測点northのアクセス数が上限に張り付いたとみられる日(3日)は、増減の判断から除きました。",
       "3 days on which the counts of north seem to have stuck to a ceiling were left out where "
       "changes are looked for."},
      {{CannotTellReason::one_sensor_rise, 0, 0, "1433/tcp"},
       "1433(TCP)「Microsoft SQL "
       "Server」へアクセスする発信元が増えましたが、半分以上が1つの観測点に限ら"
       "れるため、広い範囲での増加かどうかは判断できません。",
       "More sources asked for 1433(TCP) (Microsoft SQL Server), but more than half of them at one "
       "sensor; whether the rise is wide cannot be told."},
      {{CannotTellReason::changed_sensors, 2, 0, "1433/tcp,22/tcp"},
       "1433(TCP)、22(TCP)"
       "へアクセスする発信元が増えたように見えますが、以前から観測している観測点だけ"
       "では確認できないため、増加したかどうかは判断できません。観測点の追加・変更・停止の影響が考"
       "えら"
       "れます。",
       "More sources seem to have asked for 1433(TCP), 22(TCP), but the sensors that watched "
       "before "
       "as well do not show it; whether there was a rise cannot be told. Sensors that came, "
       "changed "
       "or failed can look like this."},
      {{CannotTellReason::changed_sensors, 7, 0, "23/tcp,24/tcp,25/tcp,26/tcp,27/tcp"},
       "23(TCP)、24(TCP)、25(TCP)、26(TCP)、27(TCP)"
       "など7種類の宛先ポートへアクセスする発信元が増えたように"
       "見えますが、以前から観測している観測点だけでは確認できないため、増加したかどうかは判断でき"
       "ませ"
       "ん。観測点の追加・変更・停止の影響が考えられます。",
       "More sources seem to have asked for 23(TCP), 24(TCP), 25(TCP), 26(TCP), 27(TCP) … (7 "
       "services), but the sensors that watched before as well do not show it; whether there was a "
       "rise cannot be told. Sensors that came, changed or failed can look like this."},
      {{CannotTellReason::cell_limit, 12, 0, ""},
       "宛先ポートの種類が多く、一部については増加を調べていません。",
       "There were so many different services that not all were searched for rises."},
      {{CannotTellReason::no_services, 0, 0, ""},
       "当月、宛先ポート種類別に見ることのできるアクセスはありませんでした。",
       "No access of the month can be told apart by service."},
  };
  for (const auto& each : all) {
    EXPECT_EQ(ja().cannot_tell(kJa, each.said), each.ja);
    EXPECT_EQ(en().cannot_tell(kEn, each.said), each.en);
  }
}

// --- evidence

TEST(FindingText, NamesTheNumbersOfTheEvidence) {
  EXPECT_EQ(ja().number_name("baseline"), "それまでの水準");
  EXPECT_EQ(ja().number_name("share.JP"), "割合(日本)");
  EXPECT_EQ(en().number_name("jaccard.135/tcp~445/tcp"), "Jaccard index (135(TCP)–445(TCP))");
  EXPECT_EQ(ja().number_name("asked.135/tcp"), "この宛先ポートの発信元全体(135(TCP))");
  EXPECT_EQ(ja().unit_name("sources/day"), "発信元/日");
  EXPECT_EQ(en().unit_name("per sensor-day"), "per sensor and day");
}

}  // namespace
}  // namespace teiten
