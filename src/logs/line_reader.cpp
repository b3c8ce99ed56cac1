#include "logs/line_reader.h"

namespace teiten {

Result<bool> LineReader::read(LogLine& line) {
  LineSource::Line text;
  do {
    TEITEN_TRY(const bool more, source_.next(text));
    if (!more) return false;
    ++lines_;
  } while (!is_record(text.text));
  line.number = ++records_;
  line.line = lines_;
  line.raw = text.text.substr(0, kMaxRawBytes);
  line.rejection = read_line(text, line.packet);
  return true;
}

}  // namespace teiten
