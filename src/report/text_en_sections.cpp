#include <algorithm>

#include <fmt/format.h>

#include "report/english.h"
#include "report/facts.h"
#include "report/numbers.h"
#include "report/publish.h"
#include "report/text_en.h"

namespace teiten {

using english::capital;
using english::counted;
using english::joined;
using english::region_in_sentence;

namespace {

std::string sources_word(const ReportData& data) {
  return data.convention == Convention::talot2 ? "source-days" : "sources";
}

std::string measure_note(Measure measure, FigureSpan span) {
  switch (measure) {
    case Measure::packets:
      return "Accesses are packets, retransmissions included.";
    case Measure::accesses:
      return "Accesses are contact attempts, retransmissions collapsed.";
    case Measure::source_days:
      return "Source-days count each combination of source, day, sensor and service once.";
    case Measure::sources:
      return fmt::format("Sources are distinct IP addresses, each counted once {}in every part.",
                         span == FigureSpan::days ? "a day " : "");
    case Measure::sensors:
      break;
  }
  return "";
}

/// What a number of this measure is a number of.
std::string_view measure_unit(Measure measure) {
  if (measure == Measure::source_days) return "source-days";
  return measure == Measure::sources ? "sources" : "accesses";
}

std::string part_list(const ReportText& text, const Breakdown& shares, Dimension dimension) {
  std::vector<std::string> items;
  for (std::size_t i = 0; i < std::min(kNamedParts, shares.parts.size()); ++i) {
    const PartTotal& part = shares.parts[i];
    const std::string name =
        dimension == Dimension::service ? text.service(part.key) : region_in_sentence(part.key);
    items.push_back(
        fmt::format("{} ({})", name, format_share(share_of(part.count, shares.total()))));
  }
  return joined(items);
}

bool only_unknown_regions(const Breakdown& shares) {
  return shares.parts.size() == 1 && shares.parts[0].key == "ZZ";
}

/// "3 July", "3 to 5 July": runs of days of one month.
std::string day_runs(const ReportText& text, const std::vector<DayRun>& runs) {
  std::vector<std::string> items;
  for (const DayRun& run : runs) {
    items.push_back(
        run.first == run.last
            ? text.day(run.first)
            : fmt::format("{} to {}", static_cast<unsigned>(run.first.day()), text.day(run.last)));
  }
  return joined(items);
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
  if (shares.total() == 0 || shares.parts.empty()) return "";
  const bool one = shares.parts.size() == 1 && !shares.has_other();
  const std::string_view among = data.is_public() ? "Among those that may be named, the" : "The";
  if (dimension == Dimension::service) {
    if (one) return fmt::format("All accesses were to {}.", service(shares.parts[0].key));
    return fmt::format("{} services with the most accesses were {}.", among,
                       part_list(*this, shares, dimension));
  }
  if (only_unknown_regions(shares))
    return "The region of every source is unknown: no database used here lists these addresses.";
  if (one) {
    return fmt::format("All accesses came from {}.", region_in_sentence(shares.parts[0].key));
  }
  return fmt::format("{} source regions with the most accesses were {}.", among,
                     part_list(*this, shares, dimension));
}

std::string EnglishText::one_source_parts(const ReportData& data, Dimension dimension) const {
  std::vector<std::string> items;
  for (const RankedPart& part : teiten::one_source_parts(data, dimension)) {
    items.push_back(fmt::format(
        "{} ({})",
        dimension == Dimension::service ? service(part.key) : region_in_sentence(part.key),
        format_share(share_of(part.busiest_source.value_or(0), part.count))));
  }
  if (items.empty()) return "";
  return fmt::format("{} sent more than half of the accesses {} {}.",
                     items.size() == 1 ? "One source alone" : "One source each",
                     dimension == Dimension::service ? "to" : "from", joined(items));
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
        "{} ({} of all) {} {}. The service of such traffic is the other side's, so figures and "
        "tables by service leave it out.",
        counted(excluded, "access", "accesses"),
        format_share(share_of(excluded, whole_of(data, volume))), excluded == 1 ? "was" : "were",
        joined(names));
  }
  const double unknown = unknown_kind_share(data);
  if (unknown > 0) {
    if (!text.empty()) text += " ";
    text += fmt::format(
        "For {} of the packets the record does not tell the kind (no TCP flags, for instance), so "
        "that scans and backscatter cannot be told apart; they count under the port recorded.",
        format_share(unknown));
  }
  return text;
}

