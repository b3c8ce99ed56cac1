#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "access/access_stage.h"
#include "access/sensors.h"
#include "base/result.h"
#include "capture/input.h"
#include "decode/decode.h"
#include "logs/log_reader.h"

namespace teiten {

/// One frame of a capture or one line of a log, decoded.
struct Record {
  enum class What : std::uint8_t { packet, ignored, anomaly, rejected };
  What what = What::packet;
  IgnoreReason reason = IgnoreReason::none;
  Anomaly anomaly = Anomaly::none;
  std::string_view rejection;  ///< static text
  Packet packet;               ///< only for What::packet
  bool has_time = false;
  UtcTime time{};
  std::uint64_t number = 0;  ///< of the frame or line in its input, from 1
  // For inspect:
  bool is_frame = false;
  LinkType link = LinkType::ethernet;
  std::uint32_t captured_bytes = 0;
  std::uint32_t original_bytes = 0;
  LayerTrace layers;
};

/// What the bytes of an input are.
enum class InputFormat : std::uint8_t { automatic, pcap, firewall, csv };
std::optional<InputFormat> parse_input_format(std::string_view text);

struct SourceOptions {
  InputFormat format = InputFormat::automatic;
  LogOptions log;
  bool trace_layers = false;
};

/// The records of one input, in its order.
class RecordSource {
 public:
  virtual ~RecordSource() = default;
  /// Recognises the input by content. `sensors` gets the names that a log's own sensor column
  /// holds. Both must outlive the source. unsupported: neither a capture nor a log that teiten
  /// knows.
  static Result<std::unique_ptr<RecordSource>> open(Input& input, const SourceOptions& options,
                                                    SensorMap& sensors);

  virtual Result<bool> next(Record& record) = 0;
  virtual std::uint64_t records() const = 0;
  virtual std::uint64_t dropped() const = 0;
  virtual std::optional<std::string> warning() const = 0;
  virtual std::string_view format() const = 0;
};

/// Hands a record to the stage; `id` comes back with the verdict on a packet.
void feed(AccessStage& stage, const Record& record, std::uint64_t id);

}  // namespace teiten
