#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <toml++/toml.h>

#include "base/result.h"
#include "report/knowledge_entries.h"

namespace teiten {

/// Years that a date of the knowledge may have: the Morris worm is of 1988, and a year past 2100 is
/// a slip of the pen.
inline constexpr int kFirstYear = 1980;
inline constexpr int kLastYear = 2100;
/// A text longer than this is no sentence for a report.
inline constexpr std::size_t kMaxTextBytes = 2000;

/// One TOML table of a knowledge file while it is checked: every accessor returns the value, or an
/// error that names file, line, entry and key and says what would be right.
class KnowledgeTable {
 public:
  /// `what` names the table in messages: "[[advisory]]". Both references must outlive this.
  KnowledgeTable(const std::string& origin, const toml::table& table, std::string what);

  /// Refuses keys that are not in `valid`, and lists those that are.
  Result<void> only(std::initializer_list<std::string_view> valid) const;
  bool has(std::string_view key) const { return table_.contains(key); }
  /// Whether the key's value is "".
  bool empty_text(std::string_view key) const;

  /// A text without control characters, neither empty nor longer than kMaxTextBytes.
  Result<std::string> text(std::string_view key) const;
  /// {ja = "…", en = "…"}, both needed, the English one in ASCII.
  Result<LocalizedText> localized(std::string_view key) const;
  /// A list of texts; empty where the key is missing.
  Result<std::vector<std::string>> texts(std::string_view key) const;
  /// A date from kFirstYear to kLastYear.
  Result<Day> day(std::string_view key) const;
  /// A date, or a year: its first day as `since`, its last as `until`.
  Result<Validity> validity(std::string_view since, std::string_view until) const;
  /// A text that is http:// or https:// and a host, without blanks, quotes or angle brackets.
  Result<std::string> url(std::string_view key) const;
  /// The same for one text of a list.
  Result<void> check_url(std::string_view key, const std::string& url) const;
  /// The tables of [[key]]; none where the key is missing.
  Result<std::vector<const toml::table*>> tables(std::string_view key) const;

  /// An error at `key`, or at the table where it has no such key.
  Error error(std::string_view key, std::string_view message) const;
  const std::string& origin() const { return origin_; }
  /// From here on messages say which entry it is: "[[service]] 445/tcp".
  void call(std::string_view id) {
    what_ += ' ';
    what_ += id;
  }

 private:
  Error needs(std::string_view key, std::string_view kind) const;
  Result<std::optional<Day>> end_of(std::string_view key, std::chrono::month_day of_year) const;

  const std::string& origin_;
  const toml::table& table_;
  std::string what_;
};

}  // namespace teiten
