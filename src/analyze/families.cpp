#include "analyze/families.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>

#include "analyze/population.h"
#include "analyze/service_pairs.h"
#include "store/store.h"

namespace teiten {
namespace {

std::vector<std::uint32_t> codes_of(std::span<const Service> services) {
  std::vector<std::uint32_t> codes;
  for (const Service service : services)
    codes.push_back(service.code());
  return codes;
}

std::size_t shared(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b) {
  std::size_t count = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) ++count;
    const bool step_i = *i <= *j;
    const bool step_j = *j <= *i;
    if (step_i) ++i;
    if (step_j) ++j;
  }
  return count;
}

constexpr std::size_t kNoFamily = static_cast<std::size_t>(-1);

/// The family that a set of services resembles most, and one that it resembles as much. Families
/// have no service in common: two are alike only where the set consists of both, and then there is
/// no third.
struct Likeness {
  std::size_t best = kNoFamily;
  std::size_t tied = kNoFamily;
};

Likeness likeness_of(std::span<const std::uint32_t> services,
                     std::span<const std::vector<std::uint32_t>> families,
                     const FamilyOptions& options) {
  Likeness likeness;
  double best_jaccard = 0;
  for (std::size_t i = 0; i < families.size(); ++i) {
    const std::size_t both = shared(services, families[i]);
    // One service of two would already resemble the pair by half.
    if (both < 2) continue;
    const std::size_t either = services.size() + families[i].size() - both;
    const double value = static_cast<double>(both) / static_cast<double>(either);
    if (value < options.min_membership || value < best_jaccard) continue;
    likeness.tied = value == best_jaccard ? i : kNoFamily;
    if (value > best_jaccard) likeness.best = i;
    best_jaccard = value;
  }
  return likeness;
}

/// Families with the profiles that belong to each.
struct Grouping {
  ServicePairs pairs;
  std::vector<std::vector<Service>> families;
  std::vector<std::vector<std::uint32_t>> members;
  std::vector<std::set<std::string>> tied;  ///< Family::tied
};

/// Sources of each family; of two alike, of none.
struct Assignment {
  std::vector<std::vector<std::uint32_t>> members;
  std::vector<std::set<std::size_t>> tied;  ///< the others that some source resembled as much
};

Assignment assign(const SourceProfiles& sources,
                  std::span<const std::vector<std::uint32_t>> families,
                  const FamilyOptions& options) {
  const SetPool& sets = sources.service_sets();
  std::vector<Likeness> of_set(sets.size());
  for (std::uint32_t set = 0; set < sets.size(); ++set)
    of_set[set] = likeness_of(sets[set], families, options);
  Assignment assignment{std::vector<std::vector<std::uint32_t>>(families.size()),
                        std::vector<std::set<std::size_t>>(families.size())};
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    const Likeness& likeness = of_set[sources[i].services];
    if (likeness.tied != kNoFamily) {
      assignment.tied[likeness.best].insert(likeness.tied);
      assignment.tied[likeness.tied].insert(likeness.best);
    } else if (likeness.best != kNoFamily) {
      assignment.members[likeness.best].push_back(i);
    }
  }
  return assignment;
}

Grouping group(const SourceProfiles& sources, const FamilyOptions& options) {
  std::vector<std::uint32_t> all(sources.size());
  std::iota(all.begin(), all.end(), 0U);
  Grouping grouping;
  grouping.pairs = test_service_pairs(sources, all, {}, options);
  const auto found = components(grouping.pairs.kept, options.max_services);
  std::vector<std::vector<std::uint32_t>> codes;
  for (const auto& services : found)
    codes.push_back(codes_of(services));
  Assignment assignment = assign(sources, codes, options);
  const std::uint64_t least = least_sources(sources.size(), options);
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (assignment.members[i].size() < least) continue;
    grouping.families.push_back(found[i]);
    grouping.members.push_back(std::move(assignment.members[i]));
    std::set<std::string>& tied = grouping.tied.emplace_back();
    for (const std::size_t other : assignment.tied[i])
      tied.insert(family_id(found[other]));
  }
  return grouping;
}

/// Lower end of Wilson's 99 % interval of a share: 17 of 101 sources from a region that sends an
/// eighth of all is no sign of anything.
double least_share(std::uint64_t part, std::size_t whole) {
  constexpr double kNormal99 = 2.5758293035489004;
  const double n = static_cast<double>(whole);
  const double share = static_cast<double>(part) / n;
  const double squared = kNormal99 * kNormal99;
  const double middle = share + squared / (2 * n);
  const double spread = kNormal99 * std::sqrt(share * (1 - share) / n + squared / (4 * n * n));
  return (middle - spread) / (1 + squared / n);
}

using RegionTotals = std::map<Region, std::uint64_t>;

void add_regions(const SourceProfiles& sources, std::span<const std::uint32_t> members,
                 const RegionTotals& totals, const FamilyOptions& options, Family& family) {
  RegionTotals own;
  for (const std::uint32_t member : members)
    ++own[sources[member].region];
  for (const auto& [region, count] : own) {
    RegionShare share;
    share.region = region;
    share.sources = count;
    share.share = static_cast<double>(count) / static_cast<double>(members.size());
    share.enrichment =
        share.share * static_cast<double>(sources.size()) / static_cast<double>(totals.at(region));
    family.regions.push_back(share);
  }
  std::stable_sort(family.regions.begin(), family.regions.end(),
                   [](const auto& a, const auto& b) { return a.sources > b.sources; });
  for (const RegionShare& share : family.regions) {
    const double of_all = share.share / share.enrichment;
    if (!share.region.is_unknown() && share.share >= options.main_region_share &&
        share.enrichment >= options.main_region_enrichment &&
        least_share(share.sources, members.size()) > of_all) {
      family.main_regions.push_back(share.region);
    }
  }
}

