#include "report/publish.h"

#include <gtest/gtest.h>

#include "report/finding_text.h"
#include "report/report.h"
#include "report/said.h"
#include "store/store_test_data.h"

namespace teiten {
namespace {

using std::chrono::month;
using std::chrono::year;
using test::TemporaryFolder;
using test::utc;

constexpr std::uint32_t kNet = 0xc0000200;  // 192.0.2.0

/// July 2007: every day each of so many sources sends one packet to 1433/tcp, at sensors in turn;
/// on the 15th one more sends `flood` of them to 22/tcp.
std::unique_ptr<Store> july(const TemporaryFolder& folder, std::uint32_t sources,
                            std::vector<std::string> sensors, std::uint32_t flood = 0) {
  std::vector<Batch> batches;
  for (const std::string& name : sensors) {
    Batch batch;
    batch.sensor = name;
    batch.epoch = 1;
    batch.range = {utc("2007-07-01"), utc("2007-08-01")};
    batch.activity = {batch.range};
    batches.push_back(batch);
  }
  for (int day = 0; day < 31; ++day) {
    for (std::uint32_t i = 0; i < sources; ++i) {
      Access access;
      access.first = access.last =
          utc("2007-07-01") + std::chrono::hours{24 * day} + std::chrono::minutes{i * 10};
      access.source = IpAddress::v4(kNet + i);
      access.service = Service{protocol::kTcp, 1433};
      access.kind = Kind::scan;
      access.packets = 1;
      access.region = *Region::parse("JP");
      Batch& batch = batches[(i + static_cast<std::uint32_t>(day)) % batches.size()];
      batch.accesses.push_back(access);
      ++batch.packets_unsolicited;
      ++batch.frames;
    }
  }
  if (flood > 0) {
    Access access = batches[0].accesses.front();
    access.first = access.last = utc("2007-07-15T12:00:00");
    access.source = IpAddress::v4(kNet + 200);
    access.service = Service{protocol::kTcp, 22};
    access.packets = flood;
    batches[0].accesses.push_back(access);
    batches[0].packets_unsolicited += flood;
    batches[0].frames += flood;
  }
  auto store = Store::open(folder.file("s.teiten"), StoreMode::write).value();
  EXPECT_TRUE(store->append(batches).ok());
  return store;
}

Result<ReportData> published(Store& store, const char* now) {
  return gather_public(store, year(2007) / month(7), TimeZone(), Convention::talot2, utc(now));
}

TEST(PublicReport, WaitsSevenDaysAfterTheMonth) {
  const TemporaryFolder folder;
  const auto store = july(folder, 41, {"east", "north", "west"});
  const auto early = published(*store, "2007-08-07T23:59:59");
  ASSERT_FALSE(early.ok());
  EXPECT_EQ(early.error().code, ErrorCode::invalid_argument);
  EXPECT_EQ(early.error().message,
            "2007-07 may be published from 2007-08-08T00:00:00Z on, 7 days after its end (UTC)");
  EXPECT_TRUE(published(*store, "2007-08-08").ok());
}

TEST(PublicReport, TakesThreeSensors) {
  const TemporaryFolder folder;
  const auto store = july(folder, 41, {"east", "north"});
  const auto refused = published(*store, "2026-01-01");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message,
            "2007-07 had 2 sensors: a public report takes 3 at least, for with fewer every number "
            "tells of single sensors");
}

TEST(PublicReport, TakesTwentySources) {
  const TemporaryFolder folder;
  const auto store = july(folder, 19, {"east", "north", "west"});
  const auto refused = published(*store, "2026-01-01");
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().message,
            "2007-07 cannot be published: its accesses have fewer than 20 sources or reached fewer "
            "than 3 sensors, or one source made more than 70 % of them");
}

