#include "analyze/publication_cuts.h"

#include <functional>
#include <map>

namespace teiten {
namespace {

/// What one source did, summed by some key.
template <typename Id>
class Sums {
 public:
  void add(const Id& id, const SourceCell& cell) {
    Sum& sum = sums_[id];
    sum.counts.packets += cell.packets;
    sum.counts.accesses += cell.accesses;
    if (sum.last == nullptr || !is_same_source_day(*sum.last, cell)) ++sum.counts.source_days;
    sum.last = &cell;
    sum.sensors.add_sensor(cell.sensor);
  }
  template <typename Sink>
  void each(const Sink& sink) const {
    for (const auto& [id, sum] : sums_)
      sink(id, sum.counts);
  }

 private:
  struct Sum {
    AdditiveCounts counts;
    const SourceCell* last = nullptr;
    PartTally sensors;
  };
  std::map<Id, Sum> sums_;
};

}  // namespace

void CutBuilder::count_keys(std::size_t month, SourceCells cells) {
  Sums<PartKey> sums;
  auto& all = all_[month];
  for (const SourceCell& cell : cells) {
    const auto key = key_of_(cell);
    if (!key) continue;
    sums.add(*key, cell);
    all[*key].add_sensor(cell.sensor);
  }
  sums.each(
      [&all](PartKey key, const AdditiveCounts& counts) { all[key].cell.add_source(counts); });
}

void CutBuilder::choose_candidates(const std::vector<bool>& published) {
  order_.resize(months_.count());
  for (std::size_t month = 0; month < months_.count(); ++month) {
    auto& order = order_[month];
    for (const auto& [key, part] : all_[month]) {
      if (published[month] && may_be_named(part)) order.push_back(key);
    }
    const auto& all = all_[month];
    std::sort(order.begin(), order.end(), [&all](PartKey a, PartKey b) {
      const std::uint64_t of_a = all.at(a).cell.counts.packets;
      const std::uint64_t of_b = all.at(b).cell.counts.packets;
      return of_a != of_b ? of_a > of_b : a < b;
    });
    if (order.size() > parts_) order.resize(parts_);
    ranks_.emplace_back(order, key_of_);
    ladders_.emplace_back(order.size());
  }
  days_.assign(months_.days(), SourceLadder(order_.back().size()));
}

void CutBuilder::count_parts(std::size_t month, SourceCells cells) {
  ladders_[month].add_source(cells, std::cref(ranks_[month]));
}

void CutBuilder::count_days(std::size_t slot, SourceCells cells) {
  days_[slot].add_source(cells, std::cref(ranks_.back()));
}

bool CutBuilder::is_day_published(std::size_t rank, const std::vector<bool>& day_slots) const {
  for (std::size_t day = 0; day < months_.days(); ++day) {
    if (day_slots[day] && !may_be_published(days_[day].own(rank))) return false;
  }
  return true;
}

void CutBuilder::choose_parts(const std::vector<bool>& published,
                              const std::vector<bool>& day_slots) {
  for (std::size_t month = 0; month < months_.count(); ++month)
    order_[month].resize(nameable_parts(ladders_[month].rest()));
  std::vector<PartKey> daily_order;
  const bool any_day = std::find(day_slots.begin(), day_slots.end(), true) != day_slots.end();
  for (std::size_t rank = 0; any_day && rank < order_.back().size(); ++rank) {
    if (!is_day_published(rank, day_slots)) continue;
    daily_.push_back(rank);
    daily_order.push_back(order_.back()[rank]);
  }
  daily_ranks_.emplace_back(daily_order, key_of_);
  daily_rest_.assign(months_.days(), SourceLadder(daily_order.size()));
  // In every published month, else its own report and this one would tell by their difference.
  for (const PartKey key : order_.back()) {
    bool everywhere = true;
    for (std::size_t month = 0; month < months_.count(); ++month) {
      const auto& order = order_[month];
      everywhere = everywhere &&
                   (!published[month] || std::find(order.begin(), order.end(), key) != order.end());
    }
    if (everywhere) span_order_.push_back(key);
  }
  span_ranks_.emplace_back(span_order_, key_of_);
  span_.emplace_back(span_order_.size());
}

void CutBuilder::count_daily_rest(std::size_t slot, SourceCells cells) {
  daily_rest_[slot].add_source(cells, std::cref(daily_ranks_.front()));
}

void CutBuilder::count_span(SourceCells cells) {
  span_.front().add_source(cells, std::cref(span_ranks_.front()));
}

PublishedCut CutBuilder::cut_of(std::size_t month) const {
  PublishedCut cut;
  const std::vector<PartKey>& order = order_[month];
  for (std::size_t rank = 0; rank < order.size(); ++rank)
    cut.parts.push_back({text_of_(order[rank]), ladders_[month].own(rank), {}});
  const CellTally& rest = ladders_[month].rest().at(order.size());
  if (rest.sources > 0) cut.rest = PublishedPart{"", rest, {}};
  for (const auto& [key, part] : all_[month]) {
    if (may_be_named(part)) {
      cut.nameable.insert(text_of_(key));
    } else {
      ++cut.unnameable;
    }
  }
  return cut;
}

void CutBuilder::add_days(PublishedCut& cut, const std::vector<bool>& day_slots) const {
  std::vector<std::vector<CellTally>> rest;
  for (std::size_t day = 0; day < months_.days(); ++day) {
    if (day_slots[day]) rest.push_back(daily_rest_[day].rest());
  }
  const std::size_t told = nameable_parts(rest);
  bool any_rest = false;
  for (const auto& of_day : rest)
    any_rest = any_rest || of_day[told].sources > 0;
  for (std::size_t n = 0; n < told; ++n) {
    cut.daily.push_back(daily_[n]);
    auto& days = cut.parts[daily_[n]].days;
    for (std::size_t day = 0; day < months_.days(); ++day) {
      days.push_back(day_slots[day] ? std::optional(daily_rest_[day].own(n)) : std::nullopt);
    }
  }
  for (std::size_t day = 0; any_rest && day < months_.days(); ++day) {
    cut.daily_rest.push_back(day_slots[day] ? std::optional(daily_rest_[day].rest().at(told))
                                            : std::nullopt);
  }
}

PublishedSpan CutBuilder::span() const {
  PublishedSpan span;
  for (std::size_t rank = 0; rank < span_order_.size(); ++rank)
    span.parts.emplace_back(text_of_(span_order_[rank]), span_.front().own(rank));
  const CellTally& rest = span_.front().rest().at(span_order_.size());
  if (rest.sources > 0) span.rest = rest;
  return span;
}

PublishedDimension CutBuilder::take(const std::vector<bool>& published,
                                    const std::vector<bool>& day_slots) {
  PublishedDimension dimension;
  for (std::size_t month = 0; month < months_.count(); ++month) {
    dimension.months.push_back(published[month] ? cut_of(month) : PublishedCut());
  }
  if (published.back()) add_days(dimension.months.back(), day_slots);
  dimension.span = span();
  return dimension;
}

}  // namespace teiten
