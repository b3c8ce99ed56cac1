#include "analyze/breakdown.h"

#include <algorithm>
#include <map>

namespace teiten {
namespace {

/// Packets, accesses and source_days of disjoint keys add up; distinct sources do not.
bool is_additive(const BreakdownQuery& query) {
  return query.measure != Measure::sources && query.measure != Measure::sensors;
}

Query store_query(const BreakdownQuery& query, Bucket bucket) {
  Query result;
  result.from = query.range.from;
  result.to = query.range.to;
  result.zone = query.zone;
  result.bucket = bucket;
  result.where = query.where;
  result.measures = {query.measure};
  return result;
}

std::vector<std::string> keys_of(const Breakdown& whole) {
  std::vector<std::string> keys;
  for (const PartTotal& part : whole.parts)
    keys.push_back(part.key);
  return keys;
}

/// Everything that none of `keys` names, by bucket.
Result<QueryResult> others(Store& store, const BreakdownQuery& query,
                           const std::vector<std::string>& keys, Bucket bucket) {
  Query rest = store_query(query, bucket);
  if (!keys.empty()) rest.where.push_back({query.dimension, keys, true});
  return store.query(rest);
}

using DayIndex = std::map<UtcTime, std::size_t>;

void add_values(const QueryResult& result, const DayIndex& index,
                std::vector<std::uint64_t>& values) {
  for (const ResultRow& row : result.rows) {
    if (const auto day = index.find(*row.bucket); day != index.end())
      values[day->second] += row.measures[0];
  }
}

Result<std::vector<std::uint64_t>> daily_others(Store& store, const BreakdownQuery& query,
                                                const DailyBreakdown& named,
                                                const DayIndex& index) {
  std::vector<std::uint64_t> values(index.size(), 0);
  if (!is_additive(query)) {
    TEITEN_TRY(const auto rest, others(store, query, named.keys, Bucket::day));
    add_values(rest, index, values);
    return values;
  }
  // Where the measure adds up, the day's total less the named parts is the same and cheaper.
  TEITEN_TRY(const auto all, store.query(store_query(query, Bucket::day)));
  add_values(all, index, values);
  for (const auto& part : named.values) {
    for (std::size_t day = 0; day < part.size(); ++day)
      values[day] -= std::min(values[day], part[day]);
  }
  return values;
}

}  // namespace

std::uint64_t Breakdown::total() const {
  std::uint64_t sum = other;
  for (const PartTotal& part : parts)
    sum += part.count;
  return sum;
}

Result<std::vector<PartTotal>> counts_by(Store& store, const BreakdownQuery& query) {
  Query by_key = store_query(query, Bucket::none);
  by_key.by = {query.dimension};
  TEITEN_TRY(auto result, store.query(by_key));
  std::vector<PartTotal> totals;
  totals.reserve(result.rows.size());
  for (ResultRow& row : result.rows)
    totals.push_back({std::move(row.keys[0]), row.measures[0]});
  std::sort(totals.begin(), totals.end(), [](const PartTotal& a, const PartTotal& b) {
    return a.count != b.count ? a.count > b.count : a.key < b.key;
  });
  return totals;
}

Result<Breakdown> breakdown(Store& store, const BreakdownQuery& query) {
  TEITEN_TRY(const auto totals, counts_by(store, query));
  Breakdown result;
  result.distinct = totals.size();
  for (std::size_t i = 0; i < totals.size(); ++i) {
    if (i < query.top) {
      result.parts.push_back(totals[i]);
    } else {
      result.other += totals[i].count;
    }
  }
  if (result.has_other() && !is_additive(query)) {
    TEITEN_TRY(const auto rest, others(store, query, keys_of(result), Bucket::none));
    result.other = rest.rows.empty() ? 0 : rest.rows[0].measures[0];
  }
  return result;
}

Result<DailyBreakdown> daily_breakdown(Store& store, const BreakdownQuery& query,
                                       const Breakdown& whole, const std::vector<UtcTime>& days) {
  DailyBreakdown result;
  result.keys = keys_of(whole);
  result.values.assign(result.keys.size(), std::vector<std::uint64_t>(days.size(), 0));
  if (result.keys.empty()) return result;
  DayIndex index;
  for (std::size_t day = 0; day < days.size(); ++day)
    index.emplace(days[day], day);

  Query by_key = store_query(query, Bucket::day);
  by_key.by = {query.dimension};
  by_key.where.push_back({query.dimension, result.keys, false});
  TEITEN_TRY(const auto daily, store.query(by_key));
  std::map<std::string, std::size_t, std::less<>> part_of;
  for (std::size_t part = 0; part < result.keys.size(); ++part)
    part_of.emplace(result.keys[part], part);
  for (const ResultRow& row : daily.rows) {
    const auto day = index.find(*row.bucket);
    const auto part = part_of.find(row.keys[0]);
    if (day != index.end() && part != part_of.end())
      result.values[part->second][day->second] += row.measures[0];
  }
  if (whole.has_other()) {
    TEITEN_TRY(result.other, daily_others(store, query, result, index));
  }
  return result;
}

}  // namespace teiten
