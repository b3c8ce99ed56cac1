#include "analyze/coverage.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace teiten {
namespace {

/// A silence is a gap where a Poisson process at the sensor's rate of visits would be silent that
/// long with a probability below 1e-6: rate × silence > ln(10^6) (METHODS §9). Packets come in
/// bursts: by their rate a quiet sensor would have gaps every day.
const double kGapExponent = 6.0 * std::log(10.0);

double seconds_of(TimeRange range) {
  return range.empty() ? 0.0 : std::chrono::duration<double>(range.to - range.from).count();
}

TimeRange intersect(TimeRange a, TimeRange b) {
  return {std::max(a.from, b.from), std::min(a.to, b.to)};
}

/// The segments in order, joined where less than kSilence lies between them: batches and imports
/// cut a sensor's activity anywhere.
std::vector<TimeRange> joined(std::vector<TimeRange> segments) {
  std::sort(segments.begin(), segments.end());
  std::vector<TimeRange> result;
  for (const TimeRange& segment : segments) {
    if (!result.empty() && segment.from - result.back().to < kSilence) {
      result.back().to = std::max(result.back().to, segment.to);
    } else {
      result.push_back(segment);
    }
  }
  return result;
}

/// When somebody watched, and whether a live sensor says so itself.
struct Watch {
  TimeRange range;
  bool reported_begin = false;  ///< it began when a live sensor's report says
  bool reported_end = false;
};

/// All of it in order, joined where it touches or overlaps.
std::vector<Watch> watches_of(const std::vector<TimeRange>& inferred,
                              std::vector<TimeRange> reported) {
  std::vector<Watch> all;
  for (const TimeRange& range : inferred)
    all.push_back({range, false, false});
  for (const TimeRange& range : reported)
    all.push_back({range, true, true});
  std::sort(all.begin(), all.end(),
            [](const Watch& a, const Watch& b) { return a.range < b.range; });
  std::vector<Watch> result;
  for (const Watch& watch : all) {
    if (result.empty() || watch.range.from > result.back().range.to) {
      result.push_back(watch);
    } else if (watch.range.to > result.back().range.to) {
      result.back().range.to = watch.range.to;
      result.back().reported_end = watch.reported_end;
    }
  }
  return result;
}

/// Rate and gaps depend on each other: a gap shortens the observed time, which raises the rate.
/// Starts from no gap and repeats until nothing changes; gaps are only ever added, so it ends.
std::vector<CoverageGap> gaps_among(const std::vector<TimeRange>& silences, TimeRange life,
                                    const std::vector<CoverageGap>& reported,
                                    std::uint64_t visits) {
  double alive = seconds_of(life);
  for (const CoverageGap& gap : reported)
    alive -= seconds_of(gap.range);
  std::vector<CoverageGap> gaps;
  for (;;) {
    double observed = alive;
    for (const CoverageGap& gap : gaps)
      observed -= seconds_of(gap.range);
    if (observed <= 0) return gaps;
    const double rate = static_cast<double>(visits) / observed;
    std::vector<CoverageGap> next;
    for (const TimeRange& silence : silences) {
      if (rate * seconds_of(silence) > kGapExponent) next.push_back({silence, true});
    }
    if (next.size() == gaps.size()) return gaps;
    gaps = std::move(next);
  }
}

struct SensorLog {
  std::vector<TimeRange> segments;  ///< with traffic, as imports saw it
  std::vector<TimeRange> reported;  ///< watched, as live sensors tell
  std::uint64_t packets = 0;
  std::uint64_t visits = 0;
};

void add_batch(const StoredBatch& stored, SensorLog& log) {
  const Batch& batch = stored.batch;
  log.packets += batch.packets_unsolicited;
  // Before visits were counted accesses come nearest.
  log.visits += batch.visits.value_or(stored.access_rows);
  if (batch.live) {
    if (!batch.range.empty()) log.reported.push_back(batch.range);
    return;
  }
  for (const TimeRange& segment : batch.activity) {
    // A lone packet still shows that somebody watched at that instant.
    const UtcTime end = std::max(segment.to, segment.from + std::chrono::microseconds(1));
    log.segments.push_back({segment.from, end});
  }
  if (batch.activity.empty() && batch.packets_unsolicited > 0 && !batch.range.empty())
    log.segments.push_back(batch.range);
}

}  // namespace

double SensorCoverage::observed_days(TimeRange range) const {
  double seconds = seconds_of(intersect(life, range));
  for (const CoverageGap& gap : gaps)
    seconds -= seconds_of(intersect(gap.range, range));
  return std::max(0.0, seconds) / 86400.0;
}

double SensorCoverage::uptime(TimeRange range) const {
  if (range.empty()) return 0.0;
  return observed_days(range) * 86400.0 / seconds_of(range);
}

std::vector<SensorCoverage> coverage_of(std::span<const StoredBatch> batches) {
  std::map<std::string, SensorLog> logs;
  for (const StoredBatch& stored : batches) {
    if (stored.batch.sensor != kUnattributed) add_batch(stored, logs[stored.batch.sensor]);
  }
  std::vector<SensorCoverage> result;
  for (auto& [sensor, log] : logs) {
    if (log.segments.empty() && log.reported.empty()) continue;
    const std::vector<Watch> watches =
        watches_of(joined(std::move(log.segments)), std::move(log.reported));
    SensorCoverage coverage;
    coverage.sensor = sensor;
    coverage.life = {watches.front().range.from, watches.back().range.to};
    coverage.packets = log.packets;
    std::vector<TimeRange> silences;
    for (std::size_t i = 1; i < watches.size(); ++i) {
      const TimeRange between{watches[i - 1].range.to, watches[i].range.from};
      if (watches[i - 1].reported_end && watches[i].reported_begin) {
        coverage.gaps.push_back({between, false});
      } else if (between.to - between.from >= kSilence) {
        silences.push_back(between);
      }
    }
    const auto inferred = gaps_among(silences, coverage.life, coverage.gaps, log.visits);
    coverage.gaps.insert(coverage.gaps.end(), inferred.begin(), inferred.end());
    std::sort(coverage.gaps.begin(), coverage.gaps.end(),
              [](const CoverageGap& a, const CoverageGap& b) { return a.range < b.range; });
    result.push_back(std::move(coverage));
  }
  return result;
}

Result<std::vector<SensorCoverage>> coverage(Store& store) {
  TEITEN_TRY(const auto batches, store.batches());
  return coverage_of(batches);
}

Exposure exposure(std::span<const SensorCoverage> coverage, TimeRange range, const TimeZone& zone) {
  Exposure result;
  if (range.empty()) return result;
  for (const SensorCoverage& sensor : coverage) {
    const double days = sensor.observed_days(range);
    if (days <= 0) continue;
    ++result.sensors;
    result.observed_sensor_days += days;
  }
  const auto first = std::chrono::sys_days(zone.day_of(range.from));
  const auto last = std::chrono::sys_days(zone.day_of(range.to - Duration(1)));
  const auto local_days = (last - first).count() + 1;
  result.nominal_sensor_days =
      static_cast<double>(result.sensors) * static_cast<double>(local_days);
  return result;
}

}  // namespace teiten
