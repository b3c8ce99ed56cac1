#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "enrich/geo.h"

namespace CLI {
class App;
}

namespace teiten {

/// Adds `--geo FILE[@YYYY-MM-DD]`, repeatable, for what looks regions up.
void add_geo_option(CLI::App& command, std::vector<std::string>& texts);
/// What the options name, in their order.
Result<std::vector<GeoFile>> geo_files(const std::vector<std::string>& texts);

}  // namespace teiten
