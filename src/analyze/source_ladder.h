#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "analyze/disclosure.h"
#include "store/source_cells.h"

namespace teiten {

/// Tallies of some ranked parts and of everything below each rank, built source by source.
class SourceLadder {
 public:
  /// Of a cell's part from 0, `parts` for a cell that belongs to none.
  using RankOf = std::function<std::size_t(const SourceCell& cell)>;

  explicit SourceLadder(std::size_t parts) : own_(parts + 1), rest_(parts + 1) {}

  /// Cells of one source, ordered as SourceSink gives them; each source comes once.
  void add_source(std::span<const SourceCell> cells, const RankOf& rank_of);

  /// Of part `rank`; the last is of cells that belong to none.
  const CellTally& own(std::size_t rank) const { return own_.at(rank); }
  /// `rest()[n]`: everything but the first n parts.
  const std::vector<CellTally>& rest() const { return rest_; }

 private:
  std::vector<CellTally> own_;
  std::vector<CellTally> rest_;
};

/// Whether two cells of one source count as one source-day.
inline bool is_same_source_day(const SourceCell& a, const SourceCell& b) {
  return a.day == b.day && a.sensor == b.sensor && a.service == b.service;
}

}  // namespace teiten
