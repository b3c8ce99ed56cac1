#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "capture/input.h"
#include "decode/packet.h"
#include "logs/rejection.h"

namespace teiten {

/// Longest line that is looked at; the rest of a longer one is skipped (Rejection::line_too_long).
inline constexpr std::size_t kMaxLineBytes = 65'536;

/// Which column holds what, as `--csv time=datetime,sensor=host,…` says. Keys: time, sensor,
/// source, destination, protocol, icmp_type, icmp_code, source_port, destination_port, region,
/// tcp_flags, ttl, packets is not one (a row is a packet). `time` and `source` are required.
struct CsvMapping {
  std::map<std::string, std::string> columns;  ///< our key → the header's column name
  /// invalid_argument, listing the valid keys, for an unknown, missing or doubled key.
  static Result<CsvMapping> parse(std::string_view text);
};

struct LogOptions {
  std::optional<CsvMapping> csv;  ///< set: the input is CSV; else firewall log lines
  /// Zone of stamps that carry none.
  TimeZone zone;
  /// Year of the first line of a log without years; else inferred from the input's modification
  /// time.
  std::optional<int> year;
};

/// One line (or CSV row), numbered from 1.
struct LogLine {
  std::uint64_t number = 0;
  /// none: `packet` is filled.
  Rejection rejection = Rejection::none;
  Packet packet;
};

/// Reads a firewall log or a CSV file line by line, in file order.
class LogReader {
 public:
  virtual ~LogReader() = default;
  /// The input must outlive the reader. invalid_argument where a mapped column is not in the
  /// header.
  static Result<std::unique_ptr<LogReader>> open(Input& input, const LogOptions& options);
  /// True if some of the first lines (up to 64 KiB) look like firewall log lines; leaves the input
  /// at offset 0.
  static Result<bool> recognises(Input& input);

  /// True and a line, or false at the end. A CSV header is no line.
  virtual Result<bool> next(LogLine& line) = 0;
  /// Names that Packet::sensor_label (minus 1) indexes; grows while reading. The host name
  /// of a firewall line is not taken for one: which addresses are whose says --sensor.
  virtual const std::vector<std::string>& sensor_names() const = 0;
  virtual std::string_view format() const = 0;  ///< "firewall" or "csv"
  virtual std::uint64_t lines() const = 0;
  /// One sentence if the input's end is damaged (a compressed stream cut short).
  virtual const std::optional<std::string>& warning() const = 0;
};

}  // namespace teiten
