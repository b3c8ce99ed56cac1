#include "report/said.h"

#include <regex>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "report/finding_words.h"
#include "report/numbers.h"

namespace teiten {
namespace {

using std::chrono::month;
using std::chrono::year;

Day july(unsigned d) {
  return year(2007) / month(7) / std::chrono::day(d);
}

const KnowledgeBase& knowledge() {
  static const KnowledgeBase kBase = KnowledgeBase::load().value();
  return kBase;
}

Surge surge(std::string service, unsigned first, double baseline, double level) {
  Surge rise;
  rise.service = std::move(service);
  rise.shape = SurgeShape::since_change;
  rise.first = july(first);
  rise.last = july(31);
  rise.open = true;
  rise.baseline = baseline;
  rise.level = level;
  rise.latest = level / 3;  // fading
  rise.ratio = level / baseline;
  rise.peak = level * 1.2;
  rise.peak_day = july(24);
  rise.p_value = 1e-9;
  rise.q_value = 1e-7;
  rise.sources = 2871;
  rise.sensors = 9;
  rise.sensors_up = 10;
  rise.top1_share = 0.623;
  rise.change = ChangeDate{july(first), 8.2, 1.9};
  return rise;
}

CoTargeting targeting(std::vector<Region> regions, std::vector<std::string_view> with) {
  CoTargeting result;
  result.service = *Service::parse("1433/tcp");
  result.regions = std::move(regions);
  for (const auto id : with)
    result.with.push_back(*Service::parse(id));
  result.sources = 1204;
  result.sources_with = 611;
  result.share = 611.0 / 1204;
  result.share_elsewhere = 0.0312;
  result.odds_ratio_low = 9.4;
  return result;
}

Family family(std::vector<std::string_view> services, Region main, double share) {
  Family result;
  for (const auto id : services)
    result.services.push_back(*Service::parse(id));
  result.id = std::string(services.front()) + "…";
  result.sources = 10234;
  result.sensors = 10;
  result.regions = {{main, 7320, share, 2.8}, {Region(), 100, 0.01, 1}};
  result.main_regions = {main};
  result.population = PopulationEstimate{12800.4, 12100, 13700};
  result.continuity = Family::Continuity::partly;
  result.overlap = 0.5;
  return result;
}

/// One finding of every type, with every part that a sentence may have.
MonthFindings everything() {
  MonthFindings all;
  all.month = year(2007) / month(7);
  OverallStatement volume;
  volume.level.word = TrendWord::steady;
  volume.level.rule = "level.tost";
  volume.level.value = 912.545;
  volume.level.previous = 938.41;
  volume.level.ratio = 912.545 / 938.41;
  volume.level.interval = Interval{0.961, 0.989};
  volume.level.p_value = 0.0004;
  volume.trend.word = TrendWord::slow_decrease;
  volume.trend.rule = "trend.monthly_mk";
  volume.trend.monthly_change = -0.0311;
  volume.trend.total_change = -0.1461;
  volume.trend.p_value = 0.00278;
  OverallStatement sources = volume;
  sources.kind = CountKind::source_days;
  sources.level.word = TrendWord::cannot_tell;
  sources.level.reason = "not_significant";
  sources.trend.word = TrendWord::cannot_tell;
  sources.trend.reason = "missing_months";
  all.overall = {volume, sources};
  all.surges = {surge("1433/tcp", 16, 105.2, 199.8), surge("2967/tcp", 9, 0.41, 6.3)};
  all.surges[0].regions = {surge("1433/tcp", 16, 40, 85)};
  all.surges[0].regions[0].region = "CN";
  all.co_targetings = {{targeting({Region('J', 'P')}, {"135/tcp", "139/tcp", "445/tcp"}),
                        targeting({Region('C', 'N'), Region('K', 'R')}, {"2967/tcp", "3306/tcp"})},
                       {}};
  all.new_services = {{"4899/tcp", july(12), july(14), 0.0056, 90, 12, 6, 8, 3, 0.00001}};
  all.one_source = {{"22/tcp", "US", july(5), july(7), 12345, 0.9412, 80.4, 85.2, 3}};
  all.families = {family({"135/tcp", "1433/tcp"}, Region('J', 'P'), 0.7153),
                  family({"1433/tcp", "2967/tcp"}, Region('C', 'N'), 0.601)};
  all.cannot_tell = {{CannotTellReason::few_days, 2, 10, ""},
                     {CannotTellReason::saturated_sensor, 3, 0, "north"}};
  return all;
}

// --- every number that is said is a number of the finding

/// The sentence without what is no number of its finding: dates, months, services, figures and the
/// words that hold digits.
std::string without_words(std::string sentence) {
  static const std::regex kWords(
      "図[0-9.]*|Figure "
      "[0-9]\\.[0-9]\\.[0-9]|[0-9]+\\((TCP|UDP|ICMP)\\)|[0-9]+年[0-9]+月([0-9]+日)?|"
      "[0-9]+月[0-9]+日|[0-9]+月|[0-9]+ (July|June)|(July|June|February) [0-9]{4}|(July|June)|"
      "1観測点・1日あたり|1か月あたり|(90|95)%区間|(90|95)% interval|1つの");
  return std::regex_replace(sentence, kWords, " ");
}

/// Every way a number of a finding may be written.
std::set<std::string> written(const Finding& finding) {
  std::set<std::string> all;
  const auto add = [&all](double value) {
    for (const std::string& text :
         {format_rate(value), format_about(value), format_decimal(value, 0),
          format_decimal(value, 1), format_share(value), format_change(value),
          format_change(value - 1), fmt::format("{:.4f}", value)})
      all.insert(text);
  };
  for (const FindingNumber& number : finding.numbers)
    add(number.value);
  if (finding.interval) {
    add(finding.interval->low);
    add(finding.interval->high);
  }
  if (finding.p_value) add(*finding.p_value);
  return all;
}

class SaidInBoth : public testing::TestWithParam<Language> {};

TEST_P(SaidInBoth, SaysNoNumberThatItsFindingDoesNotHave) {
  static const std::regex kNumber("(\\+|−|±)?[0-9]+(,[0-9]{3})*(\\.[0-9]+)?%?");
  std::size_t checked = 0;
  for (const SaidFinding& said : say_findings(everything(), knowledge(), GetParam())) {
    const std::set<std::string> known = written(said.finding);
    const std::string sentence = without_words(said.sentence);
    for (std::sregex_iterator at(sentence.begin(), sentence.end(), kNumber), end; at != end; ++at) {
      EXPECT_TRUE(known.contains(at->str())) << at->str() << " of " << said.sentence;
      ++checked;
    }
  }
  EXPECT_GT(checked, 50U);
}

TEST_P(SaidInBoth, SaysEveryFindingInTheirOrder) {
  const auto findings = findings_of(everything());
  const auto said = say_findings(everything(), knowledge(), GetParam());
  ASSERT_EQ(said.size(), findings.size());
  std::set<std::string> ids;
  std::set<FindingType> types;
  for (std::size_t i = 0; i < said.size(); ++i) {
    EXPECT_EQ(said[i].finding.id, findings[i].id);
    EXPECT_TRUE(said[i].finding.query.starts_with("teiten count --from 2007-"))
        << said[i].finding.id;
    EXPECT_FALSE(said[i].sentence.empty());
    ids.insert(said[i].finding.id);
    types.insert(said[i].finding.type);
  }
  EXPECT_EQ(ids.size(), said.size());
  EXPECT_EQ(types.size(), 8U);
}

INSTANTIATE_TEST_SUITE_P(Languages, SaidInBoth, testing::Values(Language::ja, Language::en));

// --- knowledge

TEST(Said, NamesWeaknessesPublishedByTheMonth) {
  const auto said = say_findings(everything(), knowledge(), Language::ja);
  const SaidFinding* rise = find_said(said, "surge 1433/tcp 2007-07-16");
  ASSERT_NE(rise, nullptr);
  EXPECT_EQ(
      rise->background,
      "1433(TCP)へのアクセスには、Microsoft SQL Serverの脆弱性や弱いパスワードを狙うものが知られて"
      "います。関連する既知の脆弱性には、MS02-061(2002年10月16日公表)があります。");
  EXPECT_EQ(rise->figure, "2.1.1");
}

TEST(Said, NamesNoMalwareOfLaterTimes) {
  const std::vector<Service> sql = {*Service::parse("1433/tcp")};
  const auto of_sql = malware_of(knowledge(), sql, july(31), Language::en);
  ASSERT_EQ(of_sql.size(), 1U);  // Vollgar is of 2020, Mallox of 2021
  EXPECT_EQ(of_sql[0].name, "SQLSnake");
  EXPECT_EQ(of_sql[0].services, sql);
  const std::vector<Service> windows = {*Service::parse("135/tcp"), *Service::parse("139/tcp"),
                                        *Service::parse("445/tcp")};
  const auto names = malware_of(knowledge(), windows, july(31), Language::en);
  ASSERT_EQ(names.size(), 2U);
  EXPECT_EQ(names[0].name, "Agobot");  // the only one that spread by all three
  EXPECT_EQ(names[0].services, windows);
  EXPECT_LT(names[1].services.size(), 3U);
}

TEST(Said, PrefersWeaknessesNearTheChange) {
  const Service vnc = *Service::parse("5900/tcp");
  const Day june = year(2006) / month(5) / std::chrono::day(20);
  const auto near = weaknesses_of(knowledge(), vnc, june, july(31));
  ASSERT_FALSE(near.empty());
  EXPECT_EQ(near[0].advisory->published, year(2006) / month(5) / std::chrono::day(15));
  EXPECT_TRUE(near[0].near_change);
  EXPECT_FALSE(weaknesses_of(knowledge(), vnc, july(16), july(31))[0].near_change);
  // Of 445/tcp younger ones are known too, but this one is near.
  const auto rpc = weaknesses_of(knowledge(), *Service::parse("445/tcp"),
                                 year(2003) / month(9) / std::chrono::day(20), july(31));
  EXPECT_EQ(rpc[0].advisory->id, "MS03-039");
  EXPECT_FALSE(rpc[1].near_change);
  EXPECT_TRUE(
      weaknesses_of(knowledge(), vnc, july(16), year(2006) / month(5) / std::chrono::day(14))
          .empty());
}

TEST(Said, AdvisesWithTheContactsOfTheMonth) {
  const Advice advice = advice_of(everything(), knowledge(), Language::ja, "JP");
  EXPECT_TRUE(advice.infection);
  ASSERT_FALSE(advice.contacts.empty());
  EXPECT_EQ(advice.contacts[0].url, "https://www.ccc.go.jp/flow/index.html");
  EXPECT_EQ(advice.checks.size(), 2U);
  MonthFindings later = everything();
  later.month = year(2013) / month(4);
  for (const Reference& contact : advice_of(later, knowledge(), Language::ja, "JP").contacts)
    EXPECT_EQ(contact.url.find("ccc.go.jp"), std::string::npos);
  MonthFindings alone = everything();
  alone.co_targetings.clear();
  EXPECT_FALSE(advice_of(alone, knowledge(), Language::ja, "JP").infection);
  EXPECT_TRUE(advice_of(alone, knowledge(), Language::ja, "JP").contacts.empty());
}

TEST(Said, TellsACoTargetingOnce) {
  MonthFindings all = everything();
  CoTargeting again = all.co_targetings[0][1];
  again.service = *Service::parse("2967/tcp");
  again.with = {*Service::parse("1433/tcp"), *Service::parse("3306/tcp")};
  all.co_targetings[1] = {again};
  EXPECT_EQ(untold_co_targetings(all, 0).size(), 2U);
  EXPECT_TRUE(untold_co_targetings(all, 1).empty());
  all.co_targetings[1][0].regions.emplace_back('B', 'R');  // where the first group is not from
  EXPECT_EQ(untold_co_targetings(all, 1).size(), 1U);
  all.co_targetings[1][0].regions.pop_back();
  all.co_targetings[1][0].with.push_back(*Service::parse("5900/tcp"));
  EXPECT_EQ(untold_co_targetings(all, 1).size(), 1U);
}

TEST(Said, QuotesWhatAShellWouldRead) {
  MonthFindings all;
  all.month = year(2007) / month(7);
  all.cannot_tell = {{CannotTellReason::saturated_sensor, 3, 0, "it's; rm"}};
  EXPECT_EQ(findings_of(all)[0].query,
            "teiten count --from 2007-07-01 --to 2007-08-01 --tz UTC --where 'sensor=it'\\''s; rm' "
            "--by day --measure packets");
}

}  // namespace
}  // namespace teiten
