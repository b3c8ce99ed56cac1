#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "capture/input.h"
#include "logs/log_reader.h"

namespace teiten {

/// The beginning of an input, by which its format is told.
struct LogBeginning {
  /// What a format may look at: the first kBeginningBytes, without a byte order mark.
  std::string_view text;
  /// The lines of `text` that hold something, without their ends; one that `text` cuts is not among
  /// them unless it is the only one.
  std::vector<std::string_view> lines;
};
/// Room for long comments and for the first records of any honeypot.
inline constexpr std::size_t kBeginningBytes = std::size_t{128} * 1024;

/// A kind of log: how it is called, how it looks, how it is known and read. All are in one table
/// (log_formats()); a new one is a file of its own and a row there.
struct LogFormat {
  std::string_view name;   ///< for --format
  std::string_view alias;  ///< another name for --format, or empty
  std::string_view title;  ///< what writes it
  /// A short but whole input of this format, with documentation addresses; empty for a binary one.
  std::string_view example;
  /// Whether an input that begins so is of this format, judged by its content alone; null if it
  /// can't be known (CSV). Formats must exclude each other.
  bool (*recognises)(const LogBeginning& beginning) = nullptr;
  /// Whether one line is such a record and no other program's: for logs that hold lines of many
  /// programs, of which thousands may come first. Null if there is no such line.
  bool (*recognises_line)(std::string_view line) = nullptr;
  /// The input is at offset 0 and must outlive the reader.
  Result<std::unique_ptr<LogReader>> (*open)(Input& input, const LogOptions& options) = nullptr;
  /// Its records are JSON objects. No other format is looked for in a line that begins with one.
  bool reads_objects = false;
};

/// Every format of logs, in the order of the documentation.
std::span<const LogFormat> log_formats();
/// By name or alias; null if there is none.
const LogFormat* find_log_format(std::string_view name);

/// How far recognise_log() looks for a line that decides: a system's log may begin with a day of
/// other programs' lines.
inline constexpr std::size_t kRecogniseBytes = std::size_t{16} << 20;
/// The beginning of a text, which may be a whole input.
LogBeginning beginning_of(std::string_view text);
/// The format of an input, by its first kBeginningBytes and then by its lines up to
/// kRecogniseBytes; null if none knows it. Leaves the input at offset 0.
Result<const LogFormat*> recognise_log(Input& input);

/// Opens an input in the given format, its latest time set from `options.now` and the input's last
/// change.
Result<std::unique_ptr<LogReader>> open_log(const LogFormat& format, Input& input,
                                            const LogOptions& options);

}  // namespace teiten
