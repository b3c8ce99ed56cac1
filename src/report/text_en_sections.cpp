#include <algorithm>

#include <fmt/format.h>

#include "report/facts.h"
#include "report/numbers.h"
#include "report/service_names.h"
#include "report/text_en.h"

namespace teiten {
namespace {

/// Parts named in a sentence.
constexpr std::size_t kNamedParts = 3;

std::string sources_word(const ReportData& data) {
  return data.convention == Convention::talot2 ? "source-days" : "sources";
}

std::string capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

/// "a", "a and b", "a, b and c".
std::string joined(const std::vector<std::string>& items) {
  std::string list;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) list += i + 1 == items.size() ? " and " : ", ";
    list += items[i];
  }
  return list;
}

std::string measure_note(Measure measure) {
  switch (measure) {
    case Measure::packets:
      return "Accesses are packets, retransmissions included. ";
    case Measure::accesses:
      return "Accesses are contact attempts, retransmissions collapsed. ";
    case Measure::source_days:
      return "Source-days: the same source, day, sensor and service count once, summed. ";
    case Measure::sources:
      return "Sources are distinct IP addresses, each counted once in every part (and day). ";
    case Measure::sensors:
      break;
  }
  return "";
}

std::string part_list(const ReportText& text, const Breakdown& shares, Dimension dimension) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < std::min(kNamedParts, shares.parts.size()); ++i) {
    const PartTotal& part = shares.parts[i];
    const std::string name =
        dimension == Dimension::service ? text.service(part.key) : text.region(part.key);
    items.push_back(
        fmt::format("{} ({})", name, format_share(share_of(part.count, shares.total()))));
  }
  return joined(items);
}

bool only_unknown_regions(const Breakdown& shares) {
  return shares.parts.size() == 1 && shares.parts[0].key == "ZZ";
}

/// "1433(TCP) (Microsoft SQL Server)".
std::string named_service(const ReportText& text, const std::string& id) {
  const auto name = service_name(id, Language::en);
  if (!name) return text.service(id);
  return fmt::format("{} ({})", text.service(id), name->description);
}

}  // namespace

std::string EnglishText::figure_title(const ReportData& data, std::string_view id,
                                      std::string_view service_id) const {
  const std::string now = month(data.month);
  const std::string sources = capital(sources_word(data));
  const std::string half_year = months(data);
  if (id == "1.1") {
    return fmt::format("Unsolicited accesses and {} per sensor and day, {}", sources_word(data),
                       half_year);
  }
  if (id.starts_with("2.1."))
    return fmt::format("Accesses to {} by source region, {}", service(service_id), now);
  if (id == "2.2.1") return fmt::format("Unsolicited accesses by day, {}", now);
  if (id == "2.2.2") return fmt::format("{} of unsolicited accesses by day, {}", sources, now);
  if (id == "2.3.1") return fmt::format("Shares of accesses by service, {}", now);
  if (id == "2.3.2") return fmt::format("Shares of {} by service, {}", sources_word(data), now);
  if (id == "2.4.1") return fmt::format("Accesses by source region and day, {}", now);
  if (id == "2.4.2") return fmt::format("Shares of accesses by source region, {}", now);
  if (id == "2.4.3") return fmt::format("{} by source region and day, {}", sources, now);
  if (id == "2.4.4")
    return fmt::format("Shares of {} by source region, {}", sources_word(data), now);
  if (id == "3.1.1") return fmt::format("Shares of accesses by service, {}", half_year);
  if (id == "3.1.2")
    return fmt::format("Shares of {} by service, {}", sources_word(data), half_year);
  if (id == "3.2.1") return fmt::format("Shares of accesses by source region, {}", half_year);
  return fmt::format("Shares of {} by source region, {}", sources_word(data), half_year);
}

