#include "analyze/surge_watch.h"

#include <algorithm>
#include <cmath>

namespace teiten {
namespace {

/// Residuals beyond this many deviations count as this many, so that one wild day cannot carry the
/// EWMA over its limit by itself (0.3 · 3 = 0.9 < 3 · 0.42).
constexpr double kResidualBound = 3.0;
/// Drift of the sum that dates a slow rise: half of the least shift looked for (Page 1954).
constexpr double kOnsetDrift = 0.5;
/// A cell is tested where so many sources are expected a day, or were seen that day.
constexpr double kTestedExpectation = 0.1;
constexpr double kTestedCount = 3;
/// Days that are looked at together, and how many of them must stand out.
constexpr std::size_t kConfirmDays = 3;
constexpr std::size_t kConfirmHigh = 2;

std::uint64_t whole(double count) {
  return static_cast<std::uint64_t>(std::llround(count));
}

/// The residual as a standard normal value: the normal quantile of the middle of the count's
/// probability, so that skewed small counts and large ones weigh alike.
double normal_residual(const NegativeBinomial& predicted, double count) {
  const std::uint64_t x = whole(count);
  if (x == 0) return std::max(-kResidualBound, normal_quantile(0.5 * predicted.probability(0)));
  const double above = predicted.at_least(x + 1) + 0.5 * predicted.probability(x);
  const double z = -normal_quantile(std::clamp(above, 1e-12, 1.0 - 1e-12));
  return std::clamp(z, -kResidualBound, kResidualBound);
}

/// How daily counts, scaled to `exposure`, scatter.
struct Scatter {
  double dispersion = 0;   ///< (v − m) / m²: more than chance alone would make them; at least 0
  double persistence = 0;  ///< part of v / m² that a day shares with the next, at least 0
};

Scatter scatter_of(const std::vector<double>& rates, double exposure) {
  const auto n = static_cast<double>(rates.size());
  double mean = 0;
  for (const double rate : rates)
    mean += rate * exposure / n;
  if (mean <= 0) return {};
  double squares = 0;
  double products = 0;
  for (std::size_t i = 0; i < rates.size(); ++i) {
    const double off = rates[i] * exposure - mean;
    squares += off * off;
    if (i > 0) products += off * (rates[i - 1] * exposure - mean);
  }
  const double variance = squares / (n - 1);
  // Of independent days the correlation scatters by 1/√n around 0: so much is not believed.
  const double correlation = squares > 0 ? products / squares - 1.0 / std::sqrt(n) : 0.0;
  return {std::max(0.0, (variance - mean) / (mean * mean)),
          std::max(0.0, correlation) * variance / (mean * mean)};
}

}  // namespace

std::uint32_t least_sensors(std::uint32_t up) {
  const auto third = static_cast<std::uint32_t>(std::ceil(0.3 * up));
  return std::max(2U, std::min(3U, third));
}

double SurgeBaseline::expected(double exposure_of_day) const {
  return (sum + 0.5) / exposure * exposure_of_day;
}

NegativeBinomial SurgeBaseline::predict(double exposure_of_day) const {
  return {expected(exposure_of_day), 1.0 / (dispersion + 1.0 / (sum + 0.5))};
}

NegativeBinomial SurgeBaseline::predict_sum(double exposure_of_days, std::size_t count) const {
  const double own = dispersion / static_cast<double>(count);
  return {expected(exposure_of_days), 1.0 / (own + level_error())};
}

double SurgeBaseline::level_error() const {
  return 1.0 / (sum + 0.5) + dispersion / static_cast<double>(days) + persistence;
}

std::optional<SurgeBaseline> SurgeWatch::baseline_before(std::size_t day) const {
  SurgeBaseline baseline;
  std::vector<double> rates;  // newest first
  for (std::size_t i = day; i-- > 0 && rates.size() < kDispersionDays;) {
    if (i + kGuardDays >= day || !days_[i].eligible || seen_[i].in_surge) continue;
    rates.push_back(days_[i].count / days_[i].exposure);
    if (rates.size() > kBaselineDays) continue;
    baseline.sum += days_[i].count;
    baseline.exposure += days_[i].exposure;
    ++baseline.days;
  }
  if (baseline.days < kLeastBaselineDays) return std::nullopt;
  const Scatter scatter = scatter_of(rates, baseline.exposure / static_cast<double>(baseline.days));
  baseline.dispersion = kDispersionMargin * scatter.dispersion;
  baseline.persistence = scatter.persistence;
  return baseline;
}

void SurgeWatch::begin_anew_where_nobody_watched(std::size_t day) {
  // Not last_tested(day, 1): this is asked of every cell and day, and would allocate each time.
  std::size_t last = day + 1;
  while (last > begins_ && !seen_[last - 1].tested)
    --last;
  if (last == begins_ || day - (last - 1) <= kUnwatchedDays) return;
  if (!episodes_.empty()) episodes_.back().open = false;
  begins_ = day;
  ewma_ = Ewma(kEwmaWeight);
  onset_sum_ = 0;
  onset_ = day;
  quiet_ = 0;
}

std::optional<SurgeWatch::Score> SurgeWatch::score(std::size_t day) {
  seen_.resize(day + 1);
  baseline_.reset();
  if (!days_[day].eligible) return std::nullopt;
  begin_anew_where_nobody_watched(day);
  const bool open = !episodes_.empty() && episodes_.back().open;
  baseline_ = open ? episodes_.back().baseline : baseline_before(day);
  if (!baseline_) return std::nullopt;
  const WatchedDay& today = days_[day];
  const NegativeBinomial predicted = baseline_->predict(today.exposure);
  const double mean = predicted.mean();
  const double residual = normal_residual(predicted, today.count);
  // Of a residual's variance the part that comes from the baseline, which all days share.
  const double shared = mean * mean * baseline_->level_error();
  ewma_.set_shared(shared / (mean + mean * mean * baseline_->dispersion + shared));
  ewma_.add(residual);
  onset_sum_ = std::max(0.0, onset_sum_ + residual - kOnsetDrift);
  if (onset_sum_ <= 0.0) onset_ = day + 1;
  Seen& seen = seen_[day];
  seen.tested = true;
  seen.expected = mean;
  seen.p_value = predicted.at_least(whole(today.count));
  if (mean < kTestedExpectation && today.count < kTestedCount) return std::nullopt;
  seen.ewma_p_value = normal_cdf(-ewma_.score());
  return Score{seen.p_value, seen.ewma_p_value};
}

void SurgeWatch::decide(std::size_t day, double q_value, double ewma_q_value) {
  if (!baseline_) return;
  const WatchedDay& today = days_[day];
  Seen& seen = seen_[day];
  seen.q_value = q_value;
  seen.ewma_q_value = ewma_q_value;
  const bool plausible = today.count >= kSurgeCount && today.broad;
  seen.high = plausible && seen.p_value < kHighDayP && today.count >= kSurgeRatio * seen.expected;
  seen.alarm = seen.high && q_value <= kSurgeQ;
  seen.slow = plausible && ewma_.score() > kEwmaLimit && ewma_q_value <= kSurgeQ;
  if (!episodes_.empty() && episodes_.back().open) {
    watch_for_end(day);
  } else {
    watch_for_rise(day);
  }
}

std::vector<std::size_t> SurgeWatch::last_tested(std::size_t day, std::size_t count) const {
  std::vector<std::size_t> days;
  for (std::size_t i = day + 1; i-- > begins_ && days.size() < count;) {
    if (seen_[i].tested) days.push_back(i);
  }
  std::reverse(days.begin(), days.end());
  return days;
}

void SurgeWatch::watch_for_rise(std::size_t day) {
  std::size_t slow = 0;
  for (const std::size_t i : last_tested(day, kConfirmDays))
    slow += seen_[i].slow && !seen_[i].in_surge ? 1 : 0;
  if (const auto first = first_of_high_days(day)) {
    confirm(day, SurgeRule::prediction, *first);
  } else if (const auto together = first_of_days_together(day)) {
    confirm(day, SurgeRule::prediction, *together);
  } else if (slow >= kConfirmHigh && seen_[day].slow && is_slow_rise(day)) {
    confirm(day, SurgeRule::ewma, onset_);
  }
}

std::optional<std::size_t> SurgeWatch::first_of_high_days(std::size_t day) const {
  std::size_t high = 0;
  bool alarm = false;
  std::optional<std::size_t> first;
  double count = 0;
  double exposure = 0;
  std::size_t days = 0;
  for (const std::size_t i : last_tested(day, kConfirmDays)) {
    if (seen_[i].high && !first) first = i;
    high += seen_[i].high ? 1 : 0;
    alarm = alarm || seen_[i].alarm;
    if (!first) continue;
    count += days_[i].count;
    exposure += days_[i].exposure;
    ++days;
  }
  if (high < kConfirmHigh || !alarm || !seen_[day].high) return std::nullopt;
  // Where days resemble their neighbours two high ones are hardly rarer than one.
  if (baseline_->predict_sum(exposure, days).at_least(whole(count)) >= kPairP) return std::nullopt;
  return first;
}

std::optional<std::size_t> SurgeWatch::first_of_days_together(std::size_t day) const {
  if (!days_[day].broad || days_[day].count < kSurgeCount) return std::nullopt;
  const std::vector<std::size_t> last = last_tested(day, kTogetherDays);
  for (std::size_t n = kConfirmHigh; n <= last.size(); ++n) {
    const std::size_t first = last[last.size() - n];
    if (seen_[first].in_surge) break;
    double count = 0;
    double exposure = 0;
    std::size_t largest = first;
    for (std::size_t k = last.size() - n; k < last.size(); ++k) {
      count += days_[last[k]].count;
      exposure += days_[last[k]].exposure;
      if (days_[last[k]].count > days_[largest].count) largest = last[k];
    }
    if (count < kSurgeRatio * baseline_->expected(exposure)) continue;
    if (days_[first].count <= baseline_->expected(days_[first].exposure)) continue;
    const NegativeBinomial all = baseline_->predict_sum(exposure, n);
    if (all.at_least(whole(count)) >= kTogetherP) continue;
    // One wild day among ordinary ones is no rise.
    const NegativeBinomial others =
        baseline_->predict_sum(exposure - days_[largest].exposure, n - 1);
    if (others.at_least(whole(count - days_[largest].count)) < kHighDayP) return first;
  }
  return std::nullopt;
}

bool SurgeWatch::is_slow_rise(std::size_t day) const {
  double count = 0;
  double expected = 0;
  std::size_t days = 0;
  for (std::size_t i = onset_; i <= day; ++i) {
    if (!seen_[i].tested) continue;
    count += days_[i].count;
    expected += seen_[i].expected;
    ++days;
  }
  return days >= kConfirmHigh && count >= (days >= kSlowDays ? kSlowRatio : kSurgeRatio) * expected;
}

void SurgeWatch::take_chances(SurgeEpisode& episode, std::size_t first, std::size_t day) const {
  const bool slow = episode.rule == SurgeRule::ewma;
  for (std::size_t i = first; i <= day; ++i) {
    const Seen& seen = seen_[i];
    if (!seen.tested) continue;
    episode.p_value = std::min(episode.p_value, slow ? seen.ewma_p_value : seen.p_value);
    episode.q_value = std::min(episode.q_value, slow ? seen.ewma_q_value : seen.q_value);
  }
}

void SurgeWatch::confirm(std::size_t day, SurgeRule rule, std::size_t first) {
  SurgeEpisode episode;
  episode.rule = rule;
  episode.first = first;
  episode.last = day;
  episode.confirmed = day;
  episode.baseline = baseline_before(first).value_or(*baseline_);
  for (std::size_t i = first; i <= day; ++i)
    seen_[i].in_surge = true;
  take_chances(episode, first, day);
  quiet_ = 0;
  episodes_.push_back(episode);
}

void SurgeWatch::watch_for_end(std::size_t day) {
  SurgeEpisode& episode = episodes_.back();
  Seen& seen = seen_[day];
  seen.in_surge = true;
  const std::uint64_t limit =
      episode.baseline.predict(days_[day].exposure).quantile(kQuietQuantile);
  // A slow rise, or a moderate one of a service that scatters, lies within what single days do: it
  // is over when the EWMA says so too.
  const bool low = ewma_.score() <= normal_quantile(kQuietQuantile);
  const bool quiet = days_[day].count <= static_cast<double>(limit) &&
                     (low || episode.rule == SurgeRule::prediction);
  if (quiet) {
    if (++quiet_ < kQuietDaysToEnd || !low) return;
    episode.open = false;
    for (std::size_t i = episode.last + 1; i <= day; ++i)
      seen_[i].in_surge = false;
    ewma_ = Ewma(kEwmaWeight);
    onset_sum_ = 0;
    onset_ = day + 1;
    return;
  }
  quiet_ = 0;
  episode.last = day;
  if (episode.rule == SurgeRule::ewma && first_of_high_days(day)) {
    episode.rule = SurgeRule::prediction;
    episode.p_value = episode.q_value = 1;
    take_chances(episode, episode.first, day);
  } else {
    take_chances(episode, day, day);
  }
}

}  // namespace teiten