void add_sensors(const SourceProfiles& sources, std::span<const std::uint32_t> members,
                 Family& family) {
  std::vector<std::uint32_t> seen_at;
  std::vector<std::uint32_t> sensors;
  for (const std::uint32_t member : members) {
    const auto own = sources.sensors(sources[member]);
    seen_at.push_back(static_cast<std::uint32_t>(own.size()));
    sensors.insert(sensors.end(), own.begin(), own.end());
  }
  std::sort(sensors.begin(), sensors.end());
  sensors.erase(std::unique(sensors.begin(), sensors.end()), sensors.end());
  family.sensors = sensors.size();
  family.population = chao2(seen_at, sources.sensor_count());
}

Family describe(const SourceProfiles& sources, const Grouping& grouping, std::size_t index,
                const RegionTotals& totals, const FamilyOptions& options) {
  Family family;
  family.services = grouping.families[index];
  family.id = family_id(family.services);
  const auto inside = [&](Service service) {
    return std::binary_search(family.services.begin(), family.services.end(), service);
  };
  for (const PairAssociation& pair : grouping.pairs.kept) {
    if (inside(pair.a) && inside(pair.b)) family.pairs.push_back(pair);
  }
  const auto& members = grouping.members[index];
  family.sources = members.size();
  family.tied.assign(grouping.tied[index].begin(), grouping.tied[index].end());
  add_regions(sources, members, totals, options, family);
  add_sensors(sources, members, family);
  return family;
}

FamilyFindings describe_all(const SourceProfiles& sources, const Grouping& grouping,
                            const FamilyOptions& options) {
  FamilyFindings findings;
  findings.region_mix = grouping.pairs.region_mix;
  findings.sources = sources.size();
  findings.busy_sources = sources.busy_sources();
  findings.candidate_services = grouping.pairs.candidates.size();
  findings.services_left_out = grouping.pairs.services_left_out;
  findings.pairs_tested = grouping.pairs.tested;
  RegionTotals totals;
  for (std::size_t i = 0; i < sources.size(); ++i)
    ++totals[sources[i].region];
  for (std::size_t i = 0; i < grouping.families.size(); ++i)
    findings.families.push_back(describe(sources, grouping, i, totals, options));
  return findings;
}

std::vector<IpAddress> addresses(const SourceProfiles& sources,
                                 std::span<const std::uint32_t> members) {
  std::vector<IpAddress> result;
  for (const std::uint32_t member : members)
    result.push_back(sources[member].source);
  std::sort(result.begin(), result.end());
  return result;
}

/// Share of `members` that were in the earlier family too.
double returning_share(const std::vector<IpAddress>& now, const std::vector<IpAddress>& before) {
  if (now.empty()) return 0;
  std::vector<IpAddress> both;
  std::set_intersection(now.begin(), now.end(), before.begin(), before.end(),
                        std::back_inserter(both));
  return static_cast<double>(both.size()) / static_cast<double>(now.size());
}

void compare(const SourceProfiles& sources, const Grouping& now, std::size_t index,
             const SourceProfiles& earlier, const Grouping& before, const FamilyOptions& options,
             Family& family) {
  family.continuity = Family::Continuity::fresh;
  const auto own = codes_of(family.services);
  const auto own_sources = addresses(sources, now.members[index]);
  for (std::size_t i = 0; i < before.families.size(); ++i) {
    const auto others = codes_of(before.families[i]);
    const double overlap = static_cast<double>(shared(own, others)) /
                           static_cast<double>(std::max(own.size(), others.size()));
    if (overlap <= family.overlap) continue;
    family.overlap = overlap;
    family.previous = family_id(before.families[i]);
    family.returning_share = returning_share(own_sources, addresses(earlier, before.members[i]));
  }
  if (family.overlap >= options.partly_overlap) family.continuity = Family::Continuity::partly;
  if (family.overlap >= options.same_overlap) family.continuity = Family::Continuity::same;
}

void order_by_size(FamilyFindings& findings) {
  std::stable_sort(findings.families.begin(), findings.families.end(),
                   [](const Family& a, const Family& b) { return a.sources > b.sources; });
}

}  // namespace

FamilyFindings find_families(const SourceProfiles& sources, const FamilyOptions& options) {
  FamilyFindings findings = describe_all(sources, group(sources, options), options);
  order_by_size(findings);
  return findings;
}

FamilyFindings find_families(const SourceProfiles& sources, const SourceProfiles& before,
                             const FamilyOptions& options) {
  const Grouping now = group(sources, options);
  FamilyFindings findings = describe_all(sources, now, options);
  if (before.size() > 0) {
    const Grouping earlier = group(before, options);
    for (std::size_t i = 0; i < findings.families.size(); ++i)
      compare(sources, now, i, before, earlier, options, findings.families[i]);
  }
  order_by_size(findings);
  return findings;
}

Result<FamilyFindings> find_families(Store& store, TimeRange range, std::optional<TimeRange> before,
                                     const TimeZone& zone, const FamilyOptions& options) {
  TEITEN_TRY(const SourceProfiles sources, SourceProfiles::read(store, range, zone));
  if (!before) return find_families(sources, options);
  TEITEN_TRY(const SourceProfiles earlier, SourceProfiles::read(store, *before, zone));
  return find_families(sources, earlier, options);
}

std::string family_id(std::span<const Service> services) {
  std::string id;
  for (std::size_t i = 0; i < services.size(); ++i) {
    const std::string text = services[i].to_string();
    const bool goes_on =
        i + 1 < services.size() && services[i + 1].protocol() == services[i].protocol();
    if (i > 0) id += '+';
    id += goes_on ? text.substr(0, text.find('/')) : text;
  }
  return id;
}

}  // namespace teiten
