#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/batch.h"
#include "base/result.h"
#include "net/time.h"
#include "serve/service_mix.h"

namespace teiten {

/// What the collector says of a sensor, in words.
enum class SensorState : std::uint8_t {
  ok,
  never,  ///< enrolled, no batch yet
  down,   ///< no batch for longer than HealthRules::down_after
  blind,  ///< batches come, and nothing in them for longer than this sensor's own traffic allows
  saturated,  ///< loses packets: its counts are lower bounds
  filtered,   ///< lacks a service that every other sensor sees (service_mix.h)
  conflict,   ///< sent other batches under identities that were stored
  clock,      ///< what it sends is kept aside: its time is out of bounds (Quarantine)
  damaged,    ///< what the collector knew of it cannot be read (SensorRecord::damage)
};
std::string_view to_string(SensorState state);

struct HealthRules {
  /// 0: kDownIntervals of its own batches, kLeastDown at least.
  std::chrono::seconds down_after{0};
};
inline constexpr int kDownIntervals = 5;
inline constexpr auto kLeastDown = std::chrono::seconds(60);
/// Share of packets lost over the last hour from which a sensor is saturated.
inline constexpr double kSaturatedShare = 0.01;
/// What coverage and losses are told over.
inline constexpr auto kCoverageWindow = std::chrono::hours(24);
inline constexpr auto kLossWindow = std::chrono::hours(1);

/// What an upload says besides its batch.
struct Arrival {
  UtcTime at{};                        ///< by the collector's clock
  std::optional<UtcTime> sensor_time;  ///< by the sensor's, when it sent
  std::string version;
  std::optional<std::uint64_t> spool_bytes;
  std::optional<std::uint64_t> spool_limit_bytes;
};

/// A batch without its accesses.
struct BatchSummary {
  TimeRange range;
  std::uint64_t frames = 0;
  std::uint64_t packets = 0;  ///< unsolicited
  std::uint64_t dropped = 0;
  std::uint64_t visits = 0;
  UtcTime last_packet{};  ///< of an unsolicited one; epoch if there is none
  ServiceCounts services;

  static BatchSummary of(const Batch& batch);
};

/// One sensor as it stands now.
struct SensorHealth {
  std::string sensor;
  SensorState state = SensorState::never;
  std::string reason;               ///< a sentence where the state is not ok
  UtcTime last_arrival{};           ///< of a batch
  TimeRange last_batch{};           ///< the newest by its time
  double lag_seconds = 0;           ///< from the end of that batch to its arrival
  double coverage = 0;              ///< 0–1, of the last day or since the first batch
  double loss = 0;                  ///< 0–1, of the packets of the last hour
  double clock_offset_seconds = 0;  ///< the sensor's clock minus the collector's
  double visits_per_day = 0;        ///< its own usual traffic
  UtcTime last_packet{};
  std::string version;
  double spool_fill = 0;  ///< 0–1
  std::uint64_t spool_bytes = 0;
  std::uint64_t batches = 0;  ///< acknowledged since this collector first ran
  std::uint64_t packets = 0;
  std::uint64_t dropped = 0;
  std::uint64_t kept_aside = 0;   ///< uploads that went into quarantine for their time
  std::uint64_t conflicting = 0;  ///< uploads of an identity that was stored with other content
};

/// Follows every sensor's batches. Kept across restarts as a text. Safe for several threads.
class Health {
 public:
  /// Nobody is called down for the time before `started`, when no collector ran.
  Health(HealthRules rules, UtcTime started) : rules_(rules), started_(started) {}
  /// Notes a batch that is in the store. What was there before (its time is covered already) adds
  /// to no sum.
  void note(const std::string& sensor, const Arrival& arrival, const BatchSummary& batch);
  /// Notes a batch of this time that went into quarantine; `why` is a sentence.
  void note_kept_aside(const std::string& sensor, const Arrival& arrival, TimeRange batch,
                       const std::string& why);
  /// Notes a batch whose identity was stored with other content.
  void note_conflicting(const std::string& sensor, UtcTime now);
  /// Nothing could be stored meanwhile: nobody is called down for it. In order of time.
  void note_pause(UtcTime from, UtcTime to);
  /// Every sensor that ever sent, by name.
  std::vector<SensorHealth> all(UtcTime now) const;
  /// JSON; restore() of a damaged one is malformed and changes nothing.
  std::string saved() const;
  Result<void> restore(const std::string& text);

 private:
  struct Loss {
    UtcTime to{};
    std::uint64_t frames = 0;
    std::uint64_t dropped = 0;
  };
  struct Followed {
    SensorHealth figures;
    UtcTime first{};              ///< where coverage begins
    double interval_seconds = 0;  ///< length of its batches
    double observed_seconds = 0;  ///< in which `visits` came
    std::uint64_t visits = 0;
    std::vector<TimeRange> covered;  ///< sorted, disjoint, of the last day
    std::vector<Loss> losses;        ///< of the last hour, a few a minute
    UtcTime conflict_at{};           ///< when the last such batch came
    UtcTime aside_arrival{};         ///< of the last batch that went into quarantine
    double aside_interval_seconds = 0;
    std::string aside_reason;
    ServiceMix mix;  ///< not saved: a collector that starts anew learns it anew
  };
  static void note_headers(SensorHealth& figures, const Arrival& arrival);
  /// How long of the time from `since` to `now` batches could be stored.
  double storable_seconds(UtcTime since, UtcTime now) const;
  SensorHealth judged(const std::string& name, const Followed& followed, UtcTime now) const;

  HealthRules rules_;
  UtcTime started_;
  mutable std::mutex mutex_;
  std::map<std::string, Followed> sensors_;
  std::deque<TimeRange> pauses_;  ///< the last ones
};

/// The silence that a Poisson process of this rate exceeds once in a million times, and kSilence at
/// least (METHODS §9); kSilence where nothing is known of the rate.
std::chrono::seconds longest_usual_silence(double visits_per_day);

}  // namespace teiten
