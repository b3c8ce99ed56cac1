#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <toml++/toml.h>

#include "base/result.h"
#include "net/time.h"

namespace teiten {

/// A TOML table that is being checked: each accessor returns the value or says which key of which
/// table in which line is missing or of the wrong kind.
class TomlReader {
 public:
  /// `what` names the table in messages ("[[family]]").
  TomlReader(const std::string& origin, const toml::table& table, std::string what);

  /// Refuses keys that are not in `valid`, and lists those that are.
  Result<void> only(std::initializer_list<std::string_view> valid) const;

  bool has(std::string_view key) const { return table_.contains(key); }
  const toml::node* find(std::string_view key) const { return table_.get(key); }
  Result<std::string> text(std::string_view key) const;
  /// In [low, high].
  Result<double> number(std::string_view key, double low, double high) const;
  /// The same, `fallback` where the key is missing.
  Result<double> number_or(std::string_view key, double fallback, double low, double high) const;
  Result<Day> day(std::string_view key) const;
  Result<UtcTime> instant(std::string_view key) const;
  Result<const toml::table*> table(std::string_view key) const;
  /// The tables of an array of tables; none where the key is missing.
  Result<std::vector<const toml::table*>> tables(std::string_view key) const;

  const std::string& origin() const { return origin_; }
  /// An error at `node`, or at the table where it is null.
  Error error(const toml::node* node, std::string_view message) const;

 private:
  Error missing(std::string_view key, std::string_view kind) const;

  const std::string& origin_;
  const toml::table& table_;
  std::string what_;
};

}  // namespace teiten
