// Prints what the decoder makes of a capture, one line of tab-separated fields a frame, for
// tshark_test.py. The first line names the fields; what is absent is empty.

#include <string>

#include <fmt/core.h>

#include "capture/capture_reader.h"
#include "decode/decode.h"

namespace {

using namespace teiten;

std::string number(bool present, unsigned value) {
  return present ? fmt::format("{}", value) : std::string();
}

std::string_view verdict(const Decoded& decoded) {
  switch (decoded.kind) {
    case FrameKind::packet:
      return "packet";
    case FrameKind::not_ip:
      return "not_ip";
    case FrameKind::anomaly:
      break;
  }
  return to_string(decoded.anomaly);
}

constexpr std::string_view kFields =
    "number\tverdict\tsource\tdestination\tprotocol\tttl\tip_id\tsource_port\tdestination_port\t"
    "flags\tsequence\tacknowledgement\twindow\ticmp_type\ticmp_code\ticmp_identifier\tfragment\t"
    "outgoing\tquoted_source\tquoted_destination\tquoted_protocol\tquoted_source_port\t"
    "quoted_destination_port";

/// The fields of kFields after the verdict.
std::string describe(const Packet& packet) {
  const bool quoted_ports = packet.has_quoted && (packet.quoted_protocol == protocol::kTcp ||
                                                  packet.quoted_protocol == protocol::kUdp);
  std::string line =
      fmt::format("{}\t{}\t{}\t{}\t{}", packet.source.to_string(), packet.destination.to_string(),
                  packet.protocol, number(packet.has_ttl, packet.ttl),
                  number(packet.source.is_v4(), packet.ip_id));
  line += fmt::format("\t{}\t{}\t{}\t{}\t{}\t{}", number(packet.has_ports, packet.source_port),
                      number(packet.has_ports, packet.destination_port),
                      number(packet.has_flags, packet.tcp_flags),
                      number(packet.has_sequence, packet.sequence),
                      number(packet.has_sequence, packet.acknowledgement),
                      number(packet.has_sequence, packet.window));
  line += fmt::format("\t{}\t{}\t{}\t{}\t{}", number(packet.has_icmp_type, packet.icmp_type),
                      number(packet.has_icmp_type, packet.icmp_code),
                      number(packet.has_icmp_type, packet.source_port),
                      static_cast<int>(packet.fragment), packet.link_outgoing ? 1 : 0);
  line += fmt::format("\t{}\t{}\t{}\t{}\t{}",
                      packet.has_quoted ? packet.quoted_source.to_string() : std::string(),
                      packet.has_quoted ? packet.quoted_destination.to_string() : std::string(),
                      number(packet.has_quoted, packet.quoted_protocol),
                      number(quoted_ports, packet.quoted_source_port),
                      number(quoted_ports, packet.quoted_destination_port));
  return line;
}

Result<void> dump(const std::string& path) {
  TEITEN_TRY(auto input, Input::open(path));
  TEITEN_TRY(auto reader, CaptureReader::open(*input));
  fmt::print("{}\n", kFields);
  Frame frame;
  for (;;) {
    TEITEN_TRY(const bool more, reader->next(frame));
    if (!more) return {};
    Packet packet;
    const Decoded decoded = decode(frame, packet);
    fmt::print("{}\t{}", reader->frames(), verdict(decoded));
    if (decoded.kind == FrameKind::packet) fmt::print("\t{}", describe(packet));
    fmt::print("\n");
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: decode_dump CAPTURE\n");
    return 2;
  }
  const Result<void> done = dump(argv[1]);
  if (done.ok()) return 0;
  fmt::print(stderr, "decode_dump: {}\n", done.error().message);
  return 1;
}
