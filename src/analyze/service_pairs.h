#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "analyze/families.h"
#include "analyze/family.h"
#include "analyze/source_profiles.h"

namespace teiten {

/// The pairs of services that hold together, and those that only seem to.
struct ServicePairs {
  std::vector<Service> candidates;    ///< ascending
  std::vector<PairAssociation> kept;  ///< strongest (Jaccard index) first
  std::vector<PairAssociation> region_mix;
  std::uint64_t tested = 0;
  std::uint64_t services_left_out = 0;  ///< candidates beyond kMaxCandidates
};

/// Services that are paired with each other at most; of more, those of most sources. It bounds the
/// table of pairs to 32 MB.
inline constexpr std::size_t kMaxCandidates = 4000;

/// Tests every pair of services with enough support among the given profiles (indexes into
/// `sources`); services in `leave_out` (codes) are not looked at.
ServicePairs test_service_pairs(const SourceProfiles& sources,
                                std::span<const std::uint32_t> members,
                                std::span<const std::uint32_t> leave_out,
                                const FamilyOptions& options);

/// Connected services, each ascending, in order of their first. A component of more than
/// `max_services` is split: the bound on the Jaccard index rises to that of its weakest pair left
/// until all parts are small enough. Services that lose all their pairs so are dropped.
std::vector<std::vector<Service>> components(std::span<const PairAssociation> pairs,
                                             std::size_t max_services);

/// Fewest sources that count among `total`.
std::uint64_t least_sources(std::uint64_t total, const FamilyOptions& options);

}  // namespace teiten
