#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/line_source.h"
#include "logs/log_reader.h"
#include "logs/sensor_names.h"

namespace teiten {

/// A log of which every line is a record.
class LineReader : public LogReader {
 public:
  explicit LineReader(Input& input) : source_(input) {}

  const std::vector<std::string>& sensor_names() const final { return sensors_.names(); }
  std::uint64_t lines() const final { return records_; }
  const std::optional<std::string>& warning() const final { return source_.warning(); }

 protected:
  /// Fills `packet`, which is as if new. `line.text` is valid until the call returns.
  virtual Rejection read_line(const LineSource::Line& line, Packet& packet) = 0;
  /// Whether the line is a record at all: a header or a comment is none.
  virtual bool is_record(std::string_view) { return true; }
  /// Sensors that the records name.
  SensorNames& sensors() { return sensors_; }

 private:
  Result<bool> read(LogLine& line) final;

  LineSource source_;
  SensorNames sensors_;
  std::uint64_t lines_ = 0;
  std::uint64_t records_ = 0;
};

}  // namespace teiten
