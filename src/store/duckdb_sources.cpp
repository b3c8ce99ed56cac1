#include <algorithm>

#include <fmt/format.h>

#include "store/duckdb_dialect.h"
#include "store/duckdb_store.h"
#include "store/source_order.h"

namespace teiten {
namespace {

/// Rows looked at for every part, to cut the addresses into parts of like size.
constexpr std::uint64_t kSamplesPerPart = 64;

std::string literal(const IpAddress& address) {
  return fmt::format("({}::UHUGEINT * 18446744073709551616::UHUGEINT + {}::UHUGEINT)",
                     address.high(), address.low());
}

IpAddress address_of(const duckdb_uhugeint& number) {
  return IpAddress::v6(number.upper, number.lower);
}

constexpr int kKindBits = 8;
constexpr int kScannerBits = 1;
constexpr int kStartBits = 7;

/// One access, with its cell as two numbers in the order of cells.
struct Row {
  IpAddress source;
  std::uint64_t day_sensor_service = 0;
  std::uint32_t region_kind_starts =
      0;  ///< with whether it was a known scanner's, before the starts
  std::uint32_t packets = 0;

  std::uint32_t region_kind_scanner() const { return region_kind_starts >> kStartBits; }
  std::uint32_t starts() const { return region_kind_starts & ((1U << kStartBits) - 1); }
  bool same_cell(const Row& other) const {
    return source == other.source && day_sensor_service == other.day_sensor_service &&
           region_kind_scanner() == other.region_kind_scanner();
  }
  /// Written out: a comparison of tuples makes sorting take twice as long.
  bool operator<(const Row& other) const {
    if (source != other.source) return source < other.source;
    if (day_sensor_service != other.day_sensor_service)
      return day_sensor_service < other.day_sensor_service;
    return region_kind_starts < other.region_kind_starts;
  }
};

constexpr int kServiceBits = 24;
constexpr int kSensorBits = 16;
/// Added to a day, so that days before 1970 come first.
constexpr std::int64_t kDayBias = std::int64_t{1} << 22;

void read(const DuckDbRows& chunk, std::vector<Row>& rows) {
  const auto* source = chunk.column<duckdb_uhugeint>(0);
  const auto* day = chunk.column<std::int64_t>(1);
  const auto* sensor = chunk.column<std::uint16_t>(2);
  const auto* service = chunk.column<std::uint32_t>(3);
  const auto* region = chunk.column<std::uint16_t>(4);
  const auto* kind = chunk.column<std::uint8_t>(5);
  const auto* packets = chunk.column<std::uint32_t>(6);
  const auto* starts = chunk.column<std::uint8_t>(7);
  const auto* scanner = chunk.column<std::uint16_t>(8);
  constexpr std::uint64_t kServiceMask = (std::uint64_t{1} << kServiceBits) - 1;
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    rows.push_back(
        {address_of(source[i]),
         (static_cast<std::uint64_t>(day[i] + kDayBias) << (kSensorBits + kServiceBits)) |
             (std::uint64_t{sensor[i]} << kServiceBits) | (service[i] & kServiceMask),
         (std::uint32_t{region[i]} << (kKindBits + kScannerBits + kStartBits)) |
             (std::uint32_t{kind[i]} << (kScannerBits + kStartBits)) |
             ((scanner[i] != 0 ? 1U : 0U) << kStartBits) | starts[i],
         packets[i]});
  }
}

SourceCell cell_of(const Row& row) {
  SourceCell cell;
  const std::uint64_t key = row.day_sensor_service;
  cell.day = static_cast<std::int64_t>(key >> (kSensorBits + kServiceBits)) - kDayBias;
  cell.sensor = static_cast<std::uint16_t>(key >> kServiceBits);
  cell.service = Service::from_code(static_cast<std::uint32_t>(key & ((1U << kServiceBits) - 1)));
  const std::uint32_t rest = row.region_kind_scanner();
  cell.region = Region::from_code(static_cast<std::uint16_t>(rest >> (kKindBits + kScannerBits)));
  cell.kind = static_cast<Kind>((rest >> kScannerBits) & ((1U << kKindBits) - 1));
  cell.known_scanner = (rest & ((1U << kScannerBits) - 1)) != 0;
  return cell;
}

/// Gives the sink one source of the ordered rows after another.
void visit(const std::vector<Row>& rows, const SourceSink& sink) {
  std::vector<SourceCell> cells;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i == 0 || !rows[i - 1].same_cell(rows[i])) cells.push_back(cell_of(rows[i]));
    cells.back().packets += rows[i].packets;
    cells.back().accesses += rows[i].starts();
    if (i + 1 < rows.size() && rows[i + 1].source == rows[i].source) continue;
    sink(rows[i].source, cells);
    cells.clear();
  }
}

}  // namespace

