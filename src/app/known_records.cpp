#include "app/known_records.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace teiten {
namespace {

/// An input of the store.
struct StoredInput {
  const Import* import = nullptr;
  std::size_t position = 0;
  const ImportedInput& get() const { return import->inputs[position]; }
};

/// What a look through a whole log tells.
struct LogContent {
  std::vector<RecordHashes> runs;
  TimeRange range;
};

bool meet(const TimeRange& a, const TimeRange& b) {
  return a.from <= b.to && b.from <= a.to;
}

Result<LogContent> read_log(PlannedInput& planned, const SourceOptions& options) {
  LogContent content;
  const bool only_once = planned.input != nullptr;
  TEITEN_TRY(auto sensors, SensorMap::create({}));
  TEITEN_TRY(auto input, open_planned(planned));
  TEITEN_TRY(auto source, RecordSource::open(*input, options, sensors));
  RecordLog log;
  Record record;
  const std::uint64_t settled = planned.known.empty() ? 0 : planned.known.front().to;
  while (true) {
    TEITEN_TRY(const bool more, source->next(record));
    if (!more) break;
    if (record.number > settled) log.add(record.number - 1, record_hash(record.raw));
    if (!record.has_time) continue;
    if (content.range.empty()) content.range = {record.time, record.time};
    content.range.from = std::min(content.range.from, record.time);
    content.range.to = std::max(content.range.to, record.time + std::chrono::microseconds(1));
  }
  content.runs = log.take();
  source.reset();
  if (only_once) planned.input = std::move(input);
  return content;
}

/// Adds a run to ascending ones that lie apart; how many records are new in them.
std::uint64_t add_run(std::vector<RecordRun>& runs, const RecordRun& added) {
  const auto length = [&] {
    std::uint64_t sum = 0;
    for (const RecordRun& run : runs)
      sum += run.to - run.from;
    return sum;
  };
  const std::uint64_t before = length();
  runs.push_back(added);
  std::sort(runs.begin(), runs.end(),
            [](const RecordRun& a, const RecordRun& b) { return a.from < b.from; });
  std::vector<RecordRun> joined;
  for (const RecordRun& run : runs) {
    if (!joined.empty() && run.from <= joined.back().to) {
      joined.back().to = std::max(joined.back().to, run.to);
    } else {
      joined.push_back(run);
    }
  }
  runs = std::move(joined);
  return length() - before;
}

/// Marks what `planned` repeats of `known`; how many records that were not marked before.
std::uint64_t mark_repeated(PlannedInput& planned, const LogContent& content,
                            const std::vector<RecordHashes>& known) {
  std::uint64_t marked = 0;
  for (const RecordHashes& own : content.runs) {
    for (const RecordHashes& other : known) {
      const auto run = repeated_run(other.hashes, own.hashes);
      if (run) marked += add_run(planned.known, {own.first + run->from, own.first + run->to});
    }
  }
  return marked;
}

class Finder {
 public:
  Finder(std::vector<PlannedInput>& plan, const SourceOptions& options,
         const std::vector<Import>& imports, Store& store)
      : plan_(plan), options_(options), store_(store), contents_(plan.size()) {
    for (const Import& import : imports) {
      if (!import.complete) continue;
      for (std::size_t i = 0; i < import.inputs.size(); ++i)
        if (import.inputs[i].bytes > 0) stored_.push_back({&import, i});
    }
  }

  Result<std::vector<KnownPart>> find() {
    for (PlannedInput& planned : plan_)
      TEITEN_CHECK(find_beginning(planned));
    const auto logs =
        std::count_if(plan_.begin(), plan_.end(), [](const auto& x) { return !x.is_capture; });
    for (std::size_t i = 0; i < plan_.size(); ++i) {
      if (plan_[i].is_capture || !plan_[i].has_time) continue;
      const std::vector<StoredInput> near = stored_near(plan_[i]);
      if (logs < 2 && near.empty()) continue;
      TEITEN_TRY(contents_[i], read_log(plan_[i], options_));
      for (std::size_t other = 0; other < i; ++other)
        compare_planned(i, other);
      for (const StoredInput& stored : near)
        TEITEN_CHECK(compare_stored(i, stored));
    }
    return std::move(parts_);
  }

