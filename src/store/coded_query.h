#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/query.h"

namespace teiten {

/// Number and name of whoever is no known scanner.
inline constexpr std::uint16_t kNoScanner = 0;
inline constexpr const char* kNoScannerName = "-";

/// Names that a store knows (sensors, organisations of known scanners) and the numbers its rows
/// hold instead.
class SensorTable {
 public:
  void add(std::uint16_t id, std::string name);
  /// Number of a name, if the store knows it.
  std::optional<std::uint16_t> find(std::string_view name) const;
  /// Name of a number that add() was given; "?" for any other (a damaged store).
  const std::string& name_of(std::uint32_t id) const;
  std::size_t size() const { return ids_.size(); }
  /// Names by number; "?" for a number in between that add() was not given.
  std::vector<std::string> names() const;

 private:
  std::map<std::string, std::uint16_t, std::less<>> ids_;
  std::map<std::uint32_t, std::string> names_;
};

/// A Filter in the codes that rows hold: Service::code(), Region::code(), a sensor's number, Kind,
/// a protocol number, a target, ToolGuess::code(), an organisation's number, PayloadClass.
struct CodedFilter {
  Dimension dimension = Dimension::service;
  std::vector<std::uint32_t> codes;  ///< ascending, each once
  bool exclude = false;
};

/// A SourceFilter in codes.
struct CodedSourceFilter {
  SourceMatch match = SourceMatch::all;
  std::vector<std::uint32_t> services;  ///< ascending, each once
  bool exclude = false;
};

/// A Query that was checked and whose texts were turned into codes. What is common to all stores.
struct CodedQuery {
  std::optional<UtcTime> from;
  std::optional<UtcTime> to;
  TimeZone zone;
  Bucket bucket = Bucket::none;
  std::vector<Dimension> by;
  std::vector<CodedFilter> where;
  std::vector<CodedSourceFilter> sources;
  std::uint64_t max_services = 0;
  std::vector<Measure> measures;
  std::optional<Measure> order;
  std::uint64_t limit = 0;

  /// True if the measure is asked for or ordered by.
  bool needs(Measure measure) const;
  bool groups_by(Dimension dimension) const;
  /// True if it is about some sources only, by what else they asked for.
  bool chooses_sources() const { return !sources.empty() || max_services != 0; }
};

/// More dimensions than there are cannot be told apart; each may be given once.
inline constexpr std::size_t kMaxDimensions = 9;
/// Values of all filters of one query together: what a person or a report lists, far below what
/// the SQL of an engine takes.
inline constexpr std::size_t kMaxFilterValues = 20'000;

/// Filters of sources in one query.
inline constexpr std::size_t kMaxSourceFilters = 100;

/// Errors: invalid_argument for a filter's text that is none of its dimension (the message names it
/// and the form wanted), a dimension given twice or a filter of sources without services;
/// limit_reached past kMaxFilterValues or kMaxSourceFilters. The name
/// of a sensor or of an organisation that the store has never seen is no error: no row has it.
Result<CodedQuery> encode(const Query& query, const SensorTable& sensors,
                          const SensorTable& scanners);

/// Text of a code: `1433/tcp`, `JP`, a sensor's name, `scan`, `tcp`, `3`.
std::string text_of(Dimension dimension, std::uint32_t code, const SensorTable& sensors,
                    const SensorTable& scanners);

}  // namespace teiten
