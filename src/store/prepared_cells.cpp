#include "store/prepared_cells.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "access/access.h"
#include "base/hash.h"
#include "net/service.h"
#include "store/source_order.h"

namespace teiten {
namespace {

// A cell's key, most significant first: day 13 bits, sensor 16, service 20, region 10, kind 4,
// known scanner 1. The first three name the (day, sensor, service) that source_days counts.
constexpr int kKnownBits = 1;
constexpr int kKindBits = 4;
constexpr int kRegionBits = 10;
constexpr int kServiceBits = 20;
constexpr int kSensorBits = 16;
constexpr int kDayBits = 13;  // 22 years
constexpr int kKindShift = kKnownBits;
constexpr int kRegionShift = kKindShift + kKindBits;
constexpr int kServiceShift = kRegionShift + kRegionBits;
constexpr int kSensorShift = kServiceShift + kServiceBits;
constexpr int kDayShift = kSensorShift + kSensorBits;
static_assert(kDayShift + kDayBits == 64);
static_assert(kKindCount <= (1 << kKindBits));

constexpr std::size_t low_bits(std::uint64_t key, int shift, int bits) {
  return static_cast<std::size_t>((key >> shift) & ((std::uint64_t{1} << bits) - 1));
}

/// New accesses that are merged at a time: those of one day stand together, so that few equal cells
/// remain for the end.
constexpr std::size_t kMergeStep = 500'000;

/// Days of which cells are kept once more are this part of all days at most.
constexpr std::int64_t kPartOfDays = 3;

}  // namespace

PreparedCells::PreparedCells(TimeZone zone, std::int64_t first_day, std::int64_t end_day)
    : zone_(std::move(zone)), first_day_(first_day), end_day_(end_day) {
  cells_.reserve(2 * kMergeStep);  // no page of it is touched before it is used
  overflow_ = end_day - first_day > (std::int64_t{1} << kDayBits);
}

std::uint32_t PreparedCells::Dictionary::index_of(std::uint32_t code) {
  const auto [it, added] = index.try_emplace(code, static_cast<std::uint32_t>(codes.size()));
  if (added) codes.push_back(code);
  return it->second;
}

bool PreparedCells::add(const CellContribution& contribution) {
  if (contribution.day < first_day_ || contribution.day >= end_day_) return !overflow_;
  const std::uint64_t sensor = sensors_.index_of(contribution.sensor);
  const std::uint64_t service = services_.index_of(contribution.service);
  const std::uint64_t region = regions_.index_of(contribution.region);
  if (sensor >> kSensorBits != 0 || service >> kServiceBits != 0 || region >> kRegionBits != 0 ||
      contribution.kind >= kKindCount) {
    overflow_ = true;
  }
  if (overflow_) return false;
  const auto day = static_cast<std::uint64_t>(contribution.day - first_day_);
  cells_.push_back({contribution.source,
                    (day << kDayShift) | (sensor << kSensorShift) | (service << kServiceShift) |
                        (region << kRegionShift) |
                        (std::uint64_t{contribution.kind} << kKindShift) |
                        (contribution.known_scanner ? 1U : 0U),
                    contribution.packets, contribution.accesses});
  return cells_.size() < merged_ + kMergeStep || merge(merged_);
}

bool PreparedCells::merge(std::size_t first) {
  order_by_source(std::span<const Cell>(cells_).subspan(first), scratch_);
  cells_.resize(first);
  for (const Cell& cell : scratch_) {
    Cell* last = cells_.size() == first ? nullptr : &cells_.back();
    if (last == nullptr || last->source != cell.source || last->key != cell.key) {
      cells_.push_back(cell);
      continue;
    }
    const std::uint64_t packets = std::uint64_t{last->packets} + cell.packets;
    if (packets > std::numeric_limits<std::uint32_t>::max()) return !(overflow_ = true);
    last->packets = static_cast<std::uint32_t>(packets);
    last->accesses += cell.accesses;
  }
  merged_ = cells_.size();
  if (merged_ > kMaxCells) overflow_ = true;
  return !overflow_;
}

std::vector<std::uint64_t> PreparedCells::Dictionary::sort() {
  std::sort(codes.begin(), codes.end());
  std::vector<std::uint64_t> moved(codes.size());
  for (std::size_t i = 0; i < codes.size(); ++i)
    moved[std::exchange(index[codes[i]], static_cast<std::uint32_t>(i))] = i;
  return moved;
}

void PreparedCells::renumber() {
  const auto sensors = sensors_.sort();
  const auto services = services_.sort();
  const auto regions = regions_.sort();
  constexpr std::uint64_t kOthers = ~((std::uint64_t{1} << kDayShift) - (1U << kRegionShift));
  for (Cell& cell : cells_) {
    const std::uint64_t key = cell.key;
    cell.key = (key & kOthers) |
               (sensors[low_bits(key, kSensorShift, kSensorBits)] << kSensorShift) |
               (services[low_bits(key, kServiceShift, kServiceBits)] << kServiceShift) |
               (regions[low_bits(key, kRegionShift, kRegionBits)] << kRegionShift);
  }
}

bool PreparedCells::finish() {
  if (overflow_) return false;
  // The order of cells is that of the codes, not that in which they were first seen.
  renumber();
  const bool fits = merge(0);
  scratch_ = {};
  return fits;
}

SourceCell PreparedCells::source_cell(const Cell& cell) const {
  SourceCell found;
  found.day = first_day_ + static_cast<std::int64_t>(low_bits(cell.key, kDayShift, kDayBits));
  found.sensor =
      static_cast<std::uint16_t>(sensors_.codes[low_bits(cell.key, kSensorShift, kSensorBits)]);
  found.service =
      Service::from_code(services_.codes[low_bits(cell.key, kServiceShift, kServiceBits)]);
  found.region = Region::from_code(
      static_cast<std::uint16_t>(regions_.codes[low_bits(cell.key, kRegionShift, kRegionBits)]));
  found.kind = static_cast<Kind>(low_bits(cell.key, kKindShift, kKindBits));
  found.known_scanner = low_bits(cell.key, 0, kKnownBits) != 0;
  found.packets = cell.packets;
  found.accesses = cell.accesses;
  return found;
}

std::span<const PreparedCells::Cell> PreparedCells::cells_of(std::int64_t from_day,
                                                             std::int64_t end_day) const {
  if (from_day >= part_.from_day && end_day <= part_.end_day) return part_.cells;
  const bool again = from_day == asked_from_ && end_day == asked_end_;
  asked_from_ = from_day;
  asked_end_ = end_day;
  if (!again || kPartOfDays * (end_day - from_day) > end_day_ - first_day_) return cells_;
  const auto inside = [&](const Cell& cell) {
    const std::int64_t day =
        first_day_ + static_cast<std::int64_t>(low_bits(cell.key, kDayShift, kDayBits));
    return day >= from_day && day < end_day;
  };
  const auto count = static_cast<std::size_t>(std::count_if(cells_.begin(), cells_.end(), inside));
  if (2 * count > cells_.size()) return cells_;
  part_ = {from_day, end_day, {}};
  part_.cells.reserve(count);
  std::copy_if(cells_.begin(), cells_.end(), std::back_inserter(part_.cells), inside);
  return part_.cells;
}

void PreparedCells::visit(std::int64_t from_day, std::int64_t end_day,
                          const SourceSink& sink) const {
  std::vector<SourceCell> found;
  const std::span<const Cell> cells = cells_of(from_day, end_day);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const Cell& cell = cells[i];
    const std::int64_t day =
        first_day_ + static_cast<std::int64_t>(low_bits(cell.key, kDayShift, kDayBits));
    if (day >= from_day && day < end_day) found.push_back(source_cell(cell));
    if (i + 1 < cells.size() && cells[i + 1].source == cell.source) continue;
    if (!found.empty()) sink(cell.source, found);
    found.clear();
  }
}