std::string EnglishText::figures_intro(const ReportData& data, std::string_view section) const {
  const std::string now = month(data.month);
  const std::string sources = sources_word(data);
  if (section == "2.2") {
    return fmt::format(
        "Figure 2.2.1 shows the unsolicited accesses of {} by day, Figure 2.2.2 their {}.", now,
        sources);
  }
  if (section == "2.3") {
    return fmt::format(
        "Figure 2.3.1 shows each service's share of the accesses of {}, Figure 2.3.2 its share of "
        "the {}.",
        now, sources);
  }
  if (section == "2.4") {
    return fmt::format(
        "By source region, Figure 2.4.1 shows the accesses of {} by day and Figure 2.4.2 their "
        "shares, Figure 2.4.3 the {} by day and Figure 2.4.4 their shares.",
        now, sources);
  }
  return fmt::format(
      "Figure {0}.1 shows each {1}'s share of the accesses of {2}, Figure {0}.2 its share of the "
      "{3}.",
      section, section == "3.1" ? "service" : "source region", months(data), sources);
}

std::string EnglishText::ranking_intro(const ReportData& data) const {
  if (!data.before().observed()) {
    return fmt::format(
        "The previous month ({}) has no data, so there are no previous ranks and no changes to "
        "show.",
        month(data.before().month));
  }
  return fmt::format("Accesses of {} against those of {}, per sensor and day ({}).",
                     month(data.month), month(data.before().month),
                     data.comparison_denominator() == Denominator::observed
                         ? "divided by the time observed"
                         : "divided by sensors × calendar days");
}

std::string EnglishText::coverage_intro(const ReportData& data) const {
  if (!data.now().observed()) return fmt::format("In {}, no sensor watched.", month(data.month));
  const Exposure& exposure = data.now().exposure;
  return fmt::format("In {}, {} of {} sensor-days ({} × {} days) were observed: {}.",
                     month(data.month), format_decimal(exposure.observed_sensor_days, 1),
                     format_decimal(exposure.nominal_sensor_days, 0), sensors(exposure.sensors),
                     data.numbers.days.size(), format_share(data.now().completeness()));
}

std::string EnglishText::saturated(const SaturatedSensor& sensor) const {
  const std::string first = day(day_from_number(sensor.days.front()));
  const std::string last = day(day_from_number(sensor.days.back()));
  const bool one = sensor.days.size() == 1;
  return fmt::format(
      "{}: {} {} saturated at {} packets a day: {} counts are lower bounds", sensor.sensor,
      english::counted(sensor.days.size(), "day", "days"),
      one ? fmt::format("({}) was", first) : fmt::format("({} to {}) were", first, last),
      format_count(sensor.ceiling), one ? "its" : "their");
}

std::string EnglishText::coverage_gap(const ReportData& data, std::string_view sensor,
                                      TimeRange gap) const {
  const double hours = std::chrono::duration<double, std::ratio<3600>>(gap.to - gap.from).count();
  return fmt::format("{}: {} to {}, {} hours (inferred from silence)", sensor,
                     data.zone.format(gap.from), data.zone.format(gap.to),
                     format_decimal(hours, 1));
}

std::string EnglishText::databases_intro(const ReportData& data) const {
  return fmt::format("The source regions of {} come from these databases or records:",
                     months(data));
}

std::string EnglishText::rate_note(const ReportData& data) const {
  std::string note = measure_note(data.volume_measure(), FigureSpan::six_months);
  note += data.convention == Convention::attempts
              ? " Sources are the distinct IP addresses of one sensor on one day."
              : " " + measure_note(Measure::source_days, FigureSpan::six_months);
  note += data.comparison_denominator() == Denominator::observed
              ? " Divided by the time observed."
              : " Divided by sensors × calendar days.";
  if (has_interval(data)) note += " Error bars: 95% interval over sensors.";
  return note;
}

std::string EnglishText::part_note(const ReportData& data, Dimension dimension, Measure measure,
                                   FigureSpan span) const {
  std::string note = measure_note(measure, span);
  const std::uint64_t excluded = excluded_of(data, measure, span == FigureSpan::six_months);
  if (dimension == Dimension::service && excluded > 0) {
    note += fmt::format(" Leaves out {} {} of backscatter and reflection.", format_count(excluded),
                        measure_unit(measure));
  }
  if (data.is_public()) {
    note += dimension == Dimension::service
                ? " \"Other\" holds the services that the rules of publication leave unnamed, and "
                  "backscatter and reflection."
                : " \"Other\" holds the regions that the rules of publication leave unnamed.";
  }
  return note;
}

std::string EnglishText::missing_days(const ReportData& data) const {
  std::string text;
  if (const auto runs = missing_day_runs(data); !runs.empty())
    text = fmt::format("No data (missing): {}.", day_runs(*this, runs));
  if (const auto runs = partial_day_runs(data); !runs.empty()) {
    text += fmt::format("{}Observed for less than 90%: {}.", text.empty() ? "" : " ",
                        day_runs(*this, runs));
  }
  if (const auto runs = withheld_day_runs(data); !runs.empty())
    text += fmt::format("{}Not published: {}.", text.empty() ? "" : " ", day_runs(*this, runs));
  return text;
}

