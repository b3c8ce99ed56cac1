#include "analyze/findings.h"

#include <cmath>

#include <fmt/format.h>

#include "analyze/asking.h"
#include "analyze/families.h"
#include "analyze/source_profiles.h"

namespace teiten {
namespace {

using std::chrono::months;
using std::chrono::year_month;

Day day_after(Day day) {
  return Day{std::chrono::sys_days{day} + std::chrono::days(1)};
}

Day first_day(year_month month) {
  return month / 1;
}

/// What `teiten count --measure` calls it; daily sources are its sources by day and sensor.
std::string_view measure_of(CountKind kind) {
  return kind == CountKind::daily_sources ? "sources" : to_string(kind);
}

std::string text_list(std::span<const Service> services) {
  std::string list;
  for (const Service& service : services)
    list += (list.empty() ? "" : ",") + service.to_string();
  return list;
}

/// Quoted where a shell would read more into it than text: `?/icmp`, a sensor's name.
std::string option(std::string_view name, const std::string& value) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/=,._+-";
  if (value.find_first_not_of(kPlain) == std::string::npos)
    return fmt::format("{} {}", name, value);
  std::string quoted;
  for (const char c : value)
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return fmt::format("{} '{}'", name, quoted);
}

std::string where(std::string_view dimension, const std::string& values) {
  return option("--where", fmt::format("{}={}", dimension, values));
}

constexpr std::string_view kWithoutScanners = "--without-scanners";

/// Of the sources that profiles hold, as asking_filters() of the accesses.
std::string profile_options() {
  return fmt::format("--at-most-services {} {}", kMaxProfileServices, kAskingOptions);
}

/// Builds one finding after the other.
class Findings {
 public:
  explicit Findings(const MonthFindings& month) : month_(month) {}

  void add(const OverallStatement& statement);
  void add(const ScannerTotals& scanners);
  void add(const Surge& surge);
  void add(const CoTargeting& targeting, const Surge& surge);
  void add_asked(Finding& finding) const;
  void add(const NewService& service);
  void add(const OneSourceRise& rise);
  void add(const Family& family);
  void add(const CannotTell& reason);
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  Finding& begin(FindingType type, std::string id, std::string rule);
  Finding& begin(FindingType type, const OverallStatement& statement, const TrendStatement& said);
  std::string command(Day from, Day to, std::string_view rest) const;
  std::string of_month(std::string_view rest) const {
    return command(first_day(month_.month), first_day(month_.month + months(1)), rest);
  }

