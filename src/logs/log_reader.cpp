#include "logs/log_reader.h"

#include "logs/firewall_line.h"
#include "logs/line_source.h"
#include "logs/readers.h"

namespace teiten {
namespace {

/// How much of a file is looked at to recognise it: a system's log may begin with a day of other
/// programs' lines.
constexpr std::size_t kRecogniseBytes = std::size_t{16} << 20;

/// A record with both directions and addresses told: nothing else looks so.
bool is_firewall_line(std::string_view text) {
  FirewallHeader header;
  Packet packet;
  switch (parse_firewall_line(text, header, packet)) {
    case Rejection::none:
    case Rejection::allowed:
    case Rejection::audit:
    case Rejection::outbound:
    case Rejection::forwarded:
    case Rejection::incomplete_packet:
    case Rejection::invalid_source:
    case Rejection::invalid_destination:
    case Rejection::invalid_protocol:
      return true;
    default:
      return false;
  }
}

}  // namespace

Result<std::unique_ptr<LogReader>> LogReader::open(Input& input, const LogOptions& options) {
  return options.csv ? CsvReader::open(input, options) : FirewallReader::open(input, options);
}

Result<bool> LogReader::recognises(Input& input) {
  TEITEN_CHECK(input.rewind());
  bool found = false;
  {
    LineSource lines(input);
    LineSource::Line line;
    std::size_t seen = 0;
    while (!found && seen < kRecogniseBytes) {
      TEITEN_TRY(const bool more, lines.next(line));
      if (!more) break;
      seen += line.text.size() + 1;
      found = !line.too_long && is_firewall_line(line.text);
    }
  }
  TEITEN_CHECK(input.rewind());
  return found;
}

}  // namespace teiten
