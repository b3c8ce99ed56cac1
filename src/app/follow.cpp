#include "app/follow.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <set>
#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "access/followed_file.h"
#include "app/enricher.h"
#include "app/input_plan.h"
#include "capture/rotations.h"

namespace teiten {
namespace {

namespace fs = std::filesystem;

/// Rounds in which a file that has lost its name gives nothing before it is given up: a logger
/// writes to it until it is told of the rotation.
constexpr int kQuietRounds = 2;
/// Records after which a round is committed though there are more.
constexpr std::uint64_t kRecordsPerCommit = 200'000;
constexpr auto kStopLook = std::chrono::milliseconds(100);

class Follower {
 public:
  Follower(const FollowRequest& request, const Enricher& enricher, SensorMap sensors,
           std::uint64_t epoch)
      : request_(request),
        enricher_(enricher),
        stage_(std::move(sensors), options_of(request),
               [this](Slice slice) { take(std::move(slice)); }) {
    import_.epoch = epoch;
    for (const std::string& path : request.import.files)
      places_.push_back({path, nullptr, 0, 0, false});
  }

  Result<ImportSummary> run() {
    while (true) {
      const bool last = request_.stop != nullptr && request_.stop->load();
      bool full = false;
      // What a busy store has not taken bounds what is read.
      if (pending_.empty() || last) {
        TEITEN_TRY(full, read_round());
      }
      if (last) stage_.finish();
      TEITEN_CHECK(commit(last));
      if (last) return std::move(summary_);
      if (!full || !pending_.empty()) wait();
    }
  }

 private:
  /// A name that is followed, and the file that has it.
  struct Place {
    std::string path;
    std::unique_ptr<FollowedFile> file;
    std::size_t input = 0;  ///< of the file in import_
    int quiet_rounds = 0;   ///< since it lost its name
    bool missing = false;   ///< and that was said
  };

  static AccessStageOptions options_of(const FollowRequest& request) {
    AccessStageOptions options;
    options.keep_local = request.import.keep_local;
    options.slice_packets = request.import.slice_packets;
    return options;
  }

  void note(const std::string& text) const {
    if (request_.note) request_.note(text);
  }

  void take(Slice slice) {
    std::vector<Batch> batches = enricher_.batches_of(std::move(slice), import_.epoch);
    std::move(batches.begin(), batches.end(), std::back_inserter(pending_));
  }

  /// Reads what has come; true if there is more than one commit should hold.
  Result<bool> read_round() {
    std::uint64_t given = 0;
    // Opening commits: first, so that no position is written before the packets that lead to it.
    for (Place& place : places_)
      if (!place.file) TEITEN_CHECK(open(place));
    for (Place& place : places_) {
      if (!place.file) continue;
      TEITEN_TRY(const std::uint64_t records, read(place));
      given += records;
    }
    if (given > 0) stage_.settle();
    return given >= kRecordsPerCommit;
  }

  Result<std::uint64_t> read(Place& place) {
    const auto feed_stage = [this](const Record& record) {
      ++summary_.records;
      ++summary_.lines;
      summary_.frames += record.what == Record::What::packet ? record.packet.packets : 1;
      feed(stage_, record, summary_.records);
    };
    const bool truncated = place.file->was_truncated();
    const bool replaced = place.file->was_replaced();
    if (truncated) {
      note(fmt::format("{}: was emptied; reading it from its beginning", place.path));
      place.file.reset();
      return std::uint64_t{0};
    }
    if (replaced && place.quiet_rounds >= kQuietRounds) place.file->set_ended();
    TEITEN_TRY(const std::uint64_t records,
               place.file->read(kRecordsPerCommit, std::chrono::system_clock::now(), feed_stage));
    note_progress(place);
    if (!replaced) return records;
    if (place.quiet_rounds >= kQuietRounds) {
      place.file.reset();
      place.quiet_rounds = 0;
    } else if (records == 0) {
      ++place.quiet_rounds;
    }
    return records;
  }

  void note_progress(Place& place) {
    FollowedProgress progress = place.file->take_progress();
    ImportedInput& input = import_.inputs[place.input];
    input.digest = progress.digest;
    input.name = std::move(progress.name);
    input.format = std::move(progress.format);
    input.frames = progress.counted;
    input.bytes = progress.bytes;
    input.settled = progress.settled;
    input.range = progress.range;
    std::move(progress.records.begin(), progress.records.end(), std::back_inserter(input.records));
  }

