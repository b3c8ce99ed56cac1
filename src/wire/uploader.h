#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "wire/spool.h"

namespace teiten {

/// Where and how a sensor sends: mutual TLS 1.3.
struct UploadOptions {
  std::string sensor;
  std::vector<std::string> collectors;  ///< https://host:port, in order of preference
  std::string certificate_file;         ///< PEM
  std::string key_file;                 ///< PEM
  std::string ca_file;                  ///< PEM: the collector's own CA, the only one trusted
  std::string proxy;                    ///< http://host:port; none if empty
  std::uint64_t bytes_per_second = 0;   ///< 0: no bound
  /// To connect, and without a byte moving; from 1 s to 1 h.
  std::chrono::seconds timeout{30};
  std::string program_version;  ///< for Teiten-Version
};

/// What became of one attempt.
enum class UploadOutcome : std::uint8_t {
  acknowledged,  ///< 2xx: the collector has it for good, perhaps in quarantine
  refused,       ///< 400, 413, 422: it will never take these bytes
  retry_later,   ///< unreachable, 401, 403, 415 (a newer collector will), 429, 5xx, time-out
};
struct UploadResult {
  UploadOutcome outcome = UploadOutcome::retry_later;
  std::chrono::seconds retry_after{0};  ///< as the collector asked; 0: it said nothing
  std::string reason;                   ///< one line for a person; empty if acknowledged
};

/// Sends one batch: `PUT <collector>/v1/batches/<sensor>/<epoch>/<sequence>` with the headers
/// Content-Type (kBatchMediaType), Teiten-Version (of the program), Teiten-Time (the sensor's
/// clock, µs since 1970), Teiten-Spool-Bytes and Teiten-Spool-Limit.
class Uploader {
 public:
  static Result<std::unique_ptr<Uploader>> create(UploadOptions options);
  virtual ~Uploader() = default;
  /// Blocks for as long as it takes: see UploadOptions::timeout, for each collector.
  virtual UploadResult send(const SpooledBatch& batch, const SpoolStatus& spool) = 0;
};

/// Exponential back-off with full jitter between `least` and `most`.
class BackOff {
 public:
  BackOff(std::chrono::milliseconds least, std::chrono::milliseconds most, std::uint64_t seed);
  /// How long to wait after one more failure; never shorter than `asked`, and longer than that by
  /// the jitter.
  std::chrono::milliseconds next(std::chrono::milliseconds asked);
  void reset();

 private:
  std::chrono::milliseconds least_;
  std::chrono::milliseconds most_;
  std::uint64_t state_;
  unsigned failures_ = 0;
};

}  // namespace teiten
