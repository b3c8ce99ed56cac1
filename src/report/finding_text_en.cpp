#include "report/finding_text_en.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "analyze/heavy_sources.h"
#include "net/service.h"
#include "report/countries.h"
#include "report/english.h"
#include "report/facts.h"
#include "report/finding_words.h"
#include "report/numbers.h"

namespace teiten {
namespace {

std::string region(const Region& code) {
  return english::region_in_sentence(code.to_string());
}

std::string regions(std::span<const Region> codes) {
  std::vector<std::string> names;
  for (const Region& code : codes)
    names.push_back(region(code));
  return english::joined(names);
}

std::string services(std::span<const Service> list, std::string_view last = " and ") {
  std::vector<std::string> names;
  for (const Service& each : list)
    names.push_back(each.display());
  return english::joined(names, last);
}

/// "1433(TCP) (Microsoft SQL Server)".
std::string named(const FindingContext& context, std::string_view id) {
  const std::string product = context.phrases(id).product;
  const std::string service = display_of(id);
  return product.empty() ? service : fmt::format("{} ({})", service, product);
}

std::string full_date(Day day) {
  return fmt::format("{} {}", english::day(day), static_cast<int>(day.year()));
}

bool counts_sources(CountKind kind) {
  return kind == CountKind::source_days || kind == CountKind::daily_sources;
}

std::string count_name(CountKind kind) {
  if (kind == CountKind::source_days) return "source-days";
  return kind == CountKind::daily_sources ? "sources" : "accesses";
}

std::string p_text(double p) {
  return p < 0.0001 ? "p < 0.0001" : fmt::format("p = {:.4f}", p);
}

/// "913 accesses per sensor and day, 938 in June: −2.7%, 90% interval −4.1% to −1.2%".
std::string level_numbers(const FindingContext& context, const OverallStatement& statement) {
  const TrendStatement& level = statement.level;
  std::string text =
      fmt::format("{} {} per sensor and day", format_rate(level.value), count_name(statement.kind));
  if (level.previous <= 0) return text;
  text += fmt::format(", {} in {}: {}", format_rate(level.previous),
                      english::month_name((context.month - std::chrono::months(1)).month()),
                      format_change(level.ratio - 1));
  if (level.interval && std::isfinite(level.interval->high)) {
    text += fmt::format(", {}% interval of the sensors' own changes {} to {}",
                        level.word == TrendWord::steady ? 90 : 95,
                        format_change(level.interval->low - 1),
                        format_change(level.interval->high - 1));
  }
  return text;
}

/// The level without the sources that make its difference.
std::string level_without(const FindingContext& context, const OverallStatement& statement) {
  const LevelWithout& without = *statement.without;
  std::string text = fmt::format(
      " Without {} that sent {:.0f}% or more of a month's {}: {} per sensor and day",
      without.sources == 1 ? std::string("the one source")
                           : fmt::format("the {} sources", format_count(without.sources)),
      kHeavyShare * 100, count_name(statement.kind), format_rate(without.value));
  if (without.previous > 0) {
    text += fmt::format(", {} in {}: {}", format_rate(without.previous),
                        english::month_name((context.month - std::chrono::months(1)).month()),
                        format_change(without.value / without.previous - 1));
  }
  return text + ".";
}

std::string cannot_tell_why(std::string_view reason) {
  if (reason == kFewSources) return "the difference rests on very few sources";
  if (reason == "few_sensors") return "there are too few sensors";
  if (reason == "missing_months") return "a month has no data or was observed in part";
  if (reason == "no_previous_month") return "the previous month has no data";
  if (reason == "small_change") return "the difference is less than 10%";
  if (reason == kUnconfirmed) return "one month alone does not settle it yet";
  return "the difference does not exceed the variation between sensors and days";
}

/// "Only 3 days", "No day".
std::string few_days(std::uint64_t days) {
  return days == 0 ? "No day" : "Only " + english::counted(days, "day", "days");
}

/// The sentence's beginning and the tense that goes with it.
struct When {
  std::string words;
  bool until_now = false;  ///< "have asked" rather than "asked"
};

When when(const FindingContext& context, const Surge& surge) {
  const bool since = surge.shape == SurgeShape::since_change && surge.change;
  const Day first = since ? surge.change->day : surge.first;
  if (!surge.open || surge.shape == SurgeShape::temporary) {
    if (first == surge.last) return {"On " + english::day(first), false};
    return {fmt::format("From {} to {}", english::day(first), english::day(surge.last)), false};
  }
  if (since && is_second_half(first)) {
    return {fmt::format("Since the second half of {} ({})",
                        english::month_name(context.month.month()), english::day(first)),
            true};
  }
  if (is_continuing(surge, context.month)) return {"Since " + english::day(first), true};
  return {fmt::format("From {} on", english::day(first)), false};
}

std::string more_sources(SurgeShape shape, bool until_now) {
  const std::string_view verb = until_now ? "have asked" : "asked";
  switch (shape) {
    case SurgeShape::sharp:
      return fmt::format("far more sources {} for", verb);
    case SurgeShape::temporary:
      return fmt::format("more sources {} for a time for", verb);
    case SurgeShape::rise:
    case SurgeShape::since_change:
      break;
  }
  return fmt::format("more sources {} for", verb);
}

/// "50.7%"; in a public report, which rounds it, "51%".
std::string share(const FindingContext& context, double fraction) {
  return context.published ? format_decimal(fraction * 100, 0) + "%" : format_share(fraction);
}

/// "9 of 10 sensors", "all 10 sensors".
std::string sensors_of(const Surge& surge) {
  const std::string all = english::counted(surge.sensors_up, "sensor", "sensors");
  if (surge.sensors != surge.sensors_up)
    return fmt::format("{} of {}", format_count(surge.sensors), all);
  return surge.sensors_up == 1 ? all : "all " + all;
}

std::string surge_numbers(const FindingContext& context, const Surge& surge) {
  const std::string peak =
      fmt::format("the most, {}, on {}", format_peak(surge.peak), english::day(surge.peak_day));
  if (context.published && surge.baseline <= 0) {
    return fmt::format(
        "Distinct sources a day went from fewer than 5 before to {} on average ({}).",
        format_rate(surge.level), peak);
  }
  if (surge.baseline <= 0) {
    return fmt::format("Distinct sources a day went from none before to {} on average ({}).",
                       format_rate(surge.level), peak);
  }
  return fmt::format(
      "Distinct sources a day went from {} before to {} on average, {} times as many ({}).",
      format_rate(surge.baseline), format_rate(surge.level), format_decimal(surge.ratio, 1), peak);
}

/// What the mean of all days hides.
std::string fading(const FindingContext& context, const Surge& surge) {
  if (!surge.is_falling_back()) return "";
  if (context.published)
    return " The rise is fading: less than half of it was left over the last week observed.";
  return fmt::format(" The rise is fading: over the last week observed it was {} a day.",
                     format_rate(surge.latest));
}

std::string surge_regions(const Surge& surge) {
  if (surge.regions.empty()) return "";
  std::vector<std::string> names;
  for (const Surge& each : surge.regions) {
    if (each.region == kUnknownRegion) continue;
    const std::string name = english::region_in_sentence(each.region);
    names.push_back(each.baseline >= kLeastRatioBaseline
                        ? fmt::format("{} ({} times)", name, format_decimal(each.ratio, 1))
                        : name);
  }
  if (names.empty()) return "";
  return fmt::format(" By region, the rise shows in sources from {}.", english::joined(names));
}

}  // namespace

std::string EnglishFindingText::level(const FindingContext& context,
                                      const OverallStatement& statement) const {
  const std::string numbers = level_numbers(context, statement);
  const std::string before = english::month_name((context.month - std::chrono::months(1)).month());
  const std::string count = english::capital(count_name(statement.kind));
  const bool overall = !counts_sources(statement.kind);
  const std::string subject =
      overall ? fmt::format("Overall, unsolicited accesses in {}", english::month(context.month))
              : count;
  const TrendStatement& level = statement.level;
  switch (level.word) {
    case TrendWord::steady:
      return fmt::format("{} were {} against {} ({}).", subject,
                         overall ? "steady" : "about the same", before, numbers);
    case TrendWord::more_than_before:
    case TrendWord::increase:
    case TrendWord::slow_increase:
      return fmt::format("{} rose against {} ({}).", subject, before, numbers);
    case TrendWord::less_than_before:
    case TrendWord::decrease:
    case TrendWord::slow_decrease:
      return fmt::format("{} fell against {} ({}).", subject, before, numbers);
    case TrendWord::up_and_down:
      return fmt::format("{} went up and down within the month ({}).", subject, numbers);
    case TrendWord::cannot_tell:
      break;
  }
  // Where too little was observed there is no rate to print.
  return fmt::format("Whether {} rose or fell against {} cannot be told, because {}{}.{}",
                     count_name(statement.kind), before, cannot_tell_why(level.reason),
                     level.value > 0 ? fmt::format(" ({})", numbers) : "",
                     statement.without ? level_without(context, statement) : "");
}

std::string EnglishFindingText::trend(const FindingContext& context,
                                      const OverallStatement& statement) const {
  const TrendStatement& trend = statement.trend;
  const std::string months =
      english::months(context.month - std::chrono::months(kTrendReach), context.month);
  const std::string subject = fmt::format("Over the six months {}, {} per sensor and day", months,
                                          count_name(statement.kind));
  const std::string numbers =
      fmt::format("{} a month, {} in all, {}", format_change(trend.monthly_change),
                  format_change(trend.total_change), p_text(trend.p_value));
  switch (trend.word) {
    case TrendWord::steady:
      return fmt::format("{} stayed about the same ({}).", subject, numbers);
    case TrendWord::slow_decrease:
      return fmt::format("{} declined slowly ({}).", subject, numbers);
    case TrendWord::slow_increase:
      return fmt::format("{} rose slowly ({}).", subject, numbers);
    case TrendWord::decrease:
    case TrendWord::less_than_before:
      return fmt::format("{} declined ({}).", subject, numbers);
    case TrendWord::increase:
    case TrendWord::more_than_before:
      return fmt::format("{} rose ({}).", subject, numbers);
    case TrendWord::up_and_down:
      return fmt::format(
          "{} went up and down ({} times in a row by {} or more from one month to the next, {}).",
          subject, trend.swings, format_share(trend.least_swing), p_text(trend.p_value));
    case TrendWord::cannot_tell:
      break;
  }
  return fmt::format(
      "Whether {} per sensor and day show a trend over the six months {} cannot be told, because "
      "{}.",
      count_name(statement.kind), months, cannot_tell_why(trend.reason));
}

std::string EnglishFindingText::scanners(const FindingContext& context, const ScannerTotals& totals,
                                         CountKind volume) const {
  const bool packets = volume == CountKind::packets;
  const std::uint64_t with = packets ? totals.with.packets : totals.with.accesses;
  const std::uint64_t without = packets ? totals.without.packets : totals.without.accesses;
  return fmt::format(
      "Of the {} unsolicited accesses of {}, {} ({}) came from networks of {} "
      "for research (known research scanners). Without them it is {} from {} (with them {}).",
      format_count(with), english::month(context.month), format_count(with - without),
      format_share(share_of(with - without, with)),
      totals.organisations == 1
          ? "1 organisation that says that it scans"
          : fmt::format("{} organisations that say that they scan", totals.organisations),
      english::counted(without, "access", "accesses"),
      english::counted(totals.without.sources, "source address", "source addresses"),
      format_count(totals.with.sources));
}

std::string EnglishFindingText::surges(const FindingContext& context,
                                       std::span<const Surge> list) const {
  if (list.empty()) {
    return context.published ? "Of the services that may be named, none was found to draw more "
                               "sources than before."
                             : "No service was found to draw more sources than before.";
  }
  std::vector<std::string> names;
  for (const Surge& surge : list)
    names.push_back(named(context, surge.service));
  return fmt::format("By service, more sources than before asked for {}.", english::joined(names));
}

std::string EnglishFindingText::surge(const FindingContext& context, const Surge& surge,
                                      std::string_view figure, bool same_time) const {
  if (!surge.dated) {
    return fmt::format(
        "This month more sources than before asked for {}; between them they reached {}. By the "
        "rules of publication the days of the rise and its counts are left out.{}",
        named(context, surge.service), sensors_of(surge), surge_regions(surge));
  }
  When begin = when(context, surge);
  if (same_time) {
    begin.words[0] = static_cast<char>(begin.words[0] - 'A' + 'a');
    begin.words = "Also " + begin.words;
  }
  std::string text = fmt::format(
      "{}, {} {}{}. {}", begin.words, more_sources(surge.shape, begin.until_now),
      named(context, surge.service), figure.empty() ? "" : fmt::format(" (Figure {})", figure),
      surge_numbers(context, surge) + fading(context, surge));
  text +=
      surge.sources == 1
          ? fmt::format(" In this time there was 1 source, which reached {}.", sensors_of(surge))
          : fmt::format(" In this time there were {} sources, which between them reached {}.",
                        format_count(surge.sources), sensors_of(surge));
  if (surge.changed_later() && !context.published) {
    text += fmt::format(
        " It changed most on {}: {} times as many a day from then on as earlier in "
        "the month.",
        english::day(surge.change->day), format_rate(surge.change->ratio));
  }
  text += surge_regions(surge);
  if (surge.top1_share >= kDominantShare) {
    text += fmt::format(" One source alone sent {} of the packets in this time, though.",
                        context.published ? "half or more" : format_share(surge.top1_share));
  }
  return text;
}

std::string EnglishFindingText::known_aims(const FindingContext& context, std::string_view service,
                                           std::span<const KnownWeakness> list) const {
  const ServicePhrases phrases = context.phrases(service);
  std::string text;
  if (!phrases.hole.empty()) {
    text = fmt::format("Some accesses to {} are known to aim at {}. ", display_of(service),
                       phrases.hole);
  }
  std::vector<std::string> names;
  std::vector<std::string> near;
  for (const KnownWeakness& each : list) {
    names.push_back(fmt::format("{} (published {})", each.id, full_date(each.published)));
    if (each.near_change) near.push_back(each.id);
  }
  if (!names.empty()) {
    text += fmt::format("Known {} reached through it: {}. ",
                        names.size() == 1 ? "vulnerability" : "vulnerabilities",
                        english::joined(names));
  }
  if (!near.empty()) {
    text += fmt::format(
        "{} {} published in the 14 days before the rise and may have set it off; that it did has "
        "not "
        "been shown. ",
        english::joined(near), near.size() == 1 ? "was" : "were");
  }
  if (!text.empty()) text.pop_back();
  return text;
}

std::string EnglishFindingText::co_targeting(const FindingContext& context,
                                             const CoTargeting& targeting,
                                             std::span<const KnownMalware> malware,
                                             const CoTargeting* other) const {
  const bool different = other != nullptr && are_different_groups(*other, targeting);
  std::string text = fmt::format("Of the {} from {} that asked for {}, {} ({}) also asked for {}",
                                 english::counted(targeting.sources, "source", "sources"),
                                 regions(targeting.regions), targeting.service.display(),
                                 format_count(targeting.sources_with),
                                 share(context, targeting.share), services(targeting.with, " or "));
  if (!context.published) {
    text += fmt::format("; of the sources from elsewhere, {} did",
                        format_share(targeting.share_elsewhere));
  }
  text += ".";
  if (!malware.empty()) {
    std::vector<std::string> names;
    for (const KnownMalware& each : malware)
      names.push_back(fmt::format("{} ({})", each.name, services(each.services)));
    text += fmt::format(
        " Because the same sources search for these ports together, and {} {} known to spread by "
        "them, these are probably infected computers that look for others to infect.",
        english::joined(names), names.size() == 1 ? "is" : "are");
  }
  if (different) {
    text += fmt::format(
        " They differ from the sources from {} both in region and in the other ports they ask for, "
        "so they are probably {}.",
        regions(other->regions), malware.empty() ? "another group" : "another kind of bot");
  }
  return text;
}

std::string EnglishFindingText::new_service(const FindingContext& context,
                                            const NewService& service) const {
  if (context.published) {
    return fmt::format(
        "This month {} at {} asked for {}, for which there was next to nothing before. The day of "
        "the first is not published.",
        english::counted(service.sources, "source", "sources"),
        english::counted(service.sensors, "sensor", "sensors"), named(context, service.service));
  }
  const std::string period =
      service.first == service.last
          ? "On " + english::day(service.first)
          : fmt::format("From {} to {}", english::day(service.first), english::day(service.last));
  return fmt::format(
      "{}, {} in {} asked for {}, for which there was next to nothing in the {} days "
      "before. In all, {} saw it, on {}.",
      period, english::counted(service.sources, "source", "sources"),
      english::counted(service.networks, "network", "networks"), named(context, service.service),
      format_count(service.days_before), english::counted(service.sensors, "sensor", "sensors"),
      english::counted(service.days, "day", "days"));
}

std::string EnglishFindingText::one_source(const FindingContext& context,
                                           const OneSourceRise& rise) const {
  if (context.published) {
    const std::string part =
        rise.top1_share >= 1 ? "more than 70%" : "about " + share(context, rise.top1_share);
    return fmt::format(
        "For a part of the month packets to {} rose, but {} of them came from one source; this is "
        "no wide rise.",
        named(context, rise.service), part);
  }
  const std::string period =
      rise.first == rise.last
          ? "On " + english::day(rise.first)
          : fmt::format("From {} to {}", english::day(rise.first), english::day(rise.last));
  const std::string from = rise.region.empty() || rise.region == kUnknownRegion
                               ? std::string()
                               : " in " + english::region_in_sentence(rise.region);
  return fmt::format(
      "{}, packets to {} rose, but {} of them ({}) came from one source{}{}. "
      "Without that source there were {} a day, after {} a day before.",
      period, named(context, rise.service), format_share(rise.top1_share),
      english::counted(rise.packets, "packet", "packets"), from,
      rise.others_rose() ? "" : "; this is no wide rise", format_daily(rise.packets_without),
      format_daily(rise.packets_before));
}

std::string EnglishFindingText::family(const FindingContext& context, const Family& family,
                                       std::span<const std::string> risen,
                                       const Family* other) const {
  std::string text =
      fmt::format("The same sources asked for {} together ({}", services(family.services),
                  english::counted(family.sources, "source", "sources") +
                      " that asked for most of these and little else");
  double named = 0;
  std::vector<std::string> names;
  for (const RegionShare& each : family.regions) {
    if (std::find(family.main_regions.begin(), family.main_regions.end(), each.region) ==
        family.main_regions.end())
      continue;
    names.push_back(fmt::format("{}, {}", region(each.region), share(context, each.share)));
    named += each.share;
  }
  // Regions that stand out need not hold most of the sources.
  text += named < kMainShare ? ")." : fmt::format("; mainly from {}).", fmt::join(names, "; "));
  if (!risen.empty()) {
    std::vector<std::string> shown;
    for (const std::string& id : risen)
      shown.push_back(display_of(id));
    text += shown.size() == family.services.size()
                ? std::string(" All of them rose this month.")
                : fmt::format(" Of these, {} rose this month.", english::joined(shown));
  }
  if (other != nullptr && are_different_groups(*other, family)) {
    text +=
        fmt::format(" They differ from the sources of {} in region and in the ports they ask for.",
                    services(other->services));
  }
  if (family.population) {
    text += fmt::format(
        " If they choose addresses at random, there were at least about {} of them (95% interval "
        "{} "
        "to {}), those that reached no sensor included.",
        format_about(family.population->estimate), format_about(family.population->low),
        format_about(family.population->high));
  }
  switch (family.continuity) {
    case Family::Continuity::same:
      return text + " The same combination was there in the previous month.";
    case Family::Continuity::partly:
      return text + " It shares a part with a combination of the previous month.";
    case Family::Continuity::fresh:
      return text + " The previous month did not have this combination.";
    case Family::Continuity::unknown:
      break;
  }
  return text;
}

std::string EnglishFindingText::cannot_tell(const FindingContext& context,
                                            const CannotTell& said) const {
  switch (said.reason) {
    case CannotTellReason::one_sensor:
      return "With one sensor only, it cannot be told whether a change is wide or this sensor's "
             "own.";
    case CannotTellReason::few_days:
      return fmt::format(
          "{} of the month {} observed; whether anything changed within it cannot be told ({} "
          "days are needed).",
          few_days(said.have), said.have <= 1 ? "was" : "were", said.need);
    case CannotTellReason::short_history:
      return fmt::format(
          "{} before the month {} observed; whether a service rose cannot be told ({} days "
          "are needed to compare with).",
          few_days(said.have), said.have <= 1 ? "was" : "were", said.need);
    case CannotTellReason::no_regions:
      return "The region of every source is unknown; where the accesses came from cannot be told.";
    case CannotTellReason::no_services:
      return "No access of the month can be told apart by service.";
    case CannotTellReason::saturated_sensor:
      if (context.published) {
        return "Days on which the counts of a sensor seem to have stuck to a ceiling were left out "
               "where changes are looked for.";
      }
      return fmt::format(
          "{} on which the counts of {} seem to have stuck to a ceiling {} left out where changes "
          "are looked for.",
          english::capital(english::counted(said.have, "day", "days")), said.subject,
          said.have == 1 ? "was" : "were");
    case CannotTellReason::one_sensor_rise:
      return fmt::format(
          "From {} to {} more sources asked for {}, but {} of {} source-days were one sensor's "
          "({}); "
          "whether the rise is wide cannot be told.",
          english::day(said.first), english::day(said.last), named(context, said.subject),
          format_count(said.have), format_count(said.need), said.sensor);
    case CannotTellReason::changed_sensors:
      return fmt::format(
          "More sources seem to have asked for {}{}, but the sensors that watched before as well "
          "do "
          "not show it; whether there was a rise cannot be told. Sensors that came, changed or "
          "failed "
          "can look like this.",
          displays_of(said.subject, ", "),
          said.have > kMaxSubjects ? fmt::format(" … ({} services)", said.have) : "");
    case CannotTellReason::cell_limit:
      break;
  }
  return "There were so many different services that not all were searched for rises.";
}

std::string EnglishFindingText::number_name(std::string_view name) const {
  return evidence_name(name, Language::en);
}

std::string EnglishFindingText::unit_name(std::string_view unit) const {
  return evidence_unit(unit, Language::en);
}

}  // namespace teiten
