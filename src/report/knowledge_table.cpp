#include "report/knowledge_table.h"

#include <algorithm>

#include <fmt/format.h>

namespace teiten {
namespace {

constexpr std::chrono::month_day kNewYear{std::chrono::January, std::chrono::day{1}};
constexpr std::chrono::month_day kNewYearsEve{std::chrono::December, std::chrono::day{31}};

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

/// What is wrong with a text, or nothing.
std::optional<std::string_view> fault_of(std::string_view text) {
  if (text.empty()) return "must not be empty";
  if (text.size() > kMaxTextBytes) return "is longer than 2,000 bytes: say it in a sentence or two";
  if (std::any_of(text.begin(), text.end(), is_control))
    return "holds a control character (a tab or a line end): write it on one line";
  return std::nullopt;
}

std::string known_as(std::string_view key) {
  return fmt::format("'{}'", key);
}

}  // namespace

KnowledgeTable::KnowledgeTable(const std::string& origin, const toml::table& table,
                               std::string what)
    : origin_(origin), table_(table), what_(std::move(what)) {}

Error KnowledgeTable::error(std::string_view key, std::string_view message) const {
  const toml::node* node = table_.get(key);
  const toml::source_region& where = node != nullptr ? node->source() : table_.source();
  return failure(ErrorCode::invalid_argument,
                 fmt::format("{}:{}: {}: {}", origin_, where.begin.line, what_, message));
}

Error KnowledgeTable::needs(std::string_view key, std::string_view kind) const {
  return error(key, fmt::format("{} {} {}", known_as(key), has(key) ? "must be" : "is missing:",
                                has(key) ? kind : fmt::format("give {}", kind)));
}

Result<void> KnowledgeTable::only(std::initializer_list<std::string_view> valid) const {
  for (const auto& [key, value] : table_) {
    if (std::find(valid.begin(), valid.end(), key.str()) != valid.end()) continue;
    return error(key.str(), fmt::format("unknown key '{}' (valid: {})", key.str(),
                                        fmt::join(valid.begin(), valid.end(), ", ")));
  }
  return {};
}

bool KnowledgeTable::empty_text(std::string_view key) const {
  return table_[key].value_exact<std::string>() == std::string();
}

Result<std::string> KnowledgeTable::text(std::string_view key) const {
  const auto value = table_[key].value_exact<std::string>();
  if (!value) return needs(key, "a text");
  if (const auto fault = fault_of(*value))
    return error(key, fmt::format("{} {}", known_as(key), *fault));
  return *value;
}

Result<LocalizedText> KnowledgeTable::localized(std::string_view key) const {
  const toml::table* value = table_[key].as_table();
  if (value == nullptr) return needs(key, "{ja = \"…\", en = \"…\"}");
  const KnowledgeTable both(origin_, *value, fmt::format("{}: {}", what_, key));
  TEITEN_CHECK(both.only({"ja", "en"}));
  LocalizedText text;
  TEITEN_TRY(text.ja, both.text("ja"));
  TEITEN_TRY(text.en, both.text("en"));
  if (!is_ascii(text.en))
    return both.error("en", "'en' must be ASCII: plain quotes, hyphens and letters");
  return text;
}

Result<std::vector<std::string>> KnowledgeTable::texts(std::string_view key) const {
  std::vector<std::string> texts;
  if (!has(key)) return texts;
  const toml::array* array = table_[key].as_array();
  if (array == nullptr) return needs(key, "a list of texts");
  for (const toml::node& node : *array) {
    const auto value = node.value_exact<std::string>();
    if (!value) return needs(key, "a list of texts");
    if (const auto fault = fault_of(*value))
      return error(key, fmt::format("a text of {} {}", known_as(key), *fault));
    texts.push_back(*value);
  }
  return texts;
}

Result<Day> KnowledgeTable::day(std::string_view key) const {
  const auto value = table_[key].value_exact<toml::date>();
  if (!value) return needs(key, "a date such as 2007-07-16, without quotes");
  const Day day{std::chrono::year{value->year}, std::chrono::month{value->month},
                std::chrono::day{value->day}};
  if (!day.ok() || value->year < kFirstYear || value->year > kLastYear)
    return error(
        key, fmt::format("{} must lie between {} and {}", known_as(key), kFirstYear, kLastYear));
  return day;
}

Result<std::optional<Day>> KnowledgeTable::end_of(std::string_view key,
                                                  std::chrono::month_day of_year) const {
  if (!has(key)) return std::optional<Day>();
  const auto year = table_[key].value_exact<std::int64_t>();
  if (!year) {
    if (!table_[key].is_date()) return needs(key, "a year such as 2016, or a date");
    TEITEN_TRY(const Day exact, day(key));
    return std::optional<Day>(exact);
  }
  if (*year < kFirstYear || *year > kLastYear)
    return error(
        key, fmt::format("{} must lie between {} and {}", known_as(key), kFirstYear, kLastYear));
  return std::optional<Day>(
      Day{std::chrono::year{static_cast<int>(*year)}, of_year.month(), of_year.day()});
}

Result<Validity> KnowledgeTable::validity(std::string_view since, std::string_view until) const {
  Validity validity;
  TEITEN_TRY(validity.first, end_of(since, kNewYear));
  TEITEN_TRY(validity.last, end_of(until, kNewYearsEve));
  if (validity.first && validity.last && *validity.last < *validity.first)
    return error(until, fmt::format("'{}' lies before '{}'", until, since));
  return validity;
}

Result<void> KnowledgeTable::check_url(std::string_view key, const std::string& url) const {
  std::string_view rest = url;
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (!rest.starts_with(scheme)) continue;
    rest.remove_prefix(scheme.size());
    const bool clean = is_ascii(rest) && rest.find_first_of(" \"'<>\\`") == std::string_view::npos;
    if (clean && !rest.empty() && rest.front() != '/') return {};
  }
  return error(key, fmt::format("'{}' is no address such as https://jvn.jp/ (http and https only, "
                                "without blanks or quotes)",
                                url));
}

Result<std::string> KnowledgeTable::url(std::string_view key) const {
  TEITEN_TRY(std::string url, text(key));
  TEITEN_CHECK(check_url(key, url));
  return url;
}

Result<std::vector<const toml::table*>> KnowledgeTable::tables(std::string_view key) const {
  std::vector<const toml::table*> tables;
  if (!has(key)) return tables;
  const toml::array* array = table_[key].as_array();
  if (array == nullptr) return needs(key, fmt::format("written as [[{}]]", key));
  for (const toml::node& node : *array) {
    const toml::table* table = node.as_table();
    if (table == nullptr) return needs(key, fmt::format("written as [[{}]]", key));
    tables.push_back(table);
  }
  return tables;
}

}  // namespace teiten
