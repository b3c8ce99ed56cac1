#pragma once

#include <string>
#include <string_view>

#include "report/model.h"

namespace teiten {

/// The short name of a region as an analyst writes it: 中国 / China for CN, 不明 / unknown for ZZ;
/// the code itself where it has no name. From i18n-iso-countries, with overrides where its names
/// are too formal for a report.
std::string region_name(std::string_view code, Language language);

}  // namespace teiten
