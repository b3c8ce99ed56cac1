#include "app/record_source.h"

#include <fmt/format.h>

#include "capture/capture_reader.h"

namespace teiten {
namespace {

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

std::optional<InputFormat> parse_input_format(std::string_view text) {
  if (text == "auto") return InputFormat::automatic;
  if (text == "pcap" || text == "pcapng") return InputFormat::pcap;
  if (text == "iptables" || text == "firewall") return InputFormat::firewall;
  if (text == "csv") return InputFormat::csv;
  return std::nullopt;
}

Result<std::unique_ptr<RecordSource>> RecordSource::open(Input& input, const SourceOptions& options,
                                                         SensorMap& sensors) {
  InputFormat format = options.format;
  if (format == InputFormat::automatic && options.log.csv) format = InputFormat::csv;
  if (format == InputFormat::automatic || format == InputFormat::csv) {
    // A log just rotated is empty and no error, whatever it would have held.
    TEITEN_TRY(const auto beginning, input.peek(1));
    if (beginning.empty()) return std::unique_ptr<RecordSource>(std::make_unique<EmptySource>());
  }
  if (format == InputFormat::automatic) {
    TEITEN_TRY(const bool capture, CaptureReader::recognises(input));
    if (capture) {
      format = InputFormat::pcap;
    } else {
      TEITEN_TRY(const bool firewall, LogReader::recognises(input));
      if (firewall) format = InputFormat::firewall;
    }
  }
  switch (format) {
    case InputFormat::automatic:
      return failure(ErrorCode::unsupported,
                     fmt::format("{}: neither a capture (pcap, pcapng) nor a firewall log; a CSV "
                                 "file needs --csv, a log "
                                 "without a firewall's line in its first 16 MiB --format iptables",
                                 input.name()));
    case InputFormat::pcap: {
      TEITEN_TRY(auto reader, CaptureReader::open(input));
      return std::unique_ptr<RecordSource>(
          std::make_unique<CaptureSource>(std::move(reader), options.trace_layers));
    }
    case InputFormat::csv:
      if (!options.log.csv) {
        return failure(
            ErrorCode::invalid_argument,
            "--format csv needs --csv, which says which column holds what: time=…,source=…");
      }
      [[fallthrough]];
    case InputFormat::firewall: {
      LogOptions log = options.log;
      if (format == InputFormat::firewall) log.csv.reset();
      TEITEN_TRY(auto reader, LogReader::open(input, log));
      return std::unique_ptr<RecordSource>(std::make_unique<LogSource>(std::move(reader), sensors));
    }
  }
  return failure(ErrorCode::internal, "unknown input format");
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
