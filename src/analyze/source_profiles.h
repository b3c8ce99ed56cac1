#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
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
  SetPool() = default;
  SetPool(const SetPool&) = delete;
  SetPool& operator=(const SetPool&) = delete;

  /// Index of the set; `numbers` ascend and differ.
  std::uint32_t intern(std::span<const std::uint32_t> numbers);
  std::span<const std::uint32_t> operator[](std::uint32_t index) const;
  std::size_t size() const { return ends_.size() - 1; }

 private:
  struct Hash {
    const SetPool* pool;
    std::size_t operator()(std::uint32_t index) const;
  };
  struct Equal {
    const SetPool* pool;
    bool operator()(std::uint32_t a, std::uint32_t b) const;
  };
  std::vector<std::uint32_t> numbers_;
  std::vector<std::size_t> ends_ = {0};
  std::unordered_set<std::uint32_t, Hash, Equal> known_{16, Hash{this}, Equal{this}};
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
/// Accesses that answer somebody (backscatter, reflection) ask for nothing and are left out.
class SourceProfiles {
 public:
  /// Reads the sources of `range`.
  static Result<SourceProfiles> read(Store& store, TimeRange range, const TimeZone& zone);

  SourceProfiles();
  SourceProfiles(SourceProfiles&&) noexcept;
  SourceProfiles& operator=(SourceProfiles&&) noexcept;
  ~SourceProfiles();

  /// Adds one source with all its cells, as Store::each_source() gives them.
  void add(const IpAddress& source, std::span<const SourceCell> cells);

  /// Sources with 1 … kMaxProfileServices services, in the order they were added.
  std::size_t size() const { return profiles_.size(); }
  const SourceProfile& operator[](std::size_t index) const { return profiles_[index]; }
  /// Codes (Service::code()), ascending.
  std::span<const std::uint32_t> services(const SourceProfile& profile) const;
  /// Sensor numbers, ascending.
  std::span<const std::uint32_t> sensors(const SourceProfile& profile) const;
  const SetPool& service_sets() const;

  /// Sources left out because they asked for more services.
  std::uint64_t busy_sources() const { return busy_sources_; }
  /// Sensors that any source was seen at, busy ones included.
  std::size_t sensor_count() const { return seen_sensors_.size(); }

 private:
  struct Pools;
  // Chunks, because doubling a vector of ten million would need three times its size for a moment.
  std::deque<SourceProfile> profiles_;
  std::unique_ptr<Pools> pools_;  ///< the sets' hashes point at their pool: it must not move
  std::unordered_set<std::uint16_t> seen_sensors_;
  std::uint64_t busy_sources_ = 0;
};

}  // namespace teiten
