#include "report/text_en.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/facts.h"
#include "report/numbers.h"
#include "report/text_words.h"

namespace teiten {
namespace {

constexpr std::array kMonthNames = {"January",   "February", "March",    "April",
                                    "May",       "June",     "July",     "August",
                                    "September", "October",  "November", "December"};

std::string month_name(std::chrono::month month) {
  return kMonthNames.at(static_cast<unsigned>(month) - 1);
}

std::string counted(std::uint64_t n, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", format_count(n), n == 1 ? one : many);
}

/// A rate printed as "1" takes the singular.
std::string rated(double rate, std::string_view one, std::string_view many) {
  const std::string number = format_rate(rate);
  return fmt::format("{} {}", number, number == "1.0" || number == "1" ? one : many);
}

std::string sources_rated(const ReportData& data, double rate) {
  return data.convention == Convention::talot2 ? rated(rate, "source-day", "source-days")
                                               : rated(rate, "source", "sources");
}

std::string sources_word(const ReportData& data) {
  return data.convention == Convention::talot2 ? "source-days" : "sources";
}

std::string denominator_phrase(const ReportData& data) {
  const MonthNumbers& now = data.now();
  if (data.denominator() == Denominator::observed) {
    return fmt::format("divided by the {} sensor-days observed",
                       format_decimal(now.exposure.observed_sensor_days, 1));
  }
  return fmt::format("divided by {} × {} days = {} sensor-days",
                     counted(now.exposure.sensors, "sensor", "sensors"), data.numbers.days.size(),
                     format_decimal(now.exposure.nominal_sensor_days, 0));
}

std::string trend_words(Trend trend) {
  switch (trend) {
    case Trend::slow_decrease:
      return "declined slowly";
    case Trend::slow_increase:
      return "rose slowly";
    case Trend::decrease:
      return "declined";
    case Trend::increase:
      return "rose";
    case Trend::undecided:
      break;
  }
  return "";
}

std::string trend_numbers(const TrendFinding& trend) {
  return fmt::format("{} a month, {} in all; Mann–Kendall S = {}, p = {:.4f}",
                     format_change(trend.monthly_change), format_change(trend.total_change),
                     trend.s < 0 ? fmt::format("−{}", -trend.s) : fmt::format("+{}", trend.s),
                     trend.p_value);
}

/// Up to the six months of a report.
std::string number_word(std::size_t n) {
  constexpr std::array kNumbers = {"no", "one", "two", "three", "four", "five", "six"};
  return n < kNumbers.size() ? kNumbers.at(n) : format_count(n);
}

/// The months with the most and the fewest accesses, where no trend can be named.
std::string extremes(const ReportText& text, const ReportData& data) {
  const auto known = observed_months(data);
  if (known.size() < 2) {
    return fmt::format("Of the six months {}, only {} has data, so months cannot be compared.",
                       text.months(data), text.month(data.month));
  }
  const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto [least, most] = std::minmax_element(known.begin(), known.end(), less);
  if (format_rate(least->second) == format_rate(most->second)) {
    return fmt::format("Each of the {} months with data had {} accesses per sensor and day.",
                       number_word(known.size()), format_rate(most->second));
  }
  std::string sentence = fmt::format(
      "Of the {} months with data, {} had the most accesses per sensor and day ({}) and {} the "
      "fewest ({})",
      number_word(known.size()), text.month(most->first->month), format_rate(most->second),
      text.month(least->first->month), format_rate(least->second));
  const bool told = most->first == known.back().first || least->first == known.back().first;
  if (!told) {
    sentence +=
        fmt::format("; {} had {}", text.month(data.month), format_rate(known.back().second));
  }
  return sentence + ".";
}

}  // namespace

std::span<const std::pair<std::string_view, std::string_view>> EnglishText::words() const {
  return english_words();
}

std::string EnglishText::month(std::chrono::year_month month) const {
  return fmt::format("{} {}", month_name(month.month()), static_cast<int>(month.year()));
}

std::string EnglishText::day(Day day) const {
  return fmt::format("{} {}", static_cast<unsigned>(day.day()), month_name(day.month()));
}

std::string EnglishText::months(const ReportData& data) const {
  const std::chrono::year_month first = data.numbers.months.front().month;
  if (first.year() == data.month.year())
    return fmt::format("{} to {}", month_name(first.month()), month(data.month));
  return fmt::format("{} to {}", month(first), month(data.month));
}

std::string EnglishText::sensors(std::uint64_t count) const {
  return counted(count, "sensor", "sensors");
}

std::string EnglishText::title(const ReportData& data) const {
  return fmt::format("Internet fixed-point observation report, {}", month(data.month));
}

std::string EnglishText::subtitle(const ReportData& data) const {
  return fmt::format(
      "Unsolicited accesses at {}, {} to {} {} ({})", sensors(data.now().exposure.sensors),
      static_cast<unsigned>(data.numbers.days.front().day.day()), day(data.numbers.days.back().day),
      static_cast<int>(data.month.year()), data.zone.name());
}

std::string EnglishText::summary(const ReportData& data) const {
  const MonthNumbers& now = data.now();
  const std::uint64_t total = volume_of(data, now);
  const std::string where = sensors(now.exposure.sensors);
  const std::string what = "unsolicited accesses (traffic that the sensors had not asked for)";
  if (total == 0) {
    return fmt::format("In {}, {} saw no {}: the count is 0.", month(data.month), where, what);
  }
  const std::string ratio = format_decimal(volume_per_source(data).value_or(0), 1);
  const std::string per_source =
      data.convention == Convention::talot2
          ? fmt::format("A source sent {} accesses a day to one service of one sensor on average.",
                        ratio)
          : fmt::format("A source sent {} accesses a day to one sensor on average.", ratio);
  return fmt::format(
      "In {}, {} received {} unsolicited {} (traffic that the sensors had not asked for). Per "
      "sensor and day that is {} and {} ({}). {}",
      month(data.month), where, format_count(total), total == 1 ? "access" : "accesses",
      rated(volume_rate(data).value_or(0), "access", "accesses"),
      sources_rated(data, sources_rate(data).value_or(0)), denominator_phrase(data), per_source);
}

std::string EnglishText::meaning(const ReportData& data) const {
  if (volume_of(data, data.now()) == 0)
    return "No unsolicited access arrived in the time that was observed.";
  return fmt::format(
      "If you are connected to the Internet in the way the sensors are, about {} a day can be "
      "expected to reach you too. A router or firewall that blocks what you did not ask for, and "
      "software kept up to date, are the basic protection.",
      rated(volume_rate(data).value_or(0), "such access", "such accesses"));
}

std::string EnglishText::not_persons(const ReportData& data) const {
  const MonthNumbers& now = data.now();
  const std::string all =
      fmt::format("In all of {}, accesses came from {}.", month_name(data.month.month()),
                  counted(now.sources, "distinct IP address", "distinct IP addresses"));
  const std::string address =
      "Several people may share one IP address, and one computer's IP address may change.";
  if (data.convention == Convention::attempts) {
    return fmt::format(
        "Sources are IP addresses, not people. However often an IP address contacts one sensor on "
        "one day, it counts once. {} {}",
        all, address);
  }
  const auto daily = now.rate(CountKind::daily_sources, data.denominator());
  return fmt::format(
      "Source-days are not people. However often one source (IP address) contacts one service of "
      "one sensor on one day, it counts once; on another day, at another sensor or for another "
      "service it counts again, and the counts are summed. With all services taken together, one "
      "sensor saw {} a day on average. {} {}",
      rated(daily.value_or(0), "distinct IP address", "distinct IP addresses"), all, address);
}

std::string EnglishText::partial_coverage(const ReportData& data) const {
  const MonthNumbers& now = data.now();
  const auto observed = now.rate(data.volume_kind(), Denominator::observed);
  return fmt::format(
      "{} of {} was observed ({} of {} sensor-days). Divided by the time observed, there were {} "
      "per sensor and day.",
      format_share(now.completeness()), month(data.month),
      format_decimal(now.exposure.observed_sensor_days, 1),
      format_decimal(now.exposure.nominal_sensor_days, 0),
      rated(observed.value_or(0), "access", "accesses"));
}

std::string EnglishText::six_months(const ReportData& data) const {
  std::string text =
      fmt::format("Figure 1.1 shows accesses and {} per sensor and day by month, {}.",
                  sources_word(data), months(data));
  if (data.comparison_denominator() != data.denominator()) {
    text +=
        " Because a month was observed for less than 90%, the figure divides by the time observed.";
  }
  return text;
}

std::string EnglishText::trend(const ReportData& data) const {
  const bool volume = has_trend(data.volume_trend);
  if (!volume && !has_trend(data.sources_trend)) return extremes(*this, data);
  const TrendFinding& first = volume ? *data.volume_trend : *data.sources_trend;
  std::string text = fmt::format("Over the six months {}, {} per sensor and day {} ({}).",
                                 months(data), volume ? "accesses" : sources_word(data),
                                 trend_words(first.trend), trend_numbers(first));
  if (!volume || !has_trend(data.sources_trend)) return text;
  const bool same = data.sources_trend->trend == first.trend;
  return text + fmt::format(" The {} per sensor and day {}{} ({}).", sources_word(data),
                            same ? "also " : "", trend_words(data.sources_trend->trend),
                            trend_numbers(*data.sources_trend));
}

std::string EnglishText::against_previous(const ReportData& data) const {
  const auto now = compared_rate(data, data.now(), data.volume_kind());
  const auto sources_now = compared_rate(data, data.now(), data.sources_kind());
  std::string what = fmt::format("{} brought {} and {} per sensor and day.", month(data.month),
                                 rated(now.value_or(0), "access", "accesses"),
                                 sources_rated(data, sources_now.value_or(0)));
  if (data.comparison_denominator() != data.denominator())
    what += " (Numbers of this section and of section 5 divide by the time observed.)";
  const std::string previous = month(data.before().month);
  if (!data.before().observed()) {
    return fmt::format("{} The previous month ({}) has no data to compare with.", what, previous);
  }
  const auto change = change_since_previous(data, data.volume_kind());
  const auto sources_change = change_since_previous(data, data.sources_kind());
  if (!change || !sources_change)
    return fmt::format("{} The previous month ({}) had no accesses.", what, previous);
  const auto before = compared_rate(data, data.before(), data.volume_kind());
  const auto sources_before = compared_rate(data, data.before(), data.sources_kind());
  return fmt::format(
      "{} The previous month ({}) had {} and {}: a change of {} in accesses and of {} in {}.", what,
      previous, format_rate(before.value_or(0)), format_rate(sources_before.value_or(0)),
      format_change(*change), format_change(*sources_change), sources_word(data));
}

}  // namespace teiten
