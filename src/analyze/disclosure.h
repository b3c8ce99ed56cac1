#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// Which counts may be published (METHODS §10.4, docs/public-report.md): pure rules, no store.
namespace teiten {

/// Distinct sources below which a count is not published (threshold rule; statistical offices use 3
/// to 5).
inline constexpr std::uint64_t kLeastCellSources = 5;
/// What a service or region must have over the period to be named.
inline constexpr std::uint64_t kLeastPartSources = 20;
inline constexpr std::uint64_t kLeastPartSensors = 3;
/// Largest share of one source in a published count, in percent (dominance rule, n = 1).
inline constexpr std::uint64_t kLargestSourcePercent = 70;

/// Counts that add up over disjoint cells.
struct AdditiveCounts {
  std::uint64_t packets = 0;
  std::uint64_t accesses = 0;
  std::uint64_t source_days = 0;

  bool any() const { return packets + accesses + source_days > 0; }
  AdditiveCounts& operator+=(const AdditiveCounts& other);
  friend bool operator==(const AdditiveCounts&, const AdditiveCounts&) = default;
};

/// What the rules ask of a cell.
struct CellTally {
  std::uint64_t sources = 0;  ///< distinct
  AdditiveCounts counts;
  AdditiveCounts largest;  ///< the most of one source, each count for itself

  /// What one source did in the cell, everything at once; nothing is added of nothing.
  void add_source(const AdditiveCounts& one);
  friend bool operator==(const CellTally&, const CellTally&) = default;
};

/// A cell of a whole month, with the sensors that saw it as far as the rule asks.
struct PartTally {
  CellTally cell;
  std::size_t sensors = 0;  ///< distinct, kLeastPartSensors at most

  void add_sensor(std::uint16_t sensor);

 private:
  std::array<std::uint16_t, kLeastPartSensors> seen_{};
};

/// Whether the cell's counts may be published: kLeastCellSources or more, and no source with more
/// than kLargestSourcePercent of its packets, accesses or source-days. A union of disjoint cells
/// that may be published may be published.
bool may_be_published(const CellTally& cell);
/// Whether a part (a service, a region, the month as a whole) may be told from the others.
bool may_be_named(const PartTally& part);

/// How many of the first parts can be named: the most for which what is left (`rest[n]`: everything
/// but the first n parts) is empty or may be published. This is the complementary suppression: the
/// last parts join the rest until it hides what it has to. `rest` has one element more than there
/// are parts. 0 where not even all parts together may be published.
std::size_t nameable_parts(std::span<const CellTally> rest);
/// The same where one partition must hold in every cell: `rest[cell][n]`. A rest that is empty in
/// every cell is none at all; one that is empty in some only would tell which.
std::size_t nameable_parts(std::span<const std::vector<CellTally>> rest);

/// A count as it is published: below 100 to the nearest 5, from there on to three significant
/// digits, halves upward.
std::uint64_t published_count(std::uint64_t count);
/// A mean of counts as it is published: whole, from 1,000 on with three significant digits.
double published_mean(double mean);
/// "At most so many": the next multiple of 5, or three digits, upward.
std::uint64_t published_limit(std::uint64_t count);

}  // namespace teiten
