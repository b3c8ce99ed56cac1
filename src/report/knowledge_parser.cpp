#include "report/knowledge_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include <fmt/format.h>

#include "net/region.h"
#include "report/knowledge_table.h"

namespace teiten {
namespace {

constexpr std::array<std::string_view, kTopics> kTopicKeys = {"listens", "aimed_at", "home",
                                                              "admin",   "product",  "hole"};
/// Topics that an explanation cannot do without: all but product and hole.
constexpr std::size_t kNeededTopics = 4;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}

std::optional<int> number_of(std::string_view digits) {
  int value = 0;
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), is_digit)) return std::nullopt;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// "2016" or "2016-09": the first day of it.
std::optional<Day> parse_year_or_month(std::string_view text) {
  if (text.size() == 7) {
    const auto month = parse_month(text);
    if (!month || int{month->year()} < kFirstYear || int{month->year()} > kLastYear)
      return std::nullopt;
    return Day{month->year(), month->month(), std::chrono::day{1}};
  }
  const auto year = text.size() == 4 ? number_of(text) : std::nullopt;
  if (!year || *year < kFirstYear || *year > kLastYear) return std::nullopt;
  return Day{std::chrono::year{*year}, std::chrono::January, std::chrono::day{1}};
}

std::optional<Malware> parse_malware(std::string_view text) {
  const std::size_t open = text.rfind(" (");
  if (open == std::string_view::npos || open == 0 || !text.ends_with(')')) return std::nullopt;
  const auto since = parse_year_or_month(text.substr(open + 2, text.size() - open - 3));
  if (!since) return std::nullopt;
  return Malware{std::string(text.substr(0, open)), *since};
}

/// CVE-2017-0144: four digits of a year, four or more of a number.
bool is_cve(std::string_view id) {
  return id.size() >= 13 && id.starts_with("CVE-") && id[8] == '-' && number_of(id.substr(4, 4)) &&
         std::all_of(id.begin() + 9, id.end(), is_digit);
}

/// Letters, digits and "#-_./:", with a digit: JVNVU#117929, MS03-026.
bool is_advisory_id(std::string_view id) {
  if (id.size() > 64) return false;
  if (id.starts_with("CVE-") && !is_cve(id)) return false;
  const auto allowed = [](char c) {
    return is_digit(c) || is_upper(c) || is_lower(c) ||
           std::string_view("#-_./:").find(c) != std::string_view::npos;
  };
  return std::all_of(id.begin(), id.end(), allowed) && std::any_of(id.begin(), id.end(), is_digit);
}

bool is_contact_id(std::string_view id) {
  return id.size() <= 64 && std::all_of(id.begin(), id.end(), [](char c) {
           return is_digit(c) || is_lower(c) || c == '-' || c == '_';
         });
}

Result<Service> service_of(const KnowledgeTable& table, std::string_view key,
                           std::string_view text) {
  const auto service = Service::parse(text);
  // One service, one text: "0445/tcp" would be a second name for 445/tcp.
  if (service && service->to_string() == text) return *service;
  return table.error(key, fmt::format("'{}' is no service: write 445/tcp, 1026/udp, 8/icmp, "
                                      "128/icmpv6 or 47/ip",
                                      text));
}

Result<TopicTexts> topic_texts(const KnowledgeTable& table) {
  TopicTexts texts;
  for (std::size_t i = 0; i < kTopics; ++i) {
    if (!table.has(kTopicKeys[i])) continue;
    TEITEN_TRY(texts[i], table.localized(kTopicKeys[i]));
  }
  return texts;
}

Result<ExplanationPeriod> period_of(const KnowledgeTable& table) {
  TEITEN_CHECK(
      table.only({"since", "until", "listens", "aimed_at", "home", "admin", "product", "hole"}));
  ExplanationPeriod period;
  TEITEN_TRY(period.validity, table.validity("since", "until"));
  if (!period.validity.first && !period.validity.last)
    return table.error("since", "a period needs 'since' or 'until' (a year or a date)");
  TEITEN_TRY(period.texts, topic_texts(table));
  return period;
}

Result<std::vector<Malware>> malware_of(const KnowledgeTable& table) {
  std::vector<Malware> malware;
  TEITEN_TRY(const auto names, table.texts("malware"));
  for (const std::string& name : names) {
    const auto parsed = parse_malware(name);
    if (!parsed)
      return table.error("malware",
                         fmt::format("'{}' must tell when it became known: \"Mirai (2016-09)\" or "
                                     "\"Mirai (2016)\"",
                                     name));
    malware.push_back(*parsed);
  }
  return malware;
}

