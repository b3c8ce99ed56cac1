#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/json_family.h"
#include "logs/json_record.h"
#include "logs/json_scan.h"
#include "logs/line_source.h"
#include "logs/local_clock.h"
#include "logs/log_reader.h"
#include "logs/sensor_names.h"
#include "logs/syslog_header.h"

namespace teiten {

/// Records of a JSON log, whatever holds them: one a line, an array, an object around an array,
/// objects one after another, with anything lost or added between them. A broken record costs
/// itself: what can be saved of it is read, else it is one invalid_json; so is one that the input's
/// end cuts. A line that begins with a syslog header or a container's prefix is one record,
/// whatever it holds, and in a line that begins with any other text nothing is one: what a stranger
/// made another program write is not taken for one.
class JsonReader final : public LogReader {
 public:
  JsonReader(Input& input, const LogOptions& options, const JsonFamily& family, EveEvents eve);

  const std::vector<std::string>& sensor_names() const override { return sensors_.names(); }
  std::string_view format() const override { return family_->name; }
  std::uint64_t lines() const override { return records_; }
  const std::optional<std::string>& warning() const override { return window_.warning(); }

  /// The family of the record that was read last; null if it has none.
  const JsonFamily* last_family() const { return last_family_; }
  /// The record that was read last, if it has a family.
  const JsonRecord& last_record() const { return record_; }

 private:
  Result<bool> read(LogLine& line) override;
  /// Moves to the next `{` or to text that is none; `text` is what is at hand there, empty at the
  /// end.
  Result<void> seek(std::string_view& text);
  Result<bool> skip_members_behind_array(std::string_view text);
  /// Each reads the record at the beginning of `text`; false if there is none.
  Result<bool> read_object(std::string_view text, LogLine& line);
  Result<bool> read_whole(std::string_view text, bool needs_family, LogLine& line);
  bool read_line_object(std::string_view text, LogLine& line);
  Result<bool> read_line_with_header(std::string_view text, LogLine& line);
  JsonInLine find_json_behind_prefix(std::string_view text);
  Result<void> read_broken(LogLine& line);
  Result<bool> read_text(LogLine& line);
  Rejection finish_broken(std::string_view text, bool at_end, LogLine& line);
  Rejection finish(std::string_view raw, bool repaired, LogLine& line);
  void take(std::size_t bytes);
  void note_beginning();
  bool own_lines() const;

  LineWindow window_;
  LocalClock clock_;
  SensorNames sensors_;
  FirstKeys keys_;
  JsonRecord record_;
  const JsonFamily* family_;
  const JsonFamily* last_family_ = nullptr;  ///< of the record just read, or null
  EveEvents eve_;
  std::size_t pending_ = 0;
  std::uint64_t line_ = 1;
  std::uint64_t records_ = 0;
  std::size_t wrappers_ = 0;
  bool behind_array_ = false;
  bool line_begins_ = true;    ///< nothing but what stands between records came in the line yet
  bool skip_line_ = false;     ///< the rest of a line that is too long
  unsigned sharing_ = 0;       ///< how usual it is of late that a line holds more than one record
  bool in_array_ = false;      ///< the first record stands directly behind an array's bracket
  bool line_a_record_ = true;  ///< the record before ended with its line
  std::array<bool, 2> container_cut_line_{};  ///< of stdout and stderr: the rest comes yet
  bool in_rest_ = false;   ///< text that is no object was the last thing seen, and is counted
  unsigned rest_due_ = 0;  ///< so many records on, the rest of one that was cut in two may come
};

}  // namespace teiten
