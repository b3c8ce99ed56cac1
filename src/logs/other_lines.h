#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "logs/log_format.h"
#include "logs/log_reader.h"

namespace teiten {

/// So many lines that no other format knows are looked at: where none is known after them, none is
/// searched for any longer.
inline constexpr std::uint64_t kMaxUnknownLines = 10'000;

/// Reads a log through its format's reader, and counts the rejected lines that are records of
/// another format: one file is read as one format, and its warning says what else it holds.
class OtherLinesReader final : public LogReader {
 public:
  /// `file`: the input's name.
  OtherLinesReader(std::string file, const LogFormat& format, std::unique_ptr<LogReader> reader);

  const std::vector<std::string>& sensor_names() const override { return reader_->sensor_names(); }
  std::string_view format() const override { return reader_->format(); }
  std::uint64_t lines() const override { return reader_->lines(); }
  const std::optional<std::string>& warning() const override {
    return warning_ ? warning_ : reader_->warning();
  }

 private:
  Result<bool> read(LogLine& line) override;
  void look_at(std::string_view text);
  void warn();

  std::string file_;
  std::string_view name_;  ///< of the format that is read
  std::unique_ptr<LogReader> reader_;
  std::vector<const LogFormat*> others_;  ///< the one that knew the last line first
  std::map<std::string_view, std::uint64_t> found_;
  std::uint64_t unknown_ = 0;
  std::string behind_mark_;
  std::optional<std::string> warning_;
};

}  // namespace teiten
