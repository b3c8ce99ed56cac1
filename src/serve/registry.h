#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "net/time.h"
#include "serve/state_folder.h"

namespace teiten {

/// Sensors one collector may know.
inline constexpr std::size_t kMaxFleetSensors = 10'000;

/// What the collector knows of a sensor before it ever came.
struct SensorRecord {
  std::string name;
  bool enabled = true;
  std::string serial;  ///< of its certificate
  UtcTime expires{};
  /// Of a renewed certificate that was not used yet: from its first use on it is the only one.
  std::string next_serial;
  UtcTime next_expires{};
  UtcTime created{};
  UtcTime renewed{};  ///< when the last certificate was made
  /// Its file cannot be read: one sentence that names it. Nothing else is known of the sensor then,
  /// and it may not write.
  std::string damage;
};

/// Whether a certificate may write.
enum class Admission : std::uint8_t {
  admitted,
  unknown_sensor,          ///< nobody of this name was ever added, or its file is gone
  disabled,                ///< teiten sensor disable
  superseded_certificate,  ///< a renewed one has been used since
};

/// The sensors of a fleet: one small JSON file each in a folder, which several processes may
/// change. Safe for several threads.
class Registry {
 public:
  /// Makes `state`/sensors if there is none.
  static Result<Registry> open(const std::string& state);
  /// Makes nothing. not_found: no collector has its folder there.
  static Result<Registry> open_existing(const std::string& state);
  Registry(Registry&&) noexcept;
  Registry& operator=(Registry&&) = delete;
  ~Registry();

  /// invalid_argument if there is one of this name, limit_reached past kMaxFleetSensors.
  Result<void> add(const SensorRecord& record);
  /// not_found names the folder and what to do; malformed: a damaged file.
  Result<SensorRecord> find(const std::string& name) const;
  /// All, by name; those whose file cannot be read with `damage`.
  Result<std::vector<SensorRecord>> list() const;
  /// Changes one, while no other process can.
  Result<SensorRecord> change(const std::string& name,
                              const std::function<void(SensorRecord&)>& edit,
                              std::chrono::milliseconds patience = kLockPatience);
  /// Looks at the sensor's file each time, so that `teiten sensor disable` counts from the next
  /// batch on; reads it only if it has changed. The first use of a renewed certificate is recorded.
  /// Errors: the file cannot be read or written; busy: somebody else is writing. Does not wait.
  Result<Admission> admit(const std::string& name, const std::string& serial);

 private:
  struct Cache;
  explicit Registry(std::string folder);
  std::string path_of(const std::string& name) const;

  std::string state_;
  std::string folder_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace teiten
