#include "analyze/trend_words.h"

#include <cmath>

#include <gtest/gtest.h>

namespace teiten {
namespace {

constexpr std::chrono::year_month kJuly{std::chrono::year(2007), std::chrono::July};

/// Days from 1 December 2006 to 31 July 2007 (243) of `sensors` sensors, with the level of a day
/// given; sensor s counts s + 1 times as much, and a fixed pattern of ±3 % keeps days apart.
template <typename Level>
SensorDays days_of(std::size_t sensors, Level level) {
  SensorDays days;
  days.first = *parse_day("2006-12-01");
  for (std::size_t s = 0; s < sensors; ++s)
    days.sensors.push_back("sensor-" + std::to_string(s));
  for (int i = 0; i < 243; ++i) {
    std::vector<SensorDay> row(sensors);
    for (std::size_t s = 0; s < sensors; ++s) {
      const double noise = 1 + 0.03 * std::sin(2.3 * i + 1.7 * static_cast<double>(s));
      row[s].uptime = 1;
      row[s].counts.packets = static_cast<std::uint64_t>(
          std::lround(1000 * static_cast<double>(s + 1) * noise * level(i)));
    }
    days.days.push_back(std::move(row));
  }
  return days;
}

double months_of(int day, double monthly_change) {
  return std::pow(1 + monthly_change, day / 30.4375);
}

TEST(LevelWords, SteadyLessAndMore) {
  PairedRatio ratio;
  ratio.sensors = 10;
  ratio.ratio = ratio.rate_ratio = 0.97;
  ratio.log_error = 0.02;  // 90 %: ± 1.8331·0.02, 0.935 … 1.006
  EXPECT_EQ(judge_level(ratio).statement.word, TrendWord::steady);
  EXPECT_EQ(judge_level(ratio).statement.rule, "level.tost");
  EXPECT_NEAR(judge_level(ratio).statement.interval->low, 0.935081, 1e-5);
  ratio.log_error = 0.05;  // 0.885 … 1.063
  EXPECT_EQ(judge_level(ratio).statement.word, TrendWord::cannot_tell);
  EXPECT_EQ(judge_level(ratio).statement.reason, "not_significant");
  EXPECT_EQ(judge_level(ratio, kWideBand).statement.word, TrendWord::steady);

  ratio.ratio = ratio.rate_ratio = 0.88;
  EXPECT_EQ(judge_level(ratio).statement.word, TrendWord::less_than_before);
  EXPECT_EQ(judge_level(ratio).statement.rule, "level.paired");
  ratio.log_error = 0.06;  // 95 %: 0.768 … 1.008
  EXPECT_EQ(judge_level(ratio).statement.word, TrendWord::cannot_tell);
  ratio.ratio = ratio.rate_ratio = 1.2;
  EXPECT_EQ(judge_level(ratio).statement.word, TrendWord::more_than_before);
  // Significant, but less than a tenth.
  ratio.ratio = ratio.rate_ratio = 1.09;
  ratio.log_error = 0.02;
  EXPECT_EQ(judge_level(ratio).statement.word, TrendWord::cannot_tell);
}

// The sensors say −3 %, the sum says +20 %: one busy sensor. Neither word would be true of both.
TEST(LevelWords, OneBusySensorDecidesNothing) {
  PairedRatio ratio;
  ratio.sensors = 10;
  ratio.ratio = 0.97;
  ratio.rate_ratio = 1.2;
  ratio.log_error = 0.02;
  EXPECT_EQ(judge_level(ratio).statement.word, TrendWord::cannot_tell);
  ratio.ratio = 1.2;
  ratio.rate_ratio = 0.99;
  EXPECT_EQ(judge_level(ratio).statement.word, TrendWord::cannot_tell);
}

TEST(TrendWords, ByChangeAMonth) {
  const auto word = [](double monthly_change) {
    const SensorDays days = days_of(10, [&](int i) { return months_of(i, monthly_change); });
    return judge_trend(days, kJuly, CountKind::packets).statement;
  };
  EXPECT_EQ(word(-0.03).word, TrendWord::slow_decrease);
  EXPECT_NEAR(word(-0.03).monthly_change, -0.03, 0.002);
  EXPECT_NEAR(word(-0.03).total_change, -0.1413, 0.01);
  EXPECT_LT(word(-0.03).p_value, 1e-6);
  EXPECT_EQ(word(0.04).word, TrendWord::slow_increase);
  EXPECT_EQ(word(-0.15).word, TrendWord::decrease);
  EXPECT_EQ(word(0.15).word, TrendWord::increase);
  // Falls surely, but by 1 % a month.
  EXPECT_EQ(word(-0.01).word, TrendWord::cannot_tell);
  EXPECT_EQ(word(-0.01).reason, "not_significant");
}

TEST(TrendWords, LevelAndTrendOfASlowDecline) {
  const SensorDays days = days_of(10, [](int i) { return months_of(i, -0.03); });
  const TrendStatements statements = statements_of(days, kJuly, CountKind::packets);
  EXPECT_EQ(statements.level.word, TrendWord::steady);
  EXPECT_NEAR(statements.level.ratio, 0.97, 0.003);
  EXPECT_EQ(statements.trend.word, TrendWord::slow_decrease);
  // Sensors 1 … 10 times 1,000: 5,500 on average, times the level in the middle of July.
  EXPECT_NEAR(statements.level.value, 5500 * std::pow(0.97, 227 / 30.4375), 20);
}

TEST(Swings, OfMonthlyLevels) {
  const std::vector<double> errors(6, 0.02);
  const auto logs = [](std::initializer_list<double> levels) {
    std::vector<double> result;
    for (const double level : levels)
      result.push_back(std::log(level));
    return result;
  };
  // +50 %, −40 %, +44 %, −31 %, then −1 %.
  const Swings swings = swings_of(logs({100, 150, 90, 130, 90, 89}), errors);
  EXPECT_EQ(swings.count, 4);
  EXPECT_NEAR(swings.least, 1 - 90.0 / 130, 1e-12);
  EXPECT_NEAR(swings.least_z, std::log(130.0 / 90) / (0.02 * std::sqrt(2.0)), 1e-9);
  // Up and down once; rises in a row; a fall of 19 %; a change of less than four errors.
  EXPECT_EQ(swings_of(logs({100, 150, 90, 89, 90, 91}), errors).count, 0);
  EXPECT_EQ(swings_of(logs({100, 130, 170, 220, 290, 380}), errors).count, 0);
  EXPECT_EQ(swings_of(logs({100, 150, 90, 130, 106, 150}), errors).count, 3);
  EXPECT_EQ(swings_of(logs({100, 130, 106, 140, 115, 150}), errors).count, 0);
  EXPECT_EQ(swings_of(logs({100, 150, 90, 130, 90, 89}), std::vector<double>(6, 0.08)).count, 0);
}

// February to July: 100, 130, 95, 130, 95, 130.
TEST(TrendWords, UpAndDown) {
  const auto level = [](int i) {
    const bool high = (i >= 90 && i < 121) || (i >= 151 && i < 182) || i >= 212;
    return i < 90 ? 1.0 : high ? 1.3 : 0.95;
  };
  const TrendStatement said = judge_trend(days_of(10, level), kJuly, CountKind::packets).statement;
  EXPECT_EQ(said.word, TrendWord::up_and_down);
  EXPECT_EQ(said.rule, "trend.alternating");
  EXPECT_EQ(said.swings, 5);
  EXPECT_NEAR(said.least_swing, 1 - 0.95 / 1.3, 0.01);
  EXPECT_LT(said.p_value, 1e-4);
  EXPECT_EQ(judge_trend(days_of(4, level), kJuly, CountKind::packets).statement.word,
            TrendWord::cannot_tell);
  // A wave as large within every month is none from month to month.
  const auto weekly = [](int i) { return i / 7 % 2 == 0 ? 1.3 : 0.95; };
  EXPECT_EQ(judge_trend(days_of(10, weekly), kJuly, CountKind::packets).statement.word,
            TrendWord::cannot_tell);
}

TEST(TrendWords, SaysWhatItCannotTell) {
  const auto flat = [](int) { return 1.0; };
  SensorDays two = days_of(2, flat);
  EXPECT_EQ(judge_level(two, kJuly, CountKind::packets).statement.reason, "few_sensors");
  SensorDays days = days_of(10, flat);
  EXPECT_EQ(judge_level(days, kJuly + std::chrono::months(1), CountKind::packets).statement.reason,
            "missing_months");
  // Nobody watched in June.
  for (std::size_t i = 182; i < 212; ++i) {
    for (SensorDay& day : days.days[i])
      day = {};
  }
  EXPECT_EQ(judge_level(days, kJuly, CountKind::packets).statement.reason, "no_previous_month");
  EXPECT_EQ(judge_trend(days, kJuly, CountKind::packets).statement.reason, "missing_months");
}

TEST(TrendWords, FewSensorsNeedBothTests) {
  // Falls 5 % a month, but April stands above March and June above May: S of the months is −11
  // (p = 0.056), and the weeks alone carry it.
  const auto level = [](int i) {
    const bool raised = (i >= 121 && i < 151) || (i >= 182 && i < 212);
    return months_of(i, -0.05) * (raised ? 1.08 : 1.0);
  };
  EXPECT_EQ(judge_trend(days_of(5, level), kJuly, CountKind::packets).statement.rule,
            "trend.weekly_mk");
  EXPECT_EQ(judge_trend(days_of(5, level), kJuly, CountKind::packets).statement.word,
            TrendWord::slow_decrease);
  EXPECT_EQ(judge_trend(days_of(4, level), kJuly, CountKind::packets).statement.word,
            TrendWord::cannot_tell);
}

TrendStatement said(TrendWord word, double p_value) {
  TrendStatement statement;
  statement.word = word;
  statement.rule = "trend.weekly_mk";
  statement.p_value = p_value;
  return statement;
}

TEST(Hysteresis, AWordChangesWhenItIsSureOrSaidTwice) {
  const TrendStatement before = said(TrendWord::steady, 0.001);
  const Judgement weak{said(TrendWord::less_than_before, 0.03),
                       {{TrendWord::less_than_before, 0.03}}};
  const Judgement sure{said(TrendWord::less_than_before, 0.009),
                       {{TrendWord::less_than_before, 0.009}}};
  EXPECT_EQ(with_hysteresis(weak, before, before).word, TrendWord::cannot_tell);
  EXPECT_EQ(with_hysteresis(weak, before, before).reason, kUnconfirmed);
  EXPECT_EQ(with_hysteresis(sure, before, before).word, TrendWord::less_than_before);
  EXPECT_EQ(with_hysteresis(weak, weak.statement, before).word, TrendWord::less_than_before);
  // Where nothing was said before, nothing changes.
  EXPECT_EQ(
      with_hysteresis(weak, said(TrendWord::cannot_tell, 1), said(TrendWord::cannot_tell, 1)).word,
      TrendWord::less_than_before);
  // What was not confirmed is not free.
  TrendStatement unconfirmed = said(TrendWord::cannot_tell, 0.03);
  unconfirmed.reason = kUnconfirmed;
  EXPECT_EQ(with_hysteresis(weak, before, unconfirmed).word, TrendWord::cannot_tell);
}

TEST(Hysteresis, TheOldWordStaysOnlyWhereItFits) {
  const TrendStatement before = said(TrendWord::slow_decrease, 0.001);
  const Judgement fits{said(TrendWord::cannot_tell, 0.04), {{TrendWord::slow_decrease, 0.04}}};
  EXPECT_EQ(with_hysteresis(fits, before, before).word, TrendWord::slow_decrease);
  EXPECT_EQ(with_hysteresis(fits, before, before).rule, "trend.kept");
  EXPECT_EQ(with_hysteresis(fits, before, before).p_value, 0.04);
  const Judgement doubtful{said(TrendWord::cannot_tell, 0.2), {{TrendWord::slow_decrease, 0.2}}};
  EXPECT_EQ(with_hysteresis(doubtful, before, before).word, TrendWord::cannot_tell);
  const Judgement other{said(TrendWord::cannot_tell, 0.2), {}};
  EXPECT_EQ(with_hysteresis(other, before, before).word, TrendWord::cannot_tell);
}

TEST(TrendWords, NamesAreTheTextOfJson) {
  EXPECT_EQ(to_string(TrendWord::slow_decrease), "slow_decrease");
  EXPECT_EQ(to_string(TrendWord::more_than_before), "more_than_before");
  EXPECT_EQ(to_string(TrendWord::cannot_tell), "cannot_tell");
}

TEST(TrendWords, RangeIsEightMonths) {
  const TimeRange range = statement_range(kJuly, TimeZone());
  EXPECT_EQ(format_utc(range.from), "2006-12-01T00:00:00Z");
  EXPECT_EQ(format_utc(range.to), "2007-08-01T00:00:00Z");
}

}  // namespace
}  // namespace teiten
