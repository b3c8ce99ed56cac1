#include "simulate/toml_reader.h"

#include <algorithm>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace teiten {

namespace {

/// Nothing for a day that is none, or so far off that it does not fit into UtcTime.
std::optional<Day> day_of(const toml::date& date) {
  constexpr unsigned kFirstYear = 1990;
  constexpr unsigned kLastYear = 2199;
  if (date.year < kFirstYear || date.year > kLastYear) return std::nullopt;
  const Day day{std::chrono::year{date.year}, std::chrono::month{date.month},
                std::chrono::day{date.day}};
  if (!day.ok()) return std::nullopt;
  return day;
}

}  // namespace

TomlReader::TomlReader(const std::string& origin, const toml::table& table, std::string what)
    : origin_(origin), table_(table), what_(std::move(what)) {}

Error TomlReader::error(const toml::node* node, std::string_view message) const {
  const toml::source_region& where = node != nullptr ? node->source() : table_.source();
  return failure(ErrorCode::invalid_argument,
                 fmt::format("{}:{}: {} in {}", origin_, where.begin.line, message, what_));
}

Error TomlReader::missing(std::string_view key, std::string_view kind) const {
  const toml::node* node = find(key);
  if (node == nullptr) return error(nullptr, fmt::format("'{}' is missing (it is {})", key, kind));
  return error(node, fmt::format("'{}' must be {}", key, kind));
}

Result<void> TomlReader::only(std::initializer_list<std::string_view> valid) const {
  for (const auto& [key, value] : table_) {
    if (std::find(valid.begin(), valid.end(), key.str()) != valid.end()) continue;
    return error(&value, fmt::format("unknown key '{}' (valid: {})", key.str(),
                                     fmt::join(valid.begin(), valid.end(), ", ")));
  }
  return {};
}

Result<std::string> TomlReader::text(std::string_view key) const {
  const auto value = table_[key].value_exact<std::string>();
  if (!value || value->empty()) return missing(key, "a text");
  return *value;
}

Result<double> TomlReader::number(std::string_view key, double low, double high) const {
  const auto value = table_[key].is_number() ? table_[key].value<double>() : std::nullopt;
  // The comparison is false for NaN too.
  if (!value || !(*value >= low && *value <= high))
    return missing(key, fmt::format("a number from {} to {}", low, high));
  return *value;
}

Result<double> TomlReader::number_or(std::string_view key, double fallback, double low,
                                     double high) const {
  if (!has(key)) return fallback;
  return number(key, low, high);
}

Result<Day> TomlReader::day(std::string_view key) const {
  const auto value = table_[key].value_exact<toml::date>();
  if (value) {
    if (const auto day = day_of(*value)) return *day;
  }
  return missing(key, "a date from 1990 to 2199 such as 2007-07-16");
}

Result<UtcTime> TomlReader::instant(std::string_view key) const {
  const auto value = table_[key].value_exact<toml::date_time>();
  if (value && value->offset) {
    if (const auto day = day_of(value->date)) {
      return UtcTime{std::chrono::sys_days{*day}} + std::chrono::hours{value->time.hour} +
             std::chrono::minutes{value->time.minute - value->offset->minutes} +
             std::chrono::seconds{value->time.second};
    }
  }
  return missing(key, "a time from 1990 to 2199 with its offset such as 2007-07-16T03:00:00+09:00");
}

Result<const toml::table*> TomlReader::table(std::string_view key) const {
  const toml::table* value = table_[key].as_table();
  if (value == nullptr) return missing(key, "a table");
  return value;
}

Result<std::vector<const toml::table*>> TomlReader::tables(std::string_view key) const {
  std::vector<const toml::table*> result;
  if (!has(key)) return result;
  const toml::array* array = table_[key].as_array();
  if (array == nullptr) return missing(key, fmt::format("written as [[{}]]", key));
  for (const auto& element : *array) {
    const toml::table* table = element.as_table();
    if (table == nullptr) return missing(key, fmt::format("written as [[{}]]", key));
    result.push_back(table);
  }
  return result;
}

}  // namespace teiten