Result<void> read_explanation(const KnowledgeTable& table, ServiceEntry& entry) {
  TEITEN_TRY(entry.texts, topic_texts(table));
  const auto given = [](const auto& text) { return text.has_value(); };
  entry.explained = std::any_of(entry.texts.begin(), entry.texts.end(), given) ||
                    table.has("period") || table.has("malware") || table.has("since") ||
                    table.has("until");
  if (!entry.explained) return {};
  for (std::size_t i = 0; i < kNeededTopics; ++i) {
    if (entry.texts[i]) continue;
    return table.error(kTopicKeys[i], fmt::format("an explanation needs '{}' too, in both "
                                                  "languages ({}.ja = \"…\", {}.en = \"…\")",
                                                  kTopicKeys[i], kTopicKeys[i], kTopicKeys[i]));
  }
  TEITEN_TRY(entry.validity, table.validity("since", "until"));
  TEITEN_TRY(entry.malware, malware_of(table));
  TEITEN_TRY(const auto periods, table.tables("period"));
  for (const toml::table* period : periods) {
    const KnowledgeTable checked(
        table.origin(), *period,
        fmt::format("[[service.period]] of {}", entry.service.to_string()));
    TEITEN_TRY(auto parsed, period_of(checked));
    entry.periods.push_back(std::move(parsed));
  }
  return {};
}

Result<ServiceEntry> service_entry(KnowledgeTable table) {
  TEITEN_CHECK(table.only({"id", "name", "en", "ja", "product", "hole", "listens", "aimed_at",
                           "home", "admin", "malware", "since", "until", "period"}));
  ServiceEntry entry;
  TEITEN_TRY(const std::string id, table.text("id"));
  TEITEN_TRY(entry.service, service_of(table, "id", id));
  table.call(id);
  // Many services have no name at IANA: "" is one of the values.
  if (table.has("name") && !table.empty_text("name")) {
    TEITEN_TRY(entry.iana, table.text("name"));
  }
  TEITEN_TRY(entry.description.en, table.text("en"));
  TEITEN_TRY(entry.description.ja, table.text("ja"));
  TEITEN_CHECK(read_explanation(table, entry));
  return entry;
}

Result<Advisory> advisory_entry(KnowledgeTable table) {
  TEITEN_CHECK(table.only({"id", "also", "title", "product", "published", "services", "urls"}));
  Advisory advisory;
  TEITEN_TRY(advisory.id, table.text("id"));
  TEITEN_TRY(advisory.also, table.texts("also"));
  std::vector<std::string> names = advisory.also;
  names.push_back(advisory.id);
  for (const std::string& name : names) {
    if (is_advisory_id(name)) continue;
    return table.error("id", fmt::format("'{}' is no name of an advisory: write CVE-2017-0144, "
                                         "MS03-026, JVNVU#117929, …",
                                         name));
  }
  table.call(advisory.id);
  TEITEN_TRY(advisory.title, table.localized("title"));
  TEITEN_TRY(advisory.product, table.localized("product"));
  TEITEN_TRY(advisory.published, table.day("published"));
  TEITEN_TRY(const auto services, table.texts("services"));
  for (const std::string& text : services) {
    TEITEN_TRY(const Service service, service_of(table, "services", text));
    advisory.services.push_back(service);
  }
  if (advisory.services.empty())
    return table.error("services", "'services' must name at least one: [\"445/tcp\"]");
  TEITEN_TRY(advisory.urls, table.texts("urls"));
  for (const std::string& url : advisory.urls)
    TEITEN_CHECK(table.check_url("urls", url));
  if (advisory.urls.empty())
    return table.error("urls", "'urls' must name at least one: [\"https://…\"]");
  return advisory;
}

template <typename Enum>
Result<Enum> choice_of(const KnowledgeTable& table, std::string_view key,
                       std::initializer_list<std::pair<std::string_view, Enum>> choices) {
  TEITEN_TRY(const std::string text, table.text(key));
  std::string valid;
  for (const auto& [name, value] : choices) {
    if (name == text) return value;
    valid += fmt::format("{}{}", valid.empty() ? "" : ", ", name);
  }
  return table.error(key, fmt::format("'{}' is no {} (valid: {})", text, key, valid));
}

