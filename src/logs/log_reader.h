#pragma once

#include <chrono>
#include <cstddef>
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
/// `protocol==tcp` is a value, not a column: that of every row.
struct CsvMapping {
  /// Our key → the header's column name, or `=` and the value of every row.
  std::map<std::string, std::string> columns;
  /// invalid_argument, listing the valid keys, for an unknown, missing or doubled key.
  static Result<CsvMapping> parse(std::string_view text);
};

struct LogOptions {
  std::optional<CsvMapping> csv;  ///< what a CSV file's columns hold
  /// Zone of stamps that carry none.
  TimeZone zone;
  /// Year of the first line of a log without years; else inferred from the input's modification
  /// time.
  std::optional<int> year;
  /// The present, for Rejection::future_time; without it no time is too late.
  std::optional<UtcTime> now;
};

/// How much later than the import and the input's last change a record may say it is: clocks of
/// other zones and a little drift, no more.
inline constexpr auto kMaxFuture = std::chrono::hours(24);
/// Of a record's text this much is kept for --rejects.
inline constexpr std::size_t kMaxRawBytes = 4096;

/// One record of a log: a line, a CSV row, a JSON object.
struct LogLine {
  std::uint64_t number = 0;  ///< of the record in its input, from 1
  /// Line of the input at which the record begins, from 1; of binary input the record's number.
  std::uint64_t line = 0;
  /// The record as it stands in the input, at most kMaxRawBytes of it; valid until the next call.
  std::string_view raw = {};
  /// none: `packet` is filled.
  Rejection rejection = Rejection::none;
  Packet packet;
};

/// Reads a log record by record, in file order. Opened through a LogFormat (log_format.h).
class LogReader {
 public:
  virtual ~LogReader() = default;

  /// True and a record, or false at the end. A header and comments are no records. Checks what
  /// every format must hold to: a source, packets, a time that can have been.
  Result<bool> next(LogLine& line) {
    line.packet = Packet{};
    line.rejection = Rejection::none;
    line.raw = {};
    TEITEN_TRY(const bool more, read(line));
    if (more && line.rejection == Rejection::none) line.rejection = check(line.packet);
    return more;
  }
  /// No record may be later. Without it any time goes.
  void set_latest(UtcTime latest) { latest_ = latest; }
  /// Records up to `latest` have become possible since: a log that is followed grows. Nothing where
  /// any time goes.
  void allow_until(UtcTime latest) {
    if (latest_ && latest > *latest_) latest_ = latest;
  }

  /// Names that Packet::sensor_label (minus 1) indexes; grows while reading. The host name
  /// of a firewall line is not taken for one: which addresses are whose says --sensor.
  virtual const std::vector<std::string>& sensor_names() const = 0;
  virtual std::string_view format() const = 0;  ///< a name of the table in log_format.h
  virtual std::uint64_t lines() const = 0;
  /// One sentence if the input's end is damaged (a compressed stream cut short).
  virtual const std::optional<std::string>& warning() const = 0;

 protected:
  /// Fills a line that is as if new but for `number` and `line`.
  virtual Result<bool> read(LogLine& line) = 0;

 private:
  Rejection check(const Packet& packet) const {
    if (packet.source.is_unspecified()) return Rejection::no_source;
    if (packet.packets == 0) return Rejection::no_packets;
    if (latest_ && packet.time > *latest_) return Rejection::future_time;
    return Rejection::none;
  }

  std::optional<UtcTime> latest_;
};

}  // namespace teiten