std::string EnglishText::largest_parts(const ReportData& data, Dimension dimension) const {
  const Breakdown& shares = cuts(data, dimension).volume.shares;
  if (shares.total() == 0) return "";
  const bool one = shares.parts.size() == 1;
  if (dimension == Dimension::service) {
    return fmt::format("The {} with the most accesses {} {}.", one ? "service" : "services",
                       one ? "was" : "were", part_list(*this, shares, dimension));
  }
  if (only_unknown_regions(shares))
    return "The region of every source is unknown: no database used here lists these addresses.";
  return fmt::format("The {} with the most accesses {} {}.",
                     one ? "source region" : "source regions", one ? "was" : "were",
                     part_list(*this, shares, dimension));
}

std::string EnglishText::kinds(const ReportData& data) const {
  std::string text;
  const Measure volume = data.volume_measure();
  const std::uint64_t excluded = data.excluded.of(volume);
  if (excluded > 0) {
    std::vector<std::string> names;
    for (const KindCount& kind : data.kinds) {
      if (kind.kind == "backscatter" || kind.kind == "reflection") names.push_back(kind.kind);
    }
    text += fmt::format(
        "{} of the accesses ({}) {} {}; since the service of these is the other side's, figures "
        "and tables by service leave them out.",
        format_count(excluded), format_share(share_of(excluded, whole_of(data, volume))),
        excluded == 1 ? "is" : "are", joined(names));
  }
  const double unknown = unknown_kind_share(data);
  if (unknown > 0) {
    if (!text.empty()) text += " ";
    text += fmt::format(
        "For {} of the packets the record has no TCP flags or the like, so that their kind (a scan "
        "or backscatter, say) cannot be told.",
        format_share(unknown));
  }
  return text;
}

std::string EnglishText::rises_intro(const ReportData& data) const {
  return fmt::format(
      "Shown are up to four services whose source-days per sensor and day reached at least 1.3 "
      "times those of {}, by more than chance scatter; the largest difference comes first "
      "(appendix A has the rule).",
      data.before().observed() ? "the previous month or of the month's first half"
                               : "the month's first half");
}

std::string EnglishText::rise(const ReportData& data, const RisingService& rising,
                              std::string_view figure) const {
  const Rise& rise = rising.rise;
  const bool half = rise.basis == RiseBasis::first_half;
  const std::string before = half ? "in the first half of the month" : "in the previous month";
  const std::string after = half ? "in the second" : "this month";
  std::string text;
  if (rise.before_count == 0) {
    text = fmt::format("{}: {} source-days per sensor and day {} after none {} (figure {}).",
                       named_service(*this, rise.key), format_rate(rise.after_rate), after, before,
                       figure);
  } else {
    text = fmt::format(
        "{}: {} source-days per sensor and day {} after {} {}, {} times as many (figure {}).",
        named_service(*this, rise.key), format_rate(rise.after_rate), after,
        format_rate(rise.before_rate), before, format_decimal(rise.ratio, 1), figure);
  }
  const Breakdown& regions = rising.regions.shares;
  if (regions.total() > 0 && !only_unknown_regions(regions)) {
    text += fmt::format(" The most accesses of {} came from {}.", month(data.month),
                        part_list(*this, regions, Dimension::region));
  }
  return text;
}

std::string EnglishText::figures_intro(const ReportData& data, std::string_view section) const {
  const std::string now = month(data.month);
  const std::string sources = sources_word(data);
  if (section == "2.2") {
    return fmt::format(
        "Figure 2.2.1 shows the unsolicited accesses of {} by day, figure 2.2.2 their {}.", now,
        sources);
  }
  if (section == "2.3") {
    return fmt::format(
        "Figure 2.3.1 shows the shares of services in the accesses of {}, figure 2.3.2 their "
        "shares in the {}.",
        now, sources);
  }
  if (section == "2.4") {
    return fmt::format(
        "Figures 2.4.1 and 2.4.2 show the accesses of {} by source region, by day and as shares; "
        "figures 2.4.3 and 2.4.4 show the {}.",
        now, sources);
  }
  return fmt::format(
      "Figure {0}.1 shows the shares of {1} in the accesses of {2}, figure {0}.2 their shares in "
      "the {3}.",
      section, section == "3.1" ? "services" : "source regions", months(data), sources);
}