  const MonthFindings& month_;
  std::vector<Finding> findings_;
};

void fact(Finding& finding, std::string name, std::string text) {
  if (!text.empty()) finding.facts.push_back({std::move(name), std::move(text)});
}

/// A number that is not finite (a ratio to nothing) is left out: there is none to say.
void number(Finding& finding, std::string name, double value, std::string unit) {
  if (std::isfinite(value)) finding.numbers.push_back({std::move(name), value, std::move(unit)});
}

void number(Finding& finding, std::string name, std::uint64_t value, std::string unit) {
  number(finding, std::move(name), static_cast<double>(value), std::move(unit));
}

Finding& Findings::begin(FindingType type, std::string id, std::string rule) {
  Finding finding;
  finding.type = type;
  finding.id = std::move(id);
  finding.rule = std::move(rule);
  findings_.push_back(std::move(finding));
  return findings_.back();
}

/// `to` is exclusive, as on the command line.
std::string Findings::command(Day from, Day to, std::string_view rest) const {
  const bool asks_without = rest.find(kAskingOptions) != std::string_view::npos ||
                            rest.find(kWithoutScanners) != std::string_view::npos;
  return fmt::format("teiten count --from {} --to {} --tz {} {}{}{}", format_day(from),
                     format_day(to), month_.zone.name(), rest,
                     month_.without_scanners && !asks_without ? " " : "",
                     month_.without_scanners && !asks_without ? kWithoutScanners : "");
}

Finding& Findings::begin(FindingType type, const OverallStatement& statement,
                         const TrendStatement& said) {
  Finding& finding = begin(type, fmt::format("{} {}", to_string(type), to_string(statement.kind)),
                           std::string(said.rule));
  fact(finding, "count", std::string(to_string(statement.kind)));
  fact(finding, "word", std::string(to_string(said.word)));
  fact(finding, "reason", std::string(said.reason));
  if (said.interval && std::isfinite(said.interval->low) && std::isfinite(said.interval->high))
    finding.interval = said.interval;
  if (said.p_value < 1) finding.p_value = said.p_value;
  return finding;
}

void Findings::add(const OverallStatement& statement) {
  const bool daily = statement.kind == CountKind::daily_sources;
  const std::string rows = fmt::format("--by {},sensor --measure {}{}", daily ? "day" : "month",
                                       measure_of(statement.kind), daily ? "" : " --rate observed");
  const Day end = first_day(month_.month + months(1));
  {
    const TrendStatement& level = statement.level;
    Finding& finding = begin(FindingType::level, statement, level);
    number(finding, "value", level.value, "per sensor-day");
    if (level.previous > 0) {
      number(finding, "previous", level.previous, "per sensor-day");
      number(finding, "ratio", level.ratio, "ratio");
    }
    if (statement.without) {
      number(finding, "heavy_sources", std::uint64_t{statement.without->sources}, "sources");
      number(finding, "value_without", statement.without->value, "per sensor-day");
      number(finding, "previous_without", statement.without->previous, "per sensor-day");
    }
    finding.query = command(first_day(month_.month - months(1)), end, rows);
  }
  const TrendStatement& trend = statement.trend;
  Finding& finding = begin(FindingType::trend, statement, trend);
  // Where months are missing no slope was fitted.
  if (trend.monthly_change != 0) {
    number(finding, "monthly_change", trend.monthly_change, "ratio − 1");
    number(finding, "total_change", trend.total_change, "ratio − 1");
  }
  if (trend.swings > 0) {
    number(finding, "swings", static_cast<std::uint64_t>(trend.swings), "changes");
    number(finding, "least_swing", trend.least_swing, "ratio − 1");
  }
  finding.query = command(first_day(month_.month - months(5)), end, rows);
}

void Findings::add(const ScannerTotals& scanners) {
  Finding& finding = begin(FindingType::scanners, std::string(kScannersId), "scanners.known");
  const auto both = [&](const std::string& name, std::uint64_t without, std::uint64_t with) {
    number(finding, name + "_without_scanners", without, name);
    number(finding, name + "_with_scanners", with, name);
  };
  both("packets", scanners.without.packets, scanners.with.packets);
  both("accesses", scanners.without.accesses, scanners.with.accesses);
  both("sources", scanners.without.sources, scanners.with.sources);
  both("source_days", scanners.without.source_days, scanners.with.source_days);
  number(finding, "organisations", scanners.organisations, "organisations");
  finding.query = of_month(kWithoutScanners);
}

std::string shape_text(SurgeShape shape) {
  switch (shape) {
    case SurgeShape::rise:
      return "rise";
    case SurgeShape::sharp:
      return "sharp";
    case SurgeShape::temporary:
      return "temporary";
    case SurgeShape::since_change:
      break;
  }
  return "since_change";
}

void Findings::add(const Surge& surge) {
  Finding& finding = begin(FindingType::surge, finding_id(surge),
                           surge.rule == SurgeRule::prediction ? "surge.prediction" : "surge.ewma");
  fact(finding, "service", surge.service);
  fact(finding, "region", surge.region);
  fact(finding, "shape", shape_text(surge.shape));
  fact(finding, "first", format_day(surge.first));
  fact(finding, "last", format_day(surge.last));
  fact(finding, "open", surge.open ? "true" : "false");
  fact(finding, "peak_day", format_day(surge.peak_day));
  number(finding, "baseline", surge.baseline, "sources/day");
  number(finding, "level", surge.level, "sources/day");
  number(finding, "latest", surge.latest, "sources/day");
  number(finding, "ratio", surge.ratio, "ratio");
  number(finding, "peak", surge.peak, "sources/day");
  number(finding, "sources", surge.sources, "sources");
  number(finding, "sensors", surge.sensors, "sensors");
  number(finding, "sensors_up", surge.sensors_up, "sensors");
  number(finding, "top1_share", surge.top1_share, "share");
  if (surge.change) {
    fact(finding, "change_day", format_day(surge.change->day));
    number(finding, "change_score", surge.change->score, "W");
    number(finding, "change_ratio", surge.change->ratio, "ratio");
  }
  for (const Surge& region : surge.regions) {
    number(finding, "baseline." + region.region, region.baseline, "sources/day");
    number(finding, "level." + region.region, region.level, "sources/day");
    number(finding, "ratio." + region.region, region.ratio, "ratio");
  }
  finding.p_value = surge.p_value;
  finding.q_value = surge.q_value;
  const std::string region = surge.region.empty() ? "" : where("region", surge.region) + " ";
  finding.query = command(surge.first, day_after(surge.last),
                          fmt::format("{} {}{} --by day --measure sources,sensors",
                                      where("service", surge.service), region, kAskingOptions));
}

/// All sources of its services, those that ask for anything included.
void Findings::add_asked(Finding& finding) const {
  const auto found = month_.asked.find(finding.id);
  if (found == month_.asked.end()) return;
  for (const PartTotal& part : found->second)
    number(finding, "asked." + part.key, part.count, "sources");
}

void Findings::add(const CoTargeting& targeting, const Surge& surge) {
  Finding& finding = begin(FindingType::co_targeting, finding_id(targeting), "co_targeting.or");
  fact(finding, "service", targeting.service.to_string());
  fact(finding, "regions", joined_regions(targeting.regions));
  fact(finding, "with", text_list(targeting.with));
  number(finding, "sources", targeting.sources, "sources");
  number(finding, "sources_with", targeting.sources_with, "sources");
  number(finding, "share", targeting.share, "share");
  number(finding, "share_elsewhere", targeting.share_elsewhere, "share");
  number(finding, "odds_ratio_low", targeting.odds_ratio_low, "ratio");
  add_asked(finding);
  const RiseDays days = rise_days(surge, month_.month);
  finding.query =
      command(days.first, days.after,
              fmt::format("{} {} {} --by region --measure sources",
                          option("--sources-of", targeting.service.to_string()),
                          option("--also", family_id(targeting.with)), profile_options()));
}

void Findings::add(const NewService& service) {
  Finding& finding = begin(FindingType::new_service, finding_id(service), "new_service.poisson");
  fact(finding, "service", service.service);
  fact(finding, "first", format_day(service.first));
  fact(finding, "last", format_day(service.last));
  number(finding, "before", service.before, "sources/day");
  number(finding, "days_before", service.days_before, "days");
  number(finding, "sources", service.sources, "sources");
  number(finding, "networks", service.networks, "networks");
  number(finding, "sensors", service.sensors, "sensors");
  number(finding, "days", service.days, "days");
  finding.p_value = service.p_value;
  finding.query = command(service.first, first_day(month_.month + months(1)),
                          fmt::format("{} {} --measure sources,sensors",
                                      where("service", service.service), kAskingOptions));
}

void Findings::add(const OneSourceRise& rise) {
  Finding& finding = begin(FindingType::one_source, finding_id(rise), "one_source.top1");
  fact(finding, "service", rise.service);
  fact(finding, "region", rise.region);
  fact(finding, "first", format_day(rise.first));
  fact(finding, "last", format_day(rise.last));
  number(finding, "packets", rise.packets, "packets");
  number(finding, "top1_share", rise.top1_share, "share");
  number(finding, "packets_before", rise.packets_before, "packets/day");
  number(finding, "packets_without", rise.packets_without, "packets/day");
  number(finding, "sensors", rise.sensors, "sensors");
  finding.query = command(rise.first, day_after(rise.last),
                          fmt::format("{} {} --by day --measure packets,sources",
                                      where("service", rise.service), kAskingOptions));
}

std::string continuity_text(Family::Continuity continuity) {
  switch (continuity) {
    case Family::Continuity::unknown:
      return "unknown";
    case Family::Continuity::same:
      return "same";
    case Family::Continuity::partly:
      return "partly";
    case Family::Continuity::fresh:
      break;
  }
  return "fresh";
}

void Findings::add(const Family& family) {
  Finding& finding = begin(FindingType::family, finding_id(family), "family.pairs");
  fact(finding, "services", text_list(family.services));
  fact(finding, "main_regions", joined_regions(family.main_regions));
  fact(finding, "continuity", continuity_text(family.continuity));
  fact(finding, "previous", family.previous);
  number(finding, "sources", family.sources, "sources");
  number(finding, "sensors", family.sensors, "sensors");
  for (const RegionShare& region : family.regions) {
    number(finding, "share." + region.region.to_string(), region.share, "share");
    number(finding, "enrichment." + region.region.to_string(), region.enrichment, "ratio");
  }
  for (const PairAssociation& pair : family.pairs) {
    const std::string name = fmt::format("{}~{}", pair.a.to_string(), pair.b.to_string());
    number(finding, "odds_ratio_low." + name, pair.odds_ratio_low, "ratio");
    number(finding, "jaccard." + name, pair.jaccard, "share");
    number(finding, "stratified_low." + name, pair.stratified_low, "ratio");
  }
  if (family.population) {
    number(finding, "population", family.population->estimate, "sources");
    finding.interval = Interval{family.population->low, family.population->high};
  }
  if (family.continuity != Family::Continuity::unknown) {
    number(finding, "overlap", family.overlap, "share");
    number(finding, "returning_share", family.returning_share, "share");
  }
  add_asked(finding);
  if (!family.pairs.empty()) finding.q_value = family.pairs.front().q_value;
  std::string alike = option("--sources-like", family.id);
  for (const std::string& other : family.tied)
    alike += " " + option("--sources-unlike", other);
  finding.query =
      of_month(fmt::format("{} {} --by region --measure sources", alike, profile_options()));
}

void Findings::add(const CannotTell& said) {
  const std::string reason(to_string(said.reason));
  Finding& finding = begin(FindingType::cannot_tell, finding_id(said), "cannot_tell." + reason);
  fact(finding, "reason", reason);
  fact(finding, "subject", said.subject);
  const auto counts = [&](std::string_view unit) {
    number(finding, "have", said.have, std::string(unit));
    number(finding, "need", said.need, std::string(unit));
  };
  const Day begin_month = first_day(month_.month);
  switch (said.reason) {
    case CannotTellReason::one_sensor:
      counts("sensors");
      finding.query = of_month("--by sensor --measure packets");
      break;
    case CannotTellReason::few_days:
      counts("days");
      finding.query = of_month("--by day --measure packets");
      break;
    case CannotTellReason::short_history:
      counts("days");
      finding.query =
          command(Day{std::chrono::sys_days{begin_month} - std::chrono::days(kDaysBeforeMonth)},
                  begin_month, "--by day --measure packets");
      break;
    case CannotTellReason::no_regions:
      finding.query = of_month("--by region --measure packets");
      break;
    case CannotTellReason::no_services:
      finding.query = of_month("--by kind --measure packets");
      break;
    case CannotTellReason::saturated_sensor:
      number(finding, "have", said.have, "days");
      finding.query =
          of_month(fmt::format("{} --by day --measure packets", where("sensor", said.subject)));
      break;
    case CannotTellReason::one_sensor_rise:
      number(finding, "have", said.have, "source-days");
      number(finding, "of", said.need, "source-days");
      fact(finding, "sensor", said.sensor);
      fact(finding, "first", format_day(said.first));
      fact(finding, "last", format_day(said.last));
      finding.query = command(said.first, day_after(said.last),
                              fmt::format("{} {} --by sensor --measure source_days",
                                          where("service", said.subject), kAskingOptions));
      break;
    case CannotTellReason::changed_sensors:
      number(finding, "have", said.have, "services");
      finding.query = of_month(fmt::format("{} {} --by day,sensor --measure sources",
                                           where("service", said.subject), kAskingOptions));
      break;
    case CannotTellReason::cell_limit:
      number(finding, "have", said.have, "cells");
      finding.query = of_month("--by service --top 20 --measure sources");
      break;
  }
}

}  // namespace

