#include "logs/json_fields.h"
#include "logs/vpc_flow.h"

namespace teiten {
namespace {

constexpr JsonEndpoints kEnds{"srcaddr", "srcport", "dstaddr", "dstport"};

bool is(const JsonRecord& record) {
  return record.has("srcaddr") && record.has("dstaddr") && record.has("action");
}

/// The first of two spellings that is there.
std::string_view either(const JsonRecord& record, std::string_view a, std::string_view b) {
  return record.has(a) ? a : b;
}

Rejection read(const JsonRecord& record, JsonContext& context, Packet& packet) {
  const std::string_view status = record.text(either(record, "log-status", "log_status"));
  if (status == "NODATA") return Rejection::no_data;
  if (status == "SKIPDATA") return Rejection::skipped_data;
  if (const Rejection bad = read_json_time(record, either(record, "start", "start_time"),
                                           JsonZone::utc, context, packet.time);
      bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_addresses(record, kEnds, packet); bad != Rejection::none)
    return bad;
  if (const Rejection bad = read_json_protocol(record, "protocol", packet); bad != Rejection::none)
    return bad;
  if (packet.is_tcp() || packet.is_udp()) {
    if (const Rejection bad = read_json_ports(record, kEnds, packet); bad != Rejection::none)
      return bad;
  }
  const auto flags = record.number(either(record, "tcp-flags", "tcp_flags"));
  if (packet.is_tcp() && flags && *flags >= 0 && *flags < 256)
    set_vpc_flags(static_cast<std::uint8_t>(*flags), packet);
  const std::string_view direction =
      record.text(either(record, "flow-direction", "flow_direction"));
  if (const Rejection bad = vpc_verdict(record.text("action"), direction, packet);
      bad != Rejection::none)
    return bad;
  return read_json_packets(record, "packets", packet);
}

}  // namespace

JsonFamily vpc_json_family() {
  JsonFamily family;
  family.name = "vpc-json";
  family.title = "AWS VPC flow logs as JSON";
  family.example =
      R"({"version":5,"account_id":"123456789010","interface_id":"eni-1","srcaddr":"198.51.100.7","dstaddr":"192.0.2.1","srcport":40000,"dstport":1433,"protocol":6,"packets":3,"bytes":120,"start":1715050668,"end":1715050700,"action":"REJECT","log_status":"OK","tcp_flags":2})";
  family.is = is;
  family.read = read;
  return family;
}

}  // namespace teiten
