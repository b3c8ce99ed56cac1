#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "access/batch.h"
#include "base/hash.h"
#include "base/result.h"
#include "logs/repeated_run.h"
#include "store/query.h"
#include "store/retention.h"
#include "store/source_cells.h"

namespace teiten {

/// One input of an import.
struct ImportedInput {
  Digest digest;             ///< of the decompressed content
  std::string name;          ///< as given
  std::string format;        ///< pcap, pcapng, or a log's (import --formats)
  std::uint64_t frames = 0;  ///< frames or other records of it that the import counted
  std::uint64_t bytes = 0;   ///< of the content that `digest` covers; 0: a program before version 3
  /// Records of the content that need not be read again if it comes back longer: all of them, but
  /// for a last line without its end that told nothing.
  std::uint64_t settled = 0;
  TimeRange range{};  ///< from the first to the last record that has a time
  /// Of a log's records that the import counted, where they are kept: what is to be stored. Not
  /// filled by imports().
  std::vector<RecordHashes> records{};
};

/// One import: a set of inputs read together.
struct Import {
  std::uint64_t epoch = 0;  ///< identifies it; the epoch of its batches
  std::vector<ImportedInput> inputs;
  bool complete = false;
};

/// A batch's header as stored, without its accesses.
struct StoredBatch {
  Batch batch;                       ///< accesses is empty
  std::uint64_t last_sequence = 0;   ///< batches of a live sensor are gathered by the hour
  std::uint64_t access_rows = 0;     ///< rows stored for it, those since aged included
  std::uint64_t access_packets = 0;  ///< Σ packets over these rows
  std::uint64_t aged_rows = 0;       ///< of these rows, those that daily counts stand for now
  std::uint64_t aged_packets = 0;
};

enum class StoreMode { read, write };

/// Whether a store that a collector holds is to be borrowed from it (lend.h).
enum class StoreLoan {
  ask,   ///< every command
  none,  ///< the collector itself
};

/// Where batches are kept. DuckDB now; ClickHouse shares this interface. Not safe for several
/// threads.
class Store {
 public:
  virtual ~Store() = default;

  /// Opens the store at `location` (a path). With StoreMode::write it is created if missing, and
  /// migrated (after a copy beside it) if of an older version. Errors: not_found, busy (names the
  /// process that holds it), unsupported (a newer version, or a file that is no store of ours),
  /// permission_denied. A store that a collector holds is on loan while it is open.
  static Result<std::unique_ptr<Store>> open(const std::string& location, StoreMode mode,
                                             StoreLoan loan = StoreLoan::ask);

  // --- writing
  /// Writes batches in one transaction. One whose identity is there already is left as it is and
  /// not counted in the answer: how many were new. After an ok return they survive a kill and a
  /// power cut. invalid_argument, and nothing written, if an access is older than what is kept
  /// (retention()).
  virtual Result<std::uint64_t> append(std::span<const Batch> batches) = 0;
  /// Records that an import begins: its batches follow. Removes, in one transaction, what
  /// unfinished imports of another epoch had written: never acknowledged, perhaps the same packets.
  virtual Result<void> begin_import(const Import& import) = 0;
  /// Removes what an import that cannot go on has written, unless it is complete. What a kill
  /// leaves instead is removed by the next import of another epoch.
  virtual Result<void> abandon_import(std::uint64_t epoch) = 0;
  /// Records that all batches of the import are there, with the final frame counts.
  virtual Result<void> finish_import(const Import& import) = 0;
  /// append() and finish_import() in one transaction, for an import that goes on: its inputs'
  /// figures replace those stored, the hashes of their records are added to those stored.
  virtual Result<std::uint64_t> append_followed(std::span<const Batch> batches,
                                                const Import& import) = 0;
  /// The complete import that contains an input with this digest.
  virtual Result<std::optional<Import>> find_input(const Digest& digest) = 0;
  /// What is kept of the records of an import's input, in order.
  virtual Result<std::vector<RecordHashes>> record_hashes(std::uint64_t epoch,
                                                          std::size_t input) = 0;
  /// Replaces the accesses of the oldest local day before `first_kept` that has some by daily
  /// counts, in one transaction; nothing once there is no such day, and what lies before
  /// `first_kept` will not be taken any more. One zone a store: invalid_argument for another one,
  /// or where an import has not been finished (its accesses may still go).
  virtual Result<std::optional<AgedDay>> age_day(Day first_kept, const TimeZone& zone) = 0;
  /// Writes everything into the main file and gives free space back; after an import.
  virtual Result<void> checkpoint() = 0;

  // --- reading
  /// This store, or the whole one that this is a view of (without_scanners.h): for what a sensor
  /// itself was like, such as the ceiling of its log.
  virtual Store& whole() { return *this; }
  /// Days whose accesses are gone are answered from their daily counts, or not at all:
  /// unsupported (the message says what these counts do not tell, and from when on accesses do).
  virtual Result<QueryResult> query(const Query& query) = 0;
  /// What of old days is kept as daily counts alone; nothing if every access is there.
  virtual Result<std::optional<Retention>> retention() = 0;
  /// A hint that many queries over `range` in `zone` with buckets of a day or more (or none), and
  /// passes over its sources, follow; answers stay the same, they come faster. One at a time. Takes
  /// memory (PreparedCells::kMaxCells) until the store is written to or closed.
  virtual Result<void> prepare(TimeRange range, const TimeZone& zone) = 0;
  /// What every source did, one after another: every access whose time is in `range` is in one
  /// cell, with days of `zone`. Memory grows with the accesses of the busiest source, not
  /// with the range. The sink
  /// must not ask the store. unsupported for days whose accesses are gone.
  virtual Result<void> each_source(TimeRange range, const TimeZone& zone,
                                   const SourceSink& sink) = 0;
  /// Names of the sensors by SourceCell::sensor; one that never had an access has a name as well.
  virtual std::vector<std::string> sensor_names() const = 0;
  /// Headers of all batches, ordered by sensor, first instant, epoch and sequence.
  virtual Result<std::vector<StoredBatch>> batches() = 0;
  virtual Result<std::vector<Import>> imports() = 0;
  virtual Result<int> schema_version() = 0;
  /// "DuckDB v1.4.4".
  virtual std::string engine() const = 0;
  virtual const std::string& location() const = 0;
};

}  // namespace teiten
