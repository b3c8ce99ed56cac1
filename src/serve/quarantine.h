#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace teiten {

/// What is kept of batches whose time cannot be right: for all sensors, and for one, so that a
/// single wrong clock does not fill it for everybody. Bytes of the disk: blocks, not contents.
inline constexpr std::uint64_t kMaxQuarantineBytes = 1U << 30;
inline constexpr std::uint64_t kMaxSensorQuarantineBytes = 64U << 20;

/// A file of the quarantine.
struct QuarantinedFile {
  std::string path;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  /// Another batch of this identity was there first: the store will never take it.
  bool conflicting = false;
};

/// Batches that were acknowledged but not counted, as they came: a file each,
/// `folder`/SENSOR/EPOCH-SEQUENCE.batch, and EPOCH-SEQUENCE-DIGEST.batch where another batch of
/// this identity is known. A person decides what becomes of them (readmit.h). Safe for several
/// threads.
class Quarantine {
 public:
  static Result<Quarantine> open(const std::string& folder);
  Quarantine(Quarantine&& other) noexcept;
  Quarantine& operator=(Quarantine&&) = delete;
  ~Quarantine() = default;

  /// On disk after an ok return. The same batch again changes nothing; another one of the same
  /// identity is kept beside it. limit_reached: it is full. Precondition: is_fleet_name(sensor).
  Result<void> keep(const std::string& sensor, std::uint64_t epoch, std::uint64_t sequence,
                    std::string_view bytes);
  /// Of a batch whose identity the store has with other content.
  Result<void> keep_conflicting(const std::string& sensor, std::uint64_t epoch,
                                std::uint64_t sequence, std::string_view bytes);

  struct Usage {
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
  };
  /// As it is now, whoever has changed it. Looks at each sensor's folder, and into those that
  /// somebody else has changed.
  Usage usage() const;
  /// Names of the sensors that have something there, in order.
  std::vector<std::string> sensors() const;
  /// What is there of one, in order of epoch and sequence. Files of other names are left out.
  std::vector<QuarantinedFile> files(const std::string& sensor) const;

 private:
  /// What a sensor's folder held when it was last changed.
  struct Measured {
    std::int64_t changed = 0;  ///< the folder's time, nanoseconds since 1970
    Usage usage;
  };
  explicit Quarantine(std::string folder) : folder_(std::move(folder)) {}
  Result<void> write(const std::string& sensor, const std::string& name, std::string_view bytes);
  /// Looks whether the folder has changed since; its measure.
  Measured& measure(const std::string& sensor) const;
  void measure_all() const;

  std::string folder_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, Measured> measured_;
  mutable Usage total_;
};

}  // namespace teiten
