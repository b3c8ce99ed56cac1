#include "report/knowledge.h"

// The names are those of the assembler file.
// NOLINTBEGIN(readability-identifier-naming)
extern "C" {
extern const char teiten_services_toml[];
extern const char teiten_services_toml_end[];
extern const char teiten_advisories_toml[];
extern const char teiten_advisories_toml_end[];
extern const char teiten_contacts_toml[];
extern const char teiten_contacts_toml_end[];
extern const char teiten_tools_toml[];
extern const char teiten_tools_toml_end[];
extern const char teiten_countries_ja[];
extern const char teiten_countries_ja_end[];
extern const char teiten_countries_en[];
extern const char teiten_countries_en_end[];
}
// NOLINTEND(readability-identifier-naming)

namespace teiten {

std::string_view services_toml() {
  return {teiten_services_toml, teiten_services_toml_end};
}
std::string_view advisories_toml() {
  return {teiten_advisories_toml, teiten_advisories_toml_end};
}
std::string_view contacts_toml() {
  return {teiten_contacts_toml, teiten_contacts_toml_end};
}
std::string_view tools_toml() {
  return {teiten_tools_toml, teiten_tools_toml_end};
}
std::string_view japanese_country_names() {
  return {teiten_countries_ja, teiten_countries_ja_end};
}
std::string_view english_country_names() {
  return {teiten_countries_en, teiten_countries_en_end};
}

}  // namespace teiten
