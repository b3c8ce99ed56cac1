#include "analyze/publication.h"

#include <array>
#include <span>

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
/// each slot that has any. Those of `scattered` need not stand together and come last.
template <typename SlotOf, typename Sink>
void each_slot(std::span<const SourceCell> cells, std::size_t scattered, const SlotOf& slot_of,
               const Sink& sink) {
  std::vector<SourceCell> collected;
  for (std::size_t begin = 0, end = 0; begin < cells.size(); begin = end) {
    const std::size_t slot = slot_of(cells[begin].day);
    for (end = begin; end < cells.size() && slot_of(cells[end].day) == slot;)
      ++end;
    const auto own = cells.subspan(begin, end - begin);
    if (slot == kNoSlot) continue;
    if (slot == scattered) {
      collected.insert(collected.end(), own.begin(), own.end());
    } else {
      sink(slot, own);
    }
  }
  if (!collected.empty()) sink(scattered, std::span<const SourceCell>(collected));
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
  Passes(Store& store, const PublishedMonths& months, const TimeZone& zone, std::size_t parts)
      : store_(store),
        months_(months),
        zone_(zone),
        totals_(months.count()),
        day_totals_(months.days()),
        day_slots_(months.days(), false),
        dimensions_{CutBuilder(months, service_key, service_text, parts),
                    CutBuilder(months, region_key, region_text, parts)} {}

  Result<void> count_totals();
  void choose_months_and_days(const std::vector<bool>& observed);
  Result<void> count_parts();
  Result<void> count_rests();
  Publication take();

 private:
  template <typename Sink>
  Result<void> each_source(const Sink& sink) {
    return store_.each_source(months_.range(), zone_,
                              [&sink](const IpAddress&, SourceCells cells) { sink(cells); });
  }
  template <typename Sink>
  void each_month(SourceCells cells, const Sink& sink) const {
    each_slot(
        cells, kNoSlot, [this](std::int64_t day) { return months_.month_of(day); }, sink);
  }
  /// The withheld days are one slot: only what they hold together can be had by subtraction.
  template <typename Sink>
  void each_day(SourceCells cells, const Sink& sink) const {
    const auto slot_of = [this](std::int64_t day) {
      const std::size_t index = months_.day_of(day);
      if (index >= months_.days()) return kNoSlot;
      return day_slots_[index] ? index : months_.days();
    };
    each_slot(cells, months_.days(), slot_of, sink);
  }

  Store& store_;
  const PublishedMonths& months_;
  const TimeZone& zone_;
  std::vector<PartTally> totals_;      ///< by month
  std::vector<CellTally> day_totals_;  ///< of the last month
  std::vector<bool> day_slots_;        ///< days of the last month that are published
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
    const auto day_of = [this](std::int64_t day) {
      const std::size_t index = months_.day_of(day);
      return index < months_.days() ? index : kNoSlot;
    };
    each_slot(cells, kNoSlot, day_of, [this](std::size_t day, SourceCells own) {
      day_totals_[day].add_source(counts_of(own));
    });
  });
}

void Passes::choose_months_and_days(const std::vector<bool>& observed) {
  for (const PartTally& month : totals_)
    publication_.months.push_back(may_be_named(month));
  // Days that nobody watched have nothing to withhold.
  std::vector<std::size_t> watched;
  std::vector<CellTally> tallies;
  for (std::size_t day = 0; day < months_.days(); ++day) {
    if (!observed.at(day) && day_totals_[day].sources == 0) continue;
    watched.push_back(day);
    tallies.push_back(day_totals_[day]);
    day_slots_[day] = true;
  }
  for (const std::size_t index : withheld_days(tallies)) {
    publication_.withheld_days.push_back(watched[index]);
    day_slots_[watched[index]] = false;
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
  constexpr std::size_t kTogether = 0;
  const auto published = [this](std::int64_t day) {
    return publication_.months[months_.month_of(day)] ? kTogether : kNoSlot;
  };
  return each_source([&](SourceCells cells) {
    for (CutBuilder& each : dimensions_) {
      each_slot(cells, kTogether, published,
                [&each](std::size_t, SourceCells own) { each.count_span(own); });
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

Result<Publication> work_out_publication(Store& store, std::chrono::year_month last, int count,
                                         const TimeZone& zone, const std::vector<bool>& observed,
                                         std::size_t parts) {
  const PublishedMonths months(last, count, zone);
  Passes passes(store, months, zone, parts);
  TEITEN_CHECK(passes.count_totals());
  passes.choose_months_and_days(observed);
  TEITEN_CHECK(passes.count_parts());
  TEITEN_CHECK(passes.count_rests());
  return passes.take();
}

}  // namespace teiten
