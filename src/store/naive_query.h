#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "access/batch.h"
#include "decode/payload.h"
#include "store/query.h"

/// The query form once more, for the tests only: over accesses in memory, with sets of texts and
/// the zone's own calendar; slow, and as close to the words of query.h as possible.
namespace teiten::test {

inline std::string naive_text(Dimension dimension, const Batch& batch, const Access& access) {
  switch (dimension) {
    case Dimension::service:
      return access.service.to_string();
    case Dimension::region:
      return access.region.to_string();
    case Dimension::sensor:
      return batch.sensor;
    case Dimension::kind:
      return std::string(to_string(access.kind));
    case Dimension::protocol:
      return protocol_name(access.service.protocol());
    case Dimension::target:
      return std::to_string(access.target);
    case Dimension::tool:
      return to_string(access.tool);
    case Dimension::scanner:
      return access.scanner == 0 ? "-" : batch.scanners.at(access.scanner - 1U);
    case Dimension::payload:
      return std::string(to_string(access.payload));
  }
  return "";
}

/// Goes back minute by minute while the clock shows the same hour of the same offset.
inline UtcTime naive_hour(UtcTime time, const TimeZone& zone) {
  using namespace std::chrono;
  const auto shown = [&](UtcTime t) { return zone.format(t).substr(0, 13); };
  UtcTime start = floor<minutes>(time);
  while (shown(start - minutes{1}) == shown(time) &&
         zone.offset_at(start - minutes{1}) == zone.offset_at(time))
    start -= minutes{1};
  return start;
}

inline UtcTime naive_bucket(Bucket bucket, UtcTime time, const TimeZone& zone) {
  const Day day = zone.day_of(time);
  switch (bucket) {
    case Bucket::none:
      return {};
    case Bucket::hour:
      return naive_hour(time, zone);
    case Bucket::day:
      return zone.start_of(day);
    case Bucket::week: {
      std::chrono::sys_days monday{day};
      while (std::chrono::weekday{monday} != std::chrono::Monday)
        monday -= std::chrono::days{1};
      return zone.start_of(Day{monday});
    }
    case Bucket::month:
      return zone.start_of(Day{day.year() / day.month() / 1});
  }
  return {};
}

struct NaiveCell {
  std::uint64_t packets = 0;
  std::uint64_t accesses = 0;
  std::set<IpAddress> sources;
  std::set<std::tuple<IpAddress, std::string, std::string, std::string>> source_days;
  std::set<std::string> sensors;

  std::uint64_t measure(Measure measure) const {
    switch (measure) {
      case Measure::packets:
        return packets;
      case Measure::accesses:
        return accesses;
      case Measure::sources:
        return sources.size();
      case Measure::source_days:
        return source_days.size();
      case Measure::sensors:
        return sensors.size();
    }
    return 0;
  }
};

inline bool naive_matches(const Query& query, const Batch& batch, const Access& access) {
  if (query.from && access.first < *query.from) return false;
  if (query.to && access.first >= *query.to) return false;
  for (const Filter& filter : query.where) {
    const bool listed = std::count(filter.values.begin(), filter.values.end(),
                                   naive_text(filter.dimension, batch, access)) > 0;
    if (listed == filter.exclude) return false;
  }
  return true;
}

/// What one source asked for, and the packets from each region.
struct NaiveSource {
  std::set<std::string> services;
  std::map<std::string, std::uint64_t> packets;

  std::string region() const {
    std::string most;
    for (const auto& [region, count] : packets)
      if (most.empty() || count > packets.at(most)) most = region;
    return most;
  }
};

inline bool naive_chosen(const Query& query, const NaiveSource& source) {
  if (query.max_services != 0 && source.services.size() > query.max_services) return false;
  for (const SourceFilter& filter : query.sources) {
    const std::set<std::string> listed(filter.services.begin(), filter.services.end());
    std::set<std::string> either = source.services;
    either.insert(listed.begin(), listed.end());
    const std::size_t both = source.services.size() + listed.size() - either.size();
    const bool matches = filter.match == SourceMatch::all ? both == listed.size()
                         : filter.match == SourceMatch::any
                             ? both > 0
                             : both >= 2 && 2 * both >= either.size();
    if (matches == filter.exclude) return false;
  }
  return true;
}

/// The batches with the accesses of the chosen sources only, each with its source's region.
inline std::vector<Batch> naive_chosen_batches(std::vector<Batch> batches, const Query& query) {
  Query all = query;
  std::erase_if(all.where, [](const Filter& filter) {
    return filter.dimension == Dimension::service || filter.dimension == Dimension::protocol ||
           filter.dimension == Dimension::region;
  });
  std::map<IpAddress, NaiveSource> sources;
  for (const Batch& batch : batches) {
    for (const Access& access : batch.accesses) {
      if (!naive_matches(all, batch, access)) continue;
      sources[access.source].services.insert(access.service.to_string());
      sources[access.source].packets[access.region.to_string()] += access.packets;
    }
  }
  for (Batch& batch : batches) {
    std::erase_if(batch.accesses, [&](const Access& access) {
      return !sources.contains(access.source) || !naive_chosen(query, sources[access.source]);
    });
    for (Access& access : batch.accesses)
      access.region = *Region::parse(sources[access.source].region());
  }
  return batches;
}

inline QueryResult naive_query(const std::vector<Batch>& stored, const Query& query) {
  const bool chooses = !query.sources.empty() || query.max_services != 0;
  const std::vector<Batch> batches = chooses ? naive_chosen_batches(stored, query) : stored;
  std::map<std::pair<UtcTime, std::vector<std::string>>, NaiveCell> cells;
  if (query.bucket == Bucket::none && query.by.empty()) cells[{}];
  for (const Batch& batch : batches) {
    for (const Access& access : batch.accesses) {
      if (!naive_matches(query, batch, access)) continue;
      std::vector<std::string> keys;
      for (const Dimension dimension : query.by)
        keys.push_back(naive_text(dimension, batch, access));
      NaiveCell& cell = cells[{naive_bucket(query.bucket, access.first, query.zone), keys}];
      cell.packets += access.packets;
      cell.accesses += access.continues ? 0 : 1;
      cell.sources.insert(access.source);
      cell.source_days.emplace(access.source, format_day(query.zone.day_of(access.first)),
                               batch.sensor, access.service.to_string());
      cell.sensors.insert(batch.sensor);
    }
  }
  // The map has them by bucket and texts; a stable sort by the measure keeps that order in ties.
  std::vector<std::pair<std::pair<UtcTime, std::vector<std::string>>, const NaiveCell*>> order;
  for (const auto& [key, cell] : cells)
    order.emplace_back(key, &cell);
  if (query.order) {
    std::stable_sort(order.begin(), order.end(), [&](const auto& a, const auto& b) {
      if (a.first.first != b.first.first) return a.first.first < b.first.first;
      return a.second->measure(*query.order) > b.second->measure(*query.order);
    });
  }
  QueryResult result;
  std::map<UtcTime, std::uint64_t> in_bucket;
  for (const auto& [key, cell] : order) {
    if (query.limit != 0 && in_bucket[key.first]++ >= query.limit) continue;
    ResultRow row;
    if (query.bucket != Bucket::none) row.bucket = key.first;
    row.keys = key.second;
    for (const Measure measure : query.measures)
      row.measures.push_back(cell->measure(measure));
    result.rows.push_back(row);
  }
  return result;
}

}  // namespace teiten::test
