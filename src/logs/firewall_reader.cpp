#include "logs/firewall_line.h"
#include "logs/readers.h"

namespace teiten {

Result<std::unique_ptr<LogReader>> FirewallReader::open(Input& input, const LogOptions& options) {
  int first_year = options.year.value_or(0);
  if (options.year && (*options.year < kMinYear || *options.year > kMaxYear)) {
    return failure(ErrorCode::invalid_argument, "--year takes a year from 1990 to 2199");
  }
  if (!options.year) {
    TEITEN_TRY(first_year, infer_first_year(input, options.zone));
  }
  return std::unique_ptr<LogReader>(std::make_unique<FirewallReader>(input, options, first_year));
}

Rejection FirewallReader::read(const LineSource::Line& text, Packet& packet) {
  const auto stamp = line_stamp(text.text);
  const int year = stamp ? years_.observe(*stamp) : 0;
  if (text.too_long) return Rejection::line_too_long;
  FirewallHeader header;
  const Rejection rejection = parse_firewall_line(text.text, header, packet);
  if (rejection != Rejection::none) return rejection;
  if (!header.stamp) return Rejection::invalid_time;
  const bool same = stamp && stamp->end == header.stamp->end;
  const auto time = clock_.resolve(*header.stamp, same ? year : years_.year_of(*header.stamp));
  if (!time) return Rejection::invalid_time;
  packet.time = *time;
  return Rejection::none;
}

Result<bool> FirewallReader::next(LogLine& line) {
  LineSource::Line text;
  TEITEN_TRY(const bool more, source_.next(text));
  if (!more) return false;
  line.number = ++lines_;
  line.packet = Packet{};
  line.rejection = read(text, line.packet);
  return true;
}

}  // namespace teiten
