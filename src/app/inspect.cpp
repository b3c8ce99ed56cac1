#include <cstdio>
#include <deque>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "access/kind.h"
#include "app/command.h"
#include "app/input_options.h"
#include "decode/payload.h"
#include "enrich/scanners.h"

namespace teiten {
namespace {

using Json = nlohmann::ordered_json;

struct Options {
  InputOptions input;
  bool destinations = false;
};

std::string flags_text(std::uint8_t flags) {
  static constexpr const char* kNames[] = {"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"};
  std::string text;
  for (unsigned bit = 0; bit < 8; ++bit) {
    if ((flags & (1U << bit)) == 0) continue;
    if (!text.empty()) text += ' ';
    text += kNames[bit];
  }
  return text;
}

void describe_packet(Json& line, const Packet& packet, bool destinations,
                     const KnownScanners& scanners) {
  line["source"] = packet.source.to_string();
  if (const std::uint16_t known = scanners.find(packet.source, packet.time); known != 0)
    line["scanner"] = scanners.organisations()[known - 1U];
  if (destinations && packet.has_destination) line["destination"] = packet.destination.to_string();
  line["protocol"] = protocol_name(packet.protocol);
  if (packet.packets != 1) line["packets"] = packet.packets;
  if (packet.fragment == FragmentPosition::later) {
    line["fragment"] = "later";
  } else {
    line["service"] = service_of(packet, kind_of(packet)).to_string();
    line["kind"] = to_string(kind_of(packet));
    if (packet.fragment == FragmentPosition::first) line["fragment"] = "first";
  }
  if (packet.has_ports) {
    line["source_port"] = packet.source_port;
    line["destination_port"] = packet.destination_port;
  }
  if (packet.has_icmp_type) {
    line["icmp_type"] = packet.icmp_type;
    line["icmp_code"] = packet.icmp_code;
  }
  if (packet.has_flags) line["flags"] = flags_text(packet.tcp_flags);
  if (packet.has_payload && packet.payload != PayloadClass::none) {
    line["payload"] = to_string(packet.payload);
    line["payload_digest"] = fmt::format("{:08x}", packet.payload_digest);
  }
  if (packet.has_ttl) line["ttl"] = packet.ttl;
  if (packet.has_length) line["length"] = packet.length;
  if (packet.has_region) line["region"] = packet.region_label.to_string();
}

std::string_view fate_text(RecordVerdict::Fate fate) {
  switch (fate) {
    case RecordVerdict::Fate::unsolicited:
      return "unsolicited";
    case RecordVerdict::Fate::solicited:
      return "solicited";
    case RecordVerdict::Fate::ignored:
      return "ignored";
    case RecordVerdict::Fate::anomaly:
      return "anomaly";
    case RecordVerdict::Fate::rejected:
      return "rejected";
  }
  return "ignored";
}

/// Prints the lines in the order of the input, each as soon as its verdict is known.
class Printer {
 public:
  Printer(bool destinations, const KnownScanners& scanners)
      : destinations_(destinations), scanners_(scanners) {}

  /// Number under which the verdict will come.
  std::uint64_t add(const Record& record, const std::string& file) {
    Json line;
    line["file"] = file;
    line[record.is_frame ? "frame" : "line"] = record.is_frame ? record.number : record.line;
    if (record.has_time) line["time"] = format_utc(record.time);
    if (record.is_frame) {
      line["link"] = static_cast<unsigned>(record.link);
      Json layers = Json::array();
      for (std::size_t i = 0; i < record.layers.count; ++i)
        layers.push_back(to_string(record.layers.layers[i]));
      line["layers"] = std::move(layers);
      line["captured"] = record.captured_bytes;
      line["on_wire"] = record.original_bytes;
    }
    const bool packet =
        record.what == Record::What::packet ||
        (record.what == Record::What::ignored && record.reason == IgnoreReason::no_time);
    if (packet) describe_packet(line, record.packet, destinations_, scanners_);
    Json verdict;
    switch (record.what) {
      case Record::What::packet:
        break;
      case Record::What::ignored:
        verdict["verdict"] = "ignored";
        verdict["reason"] = to_string(record.reason);
        break;
      case Record::What::anomaly:
        verdict["verdict"] = "anomaly";
        verdict["reason"] = to_string(record.anomaly);
        break;
      case Record::What::rejected:
        verdict["verdict"] = "rejected";
        verdict["reason"] = record.rejection;
        break;
    }
    waiting_.push_back({text_of(line), false});
    if (!verdict.empty()) add_verdict(waiting_.back(), verdict);
    print_ready();
    return first_ + waiting_.size() - 1;
  }

