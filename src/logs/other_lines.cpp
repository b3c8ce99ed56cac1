#include "logs/other_lines.h"

#include <algorithm>

#include <fmt/format.h>

namespace teiten {
namespace {

/// What rsyslog writes before a record.
constexpr std::string_view kObjectMark = "@cee: ";

/// The reasons that a record of another format gets.
bool may_be_another_formats(Rejection rejection) {
  return rejection == Rejection::not_a_firewall_line || rejection == Rejection::not_a_connection ||
         rejection == Rejection::invalid_json;
}

}  // namespace

OtherLinesReader::OtherLinesReader(std::string file, const LogFormat& format,
                                   std::unique_ptr<LogReader> reader)
    : file_(std::move(file)), name_(format.name), reader_(std::move(reader)) {
  for (const LogFormat& other : log_formats()) {
    // The records of all JSON formats are read in one file.
    const bool read_too = other.name == name_ || (format.reads_objects && other.reads_objects);
    if (other.recognises_line != nullptr && !read_too) others_.push_back(&other);
  }
}

void OtherLinesReader::look_at(std::string_view text) {
  if (unknown_ >= kMaxUnknownLines && found_.empty()) return;
  // recognises_line() is for what stands behind other text.
  const bool object = text.starts_with('{');
  if (object) text = behind_mark_.assign(kObjectMark).append(text);
  const auto known =
      std::find_if(others_.begin(), others_.end(), [object, text](const LogFormat* other) {
        return (other->reads_objects || !object) && other->recognises_line(text);
      });
  if (known == others_.end()) {
    ++unknown_;
    return;
  }
  ++found_[(*known)->name];
  std::rotate(others_.begin(), known, known + 1);
}

void OtherLinesReader::warn() {
  if (found_.empty()) return;
  std::string counts;
  for (const auto& [name, count] : found_)
    counts += fmt::format("{}{} ({})", counts.empty() ? "" : ", ", name, count);
  const auto most =
      std::max_element(found_.begin(), found_.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  warning_ = fmt::format(
      "{}{}{}: holds also lines that look like {}; they are not read, for a file is read as one "
      "format, here {}: put them into a file of their own, or read the file with --format {} into "
      "another store",
      reader_->warning().value_or(""), reader_->warning() ? "; " : "", file_, counts, name_,
      most->first);
}

Result<bool> OtherLinesReader::read(LogLine& line) {
  TEITEN_TRY(const bool more, reader_->next(line));
  if (!more) {
    warn();
  } else if (may_be_another_formats(line.rejection)) {
    look_at(line.raw);
  }
  return more;
}

}  // namespace teiten
