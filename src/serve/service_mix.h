#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "access/batch.h"
#include "net/service.h"
#include "net/time.h"

namespace teiten {

/// Accesses begun, by service: what strangers asked for, not answers to forged addresses.
using ServiceCounts = std::map<Service, std::uint64_t>;
ServiceCounts services_of(const Batch& batch);

/// Days that a sensor's mix of services is judged over, and services a sensor's day that are
/// counted one by one: a scan of all ports must not fill memory.
inline constexpr std::int64_t kMixDays = 7;
inline constexpr std::size_t kMaxMixServices = 4096;
/// Accesses that must be missing at least (METHODS §9: none of 20 expected is no chance).
inline constexpr double kMissedAccesses = 20;
/// Sensors that must see a service for another's lack of it to mean something, and how long each
/// must have watched.
inline constexpr std::size_t kLeastWitnesses = 3;
inline constexpr double kLeastWitnessDays = 1;

/// What one sensor was asked for on its last days.
class ServiceMix {
 public:
  /// A batch that was watched during `range`.
  void note(TimeRange range, const ServiceCounts& counts);
  std::uint64_t total() const;
  double observed_days() const;
  std::uint64_t of(Service service) const;
  /// False on days with too many services to count: what is not among them may have come.
  bool whole() const;
  /// Sums over its days.
  ServiceCounts counts() const;

 private:
  struct Day {
    std::int64_t number = -1;  ///< days since 1970
    double seconds = 0;
    std::uint64_t total = 0;
    std::vector<std::pair<Service, std::uint32_t>> counts;  ///< sorted
    bool full = false;
  };
  static const std::uint32_t* find(const Day& day, Service service);
  std::array<Day, kMixDays> days_;
};

/// A service that a sensor never saw, though every other one does.
struct MissingService {
  Service service;
  double expected = 0;  ///< accesses, by the sensor that sees least of it
};
/// The one most missed at `sensor`, if there is one: something filters it on the way there. What
/// was to be expected is the least that any other sensor's share of it, and its accesses a day,
/// lead to. `all` are the sensors that watch, itself among them.
std::optional<MissingService> missing_service(const std::string& sensor,
                                              const std::map<std::string, const ServiceMix*>& all);

}  // namespace teiten
