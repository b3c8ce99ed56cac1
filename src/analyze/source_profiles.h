#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <span>
#include <unordered_set>
#include <vector>

#include "base/result.h"
#include "net/ip_address.h"
#include "net/region.h"
#include "net/service.h"
#include "net/time.h"
#include "store/source_cells.h"

namespace teiten {

class Store;

/// Different sets of numbers, each kept once and known by its index.
class SetPool {
 public:
  /// Index of the set; `numbers` ascend and differ.
  std::uint32_t intern(std::span<const std::uint32_t> numbers);
  std::span<const std::uint32_t> operator[](std::uint32_t index) const;
  std::size_t size() const { return ends_.size() - 1; }

 private:
  bool holds(std::uint32_t index, std::span<const std::uint32_t> numbers) const;
  void grow();

  std::vector<std::uint32_t> numbers_;
  std::vector<std::uint32_t> ends_ = {0};
  /// Open addressing: index + 1 of a set, 0 where empty. At least a third of it is empty.
  std::vector<std::uint32_t> slots_ = std::vector<std::uint32_t>(16, 0);
};

/// What one source asked for in a period. Sets are indexes into the pools of SourceProfiles.
struct SourceProfile {
  IpAddress source;
  std::uint32_t services = 0;
  std::uint32_t sensors = 0;
  std::uint32_t packets = 0;  ///< of these services; stays at 2^32 − 1 beyond
  Region region;              ///< that of most packets
};

/// A source with more services than this asks for anything: it ties every pair of services and says
/// nothing about which belong together (METHODS §7.1).
inline constexpr std::size_t kMaxProfileServices = 10;

/// What every source of a period asked for: one transaction a source (METHODS §7.1, because days of
/// one source are not independent). 32 bytes a source, and each different set of services once.
/// Accesses that ask for nothing and known research scanners are left out: asks_for_service().
class SourceProfiles {
 public:
  /// Reads the sources of `range`.
  static Result<SourceProfiles> read(Store& store, TimeRange range, const TimeZone& zone);

  /// Adds one source with all its cells, as Store::each_source() gives them.
  void add(const IpAddress& source, std::span<const SourceCell> cells);

  /// Sources with 1 … kMaxProfileServices services, in the order they were added.
  std::size_t size() const { return profiles_.size(); }
  const SourceProfile& operator[](std::size_t index) const { return profiles_[index]; }
  /// Codes (Service::code()), ascending.
  std::span<const std::uint32_t> services(const SourceProfile& profile) const;
  /// Sensor numbers, ascending.
  std::span<const std::uint32_t> sensors(const SourceProfile& profile) const;
  const SetPool& service_sets() const { return service_sets_; }

  /// Sources left out because they asked for more services.
  std::uint64_t busy_sources() const { return busy_sources_; }
  /// Sensors that any source was seen at, busy ones included.
  std::size_t sensor_count() const { return seen_sensors_.size(); }

 private:
  // Chunks, because doubling a vector of ten million would need three times its size for a moment.
  std::deque<SourceProfile> profiles_;
  SetPool service_sets_;
  SetPool sensor_sets_;
  std::unordered_set<std::uint16_t> seen_sensors_;
  std::uint64_t busy_sources_ = 0;
};

}  // namespace teiten
