#pragma once

#include <memory>
#include <string>
#include <vector>

#include "logs/csv_packet.h"
#include "logs/csv_row.h"
#include "logs/line_reader.h"
#include "logs/line_source.h"
#include "logs/local_clock.h"
#include "logs/log_reader.h"
#include "logs/sensor_names.h"
#include "logs/year_tracker.h"

namespace teiten {

/// Firewall log lines.
class FirewallReader final : public LineReader {
 public:
  static Result<std::unique_ptr<LogReader>> open(Input& input, const LogOptions& options);

  FirewallReader(Input& input, const LogOptions& options, int first_year)
      : LineReader(input), years_(first_year), clock_(options.zone) {}

  std::string_view format() const override { return "firewall"; }

 private:
  Rejection read_line(const LineSource::Line& text, Packet& packet) override;

  YearTracker years_;
  LocalClock clock_;
};

/// Rows of a CSV file with a header.
class CsvReader final : public LogReader {
 public:
  static Result<std::unique_ptr<LogReader>> open(Input& input, const LogOptions& options);

  CsvReader(Input& input, const LogOptions& options) : window_(input), clock_(options.zone) {}

  const std::vector<std::string>& sensor_names() const override { return sensors_.names(); }
  std::string_view format() const override { return "csv"; }
  std::uint64_t lines() const override { return lines_; }
  const std::optional<std::string>& warning() const override { return window_.warning(); }

 private:
  Result<bool> read(LogLine& line) override;
  /// Reads the next row into row_ and moves past it; false at the end. Rejection::none: row_ holds
  /// it.
  Result<bool> read_row(Rejection& rejection);
  Result<void> skip_physical_line();

  LineWindow window_;
  LocalClock clock_;
  SensorNames sensors_;
  CsvColumns columns_;
  CsvRow row_;
  std::size_t pending_ = 0;  ///< bytes of the row that row_ still views
  std::uint64_t lines_ = 0;
  std::uint64_t row_line_ = 1;   ///< at which the row just read begins
  std::uint64_t next_line_ = 1;  ///< at which the next one begins
  std::string_view raw_;         ///< the row just read, in the window or in broken_
  std::string broken_;
};

}  // namespace teiten