std::string_view to_string(CannotTellReason reason) {
  switch (reason) {
    case CannotTellReason::one_sensor:
      return "one_sensor";
    case CannotTellReason::few_days:
      return "few_days";
    case CannotTellReason::short_history:
      return "short_history";
    case CannotTellReason::no_regions:
      return "no_regions";
    case CannotTellReason::no_services:
      return "no_services";
    case CannotTellReason::saturated_sensor:
      return "saturated_sensor";
    case CannotTellReason::one_sensor_rise:
      return "one_sensor_rise";
    case CannotTellReason::changed_sensors:
      return "changed_sensors";
    case CannotTellReason::cell_limit:
      break;
  }
  return "cell_limit";
}

std::string_view to_string(FindingType type) {
  switch (type) {
    case FindingType::level:
      return "level";
    case FindingType::trend:
      return "trend";
    case FindingType::scanners:
      return "scanners";
    case FindingType::surge:
      return "surge";
    case FindingType::new_service:
      return "new_service";
    case FindingType::one_source:
      return "one_source";
    case FindingType::co_targeting:
      return "co_targeting";
    case FindingType::family:
      return "family";
    case FindingType::cannot_tell:
      break;
  }
  return "cannot_tell";
}

std::string joined_regions(std::span<const Region> regions) {
  std::string list;
  for (const Region& region : regions)
    list += (list.empty() ? "" : "+") + region.to_string();
  return list;
}