bool PreparedCells::covers(const CodedQuery& query) const {
  if (query.bucket == Bucket::hour || query.chooses_sources()) return false;
  for (const Dimension absent :
       {Dimension::target, Dimension::tool, Dimension::scanner, Dimension::payload}) {
    if (query.groups_by(absent)) return false;
  }
  return std::all_of(query.where.begin(), query.where.end(), [](const CodedFilter& filter) {
    switch (filter.dimension) {
      case Dimension::target:
      case Dimension::tool:
      case Dimension::payload:
        return false;
      case Dimension::scanner:
        // Whether a source is one is known, not which.
        return filter.codes == std::vector<std::uint32_t>{kNoScanner};
      default:
        return true;
    }
  });
}

/// Counts one query: for each value of each part of the key, whether it passes the filters and what
/// it adds to the number of its answer cell.
class PreparedCells::Counter {
 public:
  Counter(const PreparedCells& prepared, const CodedQuery& query, std::int64_t from_day,
          std::int64_t end_day);
  /// False if the answer cells could not be numbered in 64 bits (never with real data).
  bool usable() const { return usable_; }
  void run();
  Result<void> deliver(Answer& answer) const;

 private:
  struct Part {
    std::vector<std::uint64_t> number;  ///< kSkip, or what the value adds
    std::vector<std::uint32_t> codes;
  };
  struct Tally {
    std::uint64_t number = 0;
    std::uint64_t last_source = 0;
    std::uint64_t last_tuple = 0;
    CellCounts counts;
  };
  static constexpr std::uint64_t kSkip = std::numeric_limits<std::uint64_t>::max();

