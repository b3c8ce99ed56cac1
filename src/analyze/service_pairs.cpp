#include "analyze/service_pairs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "analyze/association.h"
#include "analyze/benjamini_hochberg.h"

namespace teiten {
namespace {

using Members = std::span<const std::uint32_t>;

/// Sources by service set: what follows costs as much as there are different sets.
std::vector<std::uint32_t> sources_of_sets(const SourceProfiles& sources, Members members) {
  std::vector<std::uint32_t> counts(sources.service_sets().size(), 0);
  for (const std::uint32_t member : members)
    ++counts[sources[member].services];
  return counts;
}

/// Services with enough support, and which of them (by index) each set holds.
struct Candidates {
  std::vector<std::uint32_t> codes;    ///< ascending
  std::vector<std::uint64_t> support;  ///< of each
  std::vector<std::uint32_t> numbers;  ///< sets, one after another
  std::vector<std::size_t> ends = {0};
  std::uint64_t left_out = 0;

  std::span<const std::uint32_t> of_set(std::size_t set) const {
    return std::span(numbers).subspan(ends[set], ends[set + 1] - ends[set]);
  }
  std::size_t index_of(Service service) const {
    return static_cast<std::size_t>(std::lower_bound(codes.begin(), codes.end(), service.code()) -
                                    codes.begin());
  }
};

using Supported = std::pair<std::uint32_t, std::uint64_t>;  ///< code, sources

std::vector<Supported> supported_services(const SourceProfiles& sources,
                                          std::span<const std::uint32_t> set_sources,
                                          std::span<const std::uint32_t> leave_out,
                                          std::uint64_t least) {
  std::unordered_map<std::uint32_t, std::uint64_t> support;
  for (std::uint32_t set = 0; set < set_sources.size(); ++set) {
    if (set_sources[set] == 0) continue;
    for (const std::uint32_t code : sources.service_sets()[set])
      support[code] += set_sources[set];
  }
  std::vector<Supported> services;
  for (const auto& [code, count] : support) {
    if (count >= least && std::find(leave_out.begin(), leave_out.end(), code) == leave_out.end())
      services.emplace_back(code, count);
  }
  return services;
}

Candidates candidates_of(const SourceProfiles& sources, std::span<const std::uint32_t> set_sources,
                         std::span<const std::uint32_t> leave_out, std::uint64_t least) {
  std::vector<Supported> services = supported_services(sources, set_sources, leave_out, least);
  Candidates candidates;
  if (services.size() > kMaxCandidates) {
    std::sort(services.begin(), services.end(), [](const Supported& a, const Supported& b) {
      return a.second != b.second ? a.second > b.second : a.first < b.first;
    });
    candidates.left_out = services.size() - kMaxCandidates;
    services.resize(kMaxCandidates);
  }
  std::sort(services.begin(), services.end());
  for (const auto& [code, count] : services) {
    candidates.codes.push_back(code);
    candidates.support.push_back(count);
  }
  const SetPool& sets = sources.service_sets();
  for (std::uint32_t set = 0; set < sets.size(); ++set) {
    if (set_sources[set] > 0) {
      for (const std::uint32_t code : sets[set]) {
        const std::size_t index = candidates.index_of(Service::from_code(code));
        if (index < candidates.codes.size() && candidates.codes[index] == code)
          candidates.numbers.push_back(static_cast<std::uint32_t>(index));
      }
    }
    candidates.ends.push_back(candidates.numbers.size());
  }
  return candidates;
}

/// Number of the pair a < b in the list (0,1), (0,2), (1,2), (0,3), …
constexpr std::size_t pair_number(std::size_t a, std::size_t b) {
  return b * (b - 1) / 2 + a;
}

template <typename Function>
void each_pair(std::span<const std::uint32_t> indexes, Function function) {
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    for (std::size_t j = i + 1; j < indexes.size(); ++j)
      function(pair_number(indexes[i], indexes[j]));
  }
}

std::vector<PairAssociation> pooled_pairs(std::span<const std::uint32_t> set_sources,
                                          std::uint64_t total, const Candidates& candidates) {
  const std::size_t services = candidates.codes.size();
  std::vector<std::uint32_t> both(services < 2 ? 0 : services * (services - 1) / 2, 0);
  for (std::size_t set = 0; set < set_sources.size(); ++set)
    each_pair(candidates.of_set(set), [&](std::size_t pair) { both[pair] += set_sources[set]; });
  std::vector<PairAssociation> pairs;
  for (std::size_t a = 0; a < services; ++a) {
    for (std::size_t b = a + 1; b < services; ++b) {
      const std::uint64_t count = both[pair_number(a, b)];
      if (count == 0) continue;
      PairAssociation pair;
      pair.a = Service::from_code(candidates.codes[a]);
      pair.b = Service::from_code(candidates.codes[b]);
      pair.both = count;
      pair.only_a = candidates.support[a] - count;
      pair.only_b = candidates.support[b] - count;
      pair.neither = total - count - pair.only_a - pair.only_b;
      pairs.push_back(pair);
    }
  }
  return pairs;
}

/// Odds ratio, Jaccard index and q of every pair, and those that pass by them.
std::vector<PairAssociation> passing_pairs(std::vector<PairAssociation> pairs, std::uint64_t tests,
                                           std::uint64_t least, const FamilyOptions& options) {
  std::vector<double> p_values;
  for (PairAssociation& pair : pairs) {
    const FourfoldTable table{pair.both, pair.only_a, pair.only_b, pair.neither};
    const OddsRatio odds = odds_ratio(table);
    pair.odds_ratio = odds.ratio;
    pair.odds_ratio_low = odds.low();
    pair.jaccard = jaccard(table);
    // One-sided: what avoids each other is no family. A pair that nobody asked for both of has
    // p = 1: where both are rare, ½ in the empty cell would look like an association.
    p_values.push_back(normal_upper_tail(odds.z()));
  }
  const std::vector<double> q_values = benjamini_hochberg(p_values, tests);
  std::vector<PairAssociation> passing;
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    PairAssociation& pair = pairs[i];
    pair.q_value = q_values[i];
    if (pair.both >= least && pair.q_value < options.max_q &&
        pair.odds_ratio_low > options.min_odds_ratio_low && pair.jaccard >= options.min_jaccard) {
      passing.push_back(pair);
    }
  }
  return passing;
}

