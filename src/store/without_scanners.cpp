#include "store/without_scanners.h"

#include "store/coded_query.h"

namespace teiten {
namespace {

Error only_read() {
  return failure(ErrorCode::invalid_argument,
                 "a store without its known scanners is there to be read only");
}

}  // namespace

Result<QueryResult> WithoutScanners::query(const Query& query) {
  Query without = query;
  without.where.push_back({Dimension::scanner, {std::string(kNoScannerName)}, false});
  return store_.query(without);
}

Result<void> WithoutScanners::prepare(TimeRange range, const TimeZone& zone) {
  return store_.prepare(range, zone);
}

Result<void> WithoutScanners::each_source(TimeRange range, const TimeZone& zone,
                                          const SourceSink& sink) {
  std::vector<SourceCell> left;
  return store_.each_source(range, zone,
                            [&](const IpAddress& source, std::span<const SourceCell> cells) {
                              left.clear();
                              for (const SourceCell& cell : cells)
                                if (!cell.known_scanner) left.push_back(cell);
                              if (!left.empty()) sink(source, left);
                            });
}

Result<std::uint64_t> WithoutScanners::append(std::span<const Batch> /*batches*/) {
  return only_read();
}

Result<void> WithoutScanners::begin_import(const Import& /*import*/) {
  return only_read();
}

Result<void> WithoutScanners::abandon_import(std::uint64_t /*epoch*/) {
  return only_read();
}

Result<void> WithoutScanners::finish_import(const Import& /*import*/) {
  return only_read();
}

Result<std::uint64_t> WithoutScanners::append_followed(std::span<const Batch> /*batches*/,
                                                       const Import& /*import*/) {
  return only_read();
}

Result<std::optional<AgedDay>> WithoutScanners::age_day(Day /*first_kept*/,
                                                        const TimeZone& /*zone*/) {
  return only_read();
}

Result<void> WithoutScanners::checkpoint() {
  return only_read();
}

}  // namespace teiten
