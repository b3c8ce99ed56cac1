#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "analyze/ewma.h"
#include "analyze/negative_binomial.h"
#include "analyze/surge.h"

namespace teiten {

/// One day of one cell, a service or a service from one region.
struct WatchedDay {
  double count = 0;       ///< distinct sources
  double exposure = 0;    ///< observed sensor-days
  bool eligible = false;  ///< enough was observed for the day to count
  bool broad = false;     ///< enough sensors saw a source
};

// Bounds of METHODS §6.2; what is added to them, and why, is in docs/methods-surges.md.
inline constexpr std::size_t kBaselineDays = 28;
inline constexpr std::size_t kLeastBaselineDays = 14;
/// Days that show how much the counts scatter: more than the level is taken from, because a
/// variance of 28 days is so uncertain by itself that busy services would alarm twice as often.
inline constexpr std::size_t kDispersionDays = 84;
/// What the scatter is found to be counts as so much more, for its uncertainty.
inline constexpr double kDispersionMargin = 1.25;
/// Days between the baseline and the day that it predicts.
inline constexpr std::size_t kGuardDays = 2;
inline constexpr double kHighDayP = 0.01;
/// What the two or three high days must be together.
inline constexpr double kPairP = 1e-3;
inline constexpr double kSurgeQ = 0.05;
inline constexpr double kSurgeCount = 5;
inline constexpr double kSurgeRatio = 1.5;
/// Up to so many days are also looked at together: a step to twice ten sources a day shows there
/// before two single days do.
inline constexpr std::size_t kTogetherDays = 4;
inline constexpr double kTogetherP = 1e-4;
inline constexpr std::size_t kQuietDaysToEnd = 3;
/// After more days than this without a look nobody knows whether a rise went on.
inline constexpr std::size_t kUnwatchedDays = 7;
inline constexpr double kQuietQuantile = 0.90;
inline constexpr double kEwmaWeight = 0.3;
inline constexpr double kEwmaLimit = 3.0;
/// Least ratio of a slow rise, over at least so many days.
inline constexpr double kSlowRatio = 1.25;
inline constexpr std::size_t kSlowDays = 5;

/// Sensors that must see a rise where so many watch: three of many, a third of few (METHODS §6.2),
/// but always two, since one cannot tell a wide rise from its own.
std::uint32_t least_sensors(std::uint32_t up);

/// What the days before make one expect.
struct SurgeBaseline {
  double sum = 0;
  double exposure = 0;
  std::size_t days = 0;
  double dispersion = 0;   ///< 1/φ
  double persistence = 0;  ///< relative variance that neighbouring days share
  /// Of one day.
  NegativeBinomial predict(double exposure_of_day) const;
  /// Of the sum of `count` days.
  NegativeBinomial predict_sum(double exposure_of_days, std::size_t count) const;
  /// Relative variance of the expected level of neighbouring days.
  double level_error() const;
  /// Expected count of a day; the same mean as predict().
  double expected(double exposure_of_day) const;
};

/// A confirmed rise of one cell; days are indices into the cell's series.
struct SurgeEpisode {
  SurgeRule rule = SurgeRule::prediction;
  std::size_t first = 0;
  std::size_t last = 0;  ///< last day before it was over, or the last day seen
  std::size_t confirmed = 0;
  bool open = true;
  SurgeBaseline baseline;  ///< as it was before the rise; frozen
  double p_value = 1;      ///< least of the days, by the rule that confirmed it
  double q_value = 1;      ///< least of the days, by the rule that confirmed it
};

/// Watches one cell day by day for rises. For each day in order: score(), then decide() with what
/// all cells of the day together say about the scores.
class SurgeWatch {
 public:
  /// `days` must outlive the watch.
  explicit SurgeWatch(std::span<const WatchedDay> days) : days_(days) {}

  /// What one day says.
  struct Score {
    double p_value = 1;       ///< P(this many or more) by the prediction
    double ewma_p_value = 1;  ///< P(an EWMA this high or higher)
  };
  /// Nothing if the day is not eligible, has too short a baseline, or too few sources are or were
  /// expected for the cell to count among those tested (0.1 a day, or 3 that day).
  std::optional<Score> score(std::size_t day);
  /// Takes the day's q-values among all cells; 1 and 1 where score() gave nothing.
  void decide(std::size_t day, double q_value, double ewma_q_value);

  const std::vector<SurgeEpisode>& episodes() const { return episodes_; }

 private:
  struct Seen {
    bool tested = false;
    bool in_surge = false;
    bool high = false;   ///< beyond the prediction
    bool alarm = false;  ///< high, and significant among all cells
    bool slow = false;   ///< EWMA beyond its limit, and significant among all cells
    double expected = 0;
    double p_value = 1;
    double q_value = 1;
    double ewma_p_value = 1;
    double ewma_q_value = 1;
  };
  std::optional<SurgeBaseline> baseline_before(std::size_t day) const;
  /// The last `count` tested days up to `day`, in order.
  std::vector<std::size_t> last_tested(std::size_t day, std::size_t count) const;
  /// First of two or three days of the last three that are beyond the prediction, one of them
  /// significant among all cells; nothing if `day` is not one of them.
  std::optional<std::size_t> first_of_high_days(std::size_t day) const;
  /// First of the two to four days up to `day` that are beyond the prediction together.
  std::optional<std::size_t> first_of_days_together(std::size_t day) const;
  bool is_slow_rise(std::size_t day) const;
  /// Takes the p and q of days [first, day] into the episode.
  void take_chances(SurgeEpisode& episode, std::size_t first, std::size_t day) const;
  void watch_for_rise(std::size_t day);
  void confirm(std::size_t day, SurgeRule rule, std::size_t first);
  void watch_for_end(std::size_t day);
  /// Ends an open rise, and forgets what might have become one, if the last day seen lies more than
  /// kUnwatchedDays before `day`.
  void begin_anew_where_nobody_watched(std::size_t day);

  std::span<const WatchedDay> days_;
  std::vector<Seen> seen_;
  std::optional<SurgeBaseline> baseline_;  ///< of the day that score() was last asked for
  Ewma ewma_{kEwmaWeight};
  double onset_sum_ = 0;   ///< CUSUM of the residuals, which dates a slow rise
  std::size_t onset_ = 0;  ///< first day since it was last 0
  std::size_t quiet_ = 0;
  std::size_t begins_ = 0;  ///< rises may begin from this day on
  std::vector<SurgeEpisode> episodes_;
};

}  // namespace teiten
