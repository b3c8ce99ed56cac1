#include "logs/dshield_line.h"

#include <algorithm>
#include <optional>

#include "logs/field_values.h"
#include "logs/formats.h"
#include "logs/read_time.h"
#include "logs/stamp.h"
#include "logs/text.h"

namespace teiten {
namespace {

constexpr std::size_t kFields = 9;

/// Letters in any order; 1 and 2 are the bits that were reserved when the format was made.
std::optional<std::uint8_t> parse_flags(std::string_view text) {
  std::uint8_t flags = 0;
  for (const char c : text) {
    if (c == '1') {
      flags |= tcp_flag::kCwr;
    } else if (c == '2') {
      flags |= tcp_flag::kEce;
    } else if (const auto flag = parse_tcp_flag_letters(std::string_view(&c, 1));
               flag && c != 'E' && c != 'C') {
      flags |= *flag;
    } else {
      return std::nullopt;
    }
  }
  return flags;
}

Rejection set_transport(const Fields& fields, Packet& packet) {
  if (packet.is_icmp()) return set_icmp(fields[4], fields[6], packet);
  if (!packet.is_tcp() && !packet.is_udp()) return Rejection::none;
  if (const Rejection bad = set_ports(fields[4], fields[6], packet); bad != Rejection::none) {
    return bad;
  }
  const std::string_view letters = trim(fields[8]);
  if (!packet.is_tcp() || letters.empty()) return Rejection::none;
  const auto flags = parse_flags(letters);
  if (!flags) return Rejection::invalid_tcp_flags;
  packet.has_flags = true;
  packet.tcp_flags = *flags;
  return Rejection::none;
}

}  // namespace

std::optional<Rejection> DshieldParser::parse(std::string_view line, Packet& packet) {
  fields_.split(line, '\t');
  if (fields_.count() != kFields && fields_.count() != kFields - 1) {
    return Rejection::wrong_column_count;
  }
  Rejection bad = read_time(fields_[0], clock_, packet.time);
  if (bad == Rejection::none) bad = set_packets(fields_[2], packet);
  if (bad == Rejection::none) bad = set_addresses(fields_[3], fields_[5], packet);
  if (bad != Rejection::none) return bad;
  const auto number = protocol_number(fields_[7]);
  if (!number) return Rejection::invalid_protocol;
  packet.protocol = *number;
  if (bad = set_transport(fields_, packet); bad != Rejection::none) return bad;
  // The submitter is the vantage point; 0 is everybody without an account.
  const auto label = fields_[1] == "0" ? std::optional<std::uint16_t>(std::uint16_t{0})
                                       : sensors_.label_of(fields_[1]);
  if (!label) return Rejection::invalid_sensor;
  packet.sensor_label = *label;
  return Rejection::none;
}

bool DshieldParser::recognises(std::string_view line) {
  Fields fields;
  fields.split(line, '\t');
  return (fields.count() == kFields || fields.count() == kFields - 1) &&
         parse_time_column(fields[0]) && IpAddress::parse(fields[3]) && IpAddress::parse(fields[5]);
}

LogFormat dshield_format() {
  LogFormat format;
  format.name = "dshield";
  format.title = "DShield's tab-separated lines, as its clients submit them";
  format.example =
      "2013-03-16 06:25:20 +00:00\t123456\t1\t198.51.100.7\t40000\t192.0.2.1\t1433\tTCP\tS\n";
  format.recognises = [](const LogBeginning& beginning) {
    return std::any_of(beginning.lines.begin(), beginning.lines.end(),
                       [](std::string_view line) { return DshieldParser::recognises(line); });
  };
  format.open = [](Input& input, const LogOptions& options) {
    return read_lines(input, "dshield", std::make_unique<DshieldParser>(options.zone));
  };
  return format;
}

}  // namespace teiten
