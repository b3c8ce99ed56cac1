#include "app/importer.h"

#include <algorithm>
#include <future>
#include <map>
#include <optional>
#include <thread>

#include <fmt/format.h>

#include "app/enricher.h"
#include "app/input_plan.h"
#include "app/rejects_file.h"
#include "base/bounded_queue.h"

namespace teiten {
namespace {

/// Slices waiting for the store.
constexpr std::size_t kMaxQueuedSlices = 1;
/// Records between two looks at the writer's state and the progress line.
constexpr std::uint64_t kRecordsPerLook = 65'536;

/// Everything besides the content of the inputs that changes what is stored, or how it is cut into
/// batches: part of the import's identity, so that an import that was killed is not continued under
/// other options.
std::string identity_of(const ImportRequest& request) {
  std::string text =
      fmt::format("keep_local={} format={} zone={} year={} slice={} rules={}", request.keep_local,
                  request.source.format, request.source.log.zone.name(),
                  request.source.log.year.value_or(0), request.slice_packets, kRuleSetVersion);
  for (const SensorSpec& sensor : request.sensors) {
    text += " sensor=" + sensor.name;
    for (const Prefix& prefix : sensor.prefixes)
      text += "," + prefix.to_string();
  }
  if (request.source.log.csv) {
    for (const auto& [key, column] : request.source.log.csv->columns)
      text += fmt::format(" {}={}", key, column);
  }
  for (const GeoFile& file : request.geo)
    text += fmt::format(" geo={}@{}", file.path, file.date ? format_day(*file.date) : "");
  for (const auto& file : request.scanners)
    text += fmt::format(" scanners={}", file);
  return text;
}

std::uint64_t epoch_of(const std::vector<ImportedInput>& inputs, const ImportRequest& request) {
  std::vector<Digest> digests;
  digests.reserve(inputs.size());
  for (const ImportedInput& input : inputs)
    digests.push_back(input.digest);
  std::sort(digests.begin(), digests.end());
  std::string text = identity_of(request);
  for (const Digest& digest : digests)
    text += digest.hex();
  return digest_of(std::as_bytes(std::span(text))).low;
}

/// Cuts slices into batches and enriches these on one thread, appends them to the store on another.
class Writer {
 public:
  Writer(Store& store, std::uint64_t epoch, const Enricher& enricher)
      : store_(store), epoch_(epoch), enricher_(enricher) {
    enriching_ = std::thread([this] { enrich_all(); });
    appending_ = std::thread([this] { append_all(); });
  }
  ~Writer() { stop(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void write(Slice slice) { slices_.push(std::move(slice)); }
  /// Waits for everything written so far; the first error, if there was one.
  Result<void> finish() {
    stop();
    if (error_) return *error_;
    return {};
  }
  bool failed() const { return failed_.load(std::memory_order_relaxed); }
  const ImportSummary& counted() const { return counted_; }

 private:
  void stop() {
    slices_.close();
    if (enriching_.joinable()) enriching_.join();
    if (appending_.joinable()) appending_.join();
  }

  void enrich_all() {
    while (auto slice = slices_.pop()) {
      if (!batches_.push(enricher_.batches_of(std::move(*slice), epoch_))) break;
    }
    batches_.close();
  }

  void append_all() {
    while (auto batches = batches_.pop()) {
      if (auto appended = store_.append(*batches); !appended.ok()) {
        error_ = appended.error();
        failed_.store(true, std::memory_order_relaxed);
        batches_.close();
        slices_.close();
        return;
      }
      for (const Batch& batch : *batches)
        counted_.add(batch);
    }
  }

  Store& store_;
  std::uint64_t epoch_;
  const Enricher& enricher_;
  BoundedQueue<Slice> slices_{kMaxQueuedSlices};
  BoundedQueue<std::vector<Batch>> batches_{kMaxQueuedSlices};
  std::optional<Error> error_;
  std::atomic<bool> failed_{false};
  ImportSummary counted_;
  std::thread enriching_;
  std::thread appending_;
};

/// Leaves out what the store has already; says so.
Result<std::vector<PlannedInput>> new_inputs(std::vector<PlannedInput> plan,
                                             const ImportRequest& request, Store& store,
                                             ImportSummary& summary) {
  std::vector<PlannedInput> fresh;
  for (PlannedInput& planned : plan) {
    TEITEN_TRY(const auto known, store.find_input(planned.content.whole));
    if (known) {
      const bool same = known->epoch == epoch_of(known->inputs, request);
      summary.already_there.push_back({planned.path, same});
    } else {
      fresh.push_back(std::move(planned));
    }
  }
  return fresh;
}

Result<void> read_all(MergedRecords& records, AccessStage& stage, const Writer& writer,
                      const ImportRequest& request, std::uint64_t total_bytes,
                      std::optional<RejectsFile>& rejects, ImportSummary& summary) {
  for (std::uint64_t count = 1;; ++count) {
    TEITEN_TRY(const Record* record, records.next());
    if (record == nullptr) return {};
    ++summary.records;
    summary.frames += record->what == Record::What::packet ? record->packet.packets : 1;
    if (!record->is_frame) ++summary.lines;
    if (rejects && record->what == Record::What::rejected)
      TEITEN_CHECK(rejects->add(records.current_path(), *record));
    feed(stage, *record, count);
    if (count % kRecordsPerLook == 0) {
      if (writer.failed()) return {};
      if (request.stop != nullptr && request.stop->load()) {
        summary.stopped = true;
        return {};
      }
      if (request.progress) request.progress(records.bytes_done(), total_bytes);
    }
  }
}

Result<void> check_conservation(const ImportSummary& summary) {
  const std::uint64_t accounted = summary.packets_unsolicited + summary.solicited +
                                  total_of(summary.ignored) + total_of(summary.anomalies) +
                                  total_of(summary.rejected);
  if (accounted == summary.frames) return {};
  return failure(ErrorCode::internal,
                 fmt::format("bug: {} packets were read, but {} are accounted for; nothing is kept "
                             "of this import, please report it",
                             summary.frames, accounted));
}

/// What of each sensor's time in this import other imports cover too.
Result<std::vector<ImportSummary::Overlap>> overlaps(Store& store, std::uint64_t epoch) {
  TEITEN_TRY(const auto batches, store.batches());
  struct Segments {
    std::vector<TimeRange> own;
    std::vector<TimeRange> others;
  };
  std::map<std::string, Segments> sensors;
  for (const StoredBatch& stored : batches) {
    Segments& segments = sensors[stored.batch.sensor];
    auto& list = stored.batch.epoch == epoch ? segments.own : segments.others;
    if (stored.batch.live) {
      list.push_back(stored.batch.range);
    } else {
      list.insert(list.end(), stored.batch.activity.begin(), stored.batch.activity.end());
    }
  }
  std::vector<ImportSummary::Overlap> found;
  for (auto& [sensor, segments] : sensors) {
    TimeRange both;
    for (const TimeRange& own : segments.own) {
      for (const TimeRange& other : segments.others) {
        const TimeRange part{std::max(own.from, other.from), std::min(own.to, other.to)};
        if (part.empty()) continue;
        if (both.empty()) both = part;
        both = {std::min(both.from, part.from), std::max(both.to, part.to)};
      }
    }
    if (!both.empty()) found.push_back({sensor, both});
  }
  return found;
}

/// Captures of one command that look like copies of each other; logs are compared record by record
/// (known_records.h).
void warn_of_copies(const Import& import, std::vector<std::string>& warnings) {
  for (std::size_t i = 1; i < import.inputs.size(); ++i) {
    const ImportedInput& input = import.inputs[i];
    const auto same =
        std::find_if(import.inputs.begin(), import.inputs.begin() + static_cast<std::ptrdiff_t>(i),
                     [&](const ImportedInput& other) {
                       return input.records.empty() && other.records.empty() && input.frames > 0 &&
                              input.frames == other.frames && input.range == other.range;
                     });
    if (same == import.inputs.begin() + static_cast<std::ptrdiff_t>(i)) continue;
    warnings.push_back(fmt::format(
        "{} and {} hold as many frames, from {} to {}: if they are copies of one capture, all of "
        "it is counted twice",
        same->name, input.name, format_utc(input.range.from), format_utc(input.range.to)));
  }
}

/// From the first record to the import's completion in the store.
Result<void> write_import(Import& import, std::vector<PlannedInput>& inputs, SensorMap sensors,
                          const Enricher& enricher, const ImportRequest& request, Store& store,
                          ImportSummary& summary) {
  std::uint64_t total_bytes = 0;
  for (const PlannedInput& input : inputs)
    total_bytes += input.content.bytes;
  Writer writer(store, import.epoch, enricher);
  {
    AccessStageOptions options;
    options.keep_local = request.keep_local;
    // The writer has threads of its own.
    options.threads = std::max<std::size_t>(request.threads, 2) - 1;
    options.slice_packets = request.slice_packets;
    AccessStage stage(std::move(sensors), options,
                      [&](Slice slice) { writer.write(std::move(slice)); });
    MergedRecords records(inputs, request.source, stage.sensors());
    std::optional<RejectsFile> rejects;
    if (!request.rejects.empty()) {
      TEITEN_TRY(rejects, RejectsFile::create(request.rejects, request.files));
    }
    TEITEN_CHECK(read_all(records, stage, writer, request, total_bytes, rejects, summary));
    if (rejects) TEITEN_CHECK(rejects->finish());
    // A slice that is not whole would have the identity of the whole one: the next run makes it.
    if (summary.stopped) return writer.finish();
    for (MergedRecords::Finished& finished : records.take_finished()) {
      ImportedInput& input = import.inputs[finished.input];
      input.frames = finished.records;
      input.format = finished.format;
      input.settled = finished.settled;
      input.range = finished.range;
      input.records = std::move(finished.hashes);
      stage.add_dropped(finished.dropped);
      if (finished.warning) summary.warnings.push_back(*finished.warning);
    }
    warn_of_copies(import, summary.warnings);
    stage.finish();
  }
  TEITEN_CHECK(writer.finish());
  const ImportSummary& counted = writer.counted();
  summary.files_read = inputs.size();
  summary.packets_unsolicited = counted.packets_unsolicited;
  summary.accesses = counted.accesses;
  summary.solicited = counted.solicited;
  summary.dropped = counted.dropped;
  summary.ignored = counted.ignored;
  summary.anomalies = counted.anomalies;
  summary.rejected = counted.rejected;
  summary.limits = counted.limits;
  summary.packets_by_sensor = counted.packets_by_sensor;
  summary.range = counted.range;
  summary.region_source = counted.region_source;
  TEITEN_CHECK(check_conservation(summary));
  return store.finish_import(import);
}

}  // namespace

Result<ImportSummary> import_files(const ImportRequest& request, Store& store) {
  TEITEN_TRY(auto sensors, SensorMap::create(request.sensors));
  const bool labels = request.source.log.csv && request.source.log.csv->columns.contains("region");
  // A database is read while the inputs are digested: each takes about as long.
  auto opening = std::async(labels ? std::launch::deferred : std::launch::async,
                            [&request] { return GeoDatabases::open(request.geo); });
  TEITEN_TRY(const auto scanners, KnownScanners::open(request.scanners));
  TEITEN_TRY(const auto imports, store.imports());
  TEITEN_TRY(auto plan, plan_inputs(request.files, request.source, known_lengths(imports)));
  ImportSummary summary;
  summary.open_sensors = sensors.open();
  TEITEN_TRY(auto inputs, new_inputs(std::move(plan), request, store, summary));
  TEITEN_TRY(summary.known_parts, find_known_records(inputs, request.source, imports, store));
  std::optional<GeoDatabases> geo;
  if (!labels) {
    TEITEN_TRY(geo, opening.get());
  }
  if (inputs.empty()) return summary;

  Import import;
  for (const PlannedInput& input : inputs)
    import.inputs.push_back({input.content.whole, input.path, "", 0, input.content.bytes});
  import.epoch = epoch_of(import.inputs, request);
  const Enricher enricher(geo ? &*geo : nullptr, scanners);
  TEITEN_CHECK(store.begin_import(import));
  if (auto written =
          write_import(import, inputs, std::move(sensors), enricher, request, store, summary);
      !written.ok()) {
    // Half an import must not be counted. Where even this fails (a full disk), doctor tells of the
    // rest and the next import removes it.
    (void)store.abandon_import(import.epoch);
    return written.error();
  }
  if (summary.stopped) return summary;
  TEITEN_TRY(summary.overlaps, overlaps(store, import.epoch));
  TEITEN_CHECK(store.checkpoint());
  return summary;
}

}  // namespace teiten