TEST(PublicReport, ADayOfOneSourceIsInNoNumber) {
  const TemporaryFolder folder;
  const auto store = july(folder, 41, {"east", "north", "west"}, 5000);
  const ReportData data = published(*store, "2026-01-01").value();
  EXPECT_EQ(data.published->days, std::vector<Day>{year(2007) / month(7) / 15});
  // 30 × 41 = 1230 packets, accesses and source-days, of 3 sensors on 30 days.
  EXPECT_EQ(data.now().counts.packets, 1230u);
  EXPECT_EQ(data.now().counts.accesses, 1230u);
  EXPECT_EQ(data.now().counts.source_days, 1230u);
  EXPECT_EQ(data.now().counts.daily_sources, 1230u);
  EXPECT_EQ(data.now().sources, 40u);
  EXPECT_DOUBLE_EQ(data.now().exposure.nominal_sensor_days, 90);
  EXPECT_NEAR(data.now().exposure.observed_sensor_days, 90, 0.2);
  EXPECT_NEAR(data.now().rate(CountKind::packets, data.denominator()).value(), 1230.0 / 90, 0.05);
  std::uint64_t by_sensor = 0;
  for (const SensorMonth& sensor : data.now().sensors)
    by_sensor += sensor.counts.packets;
  EXPECT_EQ(by_sensor, 1230u);
  EXPECT_EQ(data.services.volume.shares.parts.at(0).count, 1230u);
  EXPECT_EQ(data.services.six_months_volume.parts.at(0).count, 1230u);
  EXPECT_FALSE(data.numbers.days.at(14).observed());
  EXPECT_EQ(data.services.volume.daily.values.at(0).at(13), 40u);
  for (const OverallStatement& statement : data.findings.overall)
    EXPECT_NEAR(statement.level.value, 1230.0 / 90, 0.05);
}

TEST(PublicReport, RoundsAndNamesNoSensor) {
  const TemporaryFolder folder;
  const auto store = july(folder, 41, {"east", "north", "west"});
  const ReportData data = published(*store, "2026-01-01").value();
  // 31 × 41 = 1271.
  EXPECT_EQ(data.now().counts.packets, 1270u);
  EXPECT_EQ(data.now().sources, 40u);
  EXPECT_TRUE(data.coverage.empty());
  ASSERT_EQ(data.now().sensors.size(), 3u);
  for (const SensorMonth& sensor : data.now().sensors)
    EXPECT_EQ(sensor.sensor, "");
  ASSERT_EQ(data.services.volume.shares.parts.size(), 1u);
  EXPECT_EQ(data.services.volume.shares.parts[0].count, 1270u);
  EXPECT_FALSE(data.services.volume.shares.has_other());
  EXPECT_EQ(data.services.volume.daily.values.at(0).at(30), 40u);
  EXPECT_FALSE(data.services.ranking.at(0).previous_rate.has_value());
}

/// 1433/tcp is told by day, 22/tcp by month only; 6666/tcp may not be named.
Publication publication() {
  Publication result;
  result.months = {true, true};
  PublishedCut cut;
  cut.nameable = {"1433/tcp", "22/tcp"};
  cut.parts = {{"1433/tcp", {}, {}}, {"22/tcp", {}, {}}};
  cut.daily = {0};
  result.services.months = {{}, cut};
  return result;
}

ReportData report_data() {
  ReportData data;
  data.numbers.months.resize(2);
  data.published = PublicNotes();
  return data;
}

Surge surge(std::string service) {
  Surge rise;
  rise.service = std::move(service);
  rise.first = rise.last = rise.peak_day = year(2007) / month(7) / 16;
  rise.baseline = 3.2;
  rise.level = 38.4;
  rise.latest = 38.4;
  rise.ratio = 12;
  rise.peak = 43;
  rise.sources = 57;
  rise.sensors = 8;
  rise.sensors_up = 10;
  rise.top1_share = 0.62;
  rise.p_value = 1e-9;
  return rise;
}

MonthFindings july_findings() {
  MonthFindings findings;
  findings.month = year(2007) / month(7);
  findings.rises_tested = true;
  return findings;
}

/// What is left of the findings, said.
std::vector<SaidFinding> said(const MonthFindings& findings, Language language) {
  static const KnowledgeBase kNothing;
  return say_findings(publish_findings(findings, publication(), report_data()), kNothing, language);
}