 private:
  static bool is_beginning(const StoredInput& stored, const PlannedInput& planned) {
    const auto at = planned.content.beginnings.find(stored.get().bytes);
    return at != planned.content.beginnings.end() && at->second == stored.get().digest;
  }

  /// What of it was imported when it was shorter.
  Result<void> find_beginning(PlannedInput& planned) {
    const StoredInput* longest = nullptr;
    for (const StoredInput& stored : stored_) {
      if (!is_beginning(stored, planned)) continue;
      if (longest == nullptr || stored.get().bytes > longest->get().bytes) longest = &stored;
    }
    if (longest == nullptr || longest->get().settled == 0) return {};
    return note(planned, add_run(planned.known, {0, longest->get().settled}), *longest);
  }

  /// Logs of the store that may go on in this one.
  std::vector<StoredInput> stored_near(const PlannedInput& planned) const {
    std::vector<StoredInput> near;
    for (const StoredInput& stored : stored_) {
      if (stored.get().range.to >= planned.first && !is_beginning(stored, planned))
        near.push_back(stored);
    }
    return near;
  }

  void compare_planned(std::size_t index, std::size_t other) {
    if (!contents_[other] || !meet(contents_[index]->range, contents_[other]->range)) return;
    const std::uint64_t marked =
        mark_repeated(plan_[index], *contents_[index], contents_[other]->runs);
    if (marked > 0) parts_.push_back({plan_[index].path, marked, plan_[other].path, {}});
  }

  Result<void> compare_stored(std::size_t index, const StoredInput& stored) {
    if (!meet(contents_[index]->range, stored.get().range)) return {};
    TEITEN_TRY(const auto known, store_.record_hashes(stored.import->epoch, stored.position));
    return note(plan_[index], mark_repeated(plan_[index], *contents_[index], known), stored);
  }

  Result<void> note(const PlannedInput& planned, std::uint64_t records, const StoredInput& stored) {
    if (records == 0) return {};
    TEITEN_CHECK(load_sensors());
    const std::set<std::string>& sensors = (*sensors_)[stored.import->epoch];
    parts_.push_back({planned.path, records, stored.get().name, {sensors.begin(), sensors.end()}});
    return {};
  }

  /// Once: it goes through all headers of the store.
  Result<void> load_sensors() {
    if (sensors_) return {};
    TEITEN_TRY(const auto batches, store_.batches());
    sensors_.emplace();
    for (const StoredBatch& stored : batches) {
      if (stored.batch.sensor != kUnattributed)
        (*sensors_)[stored.batch.epoch].insert(stored.batch.sensor);
    }
    return {};
  }

  std::vector<PlannedInput>& plan_;
  const SourceOptions& options_;
  Store& store_;
  std::vector<StoredInput> stored_;
  std::vector<std::optional<LogContent>> contents_;
  std::vector<KnownPart> parts_;
  std::optional<std::map<std::uint64_t, std::set<std::string>>> sensors_;  ///< by epoch
};

}  // namespace

std::vector<std::uint64_t> known_lengths(const std::vector<Import>& imports) {
  std::set<std::uint64_t> lengths;
  for (const Import& import : imports)
    for (const ImportedInput& input : import.inputs)
      if (input.bytes > 0) lengths.insert(input.bytes);
  return {lengths.begin(), lengths.end()};
}

Result<std::vector<KnownPart>> find_known_records(std::vector<PlannedInput>& plan,
                                                  const SourceOptions& options,
                                                  const std::vector<Import>& imports,
                                                  Store& store) {
  return Finder(plan, options, imports, store).find();
}

}  // namespace teiten
