#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "analyze/bootstrap.h"

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
  std::string_view
      rule;          ///< "level.tost", "level.paired", "trend.monthly_mk", "trend.weekly_mk", …
  double value = 0;  ///< rate of this month, per sensor-day
  double previous = 0;               ///< rate it is compared with
  double ratio = 0;                  ///< value ÷ previous, or per month for a trend
  std::optional<Interval> interval;  ///< of the ratio: 90 % for `steady`, 95 % otherwise
  double p_value = 1;
  double monthly_change = 0;  ///< exp(Theil–Sen slope of ln rate) − 1
  double total_change = 0;    ///< over all months
  std::string_view reason;    ///< of cannot_tell: "few_sensors", "no_previous_month",
                              ///< "missing_months", "not_significant"
};

}  // namespace teiten
