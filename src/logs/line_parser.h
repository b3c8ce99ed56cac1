#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/line_source.h"
#include "logs/log_reader.h"
#include "logs/sensor_names.h"

namespace teiten {

/// What the lines of one text format say. Lines come in file order.
class LineParser {
 public:
  virtual ~LineParser() = default;
  /// `line` is not blank; `packet` comes empty and is complete for Rejection::none. Nothing for a
  /// line that is no record
  /// (a header, a comment, a footer).
  virtual std::optional<Rejection> parse(std::string_view line, Packet& packet) = 0;
  /// Names that Packet::sensor_label (minus 1) indexes.
  const std::vector<std::string>& sensor_names() const { return sensors_.names(); }

 protected:
  SensorNames sensors_;
};

/// A log of one record a line.
class LineLogReader final : public LogReader {
 public:
  /// `format`: static text.
  LineLogReader(Input& input, std::string_view format, std::unique_ptr<LineParser> parser)
      : source_(input), format_(format), parser_(std::move(parser)) {}

  const std::vector<std::string>& sensor_names() const override { return parser_->sensor_names(); }
  std::string_view format() const override { return format_; }
  std::uint64_t lines() const override { return lines_; }
  const std::optional<std::string>& warning() const override { return source_.warning(); }

 private:
  Result<bool> read(LogLine& line) override;

  LineSource source_;
  std::string_view format_;
  std::unique_ptr<LineParser> parser_;
  std::uint64_t physical_lines_ = 0;
  std::uint64_t lines_ = 0;  ///< records
};

/// The reader of a format whose lines `parser` reads.
Result<std::unique_ptr<LogReader>> read_lines(Input& input, std::string_view format,
                                              std::unique_ptr<LineParser> parser);

}  // namespace teiten