Result<Contact> contact_entry(KnowledgeTable table) {
  TEITEN_CHECK(table.only(
      {"id", "name", "role", "purpose", "audience", "country", "url", "valid_from", "valid_to"}));
  Contact contact;
  TEITEN_TRY(contact.id, table.text("id"));
  if (!is_contact_id(contact.id))
    return table.error("id", "'id' must be small letters, digits, '-' and '_'");
  table.call(contact.id);
  TEITEN_TRY(contact.name, table.localized("name"));
  TEITEN_TRY(contact.role, table.localized("role"));
  TEITEN_TRY(contact.purpose, choice_of<ContactPurpose>(table, "purpose",
                                                        {{"clean_up", ContactPurpose::clean_up},
                                                         {"report", ContactPurpose::report},
                                                         {"advice", ContactPurpose::advice}}));
  TEITEN_TRY(contact.audience, choice_of<Audience>(table, "audience",
                                                   {{"home", Audience::home},
                                                    {"admin", Audience::admin},
                                                    {"everyone", Audience::everyone}}));
  TEITEN_TRY(contact.country, table.text("country"));
  const auto region = Region::parse(contact.country);
  if (contact.country != "*" && (!region || region->to_string() != contact.country))
    return table.error("country", "'country' must be two capital letters such as JP, or \"*\"");
  TEITEN_TRY(contact.url, table.url("url"));
  TEITEN_TRY(contact.validity, table.validity("valid_from", "valid_to"));
  if (!contact.validity.first)
    return table.error("valid_from",
                       "'valid_from' is missing: give a day from which it is known "
                       "to have been there");
  return contact;
}

Result<ToolEntry> tool_entry(KnowledgeTable table) {
  TEITEN_CHECK(table.only({"id", "name", "text", "since"}));
  ToolEntry tool;
  TEITEN_TRY(tool.id, table.text("id"));
  table.call(tool.id);
  TEITEN_TRY(tool.name, table.text("name"));
  TEITEN_TRY(tool.text, table.localized("text"));
  TEITEN_TRY(const Validity validity, table.validity("since", "until"));
  if (!validity.first) return table.error("since", "'since' is missing: the year it became public");
  tool.known_since = *validity.first;
  return tool;
}

std::string id_of(const ServiceEntry& entry) {
  return entry.service.to_string();
}
template <typename Entry>
std::string id_of(const Entry& entry) {
  return entry.id;
}

template <typename Entry>
Result<std::vector<Entry>> entries_of(const KnowledgeTable& file, std::string_view key,
                                      Result<Entry> (*parse)(KnowledgeTable)) {
  std::vector<Entry> entries;
  std::set<std::string> ids;
  TEITEN_TRY(const auto tables, file.tables(key));
  for (const toml::table* table : tables) {
    const KnowledgeTable checked(file.origin(), *table, fmt::format("[[{}]]", key));
    TEITEN_TRY(Entry entry, parse(checked));
    if (!ids.insert(id_of(entry)).second)
      return checked.error("id",
                           fmt::format("'{}' is there twice: keep one of them", id_of(entry)));
    entries.push_back(std::move(entry));
  }
  return entries;
}

Result<toml::table> parse_toml(const std::string& origin, std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& error) {
    return failure(
        ErrorCode::invalid_argument,
        fmt::format("{}:{}: {}", origin, error.source().begin.line, error.description()));
  }
}

}  // namespace

Result<KnowledgeFile> parse_knowledge(const std::string& origin, std::string_view text) {
  TEITEN_TRY(const toml::table document, parse_toml(origin, text));
  const KnowledgeTable table(origin, document, "the file");
  TEITEN_CHECK(table.only({"service", "advisory", "contact", "tool"}));
  KnowledgeFile file;
  TEITEN_TRY(file.services, entries_of<ServiceEntry>(table, "service", service_entry));
  TEITEN_TRY(file.advisories, entries_of<Advisory>(table, "advisory", advisory_entry));
  TEITEN_TRY(file.contacts, entries_of<Contact>(table, "contact", contact_entry));
  TEITEN_TRY(file.tools, entries_of<ToolEntry>(table, "tool", tool_entry));
  return file;
}

}  // namespace teiten
