#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "net/region.h"
#include "net/service.h"

namespace teiten {

/// How strongly the sources of one service are those of another (METHODS §7.1).
struct PairAssociation {
  Service a;
  Service b;
  std::uint64_t both = 0;  ///< sources that asked for both
  std::uint64_t only_a = 0;
  std::uint64_t only_b = 0;
  std::uint64_t neither = 0;
  double odds_ratio = 1;      ///< (n11+½)(n00+½) / ((n10+½)(n01+½))
  double odds_ratio_low = 1;  ///< lower end of its 99.9 % interval
  double jaccard = 0;
  double q_value = 1;                ///< Benjamini–Hochberg over all pairs tested
  double stratified_odds_ratio = 1;  ///< Mantel–Haenszel over regions
  double stratified_low = 1;  ///< lower end of its 99.9 % interval (Robins–Breslow–Greenland)
};

struct RegionShare {
  Region region;
  std::uint64_t sources = 0;
  double share = 0;       ///< of the family's sources
  double enrichment = 0;  ///< share ÷ that region's share of all sources
};

/// How many there may be (METHODS §7.6).
struct PopulationEstimate {
  double estimate = 0;  ///< Chao2 lower bound over sensors
  double low = 0;       ///< 95 %
  double high = 0;
};

/// Services that the same sources ask for, and those sources.
struct Family {
  std::string id;                      ///< services joined by "+": "135+139+445/tcp"
  std::vector<Service> services;       ///< ascending
  std::vector<PairAssociation> pairs;  ///< those that tie it together, strongest first
  std::uint64_t sources = 0;           ///< assigned to it
  /// Ids of other sets of services that some sources resembled as much: these belong to neither.
  std::vector<std::string> tied;
  std::vector<RegionShare> regions;  ///< largest first
  /// Regions that it comes from more than other sources do: at least 10 % of its sources,
  /// enrichment of 1.2 or more, and a share whose 99 % interval lies above the region's share of
  /// all sources. They need not be the largest: `regions` says who is.
  std::vector<Region> main_regions;
  std::optional<PopulationEstimate> population;
  std::uint64_t sensors = 0;
  /// The family of the month before whose services overlap most, and that overlap: |X∩Y| ÷ the
  /// larger of |X| and |Y| (|X∩Y|/|X| would call any part of a large family the same). Services
  /// decide: bots come back from other addresses.
  std::string previous;
  double overlap = 0;
  double returning_share = 0;  ///< of its sources: those that were in `previous` too
  enum class Continuity { unknown, same, partly, fresh } continuity = Continuity::unknown;
};

/// Sources of one service from one region that belong to a family: what ties a rise to it
/// ("the Japanese sources of 1433/tcp also asked for 135, 139 and 445").
struct CoTargeting {
  Service service;
  std::vector<Region> regions;
  std::vector<Service> with;       ///< services that these sources also asked for
  std::uint64_t sources = 0;       ///< sources of the service from the regions
  std::uint64_t sources_with = 0;  ///< those that asked for at least one of `with` too
  double share = 0;                ///< sources_with ÷ sources
  double share_elsewhere = 0;      ///< the same of the service's sources from all other regions
  double odds_ratio_low = 1;       ///< of here against elsewhere, 99.9 %
};

}  // namespace teiten
