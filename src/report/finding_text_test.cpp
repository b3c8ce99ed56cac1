#include "report/finding_text.h"

#include <gtest/gtest.h>

#include "report/finding_text_test_data.h"

namespace teiten {
namespace {

using std::chrono::month;
using std::chrono::year;
using test::en;
using test::ja;
using test::kEn;
using test::kJa;

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

// --- all accesses together

TEST(FindingText, SaysThatALevelIsSteady) {
  const auto steady = level(TrendWord::steady, 912.5, 938.4, {0.96, 0.99});
  EXPECT_EQ(ja().level(kJa, steady),
            "2007年7月の一方的なアクセスは、全体として6月とほぼ同じ水準で、定常化しています"
            "(1観測点・1日あたり913件、6月は938件。前月比−2.8%、観測点ごとの変化の90%区間−4.0%～−1."
            "0%)。");
  EXPECT_EQ(en().level(kEn, steady),
            "Overall, unsolicited accesses in July 2007 were steady against June (913 accesses per "
            "sensor and day, 938 in June: −2.8%, 90% interval of the sensors' own changes −4.0% to "
            "−1.0%).");
}

TEST(FindingText, SaysThatSourcesAreSteady) {
  auto steady = level(TrendWord::steady, 277.2, 285.1, {0.95, 0.995});
  steady.kind = CountKind::source_days;
  EXPECT_EQ(
      ja().level(kJa, steady),
      "延べ発信元数は、6月とほぼ横ばいです"
      "(1観測点・1日あたり277、6月は285。前月比−2.8%、観測点ごとの変化の90%区間−5.0%～−0.5%)。");
  steady.kind = CountKind::daily_sources;
  EXPECT_EQ(en().level(kEn, steady),
            "Sources were about the same against June (277 sources per sensor and day, 285 in "
            "June: −2.8%, 90% interval of the sensors' own changes −5.0% to −0.5%).");
}

TEST(FindingText, SaysThatALevelRoseOrFell) {
  const auto more = level(TrendWord::more_than_before, 120, 100, {1.1, 1.3});
  EXPECT_EQ(ja().level(kJa, more),
            "2007年7月の一方的なアクセスは、全体として6月より増加しました"
            "(1観測点・1日あたり120件、6月は100件。前月比+20.0%、観測点ごとの変化の95%区間+10.0%～+"
            "30.0%)。");
  EXPECT_EQ(
      en().level(kEn, more),
      "Overall, unsolicited accesses in July 2007 rose against June (120 accesses per sensor "
      "and day, 100 in June: +20.0%, 95% interval of the sensors' own changes +10.0% to +30.0%).");
  auto less = level(TrendWord::less_than_before, 9.04, 11.3, {0.7, 0.9});
  less.kind = CountKind::source_days;
  EXPECT_EQ(
      ja().level(kJa, less),
      "延べ発信元数は、6月より減少しました"
      "(1観測点・1日あたり9.0、6月は11。前月比−20.0%、観測点ごとの変化の95%区間−30.0%～−10.0%)。");
  EXPECT_EQ(en().level(kEn, less),
            "Source-days fell against June (9.0 source-days per sensor and day, 11 in June: "
            "−20.0%, 95% interval of the sensors' own changes −30.0% to −10.0%).");
  const auto both = level(TrendWord::up_and_down, 100, 100, {0.9, 1.1});
  EXPECT_EQ(ja().level(kJa, both),
            "2007年7月の一方的なアクセスは、月の中で増減を繰り返しました"
            "(1観測点・1日あたり100件、6月は100件。前月比±0.0%、観測点ごとの変化の95%区間−10.0%～+"
            "10.0%)。");
  EXPECT_EQ(en().level(kEn, both),
            "Overall, unsolicited accesses in July 2007 went up and down within the month (100 "
            "accesses per sensor and day, 100 in June: ±0.0%, 95% interval of the sensors' own "
            "changes −10.0% to +10.0%).");
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

TEST(FindingText, SaysThatLevelsWentUpAndDown) {
  auto waves = trend(TrendWord::up_and_down, 0.01, 0.05, 0.00003);
  waves.trend.swings = 3;
  waves.trend.least_swing = 0.2345;
  EXPECT_EQ(ja().trend(kJa, waves),
            "2007年2月～2007年7月の1観測点・1日あたりのアクセス数は、増減を繰り返しています"
            "(前の月からの23.5%以上の増減が3回続けて交互、p<0.0001)。");
  EXPECT_EQ(en().trend(kEn, waves),
            "Over the six months February to July 2007, accesses per sensor and day went up and "
            "down (3 times in a row by 23.5% or more from one month to the next, p < 0.0001).");
}

TEST(FindingText, SaysHowMuchKnownScannersWere) {
  ScannerTotals totals;
  totals.with = {282'889, 150'000, 20'000, 85'870};
  totals.without = {270'000, 140'500, 19'950, 84'000};
  totals.organisations = 3;
  EXPECT_EQ(
      ja().scanners(kJa, totals, CountKind::packets),
      "2007年7月の一方的なアクセス282,889件のうち12,889件(4.6%)は、調査のために探索していると公表"
      "している組織(既知の調査スキャナー、3組織)"
      "のネットワークからのものです。これを除くと、アクセス"
      "は270,000件、発信元のIPアドレスは19,950個(除かない場合は20,000個)です。");
  EXPECT_EQ(en().scanners(kEn, totals, CountKind::accesses),
            "Of the 150,000 unsolicited accesses of July 2007, 9,500 (6.3%) came from networks of "
            "3 organisations that say that they scan for research (known research scanners). "
            "Without them it is 140,500 accesses from 19,950 source addresses (with them 20,000).");
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
       "当月に観測したのは2日間だけのため、月の中での増減は判断できません(10日以上が必要です)。",
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
      {{CannotTellReason::one_sensor_rise, 2310, 3269, "1433/tcp", test::july(4), test::july(20),
        "north"},
       "7月4日から7月20日にかけて1433(TCP)「Microsoft SQL "
       "Server」へアクセスする発信元が増えましたが、延べ発信元数3,269のうち2,310を1つの観測点("
       "north)"
       "が占めるため、広い範囲での増加かどうかは判断できません。",
       "From 4 July to 20 July more sources asked for 1433(TCP) (Microsoft SQL Server), but 2,310 "
       "of 3,269 source-days were one sensor's (north); whether the rise is wide cannot be told."},
      {{CannotTellReason::few_days, 0, 10, ""},
       "当月に観測した日はなく、月の中での増減は判断できません(10日以上が必要です)。",
       "No day of the month was observed; whether anything changed within it cannot be told (10 "
       "days are needed)."},
      {{CannotTellReason::short_history, 0, 14, ""},
       "それまでの観測がないため、宛先ポートごとの増加は判断できません(比べる期間として14日以上が"
       "必要です)。",
       "No day before the month was observed; whether a service rose cannot be told (14 days are "
       "needed to compare with)."},
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
