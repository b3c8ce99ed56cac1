#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "analyze/coverage.h"
#include "analyze/day_number.h"
#include "analyze/saturation.h"
#include "analyze/sensor_changes.h"
#include "store/store.h"

namespace teiten {

/// What the days of services cannot tell by themselves.
struct ServiceDaysOptions {
  std::vector<SensorChange> changes;  ///< of sensors' addresses, by sensor, then day
  /// saturated_sensors() of a time that holds the days, if it was asked already.
  std::optional<std::vector<SaturatedSensor>> saturated{};
};

/// A sensor between two changes of its addresses: its number (SourceCell::sensor), and above that,
/// from bit 16 on, how many changes came before.
using SensorEpoch = std::uint32_t;

/// Sources that ask for so many services on one day at all sensors are vertical scanners: they do
/// not make a service new (METHODS §6.4).
inline constexpr std::size_t kVerticalServices = 10;
/// Sources that ask for so many are sweeps of all ports, interested in none, and count for no
/// service: each adds one source to a thousand services a day, and nothing to any finding.
inline constexpr std::size_t kSweepServices = 1'000;
/// Cells kept at most, of about 100 bytes each. What comes later in the order of addresses then
/// counts only where its cell is there already; ServiceDays::cells_left_out says how often not.
inline constexpr std::size_t kMaxServiceDayCells = 2'000'000;

/// One service, or one service from one region, on one day.
struct ServiceDayCell {
  std::uint32_t sources = 0;  ///< distinct
  std::uint32_t narrow = 0;   ///< of these, no vertical scanners
  std::uint64_t packets = 0;
  std::uint64_t top_packets = 0;  ///< of the busiest source
  IpAddress top_source;
  std::array<std::uint64_t, 2> networks{};  ///< up to two networks (/16, IPv6 /32) of `narrow`
  std::array<std::uint16_t, 3> sensor{};    ///< up to three sensors that saw a source
  std::uint8_t sensors = 0;                 ///< how many these are
  std::uint8_t network_count = 0;
};

/// One local day over all sensors that can be compared.
struct ObservedDay {
  double exposure = 0;           ///< observed sensor-days, saturated ones left out
  std::uint32_t sensors_up = 0;  ///< sensors that watched
  bool eligible = false;         ///< at least half the largest exposure of all days
  std::uint64_t packets = 0;     ///< of services, kinds that ask only
};

/// Distinct sources, breadth and packets of every service, and of every service × region, by local
/// day: one pass over the store.
class ServiceDays {
 public:
  /// Region of a service as a whole.
  static constexpr std::uint16_t kAllRegions = 0;
  using Series = std::vector<std::pair<std::int64_t, const ServiceDayCell*>>;  ///< by day

  /// Counts the local days [first_day, end_day) of `zone`.
  static Result<ServiceDays> build(Store& store, std::span<const SensorCoverage> coverage,
                                   std::int64_t first_day, std::int64_t end_day,
                                   const TimeZone& zone, const ServiceDaysOptions& options);

  std::int64_t first_day() const { return first_day_; }
  std::int64_t end_day() const { return first_day_ + static_cast<std::int64_t>(days_.size()); }
  /// By day − first_day().
  const std::vector<ObservedDay>& days() const { return days_; }
  const std::vector<SaturatedSensor>& saturated() const { return saturated_; }
  /// Days with a source, of every service (Service::code()).
  std::map<std::uint32_t, Series> services() const;
  /// The same of the regions (Region::code()) of one service.
  std::map<std::uint16_t, Series> regions(std::uint32_t service) const;
  std::uint64_t cells_left_out() const { return cells_left_out_; }
  /// True if cells of the sensor (SourceCell::sensor) do not count that day: it was saturated.
  bool left_out(std::uint16_t sensor, std::int64_t day) const;
  /// Every epoch of every sensor, whether or not it watched.
  std::vector<SensorEpoch> epochs() const;
  SensorEpoch epoch_of(std::uint16_t sensor, std::int64_t day) const;
  /// Observed days of the epoch among [first, end), saturated ones left out.
  double observed_days(SensorEpoch epoch, std::int64_t first, std::int64_t end) const;

 private:
  class Counter;
  Result<void> observe(Store& store, std::span<const SensorCoverage> coverage, const TimeZone& zone,
                       const ServiceDaysOptions& options);

  std::int64_t first_day_ = 0;
  std::vector<ObservedDay> days_;
  std::vector<SaturatedSensor> saturated_;
  std::set<std::pair<std::uint16_t, std::int64_t>> left_out_;
  /// By sensor: uptime of each day, 0 of what is left out; and its days of change.
  std::unordered_map<std::uint16_t, std::vector<float>> uptime_;
  std::unordered_map<std::uint16_t, std::vector<std::int64_t>> changes_;
  /// By service × 2^32 + region × 2^16 + day index.
  std::unordered_map<std::uint64_t, ServiceDayCell> cells_;
  std::uint64_t cells_left_out_ = 0;
};

/// /16 of an IPv4 address or /32 of an IPv6 one, as a number that tells them apart.
std::uint64_t network_of(const IpAddress& address);

}  // namespace teiten
