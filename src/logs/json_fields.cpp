#include "logs/json_fields.h"

#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "logs/read_time.h"
#include "logs/stamp.h"
#include "logs/text.h"
#include "net/service.h"
#include "net/special_purpose.h"

namespace teiten {
namespace {

constexpr std::int64_t k1990 = 631'152'000;
constexpr std::int64_t k2200 = 7'258'118'400;

/// Seconds since 1970, and microseconds of them.
Rejection from_seconds(std::int64_t seconds, std::int64_t microseconds, UtcTime& time) {
  if (seconds < 0 || seconds >= k2200) return Rejection::invalid_time;
  if (seconds < k1990) return Rejection::before_1990;
  time = UtcTime{std::chrono::seconds{seconds} + std::chrono::microseconds{microseconds}};
  return Rejection::none;
}

Rejection read_text_time(std::string_view text, JsonZone zone, JsonContext& context,
                         UtcTime& time) {
  if (zone == JsonZone::local) return read_time(text, context.clock, time);
  auto stamp = parse_time_column(text);
  if (!stamp || stamp->has_offset) return read_time(text, context.clock, time);
  stamp->has_offset = true;
  const auto read = context.clock.resolve(*stamp, stamp->year);
  if (!read) return Rejection::invalid_time;
  time = *read;
  return Rejection::none;
}

/// What programs write where they know nothing.
bool says_nothing(const JsonValue* value) {
  return value == nullptr || value->type == JsonValue::Type::null ||
         (value->type == JsonValue::Type::text && (value->text.empty() || value->text == "-"));
}

Rejection read_port(const JsonRecord& record, std::string_view path, bool needed,
                    std::uint16_t& port) {
  if (path.empty() || says_nothing(record.find(path)))
    return needed ? Rejection::invalid_port : Rejection::none;
  const auto number = record.number(path);
  if (!number || *number < 0 || *number > 65'535) return Rejection::invalid_port;
  port = static_cast<std::uint16_t>(*number);
  return Rejection::none;
}

/// `198.51.100.7:40000`, `[2001:db8::7]:40000`; false for anything else.
bool split_address_and_port(std::string_view text, IpAddress& address, std::uint16_t& port) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return false;
  const auto number = parse_decimal(text.substr(colon + 1), 65'535);
  std::string_view host = text.substr(0, colon);
  const bool bracketed = host.starts_with('[') && host.ends_with(']');
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto parsed = IpAddress::parse(host);
  // Without brackets the end of an IPv6 address can't be told from a port.
  if (!number || !parsed || parsed->is_v4() == bracketed) return false;
  address = *parsed;
  port = static_cast<std::uint16_t>(*number);
  return true;
}

Rejection read_byte(const JsonRecord& record, std::string_view path, std::uint8_t& byte,
                    bool& found) {
  found = !path.empty() && !says_nothing(record.find(path));
  if (!found) return Rejection::none;
  const auto number = record.number(path);
  if (!number || *number < 0 || *number > 255) return Rejection::invalid_icmp_type;
  byte = static_cast<std::uint8_t>(*number);
  return Rejection::none;
}

}  // namespace

Rejection read_json_time(const JsonRecord& record, std::string_view path, JsonZone zone,
                         JsonContext& context, UtcTime& time) {
  const JsonValue* value = record.find(path);
  if (value == nullptr) return Rejection::invalid_time;
  switch (value->type) {
    case JsonValue::Type::text:
      return read_text_time(value->text, zone, context, time);
    case JsonValue::Type::milliseconds:
      return from_seconds(value->integer / 1000, value->integer % 1000 * 1000, time);
    case JsonValue::Type::integer:
      // The digits tell seconds from milli-, micro- and nanoseconds.
      return value->integer < k1990 && value->integer >= 0
                 ? Rejection::before_1990
                 : read_time(fmt::format("{}", value->integer), context.clock, time);
    case JsonValue::Type::real: {
      if (!(value->real >= 0 && value->real < 1e11)) return Rejection::invalid_time;
      // A double holds today's seconds to a quarter of a microsecond.
      const auto microseconds = static_cast<std::int64_t>(std::llround(value->real * 1e6));
      return from_seconds(microseconds / 1'000'000, microseconds % 1'000'000, time);
    }
    default:
      return Rejection::invalid_time;
  }
}

Rejection read_json_addresses(const JsonRecord& record, const JsonEndpoints& at, Packet& packet) {
  const JsonValue* source = record.find(at.source);
  if (says_nothing(source)) return Rejection::no_source;
  const auto from = IpAddress::parse(source->text);
  if (from) {
    packet.source = *from;
  } else if (!split_address_and_port(source->text, packet.source, packet.source_port)) {
    return Rejection::invalid_source;
  }
  if (at.destination.empty()) return Rejection::none;
  const JsonValue* destination = record.find(at.destination);
  if (says_nothing(destination)) return Rejection::none;
  const auto to = IpAddress::parse(destination->text);
  if (!to) return Rejection::invalid_destination;
  // 0.0.0.0 and :: are what a program listens at that does not know its address.
  if (to->is_unspecified()) return Rejection::none;
  packet.destination = *to;
  packet.has_destination = true;
  return Rejection::none;
}

Rejection read_json_ports(const JsonRecord& record, const JsonEndpoints& at, Packet& packet) {
  if (const Rejection bad = read_port(record, at.destination_port, true, packet.destination_port);
      bad != Rejection::none)
    return bad;
  packet.has_ports = true;
  return read_port(record, at.source_port, false, packet.source_port);
}

Rejection read_json_icmp(const JsonRecord& record, std::string_view type, std::string_view code,
                         Packet& packet) {
  bool has_code = false;
  bool has_type = false;
  if (const Rejection bad = read_byte(record, type, packet.icmp_type, has_type);
      bad != Rejection::none)
    return bad;
  packet.has_icmp_type = has_type;
  return has_type ? read_byte(record, code, packet.icmp_code, has_code) : Rejection::none;
}

Rejection read_json_protocol(const JsonRecord& record, std::string_view path, Packet& packet) {
  if (const auto number = record.number(path)) {
    if (*number < 0 || *number > 255) return Rejection::invalid_protocol;
    packet.protocol = static_cast<std::uint8_t>(*number);
    return Rejection::none;
  }
  const auto named = parse_protocol(record.text(path));
  if (!named) return Rejection::invalid_protocol;
  packet.protocol = *named;
  return Rejection::none;
}

Rejection read_json_packets(const JsonRecord& record, std::string_view path, Packet& packet) {
  if (says_nothing(record.find(path))) return Rejection::none;
  const auto number = record.number(path);
  if (!number || *number < 0 || *number > std::numeric_limits<std::uint32_t>::max())
    return Rejection::invalid_packets;
  if (*number == 0) return Rejection::no_packets;
  packet.packets = static_cast<std::uint32_t>(*number);
  return Rejection::none;
}

Rejection read_json_sensor(const JsonRecord& record, std::string_view path, JsonContext& context,
                           Packet& packet) {
  const auto label = context.sensors.label_of(record.text(path));
  if (!label) return Rejection::invalid_sensor;
  packet.sensor_label = *label;
  return Rejection::none;
}

void set_tpot_destination(const JsonRecord& record, Packet& packet) {
  if (!packet.has_destination || use_of(packet.destination) != AddressUse::private_use) return;
  const auto machine = IpAddress::parse(record.text("t-pot_ip_int"));
  if (machine && !machine->is_unspecified()) packet.destination = *machine;
}

void set_connection(Packet& packet) {
  if (!packet.is_tcp()) return;
  packet.has_flags = true;
  packet.tcp_flags = tcp_flag::kSyn;
}

}  // namespace teiten
