#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "access/batch.h"
#include "base/counters.h"
#include "enrich/geo.h"
#include "enrich/scanners.h"
#include "serve/authority.h"
#include "serve/quarantine.h"
#include "serve/registry.h"

namespace teiten {

/// Batches that begin later than this after the collector's clock, or before it by more than
/// IntakeOptions::max_age, are kept aside.
inline constexpr auto kMaxAhead = std::chrono::minutes(10);
/// What a sensor may hold back (SpoolLimits::age) and then some.
inline constexpr auto kDefaultMaxAge = std::chrono::hours(24 * 60);

/// Counts by name. Safe for several threads.
class Counters {
 public:
  void add(std::string_view name, std::uint64_t n = 1) {
    const std::lock_guard lock(mutex_);
    add_count(counts_, name, n);
  }
  NamedCounts all() const {
    const std::lock_guard lock(mutex_);
    return counts_;
  }

 private:
  mutable std::mutex mutex_;
  NamedCounts counts_;
};

/// An answer to a request that is not "stored".
struct Refusal {
  unsigned status = 500;
  std::string_view counter;  ///< what it is counted under, a word
  std::string error;         ///< one sentence
  std::chrono::seconds retry_after{0};
  TimeRange kept_aside{};  ///< of a batch that went into quarantine
};

/// The head of a request, as far as it is looked at.
struct RequestHead {
  std::string_view method;
  std::string_view target;
  std::string_view media_type;
  bool has_length = false;
  std::uint64_t length = 0;
};

/// What `PUT /v1/batches/SENSOR/EPOCH/SEQUENCE` names.
struct BatchName {
  std::string sensor;
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
};
/// Nothing for any other path. Numbers are decimal, without sign or leading zeros.
std::optional<BatchName> parse_batch_path(std::string_view target);

/// What is the collector's to say of a sensor's batch: that it is live, regions, known scanners.
void complete_batch(Batch& batch, const GeoDatabases& geo, const KnownScanners& scanners);

struct IntakeOptions {
  std::chrono::hours max_age = kDefaultMaxAge;  ///< 0: none is too old
};

/// Decides about each upload: who may write, what is a batch, what is kept aside; and enriches.
/// Safe for several threads.
class Intake {
 public:
  /// All must outlive it.
  Intake(Registry& registry, Quarantine& quarantine, const GeoDatabases& geo,
         const KnownScanners& scanners, IntakeOptions options)
      : registry_(registry),
        quarantine_(quarantine),
        geo_(geo),
        scanners_(scanners),
        options_(options) {}

  /// Before the body is read: whose certificate it is, and what the head says.
  std::variant<BatchName, Refusal> admit(const PeerIdentity& peer, const RequestHead& head,
                                         UtcTime now);
  /// Whether the peer may still write: asked again when the body is there, which may take minutes.
  std::optional<Refusal> refuse_peer(const PeerIdentity& peer, UtcTime now);
  /// The batch, ready for the store. A refusal of status 202 says that it is in quarantine.
  /// `kept_from`: the store takes no older access.
  std::variant<Batch, Refusal> take(const BatchName& name, std::string_view body, UtcTime now,
                                    UtcTime kept_from = UtcTime::min());

 private:
  Registry& registry_;
  Quarantine& quarantine_;
  const GeoDatabases& geo_;
  const KnownScanners& scanners_;
  IntakeOptions options_;
};

}  // namespace teiten