TEST(PublicFindings, ARiseKeepsItsDaysOnlyWhereTheServiceIsToldByDay) {
  MonthFindings findings = july_findings();
  findings.surges = {surge("1433/tcp"), surge("22/tcp"), surge("6666/tcp")};
  const auto ja = said(findings, Language::ja);
  const auto en = said(findings, Language::en);
  ASSERT_EQ(ja.size(), 2u);
  EXPECT_EQ(ja[0].finding.id, "surge 1433/tcp 2007-07-16");
  EXPECT_EQ(
      ja[0].sentence,
      "7月16日に、1433(TCP)へアクセスする発信元が増加しました。1日あたりの発信元数は、それま"
      "で5未満でしたが、平均38になりました(最も多い7月16日は45)"
      "。この間の発信元は合わせて55で、10観測"
      "点のうち8観測点で観測しました。ただし、この間のパケットの半分以上は1つの発信元からのもの"
      "です。");
  EXPECT_EQ(en[0].sentence,
            "On 16 July, more sources asked for 1433(TCP). Distinct sources a day went from fewer "
            "than 5 before to 38 on average (the most, 45, on 16 July). In this time there were "
            "55 sources, which between them reached 8 of 10 sensors. One source alone sent half or "
            "more of the packets in this "
            "time, though.");
  EXPECT_EQ(ja[1].finding.id, "surge 22/tcp");
  EXPECT_EQ(ja[1].sentence,
            "当月、22(TCP)へアクセスする発信元が増加し、10観測点のうち8観測点で観測しました。公表の"
            "基準により、増加した日と発信元の数は示しません。");
  EXPECT_EQ(
      en[1].sentence,
      "This month more sources than before asked for 22(TCP); between them they reached 8 of "
      "10 sensors. By the rules of publication the days of the rise and its counts are left out.");
  for (const SaidFinding& each : ja) {
    EXPECT_EQ(each.finding.query, "");
    EXPECT_FALSE(each.finding.p_value.has_value());
  }
  ASSERT_EQ(ja[1].finding.facts.size(), 1u);
  EXPECT_EQ(ja[1].finding.facts[0].text, "22/tcp");
}

TEST(PublicFindings, ARiseOverADayThatIsLeftOutHasNoDays) {
  MonthFindings findings = july_findings();
  findings.surges = {surge("1433/tcp")};
  ReportData data = report_data();
  data.published->days = {year(2007) / month(7) / 17};
  EXPECT_TRUE(publish_findings(findings, publication(), data).surges.at(0).dated);
  findings.surges[0].last = year(2007) / month(7) / 18;
  EXPECT_FALSE(publish_findings(findings, publication(), data).surges.at(0).dated);
}

TEST(PublicFindings, WhatTheMonthBeforeDidNotTellIsNotToldOfIt) {
  MonthFindings findings = july_findings();
  findings.surges = {surge("1433/tcp")};
  findings.surges[0].open = true;
  findings.surges[0].first = year(2007) / month(6) / 20;
  const Surge since_june = publish_findings(findings, publication(), report_data()).surges.at(0);
  EXPECT_FALSE(since_june.dated);
  EXPECT_TRUE(since_june.open);
  EXPECT_EQ(since_june.first, Day(year(2007) / month(6) / 30));
  // A mean of eight a day before is a count of June, where the service may not be named.
  findings.surges = {surge("1433/tcp")};
  findings.surges[0].baseline = 8;
  ReportData data = report_data();
  EXPECT_TRUE(publish_findings(findings, publication(), data).surges.at(0).dated);
  data.published->months = {year(2007) / month(6)};
  EXPECT_FALSE(publish_findings(findings, publication(), data).surges.at(0).dated);
  Publication both = publication();
  both.services.months[0].nameable = {"1433/tcp"};
  EXPECT_TRUE(publish_findings(findings, both, data).surges.at(0).dated);
}

Family family(std::uint64_t sources) {
  Family group;
  group.id = "22+1433/tcp";
  group.services = {*Service::parse("22/tcp"), *Service::parse("1433/tcp")};
  group.sources = sources;
  group.sensors = 3;
  group.previous = group.id;
  group.overlap = 1;
  group.continuity = Family::Continuity::same;
  return group;
}

TEST(PublicFindings, AFamilyIsNotComparedWithTheMonthBefore) {
  MonthFindings findings = july_findings();
  findings.families = {family(31)};
  const auto en = said(findings, Language::en);
  ASSERT_EQ(en.size(), 1u);
  EXPECT_EQ(en[0].sentence,
            "The same sources asked for 22(TCP) and 1433(TCP) together (30 sources that asked for "
            "most of these and little else).");
  for (const FindingFact& fact : en[0].finding.facts)
    EXPECT_NE(fact.name, "continuity");
}

TEST(PublicFindings, WhatIsLeftOutIsCounted) {
  MonthFindings findings = july_findings();
  findings.surges = {surge("1433/tcp"), surge("22/tcp"), surge("6666/tcp")};
  findings.families = {family(19)};
  OneSourceRise rise;
  rise.service = "22/tcp";
  findings.one_source = {rise, rise};  // told once
  for (int i = 0; i < 6; ++i)
    findings.cannot_tell.push_back({CannotTellReason::one_sensor_rise, 0, 0, "22/tcp"});
  findings.cannot_tell.push_back({CannotTellReason::saturated_sensor, 3, 0, "north"});
  findings.cannot_tell.push_back({CannotTellReason::saturated_sensor, 3, 0, "west"});
  const MonthFindings told = publish_findings(findings, publication(), report_data());
  WithheldFindings at_most;
  at_most.surges = 5;
  at_most.families = 5;
  at_most.cannot_tell = 10;
  EXPECT_EQ(withheld_findings(findings, told), at_most);
}

