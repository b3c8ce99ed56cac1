#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/ip_address.h"
#include "net/region.h"
#include "net/service.h"
#include "net/time.h"

/// What to simulate: families of sources, where they are, what they try and when, and the sensors
/// that see them. Read from a TOML file that is checked as a whole; data/scenarios/talot2-2007.toml
/// explains each key by example.
namespace teiten {

inline constexpr std::size_t kMaxScenarioBytes = 1 << 20;  ///< of a scenario file
inline constexpr std::size_t kMaxScenarioSensors = 250;    ///< their index takes eight bits
inline constexpr std::size_t kMaxScenarioFamilies = 64;
inline constexpr std::size_t kMaxFamilyServices = 64;
inline constexpr std::size_t kMaxScenarioRegions = 250;  ///< their index takes eight bits
inline constexpr int kMaxScenarioDays = 3660;            ///< ten years

struct ServiceShare {
  Service service;
  double probability = 0;
};

struct RegionWeight {
  Region region;
  double share = 0;
};

/// What a family's packets look like on the wire.
enum class Sender : std::uint8_t {
  windows,     ///< a connect() of Windows XP: TTL 128, MSS and SACK options
  linux_host,  ///< a connect() of Linux 2.6: TTL 64, timestamps and window scale; `linux` in TOML
  raw,         ///< a raw-socket scanner: no TCP options
  // Scanners that sign their SYNs, as docs/kinds.md says; other packets of theirs are like raw.
  zmap,          ///< until 4.0
  zmap_4_1,      ///< since
  masscan,       ///< until 1.3.2
  masscan_2023,  ///< since
  mirai,
  nmap,
  unicornscan,
};
/// The word in a scenario and in the truth file.
std::string_view to_string(Sender sender);
/// A scanner with a header of its own.
constexpr bool signs(Sender sender) {
  return sender >= Sender::zmap;
}

/// How the packets of one contact follow each other.
enum class Repeat : std::uint8_t {
  once,
  syn,        ///< three SYNs at 0, 3 and 9 s, as Windows 2000 and XP send them
  geometric,  ///< a geometric number with the mean `packets`
};

/// From `from` on (local day) a family's visits are multiplied and services have other
/// probabilities.
struct FamilyChange {
  Day from{};
  double visits = 1.0;
  std::vector<ServiceShare> services;
};

/// Sources that behave alike.
struct TrafficFamily {
  std::string name;
  bool backscatter = false;  ///< answers to packets that carried the sensor's address
  bool one_service = false;  ///< a visit takes one service by weight, not each by its probability
  double visits = 0;         ///< source visits to a sensor and day
  double contacts = 1;       ///< mean number of contacts to each service of a visit, geometric
  Repeat repeat = Repeat::once;
  double packets = 1;  ///< mean packets of a contact, for Repeat::geometric
  Sender tool = Sender::raw;
  double diurnal = 0;   ///< amplitude over the source's local day, 0 … 1, highest at 21 h
  double tail = 0;      ///< share of visits to a port from the long tail 1024 … 65535
  double tail_udp = 0;  ///< share of those by UDP
  std::vector<ServiceShare> services;
  std::vector<RegionWeight> regions;
  std::vector<FamilyChange> changes;
};

struct ScenarioSensor {
  std::string name;
  IpAddress address;
};

struct Outage {
  std::size_t sensor = 0;  ///< index
  TimeRange range;
};

struct Scenario {
  std::string name;
  std::string description;
  int utc_offset_hours = 0;  ///< of the local days
  Day first_day{};
  Day last_day{};
  double reuse = 0;             ///< share of visits by a source seen lately at the same sensor
  double reuse_elsewhere = 0;   ///< … seen lately at another sensor
  double weekend = 1;           ///< level of Saturday and Sunday against the other days
  double drift_per_month = 0;   ///< relative change within a month of 30 days, its mean kept
  double family_day_noise = 0;  ///< σ of the logarithm, a family's level from day to day
  double sensor_noise = 0;      ///< … a sensor's lasting level
  double sensor_day_noise = 0;  ///< … a sensor's level from day to day
  /// Random outages, where mean_days_between > 0.
  double outage_mean_days_between = 0;
  double outage_mean_hours = 0;
  std::vector<ScenarioSensor> sensors;
  std::map<std::chrono::year_month, double> month_levels;  ///< 1 where a month has none
  std::map<Region, int> hours_east;                        ///< of the regions' clocks; 0 where none
  std::vector<TrafficFamily> families;
  std::vector<Outage> outages;
};

/// Names of the scenarios that are built in.
std::vector<std::string> builtin_scenario_names();

/// A built-in scenario by name, or one from a TOML file. An unknown key, a missing one, a wrong
/// type or a value out of range is invalid_argument with file, line and the valid keys.
Result<Scenario> load_scenario(const std::string& name_or_path);

/// From TOML text; `origin` stands in messages where a file's path would.
Result<Scenario> parse_scenario(std::string_view toml, const std::string& origin);

}  // namespace teiten
