#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "store/calendar.h"
#include "store/coded_query.h"

namespace teiten {

/// Words of one engine's SQL where engines differ. What they agree on is in sql.cpp.
class SqlDialect {
 public:
  virtual ~SqlDialect() = default;
  /// Microseconds since 1970 of the column `time`, as a 64-bit integer.
  virtual std::string time_microseconds() const = 0;
  /// The instant as a literal that the column `time` can be compared with (and pruned by).
  virtual std::string instant(std::int64_t time_us) const = 0;
  /// Integer division of expressions that are not negative.
  virtual std::string divide(const std::string& value, std::int64_t divisor) const = 0;
  /// Year × 12 + month − 1 of an expression in local microseconds since 1970.
  virtual std::string month_number(const std::string& local_us) const = 0;
  /// True for the `part`-th of `parts` shares of all sources; every source is in exactly one.
  virtual std::string source_share(std::uint64_t part, std::uint64_t parts) const = 0;
  /// The exact sum of an expression that is not negative; sums stay below 2^53.
  virtual std::string sum(const std::string& value) const = 0;
  /// Casts to signed and unsigned 64 bits.
  virtual std::string int64(const std::string& value) const = 0;
  virtual std::string uint64(const std::string& value) const = 0;
  virtual std::string uint32(const std::string& value) const = 0;
};

/// A part of a question that is asked in one statement. Cells of different time slices are
/// different cells; shares of sources add up.
struct SqlSlice {
  std::int64_t from_us = 0;  ///< inclusive
  std::int64_t to_us = 0;    ///< exclusive
  /// Numbers of the first and the last bucket; used where `by_bucket`.
  std::int64_t first_bucket = 0;
  std::int64_t last_bucket = 0;
  bool by_bucket = false;
  std::uint64_t part = 0;
  std::uint64_t parts = 1;
};

/// Builds the statements of one question over the table `access`. Every value in them is an
/// integer; no text of a user gets in. Where the question chooses sources, they and their regions
/// must stand in the table kChosenSources (columns source, home) before cells(), sensors(),
/// histogram() and rows() are asked.
class SqlBuilder {
 public:
  static constexpr const char* kChosenSources = "chosen_source";

  /// All must outlive the builder.
  SqlBuilder(const SqlDialect& dialect, const CodedQuery& query, const LocalCalendar& calendar)
      : dialect_(dialect), query_(query), calendar_(calendar) {}

  /// Columns: bucket (int64), one key a dimension (uint32), packets, accesses, sources, source_days
  /// (uint64; 0 where the query does not need it).
  std::string cells(const SqlSlice& slice) const;
  /// Columns: bucket, keys, distinct sensors (uint64).
  std::string sensors(const SqlSlice& slice) const;
  // --- of local days [first, end) whose accesses are gone: sql_daily.cpp
  /// Dimensions (daily_level) that the query groups or filters by; nothing if daily counts do not
  /// tell one of them, which `untold` then names.
  std::optional<unsigned> level(std::string_view& untold) const;
  /// Columns: bucket (int64), keys (uint32), packets, accesses, sources, and of how many cells of
  /// `level` they are the sum (uint64): sources are exact where it is one.
  std::string daily_cells(unsigned level, std::int64_t first, std::int64_t end) const;
  /// Columns: bucket, keys, source_days, and the most cells of `level` that one (day, sensor,
  /// service) has: source_days are exact where it is one. `level` must hold sensor and service.
  std::string daily_source_days(unsigned level, std::int64_t first, std::int64_t end) const;
  /// Columns: bucket, keys, distinct sensors (uint64).
  std::string daily_sensors(std::int64_t first, std::int64_t end) const;

  /// Columns: bucket (int64), accesses (uint64), by bucket.
  std::string histogram(const SqlSlice& slice) const;
  /// Columns: source, local day (int64), sensor, service, region, kind, packets, 1 where the row
  /// starts an access, scanner.
  std::string raw_cells(const SqlSlice& slice) const;
  /// Column: how many accesses there are to count (uint64).
  std::string rows(const SqlSlice& slice) const;
  /// WHERE … of a slice, with the query's filters.
  std::string where(const SqlSlice& slice) const;

  /// Columns: source, home: the sources that the query chooses, with their regions. `whole` is the
  /// query's time, or a share of its sources.
  std::string chosen_sources(const SqlSlice& whole) const;
  /// Column: how many accesses chosen_sources() looks at (uint64).
  std::string source_rows(const SqlSlice& whole) const;

 private:
  std::string local_microseconds(const SqlSlice& slice) const;
  std::string local_day(const SqlSlice& slice) const;
  std::string bucket(const SqlSlice& slice) const;
  std::string hour(const SqlSlice& slice) const;
  std::string key(Dimension dimension) const;
  std::string condition(const CodedFilter& filter) const;
  static std::string condition(const CodedSourceFilter& filter);
  /// What is counted: the accesses, of the chosen sources if the query chooses some.
  std::string from(const SqlSlice& slice) const;
  /// WHERE … of the accesses by which sources are chosen.
  std::string source_where(const SqlSlice& whole) const;
  std::string daily_bucket() const;
  /// "… AS b, … AS k0": their expressions over daily counts.
  std::string daily_columns() const;
  /// WHERE … of daily counts, with the query's filters.
  std::string daily_where(std::int64_t first, std::int64_t end) const;
  /// Columns: b, keys, t_day and t_… of the level's dimensions, p, a, s: the cells of `level`.
  std::string daily_level_cells(unsigned level, std::int64_t first, std::int64_t end) const;
  /// "b, k0, k1": the names of the cell's columns.
  std::string cell_names() const;
  /// "… AS b, … AS k0": their expressions.
  std::string cell_columns(const SqlSlice& slice) const;

  const SqlDialect& dialect_;
  const CodedQuery& query_;
  const LocalCalendar& calendar_;
};

}  // namespace teiten
