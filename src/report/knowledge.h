#pragma once

#include <string_view>

/// Data files that are part of the program, byte for byte.
namespace teiten {

/// data/services.toml.
std::string_view services_toml();
/// data/advisories.toml, contacts.toml, tools.toml.
std::string_view advisories_toml();
std::string_view contacts_toml();
std::string_view tools_toml();
/// i18n-iso-countries: {"countries": {"JP": "日本", …}}.
std::string_view japanese_country_names();
std::string_view english_country_names();

}  // namespace teiten
