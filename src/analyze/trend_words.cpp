#include "analyze/trend_words.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>

#include "analyze/association.h"
#include "analyze/trend.h"
#include "analyze/weekly_trend.h"

namespace teiten {
namespace {

constexpr double kDaysPerMonth = 365.25 / 12;
constexpr std::ptrdiff_t kWeek = 7;

/// Days of a month that must have been watched for its mean to count.
constexpr std::size_t kLeastMonthDays = 10;
/// Days of a week for its median, and weeks of the six months.
constexpr std::size_t kLeastWeekDays = 4;
constexpr std::size_t kLeastWeeks = 20;
/// With fewer sensors both tests of a trend must hold: what one sensor goes through for a month is
/// then a good part of the whole. Measured in docs/methods-words.md.
constexpr std::size_t kFewTrendSensors = 5;
/// Most that a day is taken to share with the next: beyond, months say nothing.
constexpr double kMostShared = 0.95;

std::ptrdiff_t first_day(const SensorDays& days, std::chrono::year_month month) {
  return days.index_of(month / std::chrono::day(1));
}

TrendStatement cannot_tell(std::string_view rule, std::string_view reason) {
  TrendStatement statement;
  statement.rule = rule;
  statement.reason = reason;
  return statement;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/// Medians of whole weeks, the last one ending with the period.
std::vector<double> weekly_medians(const DayLevels& levels) {
  std::vector<double> medians;
  const auto size = std::ssize(levels.levels);
  for (std::ptrdiff_t first = size % kWeek; first < size; first += kWeek) {
    std::vector<double> week;
    for (std::ptrdiff_t d = first; d < first + kWeek; ++d) {
      const double level = levels.levels[static_cast<std::size_t>(d)];
      if (!std::isnan(level)) week.push_back(level);
    }
    if (week.size() < kLeastWeekDays) continue;
    const double middle = median(std::move(week));
    if (middle > 0) medians.push_back(middle);
  }
  return medians;
}

/// The word for a change a month, whatever its significance; cannot_tell where it is too small.
TrendWord trend_word(double monthly_change, double total_change) {
  const double monthly = std::abs(monthly_change);
  if (monthly < kTrendSlow || std::abs(total_change) < kTrendLeastTotal)
    return TrendWord::cannot_tell;
  const bool down = monthly_change < 0;
  if (monthly < kTrendFast) return down ? TrendWord::slow_decrease : TrendWord::slow_increase;
  return down ? TrendWord::decrease : TrendWord::increase;
}

/// One of the two tests of a trend: its p and the change that it would state.
struct TrendTest {
  std::string_view rule;
  double p_value = 1;
  double least_p = 0;    ///< the word may be said below it
  double log_slope = 0;  ///< a month

  double monthly_change() const { return std::exp(log_slope) - 1; }
  double total_change() const {
    return std::exp(log_slope * static_cast<double>(kTrendMonths - 1)) - 1;
  }
  TrendWord word() const { return trend_word(monthly_change(), total_change()); }
  bool holds() const { return p_value < least_p && word() != TrendWord::cannot_tell; }
};

TrendTest weekly_test(const DayLevels& levels) {
  TrendTest test;
  test.rule = "trend.weekly_mk";
  test.least_p = kConfirmedP;
  const std::vector<double> medians = weekly_medians(levels);
  if (medians.size() < kLeastWeeks) return test;
  const WeeklyTrend trend = weekly_trend(medians);
  test.p_value = trend.p_value;
  test.log_slope = trend.slope * kDaysPerMonth / static_cast<double>(kWeek);
  return test;
}

TrendTest monthly_test(const std::array<double, kTrendMonths>& rates) {
  TrendTest test;
  test.rule = "trend.monthly_mk";
  test.least_p = 0.05;
  const auto finding = six_month_trend(rates);
  if (!finding) return test;
  test.p_value = finding->p_value;
  test.log_slope = std::log1p(finding->monthly_change);
  return test;
}

/// Standard errors of the logarithms of monthly levels: from the days' scatter about their month's
/// level and its autocorrelation from one day to the next, of all months together. NaN where a
/// month has too few days.
std::vector<double> month_errors(const DayLevels& levels, std::span<const std::size_t> bounds) {
  double squares = 0;
  double products = 0;
  double pairs = 0;
  double days = 0;
  std::vector<double> counts;
  for (std::size_t m = 0; m + 1 < bounds.size(); ++m) {
    std::vector<double> logs;  // NaN where nobody watched
    double sum = 0;
    double n = 0;
    for (std::size_t d = bounds[m]; d < bounds[m + 1]; ++d) {
      const double level = levels.levels[d];
      logs.push_back(level > 0 ? std::log(level) : std::numeric_limits<double>::quiet_NaN());
      if (std::isnan(logs.back())) continue;
      sum += logs.back();
      ++n;
    }
    for (std::size_t i = 0; i < logs.size(); ++i) {
      if (std::isnan(logs[i])) continue;
      squares += (logs[i] - sum / n) * (logs[i] - sum / n);
      if (i == 0 || std::isnan(logs[i - 1])) continue;
      products += (logs[i] - sum / n) * (logs[i - 1] - sum / n);
      ++pairs;
    }
    days += std::max(0.0, n - 1);
    counts.push_back(n);
  }
  std::vector<double> errors;
  if (squares <= 0 || pairs <= 0) return std::vector<double>(counts.size(), 0);
  const double variance = squares / days;
  // Taking a month's own level away hides a part of what its days share: about 4/n of it.
  const double hidden = 4 * static_cast<double>(counts.size()) / days;
  const double share = std::clamp(products / pairs / variance + hidden, 0.0, kMostShared);
  for (const double n : counts)
    errors.push_back(std::sqrt(variance * (1 + share) / (1 - share) / n));
  return errors;
}

void state(const TrendTest& test, TrendStatement& statement) {
  statement.rule = test.rule;
  statement.p_value = test.p_value;
  statement.monthly_change = test.monthly_change();
  statement.total_change = test.total_change();
  statement.ratio = 1 + statement.monthly_change;
}

}  // namespace

std::string_view to_string(TrendWord word) {
  switch (word) {
    case TrendWord::cannot_tell:
      return "cannot_tell";
    case TrendWord::steady:
      return "steady";
    case TrendWord::slow_decrease:
      return "slow_decrease";
    case TrendWord::slow_increase:
      return "slow_increase";
    case TrendWord::decrease:
      return "decrease";
    case TrendWord::increase:
      return "increase";
    case TrendWord::less_than_before:
      return "less_than_before";
    case TrendWord::more_than_before:
      return "more_than_before";
    case TrendWord::up_and_down:
      return "up_and_down";
  }
  return "cannot_tell";
}

Judgement judge_level(const PairedRatio& ratio, const SteadyBand& band) {
  Judgement judgement;
  TrendStatement& statement = judgement.statement;
  statement.value = ratio.after;
  statement.previous = ratio.before;
  statement.ratio = ratio.rate_ratio;
  statement.rule = "level.paired";
  statement.interval = ratio.interval(0.95);
  statement.p_value = ratio.p_changed();
  statement.reason = "not_significant";
  // Sure, but too small for a word.
  if (statement.p_value < 0.05) statement.reason = "small_change";
  // Both the sensors' common ratio and that of the sums must say it: a word must not rest on one
  // busy sensor, nor contradict the two rates printed beside it.
  const double smaller = std::min(ratio.ratio, ratio.rate_ratio);
  const double larger = std::max(ratio.ratio, ratio.rate_ratio);
  if (smaller >= band.low && larger <= band.high)
    judgement.fitting.push_back({TrendWord::steady, ratio.p_outside(band)});
  if (larger <= 1 - kLevelLeastChange)
    judgement.fitting.push_back({TrendWord::less_than_before, ratio.p_changed()});
  if (smaller >= 1 + kLevelLeastChange)
    judgement.fitting.push_back({TrendWord::more_than_before, ratio.p_changed()});
  for (const FittingWord& fitting : judgement.fitting) {
    if (fitting.p_value >= 0.05 || statement.word != TrendWord::cannot_tell) continue;
    statement.word = fitting.word;
    statement.p_value = fitting.p_value;
    statement.reason = {};
    if (fitting.word != TrendWord::steady) continue;
    statement.rule = "level.tost";
    statement.interval = ratio.interval(0.90);
  }
  return judgement;
}

Judgement judge_level(const SensorDays& days, std::chrono::year_month month, CountKind kind,
                      const SteadyBand& band) {
  const std::ptrdiff_t start = first_day(days, month);
  const std::ptrdiff_t before = first_day(days, month - std::chrono::months(1));
  const std::ptrdiff_t end = first_day(days, month + std::chrono::months(1));
  std::vector<SensorPair> pairs;
  bool any_before = false;
  bool any_now = false;
  for (std::size_t sensor = 0; sensor < days.sensors.size(); ++sensor) {
    const SensorPair pair{observation_of(days, sensor, before, start, kind),
                          observation_of(days, sensor, start, end, kind)};
    any_before = any_before || pair.before.days >= static_cast<double>(kLeastMonthDays);
    any_now = any_now || pair.after.days >= static_cast<double>(kLeastMonthDays);
    const double watched = std::min(pair.before.days, pair.after.days);
    if (watched >= static_cast<double>(kLeastMonthDays)) pairs.push_back(pair);
  }
  if (!any_now) return {cannot_tell("level.paired", "missing_months"), {}};
  if (!any_before) return {cannot_tell("level.paired", "no_previous_month"), {}};
  const auto ratio = paired_ratio(pairs);
  if (!ratio) return {cannot_tell("level.paired", "few_sensors"), {}};
  return judge_level(*ratio, band);
}

namespace {

/// Says `up_and_down` where the months' levels alternate.
void judge_swings(const DayLevels& levels, std::span<const std::size_t> bounds,
                  const std::array<double, kTrendMonths>& rates, Judgement& judgement) {
  std::vector<double> logs;
  for (const double rate : rates)
    logs.push_back(std::log(rate));
  const Swings swings = swings_of(logs, month_errors(levels, bounds));
  if (swings.count < kLeastSwings) return;
  TrendStatement& statement = judgement.statement;
  statement.word = TrendWord::up_and_down;
  statement.rule = "trend.alternating";
  statement.reason = {};
  statement.p_value = 2 * normal_upper_tail(swings.least_z);
  statement.swings = swings.count;
  statement.least_swing = swings.least;
}

}  // namespace

Swings swings_of(std::span<const double> log_levels, std::span<const double> errors) {
  Swings best;
  Swings run;
  double last = 0;
  for (std::size_t i = 1; i < log_levels.size(); ++i) {
    const double change = log_levels[i] - log_levels[i - 1];
    const double error = std::hypot(errors[i], errors[i - 1]);
    const double size = std::abs(std::expm1(change));
    const double z = error > 0 ? std::abs(change) / error : std::numeric_limits<double>::infinity();
    if (!(size >= kLeastSwing && z >= kSwingZ)) {
      run = {};
      last = 0;
      continue;
    }
    const bool alternates = run.count > 0 && (change < 0) != (last < 0);
    if (alternates) {
      run = {run.count + 1, std::min(run.least, size), std::min(run.least_z, z)};
    } else {
      run = {1, size, z};
    }
    last = change;
    if (run.count > best.count) best = run;
  }
  return best.count >= kLeastSwings ? best : Swings{};
}

Judgement judge_trend(const SensorDays& days, std::chrono::year_month month, CountKind kind) {
  const std::chrono::months back{static_cast<int>(kTrendMonths) - 1};
  const std::ptrdiff_t start = first_day(days, month - back);
  const DayLevels levels =
      day_levels(days, start, first_day(days, month + std::chrono::months(1)), kind);
  if (levels.sensors == 0) return {cannot_tell("trend.monthly_mk", "missing_months"), {}};
  std::array<double, kTrendMonths> rates{};
  std::vector<std::size_t> bounds;  // first days of the months, and the end
  for (std::size_t i = 0; i < kTrendMonths; ++i) {
    const auto in = month - back + std::chrono::months(static_cast<int>(i));
    const auto from = static_cast<std::size_t>(first_day(days, in) - start);
    const auto to = static_cast<std::size_t>(first_day(days, in + std::chrono::months(1)) - start);
    bounds.push_back(from);
    rates[i] = levels.over(from, to);
    if (levels.observed(from, to) < kLeastMonthDays || !(rates[i] > 0))
      return {cannot_tell("trend.monthly_mk", "missing_months"), {}};
  }
  bounds.push_back(
      static_cast<std::size_t>(first_day(days, month + std::chrono::months(1)) - start));
  const TrendTest weekly = weekly_test(levels);
  const TrendTest monthly = monthly_test(rates);
  Judgement judgement;
  TrendStatement& statement = judgement.statement;
  statement.value = rates.back();
  statement.previous = rates.front();
  const bool by_week = weekly.holds() || (!monthly.holds() && weekly.p_value < monthly.p_value);
  state(by_week ? weekly : monthly, statement);
  // Two tests that hold and contradict each other say nothing.
  const bool apart =
      weekly.holds() && monthly.holds() && (weekly.log_slope < 0) != (monthly.log_slope < 0);
  const bool enough = levels.sensors < kFewTrendSensors ? weekly.holds() && monthly.holds()
                                                        : weekly.holds() || monthly.holds();
  if (enough && !apart) statement.word = (by_week ? weekly : monthly).word();
  if (statement.word == TrendWord::cannot_tell) statement.reason = "not_significant";
  if (statement.word == TrendWord::cannot_tell && !apart && levels.sensors >= kFewTrendSensors)
    judge_swings(levels, bounds, rates, judgement);
  for (const TrendTest& test : {weekly, monthly}) {
    if (test.word() != TrendWord::cannot_tell && !apart && levels.sensors >= kFewTrendSensors)
      judgement.fitting.push_back({test.word(), test.p_value});
  }
  return judgement;
}

TrendStatement with_hysteresis(const Judgement& now, const TrendStatement& judged_before,
                               const TrendStatement& said_before) {
  TrendStatement statement = now.statement;
  const bool free =
      said_before.word == TrendWord::cannot_tell && said_before.reason != kUnconfirmed;
  if (free || statement.word == said_before.word) return statement;
  if (statement.word != TrendWord::cannot_tell &&
      (statement.p_value < kConfirmedP || statement.word == judged_before.word)) {
    return statement;
  }
  // The old word stays only where the numbers still fit it.
  for (const FittingWord& fitting : now.fitting) {
    if (fitting.word != said_before.word || fitting.p_value >= kKeepP) continue;
    statement.word = fitting.word;
    statement.rule = statement.rule.starts_with("level") ? "level.kept" : "trend.kept";
    statement.p_value = fitting.p_value;
    statement.reason = {};
    return statement;
  }
  if (statement.word == TrendWord::cannot_tell) return statement;
  statement.word = TrendWord::cannot_tell;
  statement.reason = kUnconfirmed;
  return statement;
}

namespace {

/// What is said of `month`, from what the months up to it would have said.
template <typename Judge>
TrendStatement said(std::chrono::year_month month, Judge judge) {
  TrendStatement before = judge(month - std::chrono::months(kHysteresisMonths)).statement;
  TrendStatement statement = before;
  for (int back = kHysteresisMonths - 1; back >= 0; --back) {
    const Judgement now = judge(month - std::chrono::months(back));
    statement = with_hysteresis(now, before, statement);
    before = now.statement;
  }
  return statement;
}

}  // namespace

TrendStatements statements_of(const SensorDays& days, std::chrono::year_month month, CountKind kind,
                              const SteadyBand& band) {
  return {said(month, [&](auto of) { return judge_level(days, of, kind, band); }),
          said(month, [&](auto of) { return judge_trend(days, of, kind); })};
}

TimeRange statement_range(std::chrono::year_month month, const TimeZone& zone) {
  const std::chrono::months back{static_cast<int>(kTrendMonths) - 1 + kHysteresisMonths};
  return {month_range(month - back, zone).from, month_range(month, zone).to};
}

}  // namespace teiten
