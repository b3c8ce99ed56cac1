#include "report/text_en.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "report/english.h"
#include "report/facts.h"
#include "report/numbers.h"
#include "report/text_words.h"

namespace teiten {

using english::counted;
using english::month_name;

namespace {

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
                     counted(now.exposure.sensors, "sensor", "sensors"), counted_days(data),
                     format_decimal(now.exposure.nominal_sensor_days, 0));
}

/// Up to the six months of a report.
std::string number_word(std::size_t n) {
  constexpr std::array kNumbers = {"no", "one", "two", "three", "four", "five", "six"};
  return n < kNumbers.size() ? kNumbers.at(n) : format_count(n);
}

}  // namespace

std::span<const std::pair<std::string_view, std::string_view>> EnglishText::words() const {
  return english_words();
}

std::string EnglishText::month(std::chrono::year_month month) const {
  return english::month(month);
}

std::string EnglishText::day(Day day) const {
  return english::day(day);
}

std::string EnglishText::months(const ReportData& data) const {
  return english::months(data.numbers.months.front().month, data.month);
}

std::string EnglishText::sensors(std::uint64_t count) const {
  return counted(count, "sensor", "sensors");
}

std::string EnglishText::title(const ReportData& data) const {
  return fmt::format("Internet fixed-point observation report, {}{}", month(data.month),
                     data.is_public() ? " (public edition)" : "");
}

std::string EnglishText::subtitle(const ReportData& data) const {
  if (!data.now().observed()) return "A month without observation";
  return fmt::format(
      "Unsolicited accesses at {}, {} to {} {} ({}){}", sensors(data.now().exposure.sensors),
      static_cast<unsigned>(data.numbers.days.front().day.day()), day(data.numbers.days.back().day),
      static_cast<int>(data.month.year()), data.zone.name(),
      data.findings.without_scanners ? "; known research scanners are left out" : "");
}

std::string EnglishText::summary(const ReportData& data) const {
  const MonthNumbers& now = data.now();
  const std::uint64_t total = volume_of(data, now);
  const std::string where = sensors(now.exposure.sensors);
  const std::string asked = data.findings.without_scanners
                                ? "(traffic that the sensors had not asked for, without that of "
                                  "known research scanners)"
                                : "(traffic that the sensors had not asked for)";
  const std::string what = "unsolicited accesses " + asked;
  if (!now.observed()) {
    return fmt::format("In {}, no sensor watched: nothing can be said of this month's accesses.",
                       month(data.month));
  }
  if (total == 0) {
    return fmt::format("In {}, {} saw no {}: the count is 0.", month(data.month), where, what);
  }
  if (!volume_rate(data)) {
    return fmt::format(
        "In {}, {} received {} unsolicited {} {}. So little time was observed that nothing can be "
        "said per sensor and day.",
        month(data.month), where, format_count(total), total == 1 ? "access" : "accesses", asked);
  }
  const std::string ratio = format_decimal(volume_per_source(data).value_or(0), 1);
  const std::string per_source =
      data.convention == Convention::talot2
          ? fmt::format("A source sent {} accesses a day to one service of one sensor on average.",
                        ratio)
          : fmt::format("A source sent {} accesses a day to one sensor on average.", ratio);
  return fmt::format(
      "In {}, {} received {} unsolicited {} {}. Per sensor and day that is {} and {} ({}). {}",
      month(data.month), where, format_count(total), total == 1 ? "access" : "accesses", asked,
      rated(volume_rate(data).value_or(0), "access", "accesses"),
      sources_rated(data, sources_rate(data).value_or(0)), denominator_phrase(data), per_source);
}

