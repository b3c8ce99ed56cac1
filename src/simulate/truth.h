#pragma once

#include <cstdint>
#include <string>

#include "simulate/plan.h"
#include "simulate/region_pool.h"
#include "simulate/scenario.h"
#include "simulate/tally.h"

namespace teiten {

/// What the truth file is made of.
struct Truth {
  const Scenario& scenario;
  const Plan& plan;
  const Tally& tally;
  const RegionPools& pools;
  std::uint64_t seed = 0;
  double scale = 1;
  std::string geo_source;
};

/// The truth file: what was planted (families, changes, outages) and what was written (by month,
/// service, region, sensor and day). The same input gives the same bytes.
std::string truth_json(const Truth& truth);

/// The sensors' names and addresses as `import --sensors FILE` reads them.
std::string sensors_toml(const Scenario& scenario);

}  // namespace teiten
