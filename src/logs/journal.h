#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "logs/line_source.h"
#include "logs/log_reader.h"

namespace teiten {

/// What is used of one entry of systemd's journal (systemd.journal-fields(7)); empty where the
/// entry does not have the field.
struct JournalEntry {
  std::string_view message;     ///< MESSAGE
  std::string_view transport;   ///< _TRANSPORT
  std::string_view identifier;  ///< SYSLOG_IDENTIFIER
  std::string_view realtime;    ///< __REALTIME_TIMESTAMP: microseconds since 1970
};

/// The firewall line that an entry holds, if the kernel or a program that speaks for it wrote it:
/// anybody can have a program log what looks like one (not_a_firewall_line).
Rejection read_journal_entry(const JournalEntry& entry, Packet& packet);

/// `journalctl -o export` (systemd, "Journal Export Formats"): one field a line, an empty line
/// after each entry, and before a field that is no text its length in eight bytes. A record is an
/// entry.
class JournalExportReader final : public LogReader {
 public:
  static Result<std::unique_ptr<LogReader>> open(Input& input, const LogOptions& options);
  static bool recognises(std::string_view beginning);

  explicit JournalExportReader(Input& input) : name_(input.name()), window_(input) {}

  const std::vector<std::string>& sensor_names() const override { return no_names_; }
  std::string_view format() const override { return "journal-export"; }
  std::uint64_t lines() const override { return records_; }
  const std::optional<std::string>& warning() const override {
    return window_.warning() ? window_.warning() : warning_;
  }

 private:
  enum class Step { field, end_of_entry, end_of_input };

  Result<bool> read(LogLine& line) override;
  /// Reads one line, or a field with a length.
  Result<Step> read_field();
  Result<Step> read_sized_field(std::string* value);
  /// Moves past `size` bytes, or to the end.
  Result<void> skip(std::uint64_t size);
  Result<void> skip_line();
  void consume(std::string_view bytes);
  /// Where a field's value is kept; null for the many that are not.
  std::string* place_of(std::string_view name);
  void clear();

  std::string name_;
  LineWindow window_;
  std::string message_, transport_, identifier_, realtime_;
  bool too_long_ = false;  ///< the message
  bool cut_ = false;       ///< the input ends within a field
  std::uint64_t records_ = 0;
  std::uint64_t lines_ = 0;  ///< line ends passed
  std::optional<std::string> warning_;
  std::vector<std::string> no_names_;
};

}  // namespace teiten
