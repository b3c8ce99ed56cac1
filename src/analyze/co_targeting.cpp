#include "analyze/co_targeting.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include "analyze/association.h"
#include "analyze/benjamini_hochberg.h"
#include "analyze/service_pairs.h"

namespace teiten {
namespace {

using Codes = std::vector<std::uint32_t>;

bool asks_for_any(std::span<const std::uint32_t> services, const Codes& wanted) {
  return std::any_of(wanted.begin(), wanted.end(), [&](std::uint32_t code) {
    return std::binary_search(services.begin(), services.end(), code);
  });
}

std::vector<std::uint32_t> askers(const SourceProfiles& sources, Service service) {
  std::vector<std::uint32_t> members;
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    if (asks_for_any(sources.services(sources[i]), {service.code()})) members.push_back(i);
  }
  return members;
}

/// Sets of services besides `service` that belong together, each once.
std::set<Codes> other_sets(const SourceProfiles& sources, std::span<const std::uint32_t> members,
                           Service service, std::span<const Family> families,
                           const CoTargetingOptions& options) {
  std::set<Codes> sets;
  const auto add = [&](std::span<const Service> services) {
    Codes codes;
    for (const Service other : services) {
      if (other != service) codes.push_back(other.code());
    }
    std::sort(codes.begin(), codes.end());
    if (!codes.empty()) sets.insert(codes);
  };
  for (const Family& family : families)
    add(family.services);
  const std::array own = {service.code()};
  const ServicePairs pairs = test_service_pairs(sources, members, own, options.pairs);
  for (const auto& services : components(pairs.kept, options.pairs.max_services))
    add(services);
  return sets;
}

struct Counts {
  std::uint64_t sources = 0;
  std::uint64_t with = 0;
  Counts& operator+=(const Counts& other) {
    sources += other.sources;
    with += other.with;
    return *this;
  }
  double share() const {
    return sources == 0 ? 0 : static_cast<double>(with) / static_cast<double>(sources);
  }
};

OddsRatio here_against_elsewhere(const Counts& here, const Counts& elsewhere) {
  // As one stratum: often nobody elsewhere asks for them, and ½ in that cell would hide how many
  // do here.
  const std::array table = {FourfoldTable{here.with, here.sources - here.with, elsewhere.with,
                                          elsewhere.sources - elsewhere.with}};
  return stratified_odds_ratio(table);
}

/// One set of services over the regions of the service's sources.
struct Split {
  Codes with;
  std::map<Region, Counts> regions;
  Counts all;
  std::vector<Region> joined;
  Counts inside;
};

Split split_by_region(const SourceProfiles& sources, std::span<const std::uint32_t> members,
                      const Codes& with) {
  Split split;
  split.with = with;
  for (const std::uint32_t member : members) {
    const SourceProfile& profile = sources[member];
    const Counts one{1, asks_for_any(sources.services(profile), with) ? 1U : 0U};
    split.regions[profile.region] += one;
    split.all += one;
  }
  return split;
}

/// Sources outside the group, without those from `here`.
Counts elsewhere_of(const Split& split, const Counts& here) {
  return {split.all.sources - split.inside.sources - here.sources,
          split.all.with - split.inside.with - here.with};
}

struct Candidate {
  std::size_t split = 0;
  Region region;
  double share = 0;
  double low = 1;
  double p_value = 1;
};

/// Every region of every set against what is left.
std::vector<Candidate> candidates_of(std::span<const Split> splits,
                                     const CoTargetingOptions& options) {
  std::vector<Candidate> candidates;
  for (std::size_t i = 0; i < splits.size(); ++i) {
    const Split& split = splits[i];
    for (const auto& [region, here] : split.regions) {
      const bool is_in =
          std::find(split.joined.begin(), split.joined.end(), region) != split.joined.end();
      const bool is_small = here.sources < options.min_sources ||
                            static_cast<double>(here.with) <
                                options.min_region_share * static_cast<double>(split.all.with);
      const Counts elsewhere = elsewhere_of(split, here);
      if (is_in || is_small || region.is_unknown() || elsewhere.sources == 0) continue;
      const OddsRatio odds = here_against_elsewhere(here, elsewhere);
      candidates.push_back({i, region, here.share(), odds.low(), normal_upper_tail(odds.z())});
    }
  }
  return candidates;
}

/// Lets one region join each set, the strongest that passes; false where none does.
bool join_strongest(std::vector<Split>& splits, const CoTargetingOptions& options) {
  const std::vector<Candidate> candidates = candidates_of(splits, options);
  std::vector<double> p_values;
  for (const Candidate& candidate : candidates)
    p_values.push_back(candidate.p_value);
  const std::vector<double> q_values = benjamini_hochberg(p_values);
  std::vector<const Candidate*> best(splits.size(), nullptr);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const Candidate& candidate = candidates[i];
    if (q_values[i] >= options.max_q || candidate.low <= 1 || candidate.share < options.min_share)
      continue;
    const Candidate*& strongest = best[candidate.split];
    if (strongest == nullptr || candidate.low > strongest->low) strongest = &candidate;
  }
  bool any = false;
  for (std::size_t i = 0; i < splits.size(); ++i) {
    if (best[i] == nullptr) continue;
    splits[i].joined.push_back(best[i]->region);
    splits[i].inside += splits[i].regions.at(best[i]->region);
    any = true;
  }
  return any;
}

