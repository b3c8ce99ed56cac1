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

/// One frame of a capture or one record of a log, decoded.
struct Record {
  enum class What : std::uint8_t { packet, ignored, anomaly, rejected };
  What what = What::packet;
  IgnoreReason reason = IgnoreReason::none;
  Anomaly anomaly = Anomaly::none;
  std::string_view rejection;  ///< static text
  Packet packet;               ///< only for What::packet
  bool has_time = false;
  UtcTime time{};
  std::uint64_t number = 0;  ///< of the frame or record in its input, from 1
  std::uint64_t line = 0;    ///< of a log: where the record begins, from 1
  std::string_view raw;      ///< of a log: its beginning, valid until the next record
  // For inspect:
  bool is_frame = false;
  LinkType link = LinkType::ethernet;
  std::uint32_t captured_bytes = 0;
  std::uint32_t original_bytes = 0;
  LayerTrace layers;
};

inline constexpr std::string_view kAutomaticFormat = "auto";
inline constexpr std::string_view kCaptureFormat = "pcap";
/// The format of that name: one of the two above or a log format's own name; invalid_argument,
/// which lists them, for none.
Result<std::string> find_format(std::string_view name);
/// Every format with an example of a record: what `teiten import --formats` prints.
std::string describe_formats();

struct SourceOptions {
  std::string format{kAutomaticFormat};  ///< as find_format() gives it
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
  /// Time has passed since LogOptions::now: what a log that grows may say moves on with it.
  virtual void set_now(UtcTime) {}
  virtual std::uint64_t records() const = 0;
  virtual std::uint64_t dropped() const = 0;
  virtual std::optional<std::string> warning() const = 0;
  virtual std::string_view format() const = 0;
};

/// Hands a record to the stage; `id` comes back with the verdict on a packet.
void feed(AccessStage& stage, const Record& record, std::uint64_t id);

}  // namespace teiten
