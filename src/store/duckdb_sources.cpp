#include <algorithm>

#include <fmt/format.h>

#include "store/duckdb_dialect.h"
#include "store/duckdb_store.h"

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

/// Gathers the cells of a source from rows in the order of sources.
class SourceCollector {
 public:
  explicit SourceCollector(const SourceSink& sink) : sink_(sink) {}

  void add(const IpAddress& source, const SourceCell& cell) {
    if (source != source_) finish();
    source_ = source;
    cells_.push_back(cell);
  }
  void finish() {
    if (!cells_.empty()) sink_(source_, cells_);
    cells_.clear();
  }

 private:
  const SourceSink& sink_;
  IpAddress source_;
  std::vector<SourceCell> cells_;
};

void collect(const DuckDbRows& rows, SourceCollector& collector) {
  const auto* source = rows.column<duckdb_uhugeint>(0);
  const auto* day = rows.column<std::int64_t>(1);
  const auto* sensor = rows.column<std::uint16_t>(2);
  const auto* service = rows.column<std::uint32_t>(3);
  const auto* region = rows.column<std::uint16_t>(4);
  const auto* kind = rows.column<std::uint8_t>(5);
  const auto* packets = rows.column<std::uint64_t>(6);
  const auto* accesses = rows.column<std::uint64_t>(7);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    collector.add(address_of(source[i]),
                  {day[i], sensor[i], Service::from_code(service[i]), Region::from_code(region[i]),
                   static_cast<Kind>(kind[i]), packets[i], accesses[i]});
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
  TEITEN_TRY(const std::optional<TimeRange> data, extent());
  if (!data) return {};
  const TimeRange part{std::max(range.from, data->from), std::min(range.to, data->to)};
  if (part.empty()) return {};
  CodedQuery all;
  all.zone = zone;
  const LocalCalendar calendar(zone, part);
  const SqlBuilder sql(duckdb_dialect(), all, calendar);
  SqlSlice slice;
  slice.from_us = microseconds_up(part.from);
  slice.to_us = microseconds_up(part.to);
  TEITEN_TRY(const std::vector<IpAddress> cuts, source_cuts(sql.where(slice)));
  SourceCollector collector(sink);
  for (std::size_t i = 0; i <= cuts.size(); ++i) {
    std::string rows = sql.raw_cells(slice);
    if (i > 0) rows += " AND source >= " + literal(cuts[i - 1]);
    if (i < cuts.size()) rows += " AND source < " + literal(cuts[i]);
    TEITEN_TRY(DuckDbRows cells,
               connection_.query(fmt::format(
                   "SELECT source, d, sensor, service, region, kind, {}, {} FROM ({}) c "
                   "GROUP BY source, d, sensor, service, region, kind "
                   "ORDER BY source, d, sensor, service, region, kind",
                   duckdb_dialect().uint64(duckdb_dialect().sum("packets")),
                   duckdb_dialect().uint64(duckdb_dialect().sum("starts")), rows)));
    while (cells.next_chunk())
      collect(cells, collector);
  }
  collector.finish();
  return {};
}

}  // namespace teiten