struct RegionCounts {
  std::uint64_t total = 0;
  std::vector<std::uint64_t> support;  ///< by candidate
  std::vector<std::uint64_t> both;     ///< by passing pair
};

/// Counts the passing pairs again, region by region.
void stratify(const SourceProfiles& sources, Members members, const Candidates& candidates,
              std::vector<PairAssociation>& pairs) {
  std::unordered_map<std::size_t, std::size_t> wanted;
  for (std::size_t i = 0; i < pairs.size(); ++i)
    wanted[pair_number(candidates.index_of(pairs[i].a), candidates.index_of(pairs[i].b))] = i;
  // Ordered: sums of floating point must not depend on the order of a hash.
  std::map<Region, RegionCounts> regions;
  for (const std::uint32_t member : members) {
    const SourceProfile& profile = sources[member];
    RegionCounts& counts = regions[profile.region];
    counts.support.resize(candidates.codes.size(), 0);
    counts.both.resize(pairs.size(), 0);
    ++counts.total;
    const auto indexes = candidates.of_set(profile.services);
    for (const std::uint32_t index : indexes)
      ++counts.support[index];
    each_pair(indexes, [&](std::size_t pair) {
      const auto found = wanted.find(pair);
      if (found != wanted.end()) ++counts.both[found->second];
    });
  }
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    PairAssociation& pair = pairs[i];
    std::vector<FourfoldTable> strata;
    for (const auto& [region, counts] : regions) {
      FourfoldTable table;
      table.both = counts.both[i];
      table.only_a = counts.support[candidates.index_of(pair.a)] - table.both;
      table.only_b = counts.support[candidates.index_of(pair.b)] - table.both;
      table.neither = counts.total - table.both - table.only_a - table.only_b;
      strata.push_back(table);
    }
    const OddsRatio odds = stratified_odds_ratio(strata);
    pair.stratified_odds_ratio = odds.ratio;
    pair.stratified_low = odds.low();
  }
}

