#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "analyze/rates.h"
#include "report/publish.h"

namespace teiten {
namespace {

/// The published rate and the finding's may differ by so much before they are about different
/// sensors: those that watched both months. Then only the word is published, for the difference
/// would tell of the sensors left out.
constexpr double kSameSensors = 0.01;

using Names = std::set<std::string, std::less<>>;

class Publisher {
 public:
  Publisher(const MonthFindings& findings, const Publication& publication,
            const ReportData& published)
      : findings_(findings), data_(published), named_(publication.services.months.back().nameable) {
    const PublishedCut& cut = publication.services.months.back();
    for (const std::size_t index : cut.daily)
      daily_.insert(cut.parts[index].key);
    const std::size_t months = publication.services.months.size();
    if (months > 1) named_before_ = publication.services.months[months - 2].nameable;
  }
  MonthFindings publish() const;

 private:
  OverallStatement overall(OverallStatement statement) const;
  bool may_say(const Surge& surge) const;
  bool may_be_dated(const Surge& surge) const;
  Surge rise(Surge surge) const;
  std::vector<CoTargeting> co_targetings(std::size_t index) const;
  bool are_named(const std::vector<Service>& services) const;
  std::optional<Family> family(Family family) const;
  std::vector<CannotTell> cannot_tell() const;
  bool is_named(std::string_view service) const { return named_.contains(service); }