  static std::uint32_t code_in(Dimension dimension, std::uint32_t service, std::uint32_t own) {
    return dimension == Dimension::protocol ? service >> 16 : own;
  }
  static bool passes(const CodedFilter& filter, std::uint32_t code) {
    return std::binary_search(filter.codes.begin(), filter.codes.end(), code) != filter.exclude;
  }
  /// Fills one part: `own` is its dimension; protocol is a second one of the service.
  void fill(Part& part, Dimension own);
  /// Makes room for `values` more in the numbering; returns the weight of one step.
  std::uint64_t take_digit(std::uint64_t values);
  void fill_days(std::int64_t from_day, std::int64_t end_day);
  std::size_t tally_of(std::uint64_t number);
  void grow();
  void note_sensor(std::size_t tally, std::size_t sensor);

  /// One digit of an answer cell's number.
  struct Digit {
    std::uint64_t weight = 0;
    std::uint64_t values = 1;
    std::vector<std::uint32_t> codes;  ///< of a dimension
  };

  const PreparedCells& prepared_;
  const CodedQuery& query_;
  std::int64_t from_day_;
  std::int64_t end_day_;
  bool usable_ = true;
  std::uint64_t capacity_ = 1;
  Part days_, sensors_, services_, regions_, kinds_, known_;
  Digit bucket_;
  std::int64_t first_bucket_ = 0;
  std::array<Digit, kMaxDimensions> digits_;  ///< in the order of CodedQuery::by
  std::vector<Tally> tallies_;
  std::vector<std::uint32_t> slots_;        ///< hash table: 0 or 1 + index into tallies_
  std::vector<std::uint64_t> sensor_seen_;  ///< bit tally × sensors + sensor
  bool count_sensors_ = false;
};

std::uint64_t PreparedCells::Counter::take_digit(std::uint64_t values) {
  const std::uint64_t weight = capacity_;
  if (values > (kSkip - 1) / capacity_) {
    usable_ = false;
  } else {
    capacity_ *= values;
  }
  return weight;
}

