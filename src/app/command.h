#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "net/time.h"
#include "store/store.h"

namespace CLI {
class App;
}

namespace teiten {

/// Exit status of every command (DESIGN §5).
inline constexpr int kDone = 0;
inline constexpr int kCouldNot = 1;
inline constexpr int kWrongUsage = 2;

/// Each adds its subcommand, with options, help and examples; what it does runs from the
/// subcommand's callback and leaves the exit status in `status`.
void add_import(CLI::App& app, int& status);
void add_count(CLI::App& app, int& status);
void add_report(CLI::App& app, int& status);
void add_findings(CLI::App& app, int& status);
void add_inspect(CLI::App& app, int& status);
void add_simulate(CLI::App& app, int& status);
void add_doctor(CLI::App& app, int& status);
void add_sense(CLI::App& app, int& status);
void add_serve(CLI::App& app, int& status);
void add_sensor(CLI::App& app, int& status);
void add_backup(CLI::App& app, int& status);
void add_restore(CLI::App& app, int& status);
void add_retain(CLI::App& app, int& status);

/// Prints "teiten: …" on standard error; the exit status that goes with the error.
int fail(const Error& error);

/// The store that commands use where no --store is given.
std::string default_store();

/// The zone that an option names; invalid_argument where there is none of that name.
Result<TimeZone> zone_option(const std::string& name);

/// One line on standard error where an import into the store was killed or is under way: what is
/// read then is only a part.
void warn_of_unfinished_import(Store& store);

/// A line of progress on standard error, rewritten in place; nothing unless that is a terminal.
class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// Bytes.
  void show(std::uint64_t done, std::uint64_t total);
  /// Anything else: "WHAT: text".
  void show(const std::string& text);

 private:
  /// False unless it is a terminal and time to write on it again.
  bool is_due();

  std::string what_;
  bool terminal_;
  std::chrono::steady_clock::time_point begun_;
  std::chrono::steady_clock::time_point shown_;
};

/// Columns that line up: numbers to the right, text to the left; a wide character counts as two
/// columns.
class TextTable {
 public:
  explicit TextTable(std::vector<std::string> header, std::vector<bool> right_aligned);
  void add(std::vector<std::string> row);
  std::string text() const;

 private:
  std::vector<bool> right_;
  std::vector<std::vector<std::string>> rows_;
};

/// "1,234,567".
std::string grouped(std::uint64_t number);
/// A field of a CSV file, quoted where it must be (RFC 4180), and never a formula for a
/// spreadsheet.
std::string csv_field(std::string_view text);
/// Text on a terminal or in a message: control characters become '?'.
std::string printable(std::string_view text);

}  // namespace teiten