  const MonthFindings& findings_;
  const ReportData& data_;
  Names named_;
  Names named_before_;  ///< in the month before
  Names daily_;
};

double two_decimals(double value) {
  return round_half_up(value, 2);
}

std::optional<Interval> two_decimals(const std::optional<Interval>& interval) {
  if (!interval) return interval;
  return Interval{two_decimals(interval->low), two_decimals(interval->high)};
}

OverallStatement Publisher::overall(OverallStatement statement) const {
  TrendStatement& level = statement.level;
  const auto rate = [&](const MonthNumbers& month) {
    return month.observed() ? month.rate(statement.kind, Denominator::observed).value_or(0) : 0;
  };
  const double now = rate(data_.now());
  const double before = rate(data_.before());
  const auto same = [](double a, double b) { return std::abs(a - b) <= kSameSensors * b; };
  const bool told = before > 0 && same(level.value, now) && same(level.previous, before);
  if (level.previous > 0 && before <= 0) {
    level.word = TrendWord::cannot_tell;
    level.reason = "no_previous_month";
  }
  level.value = now;
  level.previous = told ? before : 0;
  level.ratio = told ? now / before : 0;
  level.interval = told ? two_decimals(level.interval) : std::nullopt;
  level.p_value = 1;
  statement.without = std::nullopt;  // what it leaves is what one source sent
  TrendStatement& trend = statement.trend;
  if (!data_.published->months.empty()) {
    trend.word = TrendWord::cannot_tell;
    trend.reason = "missing_months";
    trend.monthly_change = trend.total_change = 0;
    trend.p_value = 1;
  }
  trend.monthly_change = round_half_up(trend.monthly_change, 3);
  trend.total_change = round_half_up(trend.total_change, 3);
  trend.p_value = round_half_up(trend.p_value, 4);
  return statement;
}

bool Publisher::may_say(const Surge& surge) const {
  return is_named(surge.service) && surge.sources >= kLeastPartSources &&
         surge.sensors >= kLeastPartSensors;
}

/// What is not told by day has no days here either. Nor is what its days and counts would tell of
/// a day that is left out, or of an earlier month that did not tell it itself.
bool Publisher::may_be_dated(const Surge& surge) const {
  if (!daily_.contains(surge.service)) return false;
  const Day begin = surge.change ? std::min(surge.change->day, surge.first) : surge.first;
  const Day month{findings_.month / 1};
  const PublicNotes notes = data_.published.value_or(PublicNotes());
  const bool holds_left_out = std::any_of(notes.days.begin(), notes.days.end(), [&](Day day) {
    return day >= begin && day <= surge.last;
  });
  if (begin < month || holds_left_out) return false;
  // Fewer than five a day is no more than that it is new; a mean is a count of the month before.
  const bool counted_before = surge.baseline >= static_cast<double>(kLeastCellSources);
  const bool had_before = data_.before().observed() || !notes.months.empty();
  return !counted_before || !had_before || named_before_.contains(surge.service);
}

Surge Publisher::rise(Surge surge) const {
  surge.dated = may_be_dated(surge);
  const auto at_least = [](double mean) {
    return mean < static_cast<double>(kLeastCellSources) ? 0 : published_mean(mean);
  };
  surge.ratio = round_half_up(surge.ratio, 1);
  surge.baseline = at_least(surge.baseline);
  // That it fades may be said; the mean of one week more is one more number to subtract.
  const bool fading = surge.is_falling_back();
  surge.level = at_least(surge.level);
  surge.latest = fading ? 0 : surge.level;
  surge.peak =
      static_cast<double>(published_count(static_cast<std::uint64_t>(std::llround(surge.peak))));
  surge.sources = published_count(surge.sources);
  std::erase_if(surge.regions, [](const Surge& region) {
    return region.sources < kLeastPartSources || region.sensors < kLeastPartSensors;
  });
  // Their names only: a service in one region is no published count.
  for (Surge& region : surge.regions) {
    const std::string name = region.region;
    region = Surge();
    region.region = name;
  }
  if (surge.dated) return surge;
  // Since an earlier month: that it rose in this one would be false. Since when is not told.
  const Day month{findings_.month / 1};
  const bool continuing = surge.open && surge.shape != SurgeShape::temporary &&
                          (surge.change ? surge.change->day : surge.first) < month;
  surge.first = surge.last = surge.peak_day = month;
  if (continuing) surge.first = Day{std::chrono::sys_days{month} - std::chrono::days(1)};
  surge.change.reset();
  surge.shape = SurgeShape::rise;
  surge.open = continuing;
  return surge;
}

bool Publisher::are_named(const std::vector<Service>& services) const {
  return std::all_of(services.begin(), services.end(),
                     [this](const Service& each) { return is_named(each.to_string()); });
}

std::vector<CoTargeting> Publisher::co_targetings(std::size_t index) const {
  std::vector<CoTargeting> said;
  if (index >= findings_.co_targetings.size()) return said;
  for (CoTargeting each : findings_.co_targetings[index]) {
    const std::uint64_t without = each.sources - each.sources_with;
    if (!are_named(each.with) || !is_named(each.service.to_string()) ||
        each.sources_with < kLeastPartSources || (without > 0 && without < kLeastCellSources))
      continue;
    each.sources = published_count(each.sources);
    each.sources_with = published_count(each.sources_with);
    each.share = two_decimals(each.share);
    each.share_elsewhere = 0;
    said.push_back(std::move(each));
  }
  return said;
}

std::optional<Family> Publisher::family(Family family) const {
  if (!are_named(family.services) || family.sources < kLeastPartSources ||
      family.sensors < kLeastPartSensors)
    return std::nullopt;
  std::uint64_t others = family.sources;
  std::vector<RegionShare> regions;
  for (RegionShare& region : family.regions) {
    // Largest first: the last ones join those that are not told until these are enough or none.
    if (region.sources < kLeastPartSources) break;
    others -= std::min(others, region.sources);
    regions.push_back(region);
  }
  while (!regions.empty() && others > 0 && others < kLeastCellSources) {
    others += regions.back().sources;
    regions.pop_back();
  }
  for (RegionShare& region : regions) {
    region.sources = published_count(region.sources);
    region.share = two_decimals(region.share);
  }
  std::erase_if(family.main_regions, [&regions](const Region& main) {
    return std::none_of(regions.begin(), regions.end(),
                        [&main](const RegionShare& each) { return each.region == main; });
  });
  family.regions = std::move(regions);
  family.sources = published_count(family.sources);
  // Whether the month before told of such a family depends on what it could name.
  family.previous.clear();
  family.overlap = family.returning_share = 0;
  family.continuity = Family::Continuity::unknown;
  if (family.population) {
    family.population->estimate = published_mean(family.population->estimate);
    family.population->low = published_mean(family.population->low);
    family.population->high = published_mean(family.population->high);
  }
  return family;
}

/// Nothing about a single sensor; what is then the same is said once.
std::vector<CannotTell> Publisher::cannot_tell() const {
  std::vector<CannotTell> said;
  std::set<CannotTellReason> unnamed;
  for (CannotTell each : findings_.cannot_tell) {
    // Which sensors saw more, or left, is what a public report must not tell.
    if (each.reason == CannotTellReason::one_sensor_rise ||
        each.reason == CannotTellReason::changed_sensors)
      continue;
    if (each.reason == CannotTellReason::saturated_sensor) {
      each.subject.clear();
      each.have = each.need = 0;
    }
    if (each.reason == CannotTellReason::cell_limit) each.have = each.need = 0;
    if (each.subject.empty() && !unnamed.insert(each.reason).second) continue;
    said.push_back(std::move(each));
  }
  return said;
}

MonthFindings Publisher::publish() const {
  MonthFindings said;
  said.month = findings_.month;
  said.zone = findings_.zone;
  said.rises_tested = findings_.rises_tested;
  said.published = true;
  for (const OverallStatement& statement : findings_.overall)
    said.overall.push_back(overall(statement));
  Names once;
  for (std::size_t i = 0; i < findings_.surges.size(); ++i) {
    if (!may_say(findings_.surges[i])) continue;
    Surge surge = rise(findings_.surges[i]);
    if (!once.insert(finding_id(surge)).second) continue;
    said.surges.push_back(std::move(surge));
    said.co_targetings.push_back(co_targetings(i));
  }
  for (NewService service : findings_.new_services) {
    if (!is_named(service.service) || service.sources < kLeastPartSources ||
        service.sensors < kLeastPartSensors)
      continue;
    service.sources = published_count(service.sources);
    service.first = service.last = Day{findings_.month / 1};
    said.new_services.push_back(std::move(service));
  }
  for (OneSourceRise rise : findings_.one_source) {
    rise.dated = false;
    rise.region.clear();
    rise.first = rise.last = Day{findings_.month / 1};
    rise.packets = 0;
    rise.packets_before = rise.packets_without = 0;
    // Nearer to 1 it would give the source's packets away.
    constexpr double kLargest = static_cast<double>(kLargestSourcePercent) / 100;
    rise.top1_share = rise.top1_share > kLargest ? 1 : round_half_up(rise.top1_share, 1);
    if (!is_named(rise.service) || !once.insert(finding_id(rise)).second) continue;
    said.one_source.push_back(std::move(rise));
  }
  for (const Family& each : findings_.families) {
    if (auto published = family(each)) said.families.push_back(std::move(*published));
  }
  said.cannot_tell = cannot_tell();
  return said;
}

/// What a finding of a type may carry. A name that ends with a point stands for all that begin so.
struct Allowed {
  std::vector<std::string_view> facts;
  std::vector<std::string_view> numbers;
};

Allowed allowed(FindingType type, bool dated) {
  switch (type) {
    case FindingType::level:
      return {{"count", "word", "reason"}, {"value", "previous", "ratio"}};
    case FindingType::trend:
      return {{"count", "word", "reason"}, {"monthly_change", "total_change"}};
    case FindingType::surge:
      if (!dated) return {{"service"}, {"sensors", "sensors_up"}};
      return {{"service", "shape", "first", "last", "open", "peak_day", "change_day"},
              {"baseline", "level", "ratio", "peak", "sources", "sensors", "sensors_up"}};
    case FindingType::new_service:
      return {{"service"}, {"sources", "sensors"}};
    case FindingType::one_source:
      return {{"service"}, {}};
    case FindingType::co_targeting:
      return {{"service", "regions", "with"}, {"sources", "sources_with", "share"}};
    case FindingType::family:
      return {{"services", "main_regions"}, {"sources", "sensors", "share.", "population"}};
    case FindingType::scanners:
      // Few organisations: what is left when they are left out tells their own counts.
      return {};
    case FindingType::cannot_tell:
      break;
  }
  return {{"reason", "subject"}, {"have", "need"}};
}

bool is_among(std::string_view name, const std::vector<std::string_view>& names) {
  return std::any_of(names.begin(), names.end(), [name](std::string_view each) {
    return each.ends_with('.') ? name.starts_with(each) : name == each;
  });
}

std::string fact_of(const Finding& finding, std::string_view name) {
  for (const FindingFact& each : finding.facts) {
    if (each.name == name) return each.text;
  }
  return "";
}

double number_of(const Finding& finding, std::string_view name) {
  for (const FindingNumber& each : finding.numbers) {
    if (each.name == name) return each.value;
  }
  return 0;
}

}  // namespace

MonthFindings publish_findings(const MonthFindings& findings, const Publication& publication,
                               const ReportData& published) {
  return Publisher(findings, publication, published).publish();
}

WithheldFindings withheld_findings(const MonthFindings& findings, const MonthFindings& published) {
  /// Those whose id no published one has.
  const auto missing = [](const auto& all, const auto& said, const auto& id) {
    std::multiset<std::string> ids;
    Names told;
    for (const auto& each : said)
      told.insert(id(each));
    for (const auto& each : all) {
      if (!told.contains(id(each))) ids.insert(id(each));
    }
    return published_limit(ids.size());
  };
  const auto service = [](const auto& each) { return each.service; };
  const auto flat = [](const MonthFindings& from) {
    std::vector<CoTargeting> all;
    for (const auto& of_surge : from.co_targetings)
      all.insert(all.end(), of_surge.begin(), of_surge.end());
    return all;
  };
  WithheldFindings withheld;
  withheld.surges = missing(findings.surges, published.surges, service);
  withheld.new_services = missing(findings.new_services, published.new_services, service);
  withheld.one_source = missing(findings.one_source, published.one_source, service);
  withheld.co_targetings = missing(flat(findings), flat(published),
                                   [](const CoTargeting& each) { return finding_id(each); });
  withheld.families =
      missing(findings.families, published.families, [](const Family& each) { return each.id; });
  withheld.cannot_tell =
      missing(findings.cannot_tell, published.cannot_tell,
              [](const CannotTell& each) { return std::string(to_string(each.reason)); });
  return withheld;
}

void withhold(Finding& finding) {
  const bool dated = finding.id != "surge " + fact_of(finding, "service");
  const Allowed allow = allowed(finding.type, dated);
  const bool unknown_before = number_of(finding, "baseline") == 0;
  std::erase_if(finding.facts,
                [&](const FindingFact& fact) { return !is_among(fact.name, allow.facts); });
  std::erase_if(finding.numbers, [&](const FindingNumber& each) {
    const bool before = each.name == "baseline" || each.name == "ratio";
    if (finding.type == FindingType::surge && before && unknown_before) return true;
    const bool counted = each.name == "have" || each.name == "need";
    if (finding.type == FindingType::cannot_tell && counted && each.value == 0) return true;
    return !is_among(each.name, allow.numbers);
  });
  // A p of one day can be turned back into that day's count.
  if (finding.type != FindingType::trend) finding.p_value.reset();
  finding.q_value.reset();
  finding.query.clear();
}

}  // namespace teiten