  /// Opens the file that has the name now, after what was rotated away from it unread.
  Result<void> open(Place& place) {
    std::error_code ignored;
    if (!fs::exists(place.path, ignored)) {
      if (!place.missing) note(fmt::format("{}: is not there yet; waiting for it", place.path));
      place.missing = true;
      return {};
    }
    place.missing = false;
    // Nothing may be pending where another import reads from and writes to the store.
    TEITEN_CHECK(commit(false));
    if (!pending_.empty()) return {};
    auto store = Store::open(request_.store, StoreMode::write);
    if (!store.ok()) return busy(store.error());
    TEITEN_CHECK(catch_up(place, **store));
    TEITEN_TRY(const auto imports, (*store)->imports());
    TEITEN_TRY(auto plan,
               plan_inputs({place.path}, request_.import.source, known_lengths(imports)));
    TEITEN_TRY(auto parts, find_known_records(plan, request_.import.source, imports, **store));
    std::move(parts.begin(), parts.end(), std::back_inserter(summary_.known_parts));
    TEITEN_TRY(place.file, FollowedFile::open(place.path, request_.import.source, stage_.sensors(),
                                              std::move(plan.front().known)));
    place.input = import_.inputs.size();
    import_.inputs.push_back({});
    import_.inputs.back().name = place.path;
    return {};
  }

  /// Imports the rest of files that were rotated after a part of them was imported.
  Result<void> catch_up(const Place& place, Store& store) {
    TEITEN_TRY(const auto imports, store.imports());
    const auto lengths = known_lengths(imports);
    for (const std::string& path : rotations_of(place.path)) {
      auto plan = plan_inputs({path}, request_.import.source, lengths);
      if (!plan.ok()) continue;  // whatever stands beside a log need not be one
      const auto& content = plan->front().content;
      const auto grown = [&](const ImportedInput& input) {
        const auto at = content.beginnings.find(input.bytes);
        return at != content.beginnings.end() && at->second == input.digest &&
               input.bytes < content.bytes;
      };
      const bool known = std::any_of(imports.begin(), imports.end(), [&](const Import& import) {
        return std::any_of(import.inputs.begin(), import.inputs.end(), grown);
      });
      if (!known) continue;
      ImportRequest rest = request_.import;
      rest.files = {path};
      rest.progress = {};
      TEITEN_TRY(const ImportSummary summary, import_files(rest, store));
      if (summary.records > 0)
        note(fmt::format("{}: {} records that had come before it was rotated", path,
                         summary.records));
    }
    return {};
  }

  /// A store that another process holds is waited for; anything else ends the work.
  Result<void> busy(const Error& error) {
    if (error.code != ErrorCode::busy) return error;
    if (!busy_) note(fmt::format("{}; waiting for it", error.message));
    busy_ = true;
    return {};
  }

  /// Writes what is pending and how far the files were read, in one transaction. `last`: waits for
  /// the store.
  Result<void> commit(bool last) {
    const auto fresh = [](const ImportedInput& input) { return !input.records.empty(); };
    while (!pending_.empty() || std::any_of(import_.inputs.begin(), import_.inputs.end(), fresh)) {
      auto store = Store::open(request_.store, StoreMode::write);
      if (!store.ok()) {
        TEITEN_CHECK(busy(store.error()));
        if (!last) return {};
        std::this_thread::sleep_for(kStopLook);
        continue;
      }
      busy_ = false;
      TEITEN_TRY(const std::uint64_t appended, (*store)->append_followed(pending_, import_));
      if (appended != pending_.size())
        return failure(ErrorCode::internal, "bug: the store had batches of this run already");
      for (const Batch& batch : pending_)
        summary_.add(batch);
      pending_.clear();
      for (ImportedInput& input : import_.inputs)
        input.records.clear();
      if (last) return (*store)->checkpoint();
    }
    return {};
  }

  void wait() const {
    auto left = request_.interval;
    while (left.count() > 0 && (request_.stop == nullptr || !request_.stop->load())) {
      const auto nap = std::min<std::chrono::milliseconds>(left, kStopLook);
      std::this_thread::sleep_for(nap);
      left -= nap;
    }
  }

  const FollowRequest& request_;
  const Enricher& enricher_;
  Import import_;
  std::vector<Batch> pending_;  ///< before stage_, whose slices come here
  AccessStage stage_;
  std::vector<Place> places_;
  ImportSummary summary_;
  bool busy_ = false;
};

}  // namespace

Result<ImportSummary> follow_files(const FollowRequest& request) {
  TEITEN_TRY(auto sensors, SensorMap::create(request.import.sensors));
  const auto& csv = request.import.source.log.csv;
  std::optional<GeoDatabases> geo;
  if (!csv || !csv->columns.contains("region")) {
    TEITEN_TRY(geo, GeoDatabases::open(request.import.geo));
  }
  TEITEN_TRY(const auto scanners, KnownScanners::open(request.import.scanners));
  const Enricher enricher(geo ? &*geo : nullptr, scanners);
  {
    // Creates the store, and says at once where that cannot be done. One that is read is waited
    // for.
    const auto store = Store::open(request.store, StoreMode::write);
    if (!store.ok() && store.error().code != ErrorCode::busy) return store.error();
  }
  // Of this run alone: its batches are numbered anew.
  const auto now = std::chrono::system_clock::now().time_since_epoch().count();
  const std::string run = fmt::format("follow {} {}", now, ::getpid());
  const std::uint64_t epoch = digest_of(std::as_bytes(std::span(run))).low;
  Follower follower(request, enricher, std::move(sensors), epoch);
  return follower.run();
}

}  // namespace teiten
