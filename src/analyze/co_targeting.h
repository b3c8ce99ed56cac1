#pragma once

#include <span>
#include <vector>

#include "analyze/families.h"
#include "analyze/family.h"
#include "analyze/source_profiles.h"
#include "base/result.h"

namespace teiten {

/// Bounds of the co-targeting rule.
struct CoTargetingOptions {
  /// A region is looked at with at least this many sources of the service …
  std::uint64_t min_sources = 20;
  /// … and at least this share of those that ask for the other services too: a sentence names who
  /// makes up a kind. (A share of the service's sources would lose the small regions of a kind
  /// where a large one asks for the service alone.)
  double min_region_share = 0.10;
  /// A finding needs at least this many sources that ask for the other services.
  std::uint64_t min_sources_with = 10;
  /// At least this share of a region's sources asks for one of the other services, and for each
  /// that is named.
  double min_share = 0.10;
  double max_q = 0.01;
  /// How services that the service's own sources ask for are tied together.
  FamilyOptions pairs;
};

/// What the sources of `service` also asked for, by region: tells apart kinds of sources that rose
/// together. Each set of other services (what the given families hold besides `service`, and what
/// the service's own sources ask for together) is looked for in each region against the sources
/// from elsewhere. Regions join one after another, strongest first, and later ones are compared
/// with what is left: where two thirds of the sources are one kind from three regions, each of the
/// three would else be compared with the other two. Every region that joins has an odds ratio
/// whose 99.9 % end is above 1 and passes Benjamini–Hochberg over all tests of its round.
///
/// One finding a set and group of regions, most sources first; one that tells less of the same
/// regions than another (fewer services) is left out.
std::vector<CoTargeting> co_targeting(const SourceProfiles& sources, Service service,
                                      std::span<const Family> families,
                                      const CoTargetingOptions& options = {});

/// The same from a store, over the days of a rise.
Result<std::vector<CoTargeting>> co_targeting(Store& store, TimeRange range, const TimeZone& zone,
                                              Service service, std::span<const Family> families,
                                              const CoTargetingOptions& options = {});

}  // namespace teiten
