#include "serve/readmit.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "serve/committer.h"
#include "serve/intake.h"
#include "serve/quarantine.h"
#include "serve/registry.h"
#include "serve/state_folder.h"
#include "store/store.h"
#include "wire/batch_codec.h"

namespace teiten {
namespace {

/// One sensor's batches on their way into the store.
class Readmission {
 public:
  Readmission(const ReadmitOptions& options, const GeoDatabases& geo, const KnownScanners& scanners,
              UtcTime now, const std::string& sensor)
      : options_(options), geo_(geo), scanners_(scanners), now_(now) {
    done_.sensor = sensor;
  }

  Result<void> take(const QuarantinedFile& file) {
    if (file.conflicting) {
      ++done_.conflicting;
      return {};
    }
    auto batch = read(file);
    if (!batch.ok()) {
      note_damage(file, batch.error().message);
      return {};
    }
    const TimeRange range = batch->range;
    if ((options_.from && range.from < *options_.from) ||
        (options_.to && range.to > *options_.to)) {
      ++done_.outside;
    } else if (range.to > now_ + kMaxAhead) {
      ++done_.ahead;
    } else {
      accesses_ += batch->accesses.size();
      batches_.push_back(*std::move(batch));
      files_.push_back(file);
      if (batches_.size() >= kGroupBatches || accesses_ >= kGroupAccesses) return store();
    }
    return {};
  }

  /// Commits what was taken, then removes its files.
  Result<void> store() {
    if (batches_.empty()) return {};
    std::vector<bool> kept(batches_.size(), true);
    if (!options_.dry_run) {
      TEITEN_TRY(const auto store, Store::open(options_.store, StoreMode::write));
      TEITEN_TRY(kept, append(*store));
    }
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      if (!kept[i]) continue;
      ++done_.stored;
      TimeRange& all = done_.range;
      const TimeRange& one = batches_[i].range;
      all = all.empty() ? one : TimeRange{std::min(all.from, one.from), std::max(all.to, one.to)};
      std::error_code error;
      if (!options_.dry_run && !std::filesystem::remove(files_[i].path, error) && error) {
        return failure(ErrorCode::io_error, fmt::format("cannot remove {}, which is stored: {}",
                                                        files_[i].path, error.message()));
      }
    }
    batches_.clear();
    files_.clear();
    accesses_ = 0;
    return {};
  }

  const Readmitted& done() const { return done_; }

 private:
  Result<Batch> read(const QuarantinedFile& file) const {
    TEITEN_TRY(const std::string bytes, read_small_file(file.path, kMaxBatchBytes));
    TEITEN_TRY(Batch batch, decode_batch(bytes));
    if (batch.sensor != done_.sensor || batch.epoch != file.epoch ||
        batch.sequence != file.sequence) {
      return failure(ErrorCode::malformed, fmt::format("it calls itself {}/{}/{}", batch.sensor,
                                                       batch.epoch, batch.sequence));
    }
    complete_batch(batch, geo_, scanners_);
    return batch;
  }

  /// Which of the batches are in the store now. One that it refuses keeps no other out.
  Result<std::vector<bool>> append(Store& store) {
    std::vector<bool> kept(batches_.size(), true);
    const auto all = store.append(batches_);
    if (all.ok() && *all == batches_.size()) return kept;
    if (all.ok()) done_.known += batches_.size() - *all;
    if (!all.ok() && all.error().code != ErrorCode::invalid_argument) return all.error();
    TEITEN_TRY(const std::vector<StoredBatch> stored, store.batches());
    for (std::size_t i = 0; i < batches_.size(); ++i) {
      // What the call above has just stored is found as well as what was there before.
      const auto one = store.append({&batches_[i], 1});
      if (one.ok()) {
        kept[i] = *one == 1 || is_stored(stored, batches_[i]);
        if (!all.ok()) done_.known += 1 - *one;
        if (!kept[i]) {
          ++done_.conflicting;
          --done_.known;
        }
        continue;
      }
      if (one.error().code != ErrorCode::invalid_argument) return one.error();
      kept[i] = false;
      note_damage(files_[i], one.error().message);
    }
    return kept;
  }

  /// False if the batch of this number that is there is another one: it is of another time.
  static bool is_stored(const std::vector<StoredBatch>& stored, const Batch& batch) {
    return std::any_of(stored.begin(), stored.end(), [&](const StoredBatch& row) {
      return row.batch.sensor == batch.sensor && row.batch.epoch == batch.epoch &&
             row.batch.sequence <= batch.sequence && batch.sequence <= row.last_sequence &&
             row.batch.range.from <= batch.range.from && batch.range.to <= row.batch.range.to;
    });
  }

  void note_damage(const QuarantinedFile& file, const std::string& why) {
    if (done_.damaged++ == 0) done_.damage = fmt::format("{}: {}", file.path, why);
  }

  const ReadmitOptions& options_;
  const GeoDatabases& geo_;
  const KnownScanners& scanners_;
  UtcTime now_;
  Readmitted done_;
  std::vector<Batch> batches_;
  std::vector<QuarantinedFile> files_;
  std::size_t accesses_ = 0;
};

}  // namespace

Result<std::vector<Readmitted>> readmit(const ReadmitOptions& options, const GeoDatabases& geo,
                                        const KnownScanners& scanners, UtcTime now,
                                        const std::atomic<bool>& stop) {
  TEITEN_TRY(const Registry registry, Registry::open_existing(options.state));
  TEITEN_TRY(const Quarantine quarantine, Quarantine::open(options.state + "/quarantine"));
  const std::vector<std::string> there = quarantine.sensors();
  for (const std::string& name : options.names) {
    if (std::find(there.begin(), there.end(), name) != there.end()) continue;
    const auto record = registry.find(name);
    if (!record.ok() && record.error().code == ErrorCode::not_found) return record.error();
  }
  std::vector<Readmitted> all;
  for (const std::string& sensor : options.names.empty() ? there : options.names) {
    Readmission readmission(options, geo, scanners, now, sensor);
    for (const QuarantinedFile& file : quarantine.files(sensor)) {
      if (stop) break;
      TEITEN_CHECK(readmission.take(file));
    }
    if (!stop) TEITEN_CHECK(readmission.store());
    all.push_back(readmission.done());
  }
  return all;
}

}  // namespace teiten