std::string EnglishText::missing_months(const ReportData& data) const {
  std::vector<std::string> missing;
  for (const MonthRun& run : missing_month_runs(data)) {
    missing.push_back(run.first == run.last
                          ? month(run.first)
                          : fmt::format("{} to {}", month(run.first), month(run.last)));
  }
  std::vector<std::string> partial;
  for (const MonthNumbers& each : data.numbers.months) {
    if (data.is_partial(each)) {
      partial.push_back(
          fmt::format("{} ({})", month(each.month), format_share(each.completeness())));
    }
  }
  std::string text;
  if (!missing.empty()) text += fmt::format("No data (missing): {}.", joined(missing));
  if (!partial.empty()) {
    text += fmt::format("{}Observed in part: {}.", text.empty() ? "" : " ", joined(partial));
  }
  return text;
}

namespace {

/// What is left out of what was found.
std::string withheld_findings_rule(const WithheldFindings& findings) {
  std::vector<std::string> parts;
  const auto add = [&parts](std::uint64_t at_most, std::string_view what) {
    if (at_most > 0) parts.push_back(fmt::format("{} {}", format_count(at_most), what));
  };
  add(findings.surges, "rises");
  add(findings.new_services, "services seen for the first time");
  add(findings.one_source, "rises by one source");
  add(findings.co_targetings, "groups of sources within a rise");
  add(findings.families, "groups of services that the same sources ask for");
  add(findings.cannot_tell, "sentences on what cannot be told");
  if (parts.empty()) return "Nothing that was found is left out of section 2.";
  return fmt::format(
      "Left out of what was found, because it is about a service that may not be named, about too "
      "few sources or about single sensors: at most {}.",
      english::joined(parts));
}

}  // namespace

std::vector<std::string> EnglishText::public_rules(const ReportData& data) const {
  const PublicNotes notes = data.published.value_or(PublicNotes());
  std::vector<std::string> rules = {
      fmt::format(
          "Only counts of {} or more distinct sources are shown, of which no source made more than "
          "{}%. A service or region is named only where at least {} sources reached at least {} "
          "sensors in the month.",
          kLeastCellSources, kLargestSourcePercent, kLeastPartSources, kLeastPartSensors),
      fmt::format(
          "Services (at most {}) and source regions (at most {}) that do not fulfil this are in "
          "\"Other\". \"Other\" has to fulfil it too: where it would not, parts that do have "
          "joined "
          "it, so that subtraction tells nothing.",
          format_count(notes.services_withheld), format_count(notes.regions_withheld)),
      "Backscatter and reflection are about third parties under attack. They are shown as no "
      "service, but count in \"Other\"."};
  rules.push_back(fmt::format(
      "By day only those are named that fulfil it on every day shown; the rest is in \"Other\" "
      "(named for the month only: {}, {}; {} by day).",
      english::counted(notes.services_by_month, "service", "services"),
      english::counted(notes.regions_by_month, "region", "regions"),
      english::counted(notes.cells_withheld, "count", "counts")));
  rules.emplace_back("Over six months only those are named that every month with data may name.");
  if (const auto runs = withheld_day_runs(data); !runs.empty()) {
    rules.push_back(fmt::format(
        "No number of this report, neither by day nor in totals, shares and rates, holds accesses "
        "of {}: the day's total does not fulfil it. Rates are those of the {} left.",
        day_runs(*this, runs), english::counted(counted_days(data), "day", "days")));
  }
  if (const std::size_t earlier = earlier_days_withheld(data); earlier > 0) {
    rules.push_back(fmt::format(
        "No number holds accesses of {} of the five months before whose total does not fulfil "
        "it.",
        english::counted(earlier, "day", "days")));
  }
  for (const auto each : notes.months) {
    rules.push_back(fmt::format(
        "{} is treated as a month without data: its total does not fulfil it.", month(each)));
  }
  rules.emplace_back(
      "Counts below 100 are rounded to the nearest 5, others to three significant digits. Shares "
      "and rates are those of rounded counts, so parts may not sum to their total.");
  rules.push_back(withheld_findings_rule(notes.findings));
  rules.emplace_back(
      "Left out: addresses of sources, names and numbers of single sensors, counts of services by "
      "region, the day on which a rare service was first seen, what known research scanners were "
      "of the accesses, comparisons of groups with the previous month, and commands that give the "
      "numbers.");
  rules.push_back(fmt::format("A month is published {} days after its end at the earliest.",
                              kPublicationDelay.count()));
  return rules;
}

std::string EnglishText::interval_note(const std::optional<Interval>& interval) const {
  if (!interval) return "";
  return fmt::format("95% interval {}–{}", format_rate(interval->low), format_rate(interval->high));
}

std::string EnglishText::sensor_days_note(const ReportData& data) const {
  return fmt::format("{} observed", format_share(data.now().completeness()));
}

}  // namespace teiten