  void judge(std::uint64_t id, const RecordVerdict& judged, const SensorMap& sensors) {
    Json verdict;
    if (judged.has_sensor) {
      verdict["sensor"] = sensors.names()[judged.sensor];
      verdict["target"] = judged.target;
    }
    verdict["verdict"] = fate_text(judged.fate);
    if (judged.fate == RecordVerdict::Fate::ignored) verdict["reason"] = to_string(judged.reason);
    if (judged.fate == RecordVerdict::Fate::unsolicited) verdict["access"] = judged.access;
    if (judged.tool.tool != Tool::none) verdict["tool"] = to_string(judged.tool);
    add_verdict(waiting_[static_cast<std::size_t>(id - first_)], verdict);
  }

  /// Lines that still wait for their verdict.
  std::size_t waiting() const { return waiting_.size(); }

  void print_ready() {
    while (!waiting_.empty() && waiting_.front().judged) {
      fmt::print("{}\n", waiting_.front().line);
      waiting_.pop_front();
      ++first_;
    }
  }

 private:
  /// A line as text, since up to kMaxReorderPackets of them wait for their verdicts.
  struct Waiting {
    std::string line;
    bool judged = false;
  };
  static std::string text_of(const Json& object) {
    return object.dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  /// Puts the verdict's members behind the line's own.
  static void add_verdict(Waiting& waiting, const Json& verdict) {
    waiting.line.back() = ',';
    waiting.line += text_of(verdict).substr(1);
    waiting.judged = true;
  }

  bool destinations_;
  const KnownScanners& scanners_;
  std::deque<Waiting> waiting_;
  std::uint64_t first_ = 1;
};

Result<void> inspect(const Options& options) {
  TEITEN_TRY(auto specs, options.input.sensor_specs());
  TEITEN_TRY(auto source_options, options.input.source_options());
  source_options.trace_layers = true;
  TEITEN_TRY(auto sensors, SensorMap::create(std::move(specs)));
  AccessStageOptions stage_options;
  stage_options.keep_local = options.input.keep_local;
  TEITEN_TRY(const auto scanners, KnownScanners::open(options.input.scanners));
  Printer printer(options.destinations, scanners);
  std::unique_ptr<AccessStage> stage;
  stage = std::make_unique<AccessStage>(
      std::move(sensors), stage_options, [](const Slice&) {},
      [&](std::uint64_t id, const RecordVerdict& verdict) {
        printer.judge(id, verdict, stage->sensors());
      });
  for (const std::string& file : options.input.files) {
    TEITEN_TRY(auto input, Input::open(file));
    TEITEN_TRY(auto source, RecordSource::open(*input, source_options, stage->sensors()));
    Record record;
    while (true) {
      TEITEN_TRY(const bool more, source->next(record));
      if (!more) break;
      const std::uint64_t id = printer.add(record, file);
      feed(*stage, record, id);
    }
    if (const auto warning = source->warning())
      fmt::print(stderr, "teiten: warning: {}\n", printable(*warning));
  }
  stage->finish();
  printer.print_ready();
  if (printer.waiting() > 0)
    return failure(ErrorCode::internal,
                   fmt::format("{} records were read, but not judged", printer.waiting()));
  return {};
}

}  // namespace

void add_inspect(CLI::App& app, int& status) {
  auto options = std::make_shared<Options>();
  CLI::App* command = app.add_subcommand(
      "inspect", "Say of every frame or line what it is, how it counts, and why not");
  options->input.add_to(*command);
  command->add_flag("--destinations", options->destinations,
                    "Show destination addresses too (they tell where your sensors are)");
  command->footer(
      "Prints one JSON object a line, in the order of the files. \"tool\" is what is known of the "
      "access up to this packet\n"
      "(with '?' where only possible); what is stored is what is known when it ends.\n"
      "Examples:\n"
      "  teiten inspect odd.pcap | head\n"
      "  teiten inspect ufw.log --sensor home | grep '\"rejected\"'\n"
      "  teiten inspect darknet.pcap | grep '\"tool\":\"masscan\"'");
  command->callback([options, &status] {
    const auto done = inspect(*options);
    status = done.ok() ? kDone : fail(done.error());
  });
}

}  // namespace teiten
