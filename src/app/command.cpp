#include "app/command.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <fmt/format.h>
#include <unistd.h>

namespace teiten {
namespace {

/// Columns a UTF-8 text takes on a terminal: East Asian wide characters (by block) take two.
std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xc0) == 0x80) continue;
    columns += byte >= 0xe3 ? 2 : 1;
  }
  return columns;
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::size_t columns = columns_of(text);
  const std::string space(width > columns ? width - columns : 0, ' ');
  return right ? space + text : text + space;
}

}  // namespace

int fail(const Error& error) {
  fmt::print(stderr, "teiten: {}\n", printable(error.message));
  return error.code == ErrorCode::invalid_argument ? kWrongUsage : kCouldNot;
}

std::string default_store() {
  const char* named = std::getenv("TEITEN_STORE");
  return named != nullptr && *named != '\0' ? named : "teiten.db";
}

Result<TimeZone> zone_option(const std::string& name) {
  auto zone = TimeZone::find(name);
  if (!zone.ok()) return failure(ErrorCode::invalid_argument, "--tz: " + zone.error().message);
  return zone;
}

void warn_of_unfinished_import(Store& store) {
  const auto imports = store.imports();
  if (!imports.ok()) return;
  for (const Import& import : *imports) {
    if (import.complete || import.inputs.empty()) continue;
    fmt::print(stderr,
               "teiten: warning: the import of {} did not finish: its counts are a part; run the "
               "same command again\n",
               printable(import.inputs.front().name));
  }
}

Progress::Progress(std::string what)
    : what_(std::move(what)),
      terminal_(isatty(STDERR_FILENO) == 1),
      begun_(std::chrono::steady_clock::now()) {}

Progress::~Progress() {
  if (terminal_) fmt::print(stderr, "\r\033[K");
}

bool Progress::is_due() {
  if (!terminal_) return false;
  const auto now = std::chrono::steady_clock::now();
  if (now - shown_ < std::chrono::milliseconds(200)) return false;
  shown_ = now;
  return true;
}

void Progress::show(const std::string& text) {
  if (!is_due()) return;
  fmt::print(stderr, "\r\033[K{}: {}", what_, text);
  std::fflush(stderr);
}

void Progress::show(std::uint64_t done, std::uint64_t total) {
  if (!is_due()) return;
  const double seconds = std::chrono::duration<double>(shown_ - begun_).count();
  const double rate = seconds > 0 ? static_cast<double>(done) / seconds : 0;
  fmt::print(stderr, "\r\033[K{}: {:.0f} of {:.0f} MB, {:.0f} MB/s", what_,
             static_cast<double>(done) / 1e6, static_cast<double>(total) / 1e6, rate / 1e6);
  if (rate > 0 && total > done)
    fmt::print(stderr, ", {:.0f} s left", static_cast<double>(total - done) / rate);
  std::fflush(stderr);
}

TextTable::TextTable(std::vector<std::string> header, std::vector<bool> right_aligned)
    : right_(std::move(right_aligned)) {
  rows_.push_back(std::move(header));
}

void TextTable::add(std::vector<std::string> row) {
  rows_.push_back(std::move(row));
}

std::string TextTable::text() const {
  std::vector<std::size_t> widths(right_.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i)
      widths[i] = std::max(widths[i], columns_of(row[i]));
  }
  std::string text;
  for (const auto& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) line += "  ";
      line += padded(row[i], widths[i], right_[i]);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string csv_field(std::string_view text) {
  std::string field(text);
  // A spreadsheet runs a cell that begins like a formula; names come from outside.
  if (!field.empty() &&
      std::string_view("=+-@\t\r").find(field.front()) != std::string_view::npos) {
    field.insert(0, 1, '\'');
  }
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  std::string quoted = "\"";
  for (const char c : field) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string printable(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) c = '?';
  }
  return result;
}

}  // namespace teiten
