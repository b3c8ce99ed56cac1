#include "analyze/publication.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "analyze/publication_cuts.h"

namespace teiten {
namespace {

std::optional<PartKey> service_key(const SourceCell& cell) {
  if (is_others_side(cell.kind)) return std::nullopt;
  return cell.service.code();
}

std::optional<PartKey> region_key(const SourceCell& cell) {
  return cell.region.code();
}

std::string service_text(PartKey key) {
  return Service::from_code(key).to_string();
}

std::string region_text(PartKey key) {
  return Region::from_code(static_cast<std::uint16_t>(key)).to_string();
}

constexpr std::size_t kNoSlot = static_cast<std::size_t>(-1);

/// Splits the cells of one source, which are in order of days, by month or by day and calls for
/// each slot that has any.
template <typename SlotOf, typename Sink>
void each_slot(SourceCells cells, const SlotOf& slot_of, const Sink& sink) {
  for (std::size_t begin = 0, end = 0; begin < cells.size(); begin = end) {
    const std::size_t slot = slot_of(cells[begin].day);
    for (end = begin; end < cells.size() && slot_of(cells[end].day) == slot;)
      ++end;
    if (slot != kNoSlot) sink(slot, cells.subspan(begin, end - begin));
  }
}

AdditiveCounts counts_of(SourceCells cells) {
  AdditiveCounts counts;
  const SourceCell* last = nullptr;
  for (const SourceCell& cell : cells) {
    counts.packets += cell.packets;
    counts.accesses += cell.accesses;
    if (last == nullptr || !is_same_source_day(*last, cell)) ++counts.source_days;
    last = &cell;
  }
  return counts;
}

/// The passes over the sources.
class Passes {
 public:
  Passes(Store& store, const PublishedMonths& months, const TimeZone& zone,
         const LeftOutDays& left_out, std::size_t parts)
      : store_(store),
        months_(months),
        zone_(zone),
        left_out_(left_out),
        totals_(months.count()),
        day_slots_(months.days(), false),
        dimensions_{CutBuilder(months, service_key, service_text, parts),
                    CutBuilder(months, region_key, region_text, parts)} {}

  Result<void> count_totals();
  void choose_months();
  Result<void> count_parts();
  Result<void> count_rests();
  Publication take();

 private:
  /// What each source did on the days that are not left out.
  template <typename Sink>
  Result<void> each_source(const Sink& sink) {
    std::vector<SourceCell> kept;
    return store_.each_source(months_.range(), zone_, [&](const IpAddress&, SourceCells cells) {
      kept.clear();
      std::copy_if(cells.begin(), cells.end(), std::back_inserter(kept),
                   [this](const SourceCell& cell) { return !left_out_.contains(cell.day); });
      if (!kept.empty()) sink(SourceCells(kept));
    });
  }
  template <typename Sink>
  void each_month(SourceCells cells, const Sink& sink) const {
    each_slot(
        cells, [this](std::int64_t day) { return months_.month_of(day); }, sink);
  }
  template <typename Sink>
  void each_day(SourceCells cells, const Sink& sink) const {
    const auto slot_of = [this](std::int64_t day) {
      const std::size_t index = months_.day_of(day);
      return index < months_.days() ? index : kNoSlot;
    };
    each_slot(cells, slot_of, sink);
  }

  Store& store_;
  const PublishedMonths& months_;
  const TimeZone& zone_;
  const LeftOutDays& left_out_;
  std::vector<PartTally> totals_;  ///< by month
  std::vector<bool> day_slots_;    ///< days of the last month that have anything
  std::array<CutBuilder, 2> dimensions_;
  Publication publication_;
};

Result<void> Passes::count_totals() {
  return each_source([this](SourceCells cells) {
    each_month(cells, [this](std::size_t month, SourceCells own) {
      totals_[month].cell.add_source(counts_of(own));
      for (const SourceCell& cell : own)
        totals_[month].add_sensor(cell.sensor);
      for (CutBuilder& each : dimensions_)
        each.count_keys(month, own);
    });
    each_day(cells, [this](std::size_t day, SourceCells) { day_slots_[day] = true; });
  });
}

void Passes::choose_months() {
  for (const PartTally& month : totals_) {
    publication_.months.push_back(may_be_named(month));
    publication_.sources.push_back(month.cell.sources);
  }
  for (CutBuilder& each : dimensions_)
    each.choose_candidates(publication_.months);
}

Result<void> Passes::count_parts() {
  TEITEN_CHECK(each_source([this](SourceCells cells) {
    for (CutBuilder& each : dimensions_) {
      each_month(cells,
                 [&each](std::size_t month, SourceCells own) { each.count_parts(month, own); });
      each_day(cells, [&each](std::size_t slot, SourceCells own) { each.count_days(slot, own); });
    }
  }));
  for (CutBuilder& each : dimensions_)
    each.choose_parts(publication_.months, day_slots_);
  return {};
}

Result<void> Passes::count_rests() {
  std::vector<SourceCell> span;
  return each_source([&](SourceCells cells) {
    span.clear();
    std::copy_if(
        cells.begin(), cells.end(), std::back_inserter(span),
        [this](const SourceCell& cell) { return publication_.months[months_.month_of(cell.day)]; });
    for (CutBuilder& each : dimensions_) {
      if (!span.empty()) each.count_span(span);
      each_day(cells,
               [&each](std::size_t slot, SourceCells own) { each.count_daily_rest(slot, own); });
    }
  });
}

Publication Passes::take() {
  publication_.services = dimensions_[0].take(publication_.months, day_slots_);
  publication_.regions = dimensions_[1].take(publication_.months, day_slots_);
  return std::move(publication_);
}

}  // namespace

Result<LeftOutDays> left_out_days(Store& store, std::chrono::year_month last, int count,
                                  const TimeZone& zone, const std::vector<bool>& watched) {
  const PublishedMonths months(last, count, zone);
  std::vector<CellTally> days(watched.size());
  const auto index_of = [&](std::int64_t day) {
    const auto index = static_cast<std::size_t>(day - months.first_day());
    return index < days.size() ? index : kNoSlot;
  };
  TEITEN_CHECK(store.each_source(months.range(), zone, [&](const IpAddress&, SourceCells cells) {
    each_slot(cells, index_of,
              [&days](std::size_t day, SourceCells own) { days[day].add_source(counts_of(own)); });
  }));
  LeftOutDays left_out;
  for (std::size_t day = 0; day < days.size(); ++day) {
    if (!watched[day] && days[day].sources == 0) continue;
    if (!may_be_published(days[day]))
      left_out.insert(months.first_day() + static_cast<std::int64_t>(day));
  }
  return left_out;
}

Result<Publication> work_out_publication(Store& store, std::chrono::year_month last, int count,
                                         const TimeZone& zone, const LeftOutDays& left_out,
                                         std::size_t parts) {
  const PublishedMonths months(last, count, zone);
  Passes passes(store, months, zone, left_out, parts);
  TEITEN_CHECK(passes.count_totals());
  passes.choose_months();
  TEITEN_CHECK(passes.count_parts());
  TEITEN_CHECK(passes.count_rests());
  return passes.take();
}

}  // namespace teiten
