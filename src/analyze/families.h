#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analyze/family.h"
#include "analyze/source_profiles.h"
#include "base/result.h"
#include "net/time.h"

namespace teiten {

class Store;

/// Bounds of the family rule (METHODS §7.1); what they cost is measured in
/// docs/methods-families.md.
struct FamilyOptions {
  /// A service, a pair and a family count from this many sources on …
  std::uint64_t min_sources = 20;
  /// … and from this share of all.
  double min_share = 0.0005;
  double max_q = 0.01;
  /// The lower end of the pair's 99.9 % odds ratio must be above this, …
  double min_odds_ratio_low = 2;
  /// … that of the one stratified by region above this, …
  double min_stratified_low = 1;
  /// … and the Jaccard index at least this: services of a few sources and of many are not one
  /// thing.
  double min_jaccard = 0.10;
  /// A larger component is split at its weakest pairs.
  std::size_t max_services = 30;
  /// Least Jaccard index of a source's services and its family's; it must share two of them.
  double min_membership = 0.5;
  /// Regions that make a family what it is.
  double main_region_share = 0.10;
  double main_region_enrichment = 1.2;
  /// Overlap of services from which a family is that of the month before.
  double same_overlap = 0.65;
  double partly_overlap = 0.30;
};

struct FamilyFindings {
  std::vector<Family> families;  ///< most sources first
  /// Pairs that hold together over all sources, but not within regions: the same part of the world
  /// asks for both, not the same sources more often than their neighbours.
  std::vector<PairAssociation> region_mix;
  std::uint64_t sources = 0;       ///< in the pair statistics
  std::uint64_t busy_sources = 0;  ///< left out: more than kMaxProfileServices services
  std::uint64_t candidate_services = 0;
  std::uint64_t services_left_out = 0;  ///< candidates beyond the most that are paired
  std::uint64_t pairs_tested = 0;
};

/// Services that the same sources ask for in a period. Every test is one of a pair: that all
/// services of a family occur together in one source is not claimed; Family::pairs says which do.
///
/// Candidates are services that enough sources asked for. A pair is kept that enough sources asked
/// for both of, whose odds ratio passes (Benjamini–Hochberg over all pairs of candidates), and that
/// also holds within regions. Connected services are one family; a component of more than
/// max_services loses its weakest pairs until its parts are small enough. A source belongs to the
/// family that its own services resemble most; one that resembles two alike belongs to none.
/// Families of fewer sources than min_sources (or min_share) are dropped.
FamilyFindings find_families(const SourceProfiles& sources, const FamilyOptions& options = {});

/// The same, with continuity from the period before. A `before` without sources leaves
/// Continuity::unknown.
FamilyFindings find_families(const SourceProfiles& sources, const SourceProfiles& before,
                             const FamilyOptions& options = {});

/// The same from a store. Without `before`, Continuity::unknown.
Result<FamilyFindings> find_families(Store& store, TimeRange range, std::optional<TimeRange> before,
                                     const TimeZone& zone, const FamilyOptions& options = {});

/// "135+139+445/tcp", "8/icmp+80+443/tcp": the protocol once for services that follow each other.
std::string family_id(std::span<const Service> services);

}  // namespace teiten
