#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include "base/result.h"

namespace teiten {

/// What is kept of batches whose time cannot be right: for all sensors, and for one, so that a
/// single wrong clock does not fill it for everybody.
inline constexpr std::uint64_t kMaxQuarantineBytes = 1U << 30;
inline constexpr std::uint64_t kMaxSensorQuarantineBytes = 64U << 20;

/// Batches that were acknowledged but not counted, as they came: a file each,
/// `folder`/SENSOR/EPOCH-SEQUENCE.batch. A person decides what becomes of them. Safe for several
/// threads.
class Quarantine {
 public:
  static Result<Quarantine> open(const std::string& folder);
  Quarantine(Quarantine&& other) noexcept;
  Quarantine& operator=(Quarantine&&) = delete;
  ~Quarantine() = default;

  /// On disk after an ok return. The same batch again changes nothing. limit_reached: it is full.
  /// Precondition: is_fleet_name(sensor).
  Result<void> keep(const std::string& sensor, std::uint64_t epoch, std::uint64_t sequence,
                    std::string_view bytes);

 private:
  explicit Quarantine(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
  std::mutex mutex_;
};

}  // namespace teiten
