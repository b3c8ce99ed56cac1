#include "serve/health.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace teiten {
namespace {

using nlohmann::json;

/// Stretches of coverage that are kept a sensor: one a quarter of an hour, if each is apart.
constexpr std::size_t kMaxCovered = 100;
/// Entries of losses a sensor; each holds kLossStep or more.
constexpr auto kLossStep = std::chrono::seconds(30);
constexpr double kDaySeconds = 86400;
constexpr std::size_t kMaxPauses = 100;
/// How long after the last one a sensor is said to send conflicting batches.
constexpr auto kConflictShown = std::chrono::hours(24);

double seconds_of(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

bool is_covered(const std::vector<TimeRange>& covered, const TimeRange& range) {
  return std::any_of(covered.begin(), covered.end(), [&](const TimeRange& one) {
    return one.from <= range.from && range.to <= one.to;
  });
}

/// Adds a range to sorted, disjoint ones and forgets what is older than the window.
void cover(std::vector<TimeRange>& covered, TimeRange range) {
  const auto touches = [&](const TimeRange& one) {
    return one.from <= range.to && range.from <= one.to;
  };
  for (const TimeRange& one : covered) {
    if (!touches(one)) continue;
    range.from = std::min(range.from, one.from);
    range.to = std::max(range.to, one.to);
  }
  std::erase_if(covered, touches);
  covered.insert(std::upper_bound(covered.begin(), covered.end(), range), range);
  const UtcTime oldest = covered.back().to - kCoverageWindow;
  std::erase_if(covered, [&](const TimeRange& one) { return one.to <= oldest; });
  // The oldest two as one would claim what nobody watched: forgetting claims less.
  if (covered.size() > kMaxCovered) covered.erase(covered.begin());
}

std::string span_text(double seconds) {
  if (seconds < 120) return fmt::format("{:.0f} s", seconds);
  if (seconds < 2 * 3600) return fmt::format("{:.0f} min", seconds / 60);
  if (seconds < 2 * kDaySeconds) return fmt::format("{:.0f} h", seconds / 3600);
  return fmt::format("{:.0f} d", seconds / kDaySeconds);
}

json time_json(UtcTime time) {
  return to_microseconds(time);
}

}  // namespace

std::string_view to_string(SensorState state) {
  switch (state) {
    case SensorState::ok:
      return "ok";
    case SensorState::never:
      return "never";
    case SensorState::down:
      return "down";
    case SensorState::blind:
      return "blind";
    case SensorState::saturated:
      return "saturated";
    case SensorState::filtered:
      return "filtered";
    case SensorState::conflict:
      return "conflict";
    case SensorState::clock:
      return "clock";
    case SensorState::damaged:
      return "damaged";
  }
  return "?";
}

std::chrono::seconds longest_usual_silence(double visits_per_day) {
  constexpr auto kLeast = std::chrono::duration_cast<std::chrono::seconds>(kSilence);
  if (visits_per_day <= 0) return kLeast;
  const double seconds = std::log(1e6) / visits_per_day * kDaySeconds;
  // A year: no sensor is judged by less than a visit a month.
  const auto usual =
      std::chrono::seconds(static_cast<std::int64_t>(std::min(seconds, 366 * kDaySeconds)));
  return std::max(kLeast, usual);
}

BatchSummary BatchSummary::of(const Batch& batch) {
  BatchSummary summary;
  summary.range = batch.range;
  summary.frames = batch.frames;
  summary.packets = batch.packets_unsolicited;
  summary.dropped = batch.dropped;
  summary.visits = batch.visits.value_or(0);
  for (const Access& access : batch.accesses)
    summary.last_packet = std::max(summary.last_packet, access.last);
  summary.services = services_of(batch);
  return summary;
}

void Health::note_headers(SensorHealth& figures, const Arrival& arrival) {
  if (!arrival.version.empty()) figures.version = arrival.version;
  if (arrival.sensor_time)
    figures.clock_offset_seconds = seconds_of(*arrival.sensor_time - arrival.at);
  if (arrival.spool_bytes) figures.spool_bytes = *arrival.spool_bytes;
  if (arrival.spool_bytes && arrival.spool_limit_bytes.value_or(0) > 0) {
    figures.spool_fill =
        static_cast<double>(*arrival.spool_bytes) / static_cast<double>(*arrival.spool_limit_bytes);
  }
}

void Health::note_kept_aside(const std::string& sensor, const Arrival& arrival, TimeRange batch,
                             const std::string& why) {
  const std::lock_guard lock(mutex_);
  Followed& followed = sensors_[sensor];
  note_headers(followed.figures, arrival);
  ++followed.figures.kept_aside;
  followed.aside_arrival = std::max(followed.aside_arrival, arrival.at);
  followed.aside_interval_seconds = std::min(seconds_of(batch.to - batch.from), kDaySeconds);
  followed.aside_reason = why;
}

void Health::note_conflicting(const std::string& sensor, UtcTime now) {
  const std::lock_guard lock(mutex_);
  Followed& followed = sensors_[sensor];
  ++followed.figures.conflicting;
  followed.conflict_at = std::max(followed.conflict_at, now);
}

void Health::note_pause(UtcTime from, UtcTime to) {
  const std::lock_guard lock(mutex_);
  if (!pauses_.empty() && from <= pauses_.back().to) {
    pauses_.back().to = std::max(pauses_.back().to, to);
    return;
  }
  pauses_.push_back({from, to});
  if (pauses_.size() > kMaxPauses) pauses_.pop_front();
}

double Health::storable_seconds(UtcTime since, UtcTime now) const {
  double seconds = seconds_of(now - since);
  for (const TimeRange& pause : pauses_) {
    const UtcTime from = std::max(pause.from, since);
    const UtcTime to = std::min(pause.to, now);
    if (from < to) seconds -= seconds_of(to - from);
  }
  return seconds;
}

void Health::note(const std::string& sensor, const Arrival& arrival, const BatchSummary& batch) {
  const std::lock_guard lock(mutex_);
  Followed& followed = sensors_[sensor];
  SensorHealth& figures = followed.figures;
  figures.last_arrival = std::max(figures.last_arrival, arrival.at);
  ++figures.batches;
  note_headers(figures, arrival);
  if (batch.range.empty() || is_covered(followed.covered, batch.range)) return;
  if (followed.first == UtcTime{} || batch.range.from < followed.first)
    followed.first = batch.range.from;
  if (batch.range.to > figures.last_batch.to) {
    figures.last_batch = batch.range;
    figures.lag_seconds = std::max(0.0, seconds_of(arrival.at - batch.range.to));
    followed.interval_seconds = seconds_of(batch.range.to - batch.range.from);
  }
  cover(followed.covered, batch.range);
  followed.mix.note(batch.range, batch.services);
  figures.packets += batch.packets;
  figures.dropped += batch.dropped;
  figures.last_packet = std::max(figures.last_packet, batch.last_packet);
  followed.visits += batch.visits;
  followed.observed_seconds += seconds_of(batch.range.to - batch.range.from);
  if (followed.losses.empty() || batch.range.to - followed.losses.back().to >= kLossStep)
    followed.losses.push_back({batch.range.to, 0, 0});
  followed.losses.back().frames += batch.frames;
  followed.losses.back().dropped += batch.dropped;
  const UtcTime oldest = figures.last_batch.to - kLossWindow;
  std::erase_if(followed.losses, [&](const Loss& loss) { return loss.to <= oldest; });
}

SensorHealth Health::judged(const std::string& name, const Followed& followed, UtcTime now) const {
  SensorHealth health = followed.figures;
  health.sensor = name;
  double covered = 0;
  for (const TimeRange& range : followed.covered)
    covered += seconds_of(range.to - range.from);
  // Time since the newest batch counts as not covered once a batch is overdue.
  const UtcTime from = std::max(followed.first, now - kCoverageWindow);
  const double span = std::max(seconds_of(now - from) - followed.interval_seconds, covered);
  health.coverage = span > 0 ? std::min(1.0, covered / span) : 0;
  std::uint64_t frames = 0;
  std::uint64_t dropped = 0;
  for (const Loss& loss : followed.losses) {
    frames += loss.frames;
    dropped += loss.dropped;
  }
  if (dropped > 0)
    health.loss = static_cast<double>(dropped) / static_cast<double>(frames + dropped);
  // Without the last stretch of silence, which would make every silence a usual one.
  const UtcTime until = health.last_packet == UtcTime{} ? health.last_batch.to : health.last_packet;
  const double silent = std::max(0.0, seconds_of(health.last_batch.to - until));
  const double heard = followed.observed_seconds - silent;
  if (heard > 0) health.visits_per_day = static_cast<double>(followed.visits) / heard * kDaySeconds;

  const bool aside = followed.aside_arrival > health.last_arrival;
  const double interval = aside ? followed.aside_interval_seconds : followed.interval_seconds;
  const UtcTime arrived = std::max(health.last_arrival, followed.aside_arrival);
  const double since = seconds_of(now - arrived);
  const double waited = storable_seconds(std::max(arrived, started_), now);
  const double patience = rules_.down_after.count() > 0
                              ? seconds_of(rules_.down_after)
                              : std::max(seconds_of(kLeastDown), kDownIntervals * interval);
  const UtcTime heard_last = health.last_packet == UtcTime{} ? followed.first : health.last_packet;
  const double silence = seconds_of(health.last_batch.to - heard_last);
  if (arrived == UtcTime{}) {
    health.state = SensorState::never;
  } else if (waited > patience) {
    health.state = SensorState::down;
    health.reason = fmt::format("no batch for {}{}", span_text(since),
                                aside ? "; the last one was " + followed.aside_reason : "");
  } else if (aside) {
    health.state = SensorState::clock;
    health.reason = "its last batch was " + followed.aside_reason;
  } else if (silence >= seconds_of(longest_usual_silence(health.visits_per_day))) {
    health.state = SensorState::blind;
    health.reason = fmt::format("batches come, but no packet for {}", span_text(silence));
  } else if (health.loss >= kSaturatedShare) {
    health.state = SensorState::saturated;
    health.reason = fmt::format("lost {:.1f} % of its packets in the last hour", 100 * health.loss);
  } else if (now - followed.conflict_at < kConflictShown) {
    health.state = SensorState::conflict;
    health.reason = fmt::format(
        "{} batches had the number of another one that is stored, the last one {} ago: does a copy "
        "of this sensor run?",
        health.conflicting, span_text(seconds_of(now - followed.conflict_at)));
  } else {
    health.state = SensorState::ok;
  }
  return health;
}

std::vector<SensorHealth> Health::all(UtcTime now) const {
  const std::lock_guard lock(mutex_);
  std::vector<SensorHealth> all;
  std::map<std::string, const ServiceMix*> watching;
  for (const auto& [name, followed] : sensors_) {
    all.push_back(judged(name, followed, now));
    const SensorState state = all.back().state;
    if (state != SensorState::down && state != SensorState::blind && state != SensorState::clock)
      watching.emplace(name, &followed.mix);
  }
  for (SensorHealth& health : all) {
    if (health.state != SensorState::ok) continue;
    const auto missing = missing_service(health.sensor, watching);
    if (!missing) continue;
    health.state = SensorState::filtered;
    health.reason = fmt::format(
        "no {} on its last days, which every other sensor sees; {:.0f} "
        "accesses were to be expected",
        missing->service.to_string(), std::floor(missing->expected));
  }
  return all;
}

std::string Health::saved() const {
  const std::lock_guard lock(mutex_);
  json sensors = json::object();
  for (const auto& [name, followed] : sensors_) {
    const SensorHealth& figures = followed.figures;
    json covered = json::array();
    for (const TimeRange& range : followed.covered)
      covered.push_back({time_json(range.from), time_json(range.to)});
    sensors[name] = {{"arrival", time_json(figures.last_arrival)},
                     {"batch_from", time_json(figures.last_batch.from)},
                     {"batch_to", time_json(figures.last_batch.to)},
                     {"lag", figures.lag_seconds},
                     {"offset", figures.clock_offset_seconds},
                     {"packet", time_json(figures.last_packet)},
                     {"version", figures.version},
                     {"batches", figures.batches},
                     {"packets", figures.packets},
                     {"dropped", figures.dropped},
                     {"kept_aside", figures.kept_aside},
                     {"conflicting", figures.conflicting},
                     {"conflict_at", time_json(followed.conflict_at)},
                     {"aside_arrival", time_json(followed.aside_arrival)},
                     {"aside_interval", followed.aside_interval_seconds},
                     {"aside_reason", followed.aside_reason},
                     {"first", time_json(followed.first)},
                     {"interval", followed.interval_seconds},
                     {"observed", followed.observed_seconds},
                     {"visits", followed.visits},
                     {"covered", covered}};
  }
  return json{{"sensors", sensors}}.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
}

Result<void> Health::restore(const std::string& text) {
  std::map<std::string, Followed> sensors;
  try {
    const json parsed = json::parse(text);
    for (const auto& [name, saved] : parsed.at("sensors").items()) {
      const auto time = [](const json& value) {
        return from_microseconds(value.get<std::int64_t>());
      };
      Followed& followed = sensors[name];
      SensorHealth& figures = followed.figures;
      figures.last_arrival = time(saved.at("arrival"));
      figures.last_batch = {time(saved.at("batch_from")), time(saved.at("batch_to"))};
      figures.lag_seconds = saved.at("lag").get<double>();
      figures.clock_offset_seconds = saved.at("offset").get<double>();
      figures.last_packet = time(saved.at("packet"));
      figures.version = saved.at("version").get<std::string>();
      figures.batches = saved.at("batches").get<std::uint64_t>();
      figures.packets = saved.at("packets").get<std::uint64_t>();
      figures.dropped = saved.at("dropped").get<std::uint64_t>();
      // Not in what earlier versions saved.
      figures.kept_aside = saved.value("kept_aside", std::uint64_t{0});
      figures.conflicting = saved.value("conflicting", std::uint64_t{0});
      followed.conflict_at = from_microseconds(saved.value("conflict_at", std::int64_t{0}));
      followed.aside_arrival = from_microseconds(saved.value("aside_arrival", std::int64_t{0}));
      followed.aside_interval_seconds = saved.value("aside_interval", 0.0);
      followed.aside_reason = saved.value("aside_reason", std::string());
      followed.first = time(saved.at("first"));
      followed.interval_seconds = saved.at("interval").get<double>();
      followed.observed_seconds = saved.at("observed").get<double>();
      followed.visits = saved.at("visits").get<std::uint64_t>();
      for (const json& range : saved.at("covered"))
        followed.covered.push_back({time(range.at(0)), time(range.at(1))});
    }
  } catch (const json::exception& error) {
    return failure(ErrorCode::malformed,
                   fmt::format("the saved health is damaged: {}", error.what()));
  }
  const std::lock_guard lock(mutex_);
  sensors_ = std::move(sensors);
  return {};
}

}  // namespace teiten
