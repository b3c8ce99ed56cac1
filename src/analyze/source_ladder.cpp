#include "analyze/source_ladder.h"

#include <algorithm>

namespace teiten {

void SourceLadder::add_source(std::span<const SourceCell> cells, const RankOf& rank_of) {
  std::vector<AdditiveCounts> own(own_.size());
  std::vector<AdditiveCounts> rest(rest_.size());
  std::vector<bool> counted(own_.size());
  for (std::size_t begin = 0, end = 0; begin < cells.size(); begin = end) {
    // One source-day may have cells of several parts: of two regions, or of kinds of which one
    // belongs to none. It counts once in each, and once in a rest that holds any of them.
    std::fill(counted.begin(), counted.end(), false);
    std::size_t last = 0;
    for (end = begin; end < cells.size() && is_same_source_day(cells[begin], cells[end]); ++end) {
      const SourceCell& cell = cells[end];
      const std::size_t rank = rank_of(cell);
      own[rank].packets += cell.packets;
      own[rank].accesses += cell.accesses;
      if (!counted[rank]) ++own[rank].source_days;
      counted[rank] = true;
      last = std::max(last, rank);
      rest[rank].packets += cell.packets;
      rest[rank].accesses += cell.accesses;
    }
    ++rest[last].source_days;
  }
  // So far each is of its rank alone; what is below a rank is the sum from the end.
  for (std::size_t n = rest.size() - 1; n > 0; --n)
    rest[n - 1] += rest[n];
  for (std::size_t n = 0; n < own.size(); ++n) {
    own_[n].add_source(own[n]);
    rest_[n].add_source(rest[n]);
  }
}

}  // namespace teiten
