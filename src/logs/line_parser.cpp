#include "logs/line_parser.h"

#include "logs/text.h"

namespace teiten {

Result<bool> LineLogReader::read(LogLine& line) {
  LineSource::Line text;
  while (true) {
    TEITEN_TRY(const bool more, source_.next(text));
    if (!more) return false;
    ++physical_lines_;
    std::optional<Rejection> rejection = Rejection::line_too_long;
    if (!text.too_long) {
      rejection = trim(text.text).empty() ? std::optional(Rejection::empty_line)
                                          : parser_->parse(text.text, line.packet);
    }
    if (!rejection) continue;
    line.rejection = *rejection;
    line.number = ++lines_;
    line.line = physical_lines_;
    line.raw = text.text.substr(0, kMaxRawBytes);
    return true;
  }
}

Result<std::unique_ptr<LogReader>> read_lines(Input& input, std::string_view format,
                                              std::unique_ptr<LineParser> parser) {
  return std::unique_ptr<LogReader>(
      std::make_unique<LineLogReader>(input, format, std::move(parser)));
}

}  // namespace teiten
