#include "report/service_names.h"

#include <map>

#include <toml++/toml.h>

#include "base/assert.h"
#include "report/knowledge.h"

namespace teiten {
namespace {

struct Entry {
  std::string iana;
  std::string ja;
  std::string en;
};
using Entries = std::map<std::string, Entry, std::less<>>;

std::string text_of(const toml::table& table, std::string_view key) {
  return table[key].value_or(std::string());
}

Entries load_entries() {
  Entries entries;
  try {
    const toml::table file = toml::parse(services_toml());
    const toml::array* services = file["service"].as_array();
    TEITEN_ASSERT(services != nullptr);
    for (const toml::node& node : *services) {
      const toml::table* service = node.as_table();
      TEITEN_ASSERT(service != nullptr);
      entries[text_of(*service, "id")] = {text_of(*service, "name"), text_of(*service, "ja"),
                                          text_of(*service, "en")};
    }
  } catch (const toml::parse_error&) {
    constexpr bool kEmbeddedFileParses = false;  // data/services.toml is part of the program
    TEITEN_ASSERT(kEmbeddedFileParses);
  }
  return entries;
}

}  // namespace

std::optional<ServiceName> service_name(std::string_view id, Language language) {
  static const Entries kEntries = load_entries();
  const auto found = kEntries.find(id);
  if (found == kEntries.end()) return std::nullopt;
  const Entry& entry = found->second;
  return ServiceName{entry.iana, language == Language::ja ? entry.ja : entry.en};
}

}  // namespace teiten
