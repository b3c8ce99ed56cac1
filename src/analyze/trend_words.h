#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analyze/bootstrap.h"
#include "analyze/coverage.h"
#include "analyze/paired_ratio.h"
#include "analyze/rates.h"
#include "analyze/sensor_days.h"
#include "base/result.h"

namespace teiten {

/// The words that may be said of a series of rates (METHODS §8). The enumerator's name is the text
/// in JSON.
enum class TrendWord {
  cannot_tell,    ///< 判断できない: numbers only
  steady,         ///< ほぼ横ばい・定常化している
  slow_decrease,  ///< 緩やかな減少傾向
  slow_increase,
  decrease,  ///< 減少傾向
  increase,
  less_than_before,  ///< 前月比で減少
  more_than_before,
  up_and_down,  ///< 増減を繰り返す
};
std::string_view to_string(TrendWord word);

/// A word with the numbers that chose it.
struct TrendStatement {
  TrendWord word = TrendWord::cannot_tell;
  std::string_view rule;  ///< "level.tost", "level.paired", "level.kept", "trend.monthly_mk",
                          ///< "trend.weekly_mk", "trend.alternating", "trend.kept" (the word of the
                          ///< month before, kept)
  double value = 0;       ///< rate of this month, per sensor-day
  double previous = 0;    ///< rate it is compared with; of a trend the first month's
  double ratio = 0;       ///< value ÷ previous, or per month for a trend
  /// Of the sensors' common ratio: 90 % for `steady`, 95 % otherwise; none for a trend.
  std::optional<Interval> interval;
  double p_value = 1;
  double monthly_change = 0;  ///< exp(Theil–Sen slope of ln rate) − 1
  double total_change = 0;    ///< over all months
  int swings = 0;             ///< of up_and_down: changes from month to month that alternate
  double least_swing = 0;     ///< the smallest of them, as a share of the month before
  std::string_view reason;    ///< of cannot_tell: "few_sensors", "no_previous_month",
                              ///< "missing_months", "not_significant",
                              ///< "small_change", "unconfirmed", "few_sources"
};

/// A new word that was right once, with p between 0.01 and 0.05: said from the second month on.
inline constexpr std::string_view kUnconfirmed = "unconfirmed";
/// A word that a few sources alone bring about: without them it would be another.
inline constexpr std::string_view kFewSources = "few_sources";
/// p below which a new word is said at once.
inline constexpr double kConfirmedP = 0.01;
/// p below which the word of the month before may stay, if the numbers still fit it.
inline constexpr double kKeepP = 0.10;
/// Least change of `less_than_before` and `more_than_before`.
inline constexpr double kLevelLeastChange = 0.10;
/// Months before this one whose words are worked out for the hysteresis. It begins with the first
/// of them, so that a month's words depend on nothing but the data up to it.
inline constexpr int kHysteresisMonths = 2;

/// A word whose bounds the numbers are inside, with the p of its rule.
struct FittingWord {
  TrendWord word = TrendWord::cannot_tell;
  double p_value = 1;
};

/// What one month's numbers alone say.
struct Judgement {
  TrendStatement statement;
  std::vector<FittingWord> fitting;
};

/// `steady` where two one-sided tests put the ratio inside the band at 5 %; `less_than_before` and
/// `more_than_before` where the 95 % interval excludes 1 and the change is a tenth or more.
Judgement judge_level(const PairedRatio& ratio, const SteadyBand& band = {});

/// The month against the one before, over sensors that watched at least ten days of both.
Judgement judge_level(const SensorDays& days, std::chrono::year_month month, CountKind kind,
                      const SteadyBand& band = {});

/// `up_and_down`: three changes from month to month or more, one after the other, that alternate
/// and are each at least this share of the month before, and this many times their standard error.
inline constexpr double kLeastSwing = 0.20;
inline constexpr int kLeastSwings = 3;
inline constexpr double kSwingZ = 4.0;
/// Levels of a period that alternate.
struct Swings {
  int count = 0;     ///< 0: they do not
  double least = 0;  ///< share of the month before
  double least_z = 0;
};
/// The longest run of alternating changes among the months' logarithms of levels, whose standard
/// errors are given; of equal ones the first.
Swings swings_of(std::span<const double> log_levels, std::span<const double> errors);

/// Six months up to `month`: a word where the weekly medians' Mann–Kendall test with Hamed and
/// Rao's correction has p < 0.01 or the exact test of the six monthly levels p < 0.05, and the
/// Theil–Sen change is 2 % or more a month and 10 % or more in all; with fewer than five sensors
/// both tests must hold. Where there is no trend, `up_and_down` from five sensors on. Sensors that
/// watched 60 % of the days, as one series (day_levels()).
Judgement judge_trend(const SensorDays& days, std::chrono::year_month month, CountKind kind);

/// A word differs from the one said the month before only if its rule holds with p < 0.01 or held
/// the month before too. Else the old word stays if the numbers fit it with p < 0.10; else the
/// answer is cannot_tell.
TrendStatement with_hysteresis(const Judgement& now, const TrendStatement& judged_before,
                               const TrendStatement& said_before);

/// What a month's section begins with.
struct TrendStatements {
  TrendStatement level;
  TrendStatement trend;
};

/// Level and trend of `month`; `days` cover statement_range().
TrendStatements statements_of(const SensorDays& days, std::chrono::year_month month, CountKind kind,
                              const SteadyBand& band = {});

/// The eight months that the words of `month` depend on.
TimeRange statement_range(std::chrono::year_month month, const TimeZone& zone);

}  // namespace teiten