std::string EnglishText::meaning(const ReportData& data) const {
  if (!data.now().observed()) return "";
  if (volume_of(data, data.now()) == 0)
    return data.findings.without_scanners
               ? "In the time that was observed, no access arrived but those of known research "
                 "scanners."
               : "No unsolicited access arrived in the time that was observed.";
  if (!tells_what_to_expect(data)) return "";
  const auto spread = sensor_spread(data);
  std::string expected =
      spread ? fmt::format(
                   "such accesses can be expected to reach you too: the sensors got from "
                   "{} to {} a day",
                   format_rate(spread->least), format_rate(spread->most))
             : fmt::format("about {} a day can be expected to reach you too",
                           rated(volume_rate(data).value_or(0), "such access", "such accesses"));
  // How far sensors differ is not published; the mean alone would say that they do not.
  if (data.is_public()) {
    expected =
        "such accesses can be expected to reach you too; how many differs from connection to "
        "connection";
  }
  return fmt::format(
      "If you are connected to the Internet in the way the sensors are, {}. A router or firewall "
      "that blocks what you did not ask for, and software kept up to date, are the basic "
      "protection.",
      expected);
}

std::string EnglishText::not_persons(const ReportData& data) const {
  const MonthNumbers& now = data.now();
  if (!now.observed()) return "";
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
  const std::string per_day =
      daily ? fmt::format(" With all services taken together, one sensor saw {} a day on average.",
                          rated(*daily, "distinct IP address", "distinct IP addresses"))
            : "";
  return fmt::format(
      "Source-days are not people. However often one source (IP address) contacts one service of "
      "one sensor on one day, it counts once; on another day, at another sensor or for another "
      "service it counts again, and the counts are summed.{} {} {}",
      per_day, all, address);
}

std::string EnglishText::partial_coverage(const ReportData& data) const {
  const MonthNumbers& now = data.now();
  const auto observed = now.rate(data.volume_kind(), Denominator::observed);
  std::string text =
      fmt::format("{} of {} was observed ({} of {} sensor-days).", format_share(now.completeness()),
                  month(data.month), format_decimal(now.exposure.observed_sensor_days, 1),
                  format_decimal(now.exposure.nominal_sensor_days, 0));
  if (observed) {
    text += fmt::format(" Divided by the time observed, there were {} per sensor and day.",
                        rated(*observed, "access", "accesses"));
  }
  return text;
}

std::string EnglishText::six_months(const ReportData& data) const {
  std::string text =
      fmt::format("Figure 1.1 shows accesses and {} per sensor and day by month, {}.",
                  sources_word(data), months(data));
  if (data.comparison_denominator() != data.denominator()) {
    text +=
        " Because a month was not observed throughout, the figure divides by the time observed.";
  }
  return text;
}

std::string EnglishText::extremes(const ReportData& data) const {
  const auto known = observed_months(data);
  if (known.size() < 2) {
    return fmt::format("Of the six months {}, only {} has data, so months cannot be compared.",
                       months(data),
                       month(known.empty() ? data.month : known.front().first->month));
  }
  const auto less = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto [least, most] = std::minmax_element(known.begin(), known.end(), less);
  if (format_rate(least->second) == format_rate(most->second)) {
    return fmt::format("Each of the {} months with data had {} accesses per sensor and day.",
                       number_word(known.size()), format_rate(most->second));
  }
  if (known.size() == 2) {
    return fmt::format(
        "Of the two months with data, {} had more accesses per sensor and day ({}) than {} ({}).",
        month(most->first->month), format_rate(most->second), month(least->first->month),
        format_rate(least->second));
  }
  std::string sentence = fmt::format(
      "Of the {} months with data, {} had the most accesses per sensor and day ({}) and {} the "
      "fewest ({})",
      number_word(known.size()), month(most->first->month), format_rate(most->second),
      month(least->first->month), format_rate(least->second));
  const bool told = most->first == known.back().first || least->first == known.back().first;
  if (!told) {
    sentence += fmt::format("; {} had {}", month(data.month), format_rate(known.back().second));
  }
  return sentence + ".";
}

std::string EnglishText::comparison_note(const ReportData& data) const {
  if (data.denominator() == Denominator::observed || !data.now().observed()) return "";
  return "Rates per sensor and day in this section divide by the time observed, so they may differ "
         "from those of section 1, which divide by sensors × calendar days.";
}

}  // namespace teiten