/// The services of the set that enough of the group's sources ask for, and more than others do.
Codes worth_naming(const SourceProfiles& sources, std::span<const std::uint32_t> members,
                   const Split& split, const CoTargetingOptions& options) {
  Codes named;
  for (const std::uint32_t code : split.with) {
    const Split one = split_by_region(sources, members, {code});
    Counts here;
    for (const Region region : split.joined)
      here += one.regions.at(region);
    const OddsRatio odds = here_against_elsewhere(here, elsewhere_of(one, here));
    if (here.share() >= options.min_share && odds.low() > 1) named.push_back(code);
  }
  return named;
}

std::optional<CoTargeting> finding_of(const SourceProfiles& sources,
                                      std::span<const std::uint32_t> members, Service service,
                                      const Split& found, const CoTargetingOptions& options) {
  if (found.joined.empty()) return std::nullopt;
  const Codes named = worth_naming(sources, members, found, options);
  if (named.empty()) return std::nullopt;
  const Split split = split_by_region(sources, members, named);
  Counts here;
  for (const Region region : found.joined)
    here += split.regions.at(region);
  if (here.with < options.min_sources_with) return std::nullopt;
  const Counts elsewhere = elsewhere_of(split, here);
  CoTargeting finding;
  finding.service = service;
  finding.regions = found.joined;
  std::sort(finding.regions.begin(), finding.regions.end(), [&](Region a, Region b) {
    const auto in_a = split.regions.at(a).sources;
    const auto in_b = split.regions.at(b).sources;
    return in_a != in_b ? in_a > in_b : a < b;
  });
  for (const std::uint32_t code : named)
    finding.with.push_back(Service::from_code(code));
  finding.sources = here.sources;
  finding.sources_with = here.with;
  finding.share = here.share();
  finding.share_elsewhere = elsewhere.share();
  finding.odds_ratio_low = here_against_elsewhere(here, elsewhere).low();
  return finding;
}

/// Every region and service of `one` is in `other`, which has more services.
bool tells_less(const CoTargeting& one, const CoTargeting& other) {
  const auto is_in_other = [&](Region region) {
    return std::find(other.regions.begin(), other.regions.end(), region) != other.regions.end();
  };
  return one.with.size() < other.with.size() &&
         std::includes(other.with.begin(), other.with.end(), one.with.begin(), one.with.end()) &&
         std::all_of(one.regions.begin(), one.regions.end(), is_in_other);
}

}  // namespace

std::vector<CoTargeting> co_targeting(const SourceProfiles& sources, Service service,
                                      std::span<const Family> families,
                                      const CoTargetingOptions& options) {
  const std::vector<std::uint32_t> members = askers(sources, service);
  std::vector<Split> splits;
  for (const Codes& with : other_sets(sources, members, service, families, options))
    splits.push_back(split_by_region(sources, members, with));
  while (join_strongest(splits, options)) {
  }
  std::vector<CoTargeting> findings;
  for (const Split& split : splits) {
    auto finding = finding_of(sources, members, service, split, options);
    if (finding) findings.push_back(std::move(*finding));
  }
  std::stable_sort(findings.begin(), findings.end(),
                   [](const auto& a, const auto& b) { return a.sources_with > b.sources_with; });
  std::vector<CoTargeting> told;
  for (const CoTargeting& finding : findings) {
    const bool less = std::any_of(findings.begin(), findings.end(), [&](const CoTargeting& other) {
      return tells_less(finding, other);
    });
    const bool again = std::any_of(told.begin(), told.end(), [&](const CoTargeting& other) {
      return finding.with == other.with;
    });
    if (!less && !again) told.push_back(finding);
  }
  return told;
}

Result<std::vector<CoTargeting>> co_targeting(Store& store, TimeRange range, const TimeZone& zone,
                                              Service service, std::span<const Family> families,
                                              const CoTargetingOptions& options) {
  TEITEN_TRY(const SourceProfiles sources, SourceProfiles::read(store, range, zone));
  return co_targeting(sources, service, families, options);
}

}  // namespace teiten
