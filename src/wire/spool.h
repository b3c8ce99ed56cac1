#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"

namespace teiten {

/// What the spool may hold; the oldest batches go first where more comes.
struct SpoolLimits {
  std::uint64_t bytes = 256U << 20;
  std::chrono::hours age = std::chrono::hours(24 * 14);
  std::uint64_t segment_bytes = 4U << 20;
};

/// What its maker needs to go on after a batch, such as how far it has read a log: opaque here.
using SpoolNote = std::array<std::uint64_t, 5>;

/// An encoded batch in the spool.
struct SpooledBatch {
  std::uint64_t epoch = 0;
  std::uint64_t sequence = 0;
  std::string bytes;                ///< encode_batch()
  std::optional<SpoolNote> note{};  ///< in one record with it: both are kept, or neither
};

struct SpoolStatus {
  std::uint64_t batches = 0;  ///< waiting for their acknowledgement
  std::uint64_t bytes = 0;
  std::uint64_t limit_bytes = 0;
  std::uint64_t discarded_batches = 0;  ///< since it was opened: too old, or no room
  std::uint64_t damaged_records = 0;    ///< left out when it was opened
};

/// Batches that were spooled and will never be sent: discarded for want of room or for their age,
/// or damaged on disk. Kept on disk until forget_gaps().
struct SpoolGap {
  std::uint64_t epoch = 0;
  std::uint64_t first_sequence = 0;
  std::uint64_t last_sequence = 0;
  std::uint64_t batches = 0;  ///< fewer than the sequences where several gaps were joined
  friend bool operator==(const SpoolGap&, const SpoolGap&) = default;
};
/// Gaps kept apart; past that the nearest ones of an epoch are joined.
inline constexpr std::size_t kMaxSpoolGaps = 1000;

/// Batches on disk until the collector has acknowledged them: append-only segments, each record
/// with its length and CRC-32C, fsync'd before append() returns. Opened after a kill at any
/// instant, it holds every batch that append() returned ok for and that was not acknowledged, in
/// the order of append(); an acknowledged one may come again after a kill (the collector counts it
/// once). One process at a time holds a folder, which is made if it is missing; nothing outside it
/// is touched. Not safe for several threads.
class Spool {
 public:
  /// The time of day, asked once when the spool is opened: from then on age goes by a clock that
  /// nobody sets.
  using Clock = std::function<std::chrono::sys_seconds()>;
  /// Errors: busy (another process has it), permission_denied, io_error.
  static Result<std::unique_ptr<Spool>> open(const std::string& folder, SpoolLimits limits,
                                             Clock clock = {});
  virtual ~Spool() = default;
  /// Errors: io_error (a full disk), limit_reached (more than kMaxBatchBytes, or than the whole
  /// spool may hold): nothing of the batch is there then, and the spool goes on.
  virtual Result<void> append(const SpooledBatch& batch) = 0;
  /// The oldest batch that waits; nothing if none does. Stays the same until acknowledged or
  /// discarded.
  virtual Result<std::optional<SpooledBatch>> front() = 0;
  /// The collector has the batch that front() gave last: it goes, segments that hold none are
  /// removed. If it was discarded meanwhile, it is no gap any more. invalid_argument where front()
  /// gave none since.
  virtual Result<void> acknowledge_front() = 0;
  virtual SpoolStatus status() const = 0;
  /// What was lost and not yet reported, the oldest first.
  virtual std::vector<SpoolGap> gaps() const = 0;
  /// These have been reported, as gaps() gave them: what they have grown by since stays.
  virtual void forget_gaps(std::span<const SpoolGap> reported) = 0;
  /// The note of the last batch that was appended with one, also after it has gone; of the last run
  /// too.
  virtual std::optional<SpoolNote> latest_note() const = 0;
};

}  // namespace teiten