std::string finding_id(const Surge& surge) {
  if (!surge.dated) return "surge " + surge.service;
  return fmt::format("surge {} {}", surge.service, format_day(surge.first));
}

std::string finding_id(const CoTargeting& targeting) {
  return fmt::format("co_targeting {} {} {}", targeting.service.to_string(),
                     joined_regions(targeting.regions), text_list(targeting.with));
}

std::string finding_id(const Family& family) {
  return "family " + family.id;
}

std::string finding_id(const NewService& service) {
  return "new_service " + service.service;
}

std::string finding_id(const OneSourceRise& rise) {
  if (!rise.dated) return "one_source " + rise.service;
  return fmt::format("one_source {} {}", rise.service, format_day(rise.first));
}

std::string finding_id(const CannotTell& said) {
  return fmt::format("cannot_tell {}{}{}", to_string(said.reason), said.subject.empty() ? "" : " ",
                     said.subject);
}

std::string_view to_string(CountKind kind) {
  switch (kind) {
    case CountKind::packets:
      return "packets";
    case CountKind::accesses:
      return "accesses";
    case CountKind::source_days:
      return "source_days";
    case CountKind::daily_sources:
      break;
  }
  return "daily_sources";
}

std::vector<Finding> findings_of(const MonthFindings& month) {
  Findings findings(month);
  for (const OverallStatement& statement : month.overall)
    findings.add(statement);
  if (month.scanners) findings.add(*month.scanners);
  for (std::size_t i = 0; i < month.surges.size(); ++i) {
    findings.add(month.surges[i]);
    if (i >= month.co_targetings.size()) continue;
    for (const CoTargeting& targeting : month.co_targetings[i])
      findings.add(targeting, month.surges[i]);
  }
  for (const NewService& service : month.new_services)
    findings.add(service);
  for (const OneSourceRise& rise : month.one_source)
    findings.add(rise);
  for (const Family& family : month.families)
    findings.add(family);
  for (const CannotTell& reason : month.cannot_tell)
    findings.add(reason);
  return findings.take();
}

}  // namespace teiten