TEST(PublicFindings, AFirstSightingHasNoDay) {
  MonthFindings findings = july_findings();
  NewService service;
  service.service = "22/tcp";
  service.first = year(2007) / month(7) / 20;
  service.sources = 23;
  service.sensors = 4;
  service.networks = 7;
  findings.new_services = {service};
  const auto ja = said(findings, Language::ja);
  ASSERT_EQ(ja.size(), 1u);
  EXPECT_EQ(ja[0].sentence,
            "当月、それまでほとんどアクセスのなかった22(TCP)へ、25の発信元から4観測点にアクセスがあ"
            "りました。最初に観測した日は公表しません。");
  EXPECT_EQ(said(findings, Language::en)[0].sentence,
            "This month 25 sources at 4 sensors asked for 22(TCP), for which there was next to "
            "nothing before. The day of the first is not published.");
  ASSERT_EQ(ja[0].finding.numbers.size(), 2u);
  findings.new_services[0].sources = 19;
  EXPECT_TRUE(said(findings, Language::ja).empty());
}

TEST(PublicFindings, OneSourceIsToldWithoutItsPackets) {
  MonthFindings findings = july_findings();
  OneSourceRise rise;
  rise.service = "22/tcp";
  rise.region = "KR";
  rise.first = rise.last = year(2007) / month(7) / 20;
  rise.packets = 5321;
  rise.top1_share = 0.623;
  findings.one_source = {rise};
  const auto ja = said(findings, Language::ja);
  ASSERT_EQ(ja.size(), 1u);
  EXPECT_EQ(ja[0].finding.id, "one_source 22/tcp");
  EXPECT_EQ(ja[0].sentence,
            "当月の一時期、22(TCP)へのパケットが増えましたが、そのおよそ60%は1つの発信元からのもの"
            "で、広い範囲からの増加ではありません。");
  EXPECT_TRUE(ja[0].finding.numbers.empty());
  findings.one_source[0].top1_share = 0.93;
  EXPECT_EQ(said(findings, Language::en)[0].sentence,
            "For a part of the month packets to 22(TCP) rose, but more than 70% of them came from "
            "one source; this is no wide rise.");
}

TEST(PublicFindings, NoSentenceIsAboutASingleSensor) {
  MonthFindings findings = july_findings();
  findings.cannot_tell = {{CannotTellReason::saturated_sensor, 3, 0, "north"},
                          {CannotTellReason::saturated_sensor, 5, 0, "west"},
                          {CannotTellReason::one_sensor_rise, 0, 0, "1433/tcp"},
                          {CannotTellReason::few_days, 4, 10, ""}};
  const auto en = said(findings, Language::en);
  ASSERT_EQ(en.size(), 2u);
  EXPECT_EQ(en[0].finding.id, "cannot_tell saturated_sensor");
  EXPECT_EQ(
      en[0].sentence,
      "Days on which the counts of a sensor seem to have stuck to a ceiling were left out where "
      "changes are looked for.");
  EXPECT_EQ(en[1].finding.id, "cannot_tell few_days");
}

TEST(PublicFindings, ASmallGroupIsNotTold) {
  MonthFindings findings = july_findings();
  findings.surges = {surge("1433/tcp")};
  CoTargeting group;
  group.service = *Service::parse("1433/tcp");
  group.regions = {*Region::parse("JP")};
  group.with = {*Service::parse("22/tcp")};
  group.sources = 44;
  group.sources_with = 31;
  group.share = 31.0 / 44;
  group.share_elsewhere = 0.02;
  findings.co_targetings = {{group}};
  EXPECT_EQ(
      said(findings, Language::en).at(1).sentence,
      "Of the 45 sources from Japan that asked for 1433(TCP), 30 (70%) also asked for 22(TCP).");
  // Four others would be left.
  findings.co_targetings[0][0].sources = 35;
  EXPECT_EQ(said(findings, Language::en).size(), 1u);
  findings.co_targetings[0][0] = group;
  findings.co_targetings[0][0].with = {*Service::parse("6666/tcp")};
  EXPECT_EQ(said(findings, Language::en).size(), 1u);
}

}  // namespace
}  // namespace teiten
