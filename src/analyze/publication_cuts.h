#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "analyze/disclosure.h"
#include "analyze/months.h"
#include "analyze/publication.h"
#include "analyze/service_days.h"
#include "analyze/source_ladder.h"
#include "store/source_cells.h"

/// Used by work_out_publication() only.
namespace teiten {

/// A service's or a region's code.
using PartKey = std::uint32_t;
using SourceCells = std::span<const SourceCell>;

/// A service or a region; none for cells that no service is named for.
using PartKeyOf = std::optional<PartKey> (*)(const SourceCell& cell);

/// The local days of the months.
class PublishedMonths {
 public:
  PublishedMonths(std::chrono::year_month last, int count, const TimeZone& zone) {
    for (int i = 0; i <= count; ++i) {
      const auto month = last - std::chrono::months(count - 1 - i);
      first_.push_back(number_of_day(month / std::chrono::day(1)));
    }
    range_ = {month_range(last - std::chrono::months(count - 1), zone).from,
              month_range(last, zone).to};
  }
  std::size_t count() const { return first_.size() - 1; }
  std::size_t days() const { return static_cast<std::size_t>(first_.back() - first_[count() - 1]); }
  std::size_t month_of(std::int64_t day) const {
    const auto after = std::upper_bound(first_.begin(), first_.end(), day);
    return std::min(count(), static_cast<std::size_t>(after - first_.begin())) - 1;
  }
  /// Index within the last month; days() for a day of another.
  std::size_t day_of(std::int64_t day) const {
    const std::int64_t index = day - first_[count() - 1];
    return index < 0 ? days() : static_cast<std::size_t>(index);
  }
  std::int64_t first_day() const { return first_.front(); }
  TimeRange range() const { return range_; }

 private:
  std::vector<std::int64_t> first_;
  TimeRange range_;
};

/// Which part a cell belongs to, by the parts' order.
class PartRanks {
 public:
  PartRanks(const std::vector<PartKey>& order, PartKeyOf key_of)
      : parts_(order.size()), key_of_(key_of) {
    for (std::size_t rank = 0; rank < order.size(); ++rank)
      ranks_.emplace(order[rank], rank);
  }
  std::size_t operator()(const SourceCell& cell) const {
    const auto key = key_of_(cell);
    if (!key) return parts_;
    const auto found = ranks_.find(*key);
    return found == ranks_.end() ? parts_ : found->second;
  }

 private:
  std::size_t parts_;
  PartKeyOf key_of_;
  std::unordered_map<PartKey, std::size_t> ranks_;
};

/// Decides how one dimension is cut. The order of the calls is that of the passes.
class CutBuilder {
 public:
  CutBuilder(const PublishedMonths& months, PartKeyOf key_of, std::string (*text_of)(PartKey),
             std::size_t parts)
      : months_(months), key_of_(key_of), text_of_(text_of), parts_(parts), all_(months.count()) {}

  // First pass: every key of every month.
  void count_keys(std::size_t month, SourceCells cells);
  /// The parts that may be named in each month, most packets first.
  void choose_candidates(const std::vector<bool>& published);

  // Second pass: what is left of each month beside the first parts, and the parts by day.
  void count_parts(std::size_t month, SourceCells cells);
  void count_days(std::size_t slot, SourceCells cells);
  void choose_parts(const std::vector<bool>& published, const std::vector<bool>& day_slots);

  // Third pass: what is left of each day, and all months together.
  void count_daily_rest(std::size_t slot, SourceCells cells);
  void count_span(SourceCells cells);
  PublishedDimension take(const std::vector<bool>& published, const std::vector<bool>& day_slots);

 private:
  bool is_day_published(std::size_t rank, const std::vector<bool>& day_slots) const;
  PublishedCut cut_of(std::size_t month) const;
  void add_days(PublishedCut& cut, const std::vector<bool>& day_slots) const;
  PublishedSpan span() const;

  const PublishedMonths& months_;
  PartKeyOf key_of_;
  std::string (*text_of_)(PartKey);
  std::size_t parts_;

  std::vector<std::unordered_map<PartKey, PartTally>> all_;  ///< by month
  std::vector<std::vector<PartKey>> order_;                  ///< candidates, then parts, by month
  std::vector<PartRanks> ranks_;                             ///< of order_, by month
  std::vector<SourceLadder> ladders_;                        ///< by month
  std::vector<SourceLadder> days_;                           ///< by slot, of the last month's parts
  std::vector<std::size_t> daily_;                           ///< ranks told by day
  std::vector<PartRanks> daily_ranks_;                       ///< one: of these in their own order
  std::vector<SourceLadder> daily_rest_;                     ///< by slot
  std::vector<PartKey> span_order_;
  std::vector<PartRanks> span_ranks_;
  std::vector<SourceLadder> span_;
};

}  // namespace teiten