std::vector<std::string> DuckDbStore::sensor_names() const {
  return sensors_.names();
}

Result<std::vector<IpAddress>> DuckDbStore::source_cuts(const std::string& where) {
  TEITEN_TRY(DuckDbRows count, connection_.query("SELECT count(*)::UBIGINT FROM access" + where));
  const std::uint64_t rows = count.next_chunk() ? count.column<std::uint64_t>(0)[0] : 0;
  const std::uint64_t parts = (rows + source_part_rows_ - 1) / source_part_rows_;
  std::vector<IpAddress> cuts;
  if (parts <= 1) return cuts;
  // Rows that lie in the order of time and sensor: every so-maniest is as good as one by chance.
  const std::uint64_t step = std::max<std::uint64_t>(1, rows / (parts * kSamplesPerPart));
  std::vector<IpAddress> sample;
  TEITEN_TRY(DuckDbRows found, connection_.query(fmt::format(
                                   "SELECT source FROM access{} AND rowid % {} = 0", where, step)));
  while (found.next_chunk()) {
    const auto* source = found.column<duckdb_uhugeint>(0);
    for (std::size_t i = 0; i < found.size(); ++i)
      sample.push_back(address_of(source[i]));
  }
  std::sort(sample.begin(), sample.end());
  for (std::uint64_t part = 1; part < parts && !sample.empty(); ++part) {
    const IpAddress& cut = sample[sample.size() * part / parts];
    if (cuts.empty() || cuts.back() < cut) cuts.push_back(cut);
  }
  return cuts;
}

Result<void> DuckDbStore::each_source(TimeRange range, const TimeZone& zone,
                                      const SourceSink& sink) {
  TEITEN_TRY(const std::optional<Retention> kept, retention());
  if (kept && kept->has_days() && range.from < kept->kept_from && kept->from < range.to) {
    return not_told(*kept,
                    fmt::format("what one source did before is gone with its address: reports and "
                                "findings need every access from {} on",
                                format_day(zone.day_of(range.from))));
  }
  TEITEN_TRY(const std::optional<TimeRange> data, extent());
  if (!data) return {};
  const TimeRange part{std::max(range.from, data->from), std::min(range.to, data->to)};
  if (part.empty()) return {};
  if (const auto days = prepared_days(zone, part, *data)) {
    prepared_->visit(days->first, days->end, sink);
    return {};
  }
  CodedQuery all;
  all.zone = zone;
  const LocalCalendar calendar(zone, part);
  const SqlBuilder sql(duckdb_dialect(), all, calendar);
  SqlSlice slice;
  slice.from_us = microseconds_up(part.from);
  slice.to_us = microseconds_up(part.to);
  TEITEN_TRY(const std::vector<IpAddress> cuts, source_cuts(sql.where(slice)));
  std::vector<Row> rows;
  std::vector<Row> ordered;
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    std::string statement = sql.raw_cells(slice);
    if (i > 0) statement += " AND source >= " + literal(cuts[i - 1]);
    if (i < cuts.size()) statement += " AND source < " + literal(cuts[i]);
    TEITEN_TRY(DuckDbRows found, connection_.query(statement));
    rows.clear();
    while (found.next_chunk())
      read(found, rows);
    // Here, not by DuckDB: it takes half the time.
    order_by_source<Row>(rows, ordered);
    visit(ordered, sink);
  }
  return {};
}

}  // namespace teiten
