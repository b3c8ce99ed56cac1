#include "access/record_source.h"

#include <algorithm>

#include <fmt/format.h>

#include "capture/capture_reader.h"
#include "logs/log_format.h"

namespace teiten {
namespace {

/// Another name for kCaptureFormat.
constexpr std::string_view kCaptureNgFormat = "pcapng";

class CaptureSource final : public RecordSource {
 public:
  CaptureSource(std::unique_ptr<CaptureReader> reader, bool trace)
      : reader_(std::move(reader)), trace_(trace) {}

  Result<bool> next(Record& record) override {
    Frame frame;
    TEITEN_TRY(const bool more, reader_->next(frame));
    if (!more) return false;
    record.number = reader_->frames();
    record.is_frame = true;
    record.link = frame.link;
    record.captured_bytes = static_cast<std::uint32_t>(frame.data.size());
    record.original_bytes = frame.original_length;
    record.has_time = frame.has_time;
    record.time = frame.time;
    record.layers.count = 0;
    const Decoded decoded = decode(frame, record.packet, trace_ ? &record.layers : nullptr);
    switch (decoded.kind) {
      case FrameKind::packet:
        record.what = frame.has_time ? Record::What::packet : Record::What::ignored;
        record.reason = frame.has_time ? IgnoreReason::none : IgnoreReason::no_time;
        break;
      case FrameKind::not_ip:
        record.what = Record::What::ignored;
        record.reason = IgnoreReason::not_ip;
        break;
      case FrameKind::anomaly:
        record.what = Record::What::anomaly;
        record.anomaly = decoded.anomaly;
        break;
    }
    return true;
  }
  std::uint64_t records() const override { return reader_->frames(); }
  std::uint64_t dropped() const override { return reader_->dropped(); }
  std::optional<std::string> warning() const override { return reader_->warning(); }
  std::string_view format() const override { return reader_->format(); }

 private:
  std::unique_ptr<CaptureReader> reader_;
  bool trace_;
};

class LogSource final : public RecordSource {
 public:
  LogSource(std::unique_ptr<LogReader> reader, SensorMap& sensors)
      : reader_(std::move(reader)), sensors_(sensors) {}

  Result<bool> next(Record& record) override {
    TEITEN_TRY(const bool more, reader_->next(line_));
    if (!more) return false;
    record.number = line_.number;
    record.line = line_.line;
    record.raw = line_.raw;
    record.is_frame = false;
    record.has_time = false;
    if (line_.rejection != Rejection::none) {
      record.what = Record::What::rejected;
      record.rejection = to_string(line_.rejection);
      return true;
    }
    record.what = Record::What::packet;
    record.packet = line_.packet;
    record.has_time = true;
    record.time = line_.packet.time;
    if (line_.packet.sensor_label != 0) {
      TEITEN_TRY(record.packet.sensor_label, label_of(line_.packet.sensor_label));
    }
    return true;
  }
  void set_now(UtcTime now) override { reader_->allow_until(now + kMaxFuture); }
  std::uint64_t records() const override { return reader_->lines(); }
  std::uint64_t dropped() const override { return 0; }
  std::optional<std::string> warning() const override { return reader_->warning(); }
  std::string_view format() const override { return reader_->format(); }

 private:
  /// The reader numbers the names of its own file; the import numbers those of all files.
  Result<std::uint16_t> label_of(std::uint16_t in_file) {
    const std::vector<std::string>& names = reader_->sensor_names();
    while (labels_.size() < names.size()) {
      TEITEN_TRY(const std::uint16_t sensor, sensors_.sensor_named(names[labels_.size()]));
      labels_.push_back(static_cast<std::uint16_t>(sensor + 1));
    }
    return labels_[in_file - 1U];
  }

