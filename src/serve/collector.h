#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "serve/authority.h"
#include "serve/budget.h"
#include "serve/committer.h"
#include "serve/health.h"
#include "serve/intake.h"
#include "serve/quarantine.h"
#include "serve/recent_batches.h"
#include "serve/registry.h"

namespace teiten {

/// Memory for uploads: bodies as they come, then the batches made of them, until they are
/// committed. Past it sensors are told to come later.
inline constexpr std::size_t kMaxWaitingBytes = 256U << 20;

struct CollectorOptions {
  std::string store;
  std::string state;               ///< the folder of CA, registry and quarantine
  std::string listen;              ///< ADDRESS:PORT; port 0: a free one
  std::string metrics;             ///< ADDRESS:PORT of the plain listener; none if empty
  std::vector<std::string> names;  ///< host names and addresses by which sensors reach it
  HealthRules rules;
  IntakeOptions intake;
  RetentionPolicy retention;
};

/// Everything that the connections of a collector share.
struct Collector {
  Collector(const CollectorOptions& given, Authority own_authority, Registry own_registry,
            Quarantine own_quarantine, std::unique_ptr<Committer> own_committer,
            const GeoDatabases& geo, const KnownScanners& scanners);

  CollectorOptions options;
  Authority authority;
  Registry registry;
  Quarantine quarantine;
  RecentBatches recent;
  Health health;
  Counters uploads;     ///< by what became of them
  Counters handshakes;  ///< by what became of them
  Counters timeouts;    ///< by what was waited for
  Counters closed;      ///< connections of sensors, by why they had to go
  Budget waiting_bytes{kMaxWaitingBytes};
  std::atomic<std::uint64_t> connections{0};
  Intake intake;
  std::unique_ptr<Committer> committer;

  /// The fleet and the collector as one line of JSON: what `teiten sensor list` asks for.
  std::string status_json(UtcTime now) const;
  /// Prometheus text exposition: HELP, UNIT and TYPE of each.
  std::string metrics_text(UtcTime now) const;
};

/// The folder of a store's fleet where none is named.
std::string default_state_folder(const std::string& store);

/// Every sensor that is enrolled, with its health; `seen` is Health::all().
struct FleetSensor {
  SensorRecord record;
  SensorHealth health;
};
std::vector<FleetSensor> fleet_of(const std::vector<SensorRecord>& records,
                                  const std::vector<SensorHealth>& seen);
/// The array "sensors" of status_json(), as text.
std::string fleet_json(const std::vector<FleetSensor>& fleet);

/// Runs a collector until `stop` is set; `announce` is told once what it does, when it listens.
Result<void> run_collector(const CollectorOptions& options, const GeoDatabases& geo,
                           const KnownScanners& scanners, const std::atomic<bool>& stop,
                           const std::function<void(const std::string&)>& announce,
                           const std::function<void(const std::string&)>& warn);

}  // namespace teiten
