#include "logs/log_format.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include "logs/formats.h"
#include "logs/line_source.h"
#include "logs/other_lines.h"
#include "logs/stamp.h"
#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

/// Whether a line begins with a JSON object, perhaps the first of an array: what its texts hold is
/// what somebody sent, and tells nothing of the file.
bool begins_with_object(std::string_view line) {
  const std::size_t at = line.find_first_not_of(" \t,[");
  return at != std::string_view::npos && line[at] == '{';
}

Result<const LogFormat*> recognise_beginning(Input& input) {
  LineWindow window(input);
  TEITEN_TRY(const std::string_view view, window.peek(kBeginningBytes));
  const LogBeginning beginning = beginning_of(view);
  const bool object = !beginning.lines.empty() && begins_with_object(beginning.lines.front());
  for (const LogFormat& format : log_formats()) {
    if (object && !format.reads_objects) continue;
    if (format.recognises != nullptr && format.recognises(beginning)) return &format;
  }
  return nullptr;
}

Result<const LogFormat*> recognise_lines(Input& input) {
  LineSource lines(input);
  LineSource::Line line;
  std::size_t seen = 0;
  while (seen < kRecogniseBytes) {
    TEITEN_TRY(const bool more, lines.next(line));
    if (!more) break;
    seen += line.text.size() + 1;
    if (line.too_long || begins_with_object(line.text)) continue;
    for (const LogFormat& format : log_formats()) {
      if (format.recognises_line != nullptr && format.recognises_line(line.text)) return &format;
    }
  }
  return nullptr;
}

/// The input's last change, within what a UtcTime holds.
UtcTime changed(const Input& input) {
  using namespace std::chrono;
  constexpr sys_seconds kEnd = sys_days{year{kMaxYear} / December / 31};
  return UtcTime{seconds{
      std::clamp<std::int64_t>(input.modified_seconds(), 0, kEnd.time_since_epoch().count())}};
}

}  // namespace

LogBeginning beginning_of(std::string_view text) {
  LogBeginning beginning;
  const bool cut = text.size() >= kBeginningBytes;
  text = text.substr(0, kBeginningBytes);
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  beginning.text = text;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const bool whole = end < text.size() || !cut || beginning.lines.empty();
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (whole && !trim(line).empty()) beginning.lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return beginning;
}

std::span<const LogFormat> log_formats() {
  static const std::vector<LogFormat> all = [] {
    std::vector<LogFormat> formats = {
        firewall_format(), csv_format(),       filterlog_format(),      journal_export_format(),
        dshield_format(),  zeek_format(),      dionaea_sqlite_format(), vpc_format(),
        nfdump_format(),   flowtuple_format(),
    };
    for (const LogFormat& format : json_formats())
      formats.push_back(format);
    return formats;
  }();
  return all;
}

const LogFormat* find_log_format(std::string_view name) {
  for (const LogFormat& format : log_formats()) {
    if (!name.empty() && (format.name == name || format.alias == name)) return &format;
  }
  return nullptr;
}

Result<const LogFormat*> recognise_log(Input& input) {
  TEITEN_CHECK(input.rewind());
  TEITEN_TRY(const LogFormat* format, recognise_beginning(input));
  TEITEN_CHECK(input.rewind());
  if (format != nullptr) return format;
  TEITEN_TRY(format, recognise_lines(input));
  TEITEN_CHECK(input.rewind());
  return format;
}

Result<std::unique_ptr<LogReader>> open_log(const LogFormat& format, Input& input,
                                            const LogOptions& options) {
  TEITEN_TRY(auto opened, format.open(input, options));
  std::unique_ptr<LogReader> reader =
      std::make_unique<OtherLinesReader>(input.name(), format, std::move(opened));
  if (options.now) reader->set_latest(std::max(*options.now, changed(input)) + kMaxFuture);
  return reader;
}

}  // namespace teiten