  std::unique_ptr<LogReader> reader_;
  SensorMap& sensors_;
  std::vector<std::uint16_t> labels_;
  LogLine line_;
};

/// An input without a byte.
class EmptySource final : public RecordSource {
 public:
  Result<bool> next(Record& record) override {
    record = Record{};
    return false;
  }
  std::uint64_t records() const override { return 0; }
  std::uint64_t dropped() const override { return 0; }
  std::optional<std::string> warning() const override { return std::nullopt; }
  std::string_view format() const override { return "empty"; }
};

}  // namespace

Result<std::string> find_format(std::string_view name) {
  if (name == kAutomaticFormat) return std::string(name);
  if (name == kCaptureFormat || name == kCaptureNgFormat) return std::string(kCaptureFormat);
  if (const LogFormat* format = find_log_format(name)) return std::string(format->name);
  std::string names = fmt::format("{}, {}", kAutomaticFormat, kCaptureFormat);
  for (const LogFormat& format : log_formats())
    names += fmt::format(", {}", format.name);
  return failure(ErrorCode::invalid_argument,
                 fmt::format("--format {}: there is no such format; use one of {}", name, names));
}

std::string describe_formats() {
  std::string text =
      fmt::format("{}: captures (pcap, pcapng), known by their first bytes\n", kCaptureFormat);
  for (const LogFormat& format : log_formats()) {
    text += fmt::format("\n{}: {}\n", format.name, format.title);
    std::string_view example = format.example;
    while (!example.empty()) {
      const std::size_t end = std::min(example.find('\n'), example.size());
      text += fmt::format("  {}\n", example.substr(0, end));
      example.remove_prefix(std::min(end + 1, example.size()));
    }
  }
  return text;
}

namespace {

/// The format of an input by its content, as find_format() gives it.
Result<std::string> recognise(Input& input) {
  TEITEN_TRY(const bool capture, CaptureReader::recognises(input));
  if (capture) return std::string(kCaptureFormat);
  TEITEN_TRY(const LogFormat* log, recognise_log(input));
  if (log != nullptr) return std::string(log->name);
  return failure(ErrorCode::unsupported,
                 fmt::format("{}: neither a capture (pcap, pcapng) nor a log that teiten knows "
                             "(teiten import --formats lists them); a CSV file needs --csv, a log "
                             "whose first {} MiB hold no record --format",
                             input.name(), kRecogniseBytes >> 20));
}

}  // namespace

Result<std::unique_ptr<RecordSource>> RecordSource::open(Input& input, const SourceOptions& options,
                                                         SensorMap& sensors) {
  std::string format = options.format;
  if (format == kAutomaticFormat && options.log.csv) format = "csv";
  if (format != kCaptureFormat) {
    // A log just rotated is empty and no error, whatever it would have held.
    TEITEN_TRY(const auto beginning, input.peek(1));
    if (beginning.empty()) return std::unique_ptr<RecordSource>(std::make_unique<EmptySource>());
  }
  if (format == kAutomaticFormat) {
    TEITEN_TRY(format, recognise(input));
  }
  if (format == kCaptureFormat) {
    TEITEN_TRY(auto reader, CaptureReader::open(input));
    return std::unique_ptr<RecordSource>(
        std::make_unique<CaptureSource>(std::move(reader), options.trace_layers));
  }
  const LogFormat* log = find_log_format(format);
  if (log == nullptr) return failure(ErrorCode::internal, "unknown input format " + format);
  TEITEN_TRY(auto reader, open_log(*log, input, options.log));
  return std::unique_ptr<RecordSource>(std::make_unique<LogSource>(std::move(reader), sensors));
}

void feed(AccessStage& stage, const Record& record, std::uint64_t id) {
  switch (record.what) {
    case Record::What::packet:
      stage.add_packet(record.packet, id);
      break;
    case Record::What::ignored:
      stage.add_ignored(record.reason);
      break;
    case Record::What::anomaly:
      stage.add_anomaly(record.anomaly);
      break;
    case Record::What::rejected:
      stage.add_rejected(record.rejection);
      break;
  }
}

}  // namespace teiten