void PreparedCells::Counter::fill(Part& part, Dimension own) {
  part.number.assign(part.codes.size(), 0);
  for (const Dimension dimension : {own, Dimension::protocol}) {
    if (dimension == Dimension::protocol && own != Dimension::service) continue;
    for (const CodedFilter& filter : query_.where) {
      if (filter.dimension != dimension) continue;
      for (std::size_t i = 0; i < part.codes.size(); ++i)
        if (!passes(filter, code_in(dimension, part.codes[i], part.codes[i])))
          part.number[i] = kSkip;
    }
    const auto by = std::find(query_.by.begin(), query_.by.end(), dimension);
    if (by == query_.by.end()) continue;
    Digit& digit = digits_[static_cast<std::size_t>(by - query_.by.begin())];
    for (const std::uint32_t code : part.codes)
      digit.codes.push_back(code_in(dimension, code, code));
    std::sort(digit.codes.begin(), digit.codes.end());
    digit.codes.erase(std::unique(digit.codes.begin(), digit.codes.end()), digit.codes.end());
    digit.values = std::max<std::uint64_t>(digit.codes.size(), 1);
    digit.weight = take_digit(digit.values);
    for (std::size_t i = 0; i < part.codes.size(); ++i) {
      if (part.number[i] == kSkip) continue;
      const std::uint32_t code = code_in(dimension, part.codes[i], part.codes[i]);
      const auto at = std::lower_bound(digit.codes.begin(), digit.codes.end(), code);
      part.number[i] += digit.weight * static_cast<std::uint64_t>(at - digit.codes.begin());
    }
  }
}

void PreparedCells::Counter::fill_days(std::int64_t from_day, std::int64_t end_day) {
  const auto days = static_cast<std::size_t>(prepared_.end_day_ - prepared_.first_day_);
  days_.number.assign(days, kSkip);
  if (from_day >= end_day) return;
  first_bucket_ = LocalCalendar::bucket_of_day(query_.bucket, from_day);
  const std::int64_t last = LocalCalendar::bucket_of_day(query_.bucket, end_day - 1);
  bucket_.values = static_cast<std::uint64_t>(last - first_bucket_) + 1;
  bucket_.weight = take_digit(bucket_.values);
  for (std::int64_t day = from_day; day < end_day; ++day) {
    const std::int64_t bucket = LocalCalendar::bucket_of_day(query_.bucket, day);
    days_.number[static_cast<std::size_t>(day - prepared_.first_day_)] =
        bucket_.weight * static_cast<std::uint64_t>(bucket - first_bucket_);
  }
}

PreparedCells::Counter::Counter(const PreparedCells& prepared, const CodedQuery& query,
                                std::int64_t from_day, std::int64_t end_day)
    : prepared_(prepared),
      query_(query),
      from_day_(from_day),
      end_day_(end_day),
      count_sensors_(query.needs(Measure::sensors)) {
  sensors_.codes = prepared.sensors_.codes;
  services_.codes = prepared.services_.codes;
  regions_.codes = prepared.regions_.codes;
  for (std::uint32_t kind = 0; kind < kKindCount; ++kind)
    kinds_.codes.push_back(kind);
  fill(sensors_, Dimension::sensor);
  fill(services_, Dimension::service);
  fill(regions_, Dimension::region);
  // Any known scanner's number but 0, as covers() lets only that one be asked for.
  known_.codes = {kNoScanner, kNoScanner + 1U};
  fill(kinds_, Dimension::kind);
  fill(known_, Dimension::scanner);
  fill_days(from_day, end_day);
  constexpr std::size_t kFirstSlots = 1024;
  slots_.assign(kFirstSlots, 0);
}

void PreparedCells::Counter::grow() {
  std::vector<std::uint32_t> slots(slots_.size() * 2, 0);
  for (std::size_t i = 0; i < tallies_.size(); ++i) {
    std::size_t at = mix64(tallies_[i].number) & (slots.size() - 1);
    while (slots[at] != 0)
      at = (at + 1) & (slots.size() - 1);
    slots[at] = static_cast<std::uint32_t>(i + 1);
  }
  slots_ = std::move(slots);
}