std::string EnglishText::ranking_intro(const ReportData& data) const {
  if (!data.before().observed()) {
    return fmt::format(
        "The previous month ({}) has no data, so there are no ranks and changes to show.",
        month(data.before().month));
  }
  return fmt::format("Accesses of {} against those of {}, per sensor and day ({}).",
                     month(data.month), month(data.before().month),
                     data.comparison_denominator() == Denominator::observed
                         ? "divided by the time observed"
                         : "divided by sensors × calendar days");
}

std::string EnglishText::coverage_intro(const ReportData& data) const {
  const Exposure& exposure = data.now().exposure;
  return fmt::format("In {}, {} of {} × {} days = {} sensor-days were observed ({}).",
                     month(data.month), format_decimal(exposure.observed_sensor_days, 1),
                     sensors(exposure.sensors), data.numbers.days.size(),
                     format_decimal(exposure.nominal_sensor_days, 0),
                     format_share(data.now().completeness()));
}

std::string EnglishText::coverage_gap(const ReportData& data, std::string_view sensor,
                                      TimeRange gap) const {
  const double hours = std::chrono::duration<double, std::ratio<3600>>(gap.to - gap.from).count();
  return fmt::format("{}: {} to {}, {} hours (inferred from silence)", sensor,
                     data.zone.format(gap.from), data.zone.format(gap.to),
                     format_decimal(hours, 1));
}

std::string EnglishText::databases_intro(const ReportData& data) const {
  return fmt::format("Source regions of {} were found by these databases or records.",
                     months(data));
}

std::string EnglishText::rate_note(const ReportData& data) const {
  std::string note = measure_note(data.volume_measure());
  note += data.convention == Convention::attempts
              ? "Sources are distinct IP addresses of each sensor and day. "
              : measure_note(data.sources_measure());
  note += data.comparison_denominator() == Denominator::observed
              ? "Divided by the time observed. "
              : "Divided by sensors × calendar days. ";
  return note + "Error bars: 95% interval over sensors (months with five sensors or more).";
}

std::string EnglishText::part_note(const ReportData& data, Dimension dimension, Measure measure,
                                   bool six_months) const {
  std::string note = measure_note(measure);
  const std::uint64_t excluded = excluded_of(data, measure, six_months);
  if (dimension == Dimension::service && excluded > 0) {
    note += fmt::format("Leaves out {} of backscatter and reflection. ", format_count(excluded));
  }
  if (!note.empty()) note.pop_back();
  return note;
}

std::string EnglishText::missing_days(const ReportData& data) const {
  std::vector<std::string> days;
  for (const DayNumbers& each : data.numbers.days) {
    if (!each.observed()) days.push_back(day(each.day));
  }
  if (days.empty()) return "";
  return fmt::format("{} without data (missing): {}.", days.size() == 1 ? "Day" : "Days",
                     joined(days));
}

std::string EnglishText::missing_months(const ReportData& data) const {
  std::vector<std::string> missing;
  std::vector<std::string> partial;
  for (const MonthNumbers& each : data.numbers.months) {
    if (!each.observed()) {
      missing.push_back(month(each.month));
    } else if (data.is_partial(each)) {
      partial.push_back(
          fmt::format("{} ({} observed)", month(each.month), format_share(each.completeness())));
    }
  }
  std::string text;
  if (!missing.empty()) {
    text += fmt::format("{} without data (missing): {}.", missing.size() == 1 ? "Month" : "Months",
                        joined(missing));
  }
  if (!partial.empty()) {
    text += fmt::format("{}Observed in part: {}.", text.empty() ? "" : " ", joined(partial));
  }
  return text;
}

std::string EnglishText::interval_note(const std::optional<Interval>& interval) const {
  if (!interval) return "";
  return fmt::format("95% interval {}–{}", format_rate(interval->low), format_rate(interval->high));
}

std::string EnglishText::sensor_days_note(const ReportData& data) const {
  return fmt::format("{} observed", format_share(data.now().completeness()));
}

}  // namespace teiten
