#include "analyze/service_pairs.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <unordered_map>

#include "analyze/association.h"

namespace teiten {
namespace {

using Members = std::span<const std::uint32_t>;

constexpr std::uint64_t pair_key(std::uint32_t a, std::uint32_t b) {
  return (std::uint64_t{a} << 32) | b;
}

/// Sources by service, in all or in one region.
using Support = std::unordered_map<std::uint32_t, std::uint64_t>;

struct Candidates {
  std::vector<std::uint32_t> codes;                ///< ascending
  std::vector<std::vector<std::uint32_t>> of_set;  ///< by service set: those in it
  Support support;
};

Support support_of(const SourceProfiles& sources, Members members) {
  Support support;
  for (const std::uint32_t member : members) {
    for (const std::uint32_t code : sources.services(sources[member]))
      ++support[code];
  }
  return support;
}

Candidates candidates_of(const SourceProfiles& sources, Members members,
                         std::span<const std::uint32_t> leave_out, std::uint64_t least) {
  Candidates candidates;
  candidates.support = support_of(sources, members);
  for (const auto& [code, count] : candidates.support) {
    if (count >= least && std::find(leave_out.begin(), leave_out.end(), code) == leave_out.end())
      candidates.codes.push_back(code);
  }
  std::sort(candidates.codes.begin(), candidates.codes.end());
  const SetPool& sets = sources.service_sets();
  candidates.of_set.resize(sets.size());
  for (std::uint32_t set = 0; set < sets.size(); ++set) {
    std::set_intersection(sets[set].begin(), sets[set].end(), candidates.codes.begin(),
                          candidates.codes.end(), std::back_inserter(candidates.of_set[set]));
  }
  return candidates;
}

template <typename Function>
void each_pair(std::span<const std::uint32_t> codes, Function function) {
  for (std::size_t i = 0; i < codes.size(); ++i) {
    for (std::size_t j = i + 1; j < codes.size(); ++j)
      function(pair_key(codes[i], codes[j]));
  }
}

std::vector<PairAssociation> pooled_pairs(const SourceProfiles& sources, Members members,
                                          const Candidates& candidates) {
  std::unordered_map<std::uint64_t, std::uint64_t> both;
  for (const std::uint32_t member : members) {
    each_pair(candidates.of_set[sources[member].services], [&](std::uint64_t key) { ++both[key]; });
  }
  std::vector<PairAssociation> pairs;
  for (const auto& [key, count] : both) {
    const auto a = static_cast<std::uint32_t>(key >> 32);
    const auto b = static_cast<std::uint32_t>(key);
    PairAssociation pair;
    pair.a = Service::from_code(a);
    pair.b = Service::from_code(b);
    pair.both = count;
    pair.only_a = candidates.support.at(a) - count;
    pair.only_b = candidates.support.at(b) - count;
    pair.neither = members.size() - count - pair.only_a - pair.only_b;
    pairs.push_back(pair);
  }
  std::sort(pairs.begin(), pairs.end(), [](const PairAssociation& x, const PairAssociation& y) {
    return std::pair(x.a, x.b) < std::pair(y.a, y.b);
  });
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
  Support support;
  std::unordered_map<std::uint64_t, std::uint64_t> both;
};

void stratify(const SourceProfiles& sources, Members members, const Candidates& candidates,
              std::vector<PairAssociation>& pairs) {
  std::unordered_map<std::uint64_t, bool> wanted;
  for (const PairAssociation& pair : pairs)
    wanted[pair_key(pair.a.code(), pair.b.code())] = true;
  // Ordered: sums of floating point must not depend on the order of a hash.
  std::map<Region, RegionCounts> regions;
  for (const std::uint32_t member : members) {
    const SourceProfile& profile = sources[member];
    RegionCounts& counts = regions[profile.region];
    const auto& codes = candidates.of_set[profile.services];
    ++counts.total;
    for (const std::uint32_t code : codes)
      ++counts.support[code];
    each_pair(codes, [&](std::uint64_t key) {
      if (wanted.contains(key)) ++counts.both[key];
    });
  }
  for (PairAssociation& pair : pairs) {
    std::vector<FourfoldTable> strata;
    for (auto& [region, counts] : regions) {
      FourfoldTable table;
      table.both = counts.both[pair_key(pair.a.code(), pair.b.code())];
      table.only_a = counts.support[pair.a.code()] - table.both;
      table.only_b = counts.support[pair.b.code()] - table.both;
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

void split_into(std::vector<PairAssociation> pairs, std::size_t max_services,
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
    split_into(std::move(inside), max_services, result);
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
  const Candidates candidates = candidates_of(sources, members, leave_out, least);
  ServicePairs result;
  for (const std::uint32_t code : candidates.codes)
    result.candidates.push_back(Service::from_code(code));
  const std::uint64_t count = candidates.codes.size();
  result.tested = count < 2 ? 0 : count * (count - 1) / 2;
  std::vector<PairAssociation> passing =
      passing_pairs(pooled_pairs(sources, members, candidates), result.tested, least, options);
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
