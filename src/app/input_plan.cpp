#include "app/input_plan.h"

#include <algorithm>
#include <filesystem>
#include <set>

namespace teiten {
namespace {

Result<PlannedInput> plan_input(const std::string& path, const SourceOptions& options,
                                std::span<const std::uint64_t> lengths) {
  PlannedInput planned;
  planned.path = path;
  TEITEN_TRY(auto input, Input::open(path));
  TEITEN_TRY(planned.content, input->content_digests(lengths));
  // A throw-away map: sensors are numbered when the records are read in order.
  TEITEN_TRY(auto sensors, SensorMap::create({}));
  TEITEN_TRY(auto source, RecordSource::open(*input, options, sensors));
  Record record;
  while (!planned.has_time) {
    TEITEN_TRY(const bool more, source->next(record));
    if (!more) break;
    planned.has_time = record.has_time;
    planned.first = record.time;
    planned.is_capture = record.is_frame;
  }
  source.reset();
  // Standard input and pipes give their bytes only once: what was spooled is kept.
  std::error_code ignored;
  if (path == "-" || !std::filesystem::is_regular_file(path, ignored)) {
    TEITEN_CHECK(input->rewind());
    planned.input = std::move(input);
  }
  return planned;
}

}  // namespace

Result<std::vector<PlannedInput>> plan_inputs(const std::vector<std::string>& files,
                                              const SourceOptions& options,
                                              std::span<const std::uint64_t> lengths) {
  std::vector<PlannedInput> plan;
  std::set<Digest> seen;
  for (const std::string& file : files) {
    TEITEN_TRY(auto planned, plan_input(file, options, lengths));
    if (seen.insert(planned.content.whole).second) plan.push_back(std::move(planned));
  }
  std::sort(plan.begin(), plan.end(), [](const PlannedInput& a, const PlannedInput& b) {
    if (a.has_time != b.has_time) return !a.has_time;
    if (a.first != b.first) return a.first < b.first;
    return a.content.whole < b.content.whole;
  });
  return plan;
}

Result<std::unique_ptr<Input>> open_planned(PlannedInput& planned) {
  if (planned.input) {
    TEITEN_CHECK(planned.input->rewind());
    return std::move(planned.input);
  }
  TEITEN_TRY(auto input, Input::open(planned.path));
  input->end_at(planned.content.bytes);
  return input;
}

struct MergedRecords::Open {
  std::size_t index = 0;
  std::unique_ptr<Input> input;
  std::unique_ptr<RecordSource> source;
  Record record;
  std::uint64_t known = 0;   ///< records read over
  std::size_t next_run = 0;  ///< of PlannedInput::known
  bool last_rejected = false;
  TimeRange range;
  RecordLog log;
  UtcTime order{};  ///< of the record; one without a time goes with the one before it
};

MergedRecords::MergedRecords(std::vector<PlannedInput>& inputs, const SourceOptions& options,
                             SensorMap& sensors)
    : inputs_(inputs), options_(options), sensors_(sensors) {}
MergedRecords::~MergedRecords() = default;

Result<bool> MergedRecords::advance(Open& open) {
  const std::vector<RecordRun>& known = inputs_[open.index].known;
  while (true) {
    TEITEN_TRY(const bool more, open.source->next(open.record));
    if (!more) return false;
    const Record& record = open.record;
    const std::uint64_t number = record.number - 1;
    open.last_rejected = record.what == Record::What::rejected;
    if (record.has_time) {
      open.order = record.time;
      if (open.range.empty()) open.range = {record.time, record.time};
      open.range.from = std::min(open.range.from, record.time);
      open.range.to = std::max(open.range.to, record.time + std::chrono::microseconds(1));
    }
    while (open.next_run < known.size() && known[open.next_run].to <= number)
      ++open.next_run;
    if (open.next_run == known.size() || number < known[open.next_run].from) {
      if (!record.is_frame) open.log.add(number, record_hash(record.raw));
      return true;
    }
    ++open.known;
  }
}

/// Opens the inputs that begin no later than the earliest record at hand.
Result<void> MergedRecords::open_due() {
  while (next_input_ < inputs_.size()) {
    PlannedInput& planned = inputs_[next_input_];
    if (planned.has_time && !open_.empty()) {
      const auto earliest =
          std::min_element(open_.begin(), open_.end(),
                           [](const auto& a, const auto& b) { return a->order < b->order; });
      if ((*earliest)->order < planned.first) break;
    }
    auto open = std::make_unique<Open>();
    open->index = next_input_++;
    open->order = planned.first;
    TEITEN_TRY(open->input, open_planned(planned));
    TEITEN_TRY(open->source, RecordSource::open(*open->input, options_, sensors_));
    TEITEN_TRY(const bool more, advance(*open));
    open_.push_back(std::move(open));
    if (!more) close(open_.size() - 1);
  }
  return {};
}

void MergedRecords::close(std::size_t at) {
  Open& open = *open_[at];
  const std::uint64_t records = open.source->records();
  // A last line that is cut may be whole in a longer version; one that told something was counted.
  const bool unfinished = open.last_rejected && !inputs_[open.index].content.ends_line;
  const std::uint64_t settled = records - unfinished;
  auto hashes = open.log.take();
  const bool kept = !hashes.empty() && hashes.back().first + hashes.back().hashes.size() == records;
  if (unfinished && kept) hashes.back().hashes.pop_back();
  finished_.push_back({open.index, records - open.known, settled, open.range, std::move(hashes),
                       open.source->dropped(), std::string(open.source->format()),
                       open.source->warning()});
  bytes_closed_ += open.input->offset();
  open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(at));
}

Result<const Record*> MergedRecords::next() {
  if (current_ != nullptr) {
    TEITEN_TRY(const bool more, advance(*current_));
    if (!more) {
      const auto at = std::find_if(open_.begin(), open_.end(),
                                   [&](const auto& open) { return open.get() == current_; });
      close(static_cast<std::size_t>(at - open_.begin()));
    }
    current_ = nullptr;
  }
  if (next_input_ < inputs_.size()) TEITEN_CHECK(open_due());
  if (open_.empty()) return nullptr;
  if (open_.size() == 1) {
    current_ = open_.front().get();
  } else {
    const auto earliest =
        std::min_element(open_.begin(), open_.end(),
                         [](const auto& a, const auto& b) { return a->order < b->order; });
    current_ = earliest->get();
  }
  return &current_->record;
}

const std::string& MergedRecords::current_path() const {
  return inputs_[current_->index].path;
}

std::uint64_t MergedRecords::bytes_done() const {
  std::uint64_t bytes = bytes_closed_;
  for (const auto& open : open_)
    bytes += open->input->offset();
  return bytes;
}

}  // namespace teiten