/// Roots of a forest of services, for joining.
class Groups {
 public:
  Service root(Service service) {
    const auto [entry, is_new] = parent_.try_emplace(service, service);
    if (is_new || entry->second == service) return service;
    return entry->second = root(entry->second);
  }
  void join(Service a, Service b) { parent_[root(a)] = root(b); }
  std::vector<std::vector<Service>> all() {
    std::map<Service, std::vector<Service>> by_root;
    for (const auto& [service, parent] : parent_)
      by_root[root(service)].push_back(service);
    std::vector<std::vector<Service>> groups;
    for (auto& [root, services] : by_root)
      groups.push_back(std::move(services));
    return groups;
  }

 private:
  std::map<Service, Service> parent_;
};

void split_into(const std::vector<PairAssociation>& pairs, std::size_t max_services,
                std::vector<std::vector<Service>>& result) {
  Groups groups;
  for (const PairAssociation& pair : pairs)
    groups.join(pair.a, pair.b);
  for (std::vector<Service>& group : groups.all()) {
    if (group.size() <= max_services) {
      result.push_back(std::move(group));
      continue;
    }
    std::vector<PairAssociation> inside;
    for (const PairAssociation& pair : pairs) {
      if (std::binary_search(group.begin(), group.end(), pair.a)) inside.push_back(pair);
    }
    const double weakest =
        std::min_element(inside.begin(), inside.end(), [](const auto& x, const auto& y) {
          return x.jaccard < y.jaccard;
        })->jaccard;
    std::erase_if(inside, [&](const PairAssociation& pair) { return pair.jaccard <= weakest; });
    split_into(inside, max_services, result);
  }
}

}  // namespace

std::uint64_t least_sources(std::uint64_t total, const FamilyOptions& options) {
  return std::max(
      options.min_sources,
      static_cast<std::uint64_t>(std::ceil(options.min_share * static_cast<double>(total))));
}

ServicePairs test_service_pairs(const SourceProfiles& sources, Members members,
                                std::span<const std::uint32_t> leave_out,
                                const FamilyOptions& options) {
  const std::uint64_t least = least_sources(members.size(), options);
  const std::vector<std::uint32_t> set_sources = sources_of_sets(sources, members);
  const Candidates candidates = candidates_of(sources, set_sources, leave_out, least);
  ServicePairs result;
  result.services_left_out = candidates.left_out;
  for (const std::uint32_t code : candidates.codes)
    result.candidates.push_back(Service::from_code(code));
  const std::uint64_t count = candidates.codes.size();
  result.tested = count < 2 ? 0 : count * (count - 1) / 2;
  std::vector<PairAssociation> passing = passing_pairs(
      pooled_pairs(set_sources, members.size(), candidates), result.tested, least, options);
  stratify(sources, members, candidates, passing);
  std::stable_sort(passing.begin(), passing.end(),
                   [](const auto& x, const auto& y) { return x.jaccard > y.jaccard; });
  for (const PairAssociation& pair : passing) {
    const bool behaviour = pair.stratified_low > options.min_stratified_low;
    (behaviour ? result.kept : result.region_mix).push_back(pair);
  }
  return result;
}

std::vector<std::vector<Service>> components(std::span<const PairAssociation> pairs,
                                             std::size_t max_services) {
  std::vector<std::vector<Service>> result;
  split_into({pairs.begin(), pairs.end()}, max_services, result);
  std::sort(result.begin(), result.end());
  return result;
}

}  // namespace teiten