std::size_t PreparedCells::Counter::tally_of(std::uint64_t number) {
  std::size_t at = mix64(number) & (slots_.size() - 1);
  while (slots_[at] != 0) {
    if (tallies_[slots_[at] - 1].number == number) return slots_[at] - 1;
    at = (at + 1) & (slots_.size() - 1);
  }
  tallies_.emplace_back().number = number;
  slots_[at] = static_cast<std::uint32_t>(tallies_.size());
  if (tallies_.size() * 2 > slots_.size()) grow();
  return tallies_.size() - 1;
}

void PreparedCells::Counter::note_sensor(std::size_t tally, std::size_t sensor) {
  const std::size_t bit = tally * sensors_.codes.size() + sensor;
  if (bit / 64 >= sensor_seen_.size()) sensor_seen_.resize((bit / 64 + 1) * 2, 0);
  const std::uint64_t mask = std::uint64_t{1} << (bit % 64);
  if ((sensor_seen_[bit / 64] & mask) != 0) return;
  sensor_seen_[bit / 64] |= mask;
  ++tallies_[tally].counts[Measure::sensors];
}

void PreparedCells::Counter::run() {
  std::uint64_t source = 0;  // number of the cell's source, and of its source_day; of those counted
  std::uint64_t tuple = 0;
  const Cell* last = nullptr;
  for (const Cell& cell : prepared_.cells_of(from_day_, end_day_)) {
    const std::uint64_t by_day = days_.number[low_bits(cell.key, kDayShift, kDayBits)];
    if (by_day == kSkip) continue;
    const std::size_t sensor = low_bits(cell.key, kSensorShift, kSensorBits);
    const std::uint64_t by_sensor = sensors_.number[sensor];
    const std::uint64_t by_service =
        services_.number[low_bits(cell.key, kServiceShift, kServiceBits)];
    const std::uint64_t by_region = regions_.number[low_bits(cell.key, kRegionShift, kRegionBits)];
    const std::uint64_t by_kind = kinds_.number[low_bits(cell.key, kKindShift, kKindBits)];
    const std::uint64_t by_known = known_.number[low_bits(cell.key, 0, kKnownBits)];
    if (by_sensor == kSkip || by_service == kSkip || by_region == kSkip || by_kind == kSkip ||
        by_known == kSkip) {
      continue;
    }
    const bool new_source = last == nullptr || cell.source != last->source;
    source += new_source ? 1 : 0;
    tuple += new_source || cell.key >> kServiceShift != last->key >> kServiceShift ? 1 : 0;
    last = &cell;
    const std::size_t at = tally_of(by_day + by_sensor + by_service + by_region + by_kind);
    Tally& tally = tallies_[at];
    tally.counts[Measure::packets] += cell.packets;
    tally.counts[Measure::accesses] += cell.accesses;
    if (tally.last_source != source) ++tally.counts[Measure::sources];
    if (tally.last_tuple != tuple) ++tally.counts[Measure::source_days];
    tally.last_source = source;
    tally.last_tuple = tuple;
    if (count_sensors_) note_sensor(at, sensor);
  }
}

Result<void> PreparedCells::Counter::deliver(Answer& answer) const {
  for (const Tally& tally : tallies_) {
    AnswerCell cell;
    cell.counts = tally.counts;
    if (bucket_.weight != 0) {
      cell.bucket =
          first_bucket_ + static_cast<std::int64_t>(tally.number / bucket_.weight % bucket_.values);
    }
    for (std::size_t d = 0; d < query_.by.size(); ++d) {
      const Digit& digit = digits_[d];
      cell.keys[d] = digit.codes[tally.number / digit.weight % digit.values];
    }
    TEITEN_CHECK(answer.add(cell));
  }
  return {};
}

Result<bool> PreparedCells::count(const CodedQuery& query, std::int64_t from_day,
                                  std::int64_t end_day, Answer& answer) const {
  Counter counter(*this, query, from_day, end_day);
  if (!counter.usable()) return false;
  counter.run();
  TEITEN_CHECK(counter.deliver(answer));
  return true;
}

}  // namespace teiten
